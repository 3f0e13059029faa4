// A step's replies as a table: prompt, reply, reward, KL, tokens.
#pragma once

#include "train/rollout_file.h"

#include <QAbstractTableModel>

namespace attune {

enum class TokenColour { Probability, Kl, Advantage, Value };

double tokenValue(const RolloutToken& token, TokenColour by);

class RolloutModel : public QAbstractTableModel {
  Q_OBJECT
public:
  enum Column { Prompt, Reply, Reward, Kl, Tokens, Columns };
  using QAbstractTableModel::QAbstractTableModel;

  void setRollouts(Rollouts rollouts);
  const Rollouts& rollouts() const { return shown; }
  const RolloutReply& reply(int row) const { return shown.replies[std::size_t(row)]; }
  // What is drawn in the ramp's strongest colour: of most tokens the value lies within ± this. 1 of probabilities.
  double range(TokenColour by) const;

  int rowCount(const QModelIndex& parent = {}) const override {
    return parent.isValid() ? 0 : int(shown.replies.size());
  }
  int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : Columns; }
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
  Rollouts shown;
};

} // namespace attune
