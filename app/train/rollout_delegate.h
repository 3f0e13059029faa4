// Paints a reply token by token, each on the colour of its value, and knows which token lies under a point.
#pragma once

#include "train/rollout_model.h"

#include <QStyledItemDelegate>

namespace attune {

// Where the tokens of a reply lie in a column: wrapped at its width, lines under each other.
class TokenLayout {
public:
  TokenLayout(const RolloutReply& reply, int width);
  struct Place {
    QRect rect; // within the cell's inside
    QString text;
  };
  const std::vector<Place>& places() const { return all; }
  int height() const { return tall; }
  int at(QPoint where) const; // the token; below 0: none

private:
  std::vector<Place> all;
  int tall = 0;
};

class RolloutDelegate : public QStyledItemDelegate {
  Q_OBJECT
public:
  using QStyledItemDelegate::QStyledItemDelegate;
  static constexpr int marginX = 8, marginY = 6;

  void setColour(TokenColour by, double range) { colour = by, most = range; }
  void setChosen(int row, int token) { chosenRow = row, chosenToken = token; }
  QColor ground(const RolloutToken& token) const;
  static const RolloutReply& replyOf(const QModelIndex& index);

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
  TokenColour colour = TokenColour::Advantage;
  double most = 1;
  int chosenRow = -1, chosenToken = -1;
};

} // namespace attune
