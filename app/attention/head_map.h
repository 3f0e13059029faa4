// One head large: the wheel zooms at the pointer, dragging moves, the pointer (or the arrow keys) reads a cell.
//
// The cells are composed into one image for the part that shows; it is kept until the view, the head or the theme
// changes, so hovering copies pixels and draws a cross.
#pragma once

#include "attention/head_painter.h"

#include <QWidget>
#include <optional>

namespace attune {

class HeadMap : public QWidget {
  Q_OBJECT
public:
  explicit HeadMap(QWidget* parent = nullptr);

  void setData(AttentionPtr data);
  void setHead(std::shared_ptr<const LoadedHead> head);
  void setShade(Shade shade);

  // The cell that is read: the row reads, the column is read; -1 none.
  int query() const { return view.query; }
  int key() const { return view.key; }
  void setCell(int query, int key);
  // A click keeps the cell although the pointer moves on; Esc or a second click lets it go.
  bool pinned() const { return kept; }
  void setPinned(bool on);

  double cellSize() const;
  // Zooms by a factor with the given point standing still.
  void zoom(double factor, QPointF at);
  // The whole map, as large as it fits.
  void fit();
  // 'places 1 to 212 of 1,024' while not all is seen; empty otherwise.
  QString rest() const;
  MapLayout layoutNow() const;

  QSize sizeHint() const override { return {500, 500}; }
  QSize minimumSizeHint() const override { return {200, 160}; }

Q_SIGNALS:
  void cellChanged(int query, int key);
  void viewChanged();

protected:
  void paintEvent(QPaintEvent*) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent*) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent*) override;

private:
  void refresh();
  void moveBy(QPointF cells);
  void showCell();
  void paintCross(QPainter& painter, const MapLayout& layout);
  void paintWords(QPainter& painter, const MapLayout& layout);

  AttentionPtr data;
  std::shared_ptr<const LoadedHead> head;
  std::optional<MapLabels> labels;
  MapView view;
  Shade shade = Shade::SquareRoot;
  bool kept = false, words = false;
  QImage cells;
  std::optional<QPointF> pressed, dragged;
};

} // namespace attune
