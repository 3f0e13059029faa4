// Every head of every layer as a small picture: arrows move the choice, Enter enlarges, a click chooses.
#pragma once

#include "attention/attention_data.h"
#include "attention/head_raster.h"

#include <QWidget>

namespace attune {

class HeadGrid : public QWidget {
  Q_OBJECT
public:
  explicit HeadGrid(QWidget* parent = nullptr);

  void setData(AttentionPtr data);
  void setShade(Shade shade);
  int layer() const { return chosenLayer; }
  int head() const { return chosenHead; }
  void choose(int layer, int head);
  // The square of a head's picture, in the widget's pixels.
  QRect headRect(int layer, int head) const;

  QSize sizeHint() const override { return {400, 300}; }
  QSize minimumSizeHint() const override { return {160, 120}; }

Q_SIGNALS:
  void chosen(int layer, int head);
  void enlarged(int layer, int head);

protected:
  void paintEvent(QPaintEvent*) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void resizeEvent(QResizeEvent*) override;
  bool event(QEvent* event) override;

private:
  struct Hit {
    int layer, head;
  };
  bool headAt(const QPoint& point, Hit& hit) const;
  int cell() const;
  int labelWidth() const;
  void refresh();
  void scrollToChosen();
  int mostScroll() const;

  AttentionPtr data;
  Shade shade = Shade::SquareRoot;
  int chosenLayer = 0, chosenHead = 0;
  int scrolled = 0; // pixels, where the layers do not fit
  QPixmap ground;
};

} // namespace attune
