// Progress in words: a 6 px bar with a text, or the words alone while the length is unknown. Shows itself only after
// 200 ms, so that what is quick does not flicker.
#pragma once

#include <QString>
#include <QTimer>
#include <QWidget>

namespace attune {

// The bar alone: a share of 0 to 1 of the accent colour on a grey ground.
class ThinBar : public QWidget {
  Q_OBJECT
public:
  explicit ThinBar(QWidget* parent = nullptr);
  void setShare(double share);
  double share() const { return part; }
  QSize sizeHint() const override { return {120, 6}; }

protected:
  void paintEvent(QPaintEvent*) override;

private:
  double part = 0;
};

class ElidedLabel;

class WordProgress : public QWidget {
  Q_OBJECT
public:
  explicit WordProgress(QWidget* parent = nullptr);

  // `share` below 0: unknown length, words alone.
  void report(const QString& words, double share = -1);
  void finish(); // hides it
  QString words() const;

private:
  ElidedLabel* label;
  ThinBar* bar;
  QTimer appear;
};

} // namespace attune
