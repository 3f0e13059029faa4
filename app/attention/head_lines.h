// One head as lines: arcs from the chosen token back to what it reads, as wide as the weight, with the percentages
// under the words. A click or the arrow keys choose another token; a text longer than the widget is moved by wheel or
// drag.
#pragma once

#include "attention/head_painter.h"

#include <QWidget>
#include <optional>

namespace attune {

class HeadLines : public QWidget {
  Q_OBJECT
public:
  explicit HeadLines(QWidget* parent = nullptr);

  void setData(AttentionPtr data);
  void setHead(std::shared_ptr<const LoadedHead> head);
  void setQuery(int place);
  int query() const { return chosen; }
  // Weights below it are not drawn.
  void setThreshold(double weight);
  double threshold() const { return least; }
  // Where a token's word stands, in the widget's pixels.
  QRectF wordRect(int place) const;
  // What is not drawn, in words: how much of the attention falls below the threshold or outside.
  QString rest() const;

  QSize sizeHint() const override { return {500, 140}; }
  QSize minimumSizeHint() const override { return {160, 90}; }

Q_SIGNALS:
  void queryChosen(int place);

protected:
  void paintEvent(QPaintEvent*) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent*) override;

private:
  void showQuery();
  double baseline() const;
  void scrollTo(double x);

  AttentionPtr data;
  std::shared_ptr<const LoadedHead> head;
  std::vector<double> lefts; // of each word, and the end of the last
  int chosen = -1;
  double least = 0.03, scrolled = 0;
  std::optional<double> pressed;
  bool dragging = false;
};

} // namespace attune
