// A button of the rail: icon above a word; the shown one on surface ground with an accent edge; a dot while its work
// runs.
#pragma once

#include <QAbstractButton>

namespace attune {

class RailButton : public QAbstractButton {
  Q_OBJECT
public:
  RailButton(const QString& title, const QString& iconName, QWidget* parent = nullptr);
  void setDot(bool on);
  bool dot() const { return dotted; }
  QSize sizeHint() const override;

protected:
  void paintEvent(QPaintEvent*) override;

private:
  QString iconName;
  bool dotted = false;
};

} // namespace attune
