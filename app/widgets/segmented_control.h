// One choice of a few words in a row, as 'Map and lines | Map | Lines'. Arrows move, the chosen one is accent.
#pragma once

#include <QStringList>
#include <QWidget>

namespace attune {

class SegmentedControl : public QWidget {
  Q_OBJECT
  Q_PROPERTY(int current READ current WRITE setCurrent NOTIFY currentChanged USER true)
public:
  explicit SegmentedControl(const QStringList& words, QWidget* parent = nullptr);

  int current() const { return chosen; }
  void setCurrent(int place); // emits currentChanged when it changes; -1 for none
  void setWords(const QStringList& words);
  void setDense(bool on); // 24 px high instead of 28
  QStringList words() const { return names; }

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
  void currentChanged(int place);

protected:
  void paintEvent(QPaintEvent*) override;
  void mousePressEvent(QMouseEvent*) override;
  void mouseMoveEvent(QMouseEvent*) override;
  void leaveEvent(QEvent*) override;
  void keyPressEvent(QKeyEvent*) override;

private:
  QRectF segment(int place) const;
  int placeAt(const QPointF& where) const;
  int wantedWidth(int place) const;

  QStringList names;
  int chosen = 0, over = -1;
  bool dense = false;
};

} // namespace attune
