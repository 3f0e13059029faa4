// The status bar: what the worker does, last checkpoint, device, memory, store. Everything can be clicked.
#pragma once

#include "store/save_state.h"
#include <QAbstractButton>
#include <QTimer>
#include <QWidget>

class QHBoxLayout;

namespace attune {

class ThinBar;
class ElidedLabel;
class Workbench;

// One entry: an icon and words; flat, with a focus edge.
class StatusEntry : public QAbstractButton {
  Q_OBJECT
public:
  explicit StatusEntry(QWidget* parent = nullptr);
  enum Ink { Plain, Accent, Success, Error };
  void say(const QString& words, const QString& iconName = {}, Ink ink = Plain);

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

protected:
  void paintEvent(QPaintEvent*) override;
  bool event(QEvent*) override;

private:
  QString iconName;
  Ink ink = Plain;
};

class StatusLine : public QWidget {
  Q_OBJECT
public:
  explicit StatusLine(Workbench& bench, QWidget* parent = nullptr);

Q_SIGNALS:
  void panelClicked(const QString& panel);
  void undoClicked();
  void storeClicked();

protected:
  void paintEvent(QPaintEvent*) override;

private:
  void showWork();
  void setMemory(quint64 used, quint64 total);

  Workbench& bench;
  StatusEntry *work, *checkpoint, *device, *saved;
  QWidget *memory, *checkpointLine, *deviceLine, *memoryLine;
  ThinBar* memoryBar;
  ElidedLabel* memoryWords;
  QTimer deletion; // runs while 'Deleted x. Undo' stands there
  QString deleted;
};

// 0.4 of 8.0 GiB, 376 of 512 MiB
QString memoryText(quint64 used, quint64 total);

} // namespace attune
