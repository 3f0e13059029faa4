// How the attention of two models over the same tokens differs: a cell a head with the share of its weight that moved,
// and the head that is chosen as a map, what the second reads more in brown and less in blue.
#pragma once

#include "attention/attention_data.h"

#include <QImage>
#include <QWidget>

namespace attune {

class HeadShift : public QWidget {
  Q_OBJECT
public:
  explicit HeadShift(QWidget* parent = nullptr);

  // Why two looks cannot be compared: other tokens, another number of heads. Empty: they can.
  static QString refusal(const AttentionData& first, const AttentionData& second);
  // Of each head, layer by layer: the mean over places of half the sum of |second − first|. Any thread.
  static QList<double> sharesOf(const AttentionData& first, const AttentionData& second);

  void show(AttentionPtr first, AttentionPtr second, const QList<double>& shares);
  void clear();
  const QList<double>& shares() const { return moved; }
  int chosen() const { return head; } // layer · heads + head
  void choose(int head);
  QRect cellRect(int head) const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }

protected:
  void paintEvent(QPaintEvent*) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool event(QEvent* event) override;

private:
  void makeMap();
  QRect mapRect() const;
  int cellWidth() const;

  AttentionPtr one, other;
  QList<double> moved;
  int head = 0;
  QImage map; // [T, T]
  std::vector<float> difference;
};

} // namespace attune
