// What PPO is rewarded and judged by: a reward model, or a rule's file.
#pragma once

#include "train/form_grid.h"
#include "train/train_source.h"

namespace attune {

class RewardForm : public FormGrid {
  Q_OBJECT
public:
  explicit RewardForm(QWidget* parent = nullptr);

  void setModels(const QList<TrainModel>& models); // those that score are offered
  void begin();
  void setReward(const QString& path); // a model's folder or a rule's file; one that is not there yet is added
  void setGold(const QString& path);
  QString reward() const;
  QString gold() const; // empty: none
  QStringList wrongs() const;

Q_SIGNALS:
  void changed();

private:
  void choose(QComboBox* box, const QString& path);
  void askRule(QComboBox* box);
  QComboBox *rewards, *golds;
};

} // namespace attune
