// F1: the keys of everywhere and of the panel shown.
#pragma once

#include <QDialog>
#include <QList>
#include <QPair>

class QHBoxLayout;

namespace attune {

class KeysDialog : public QDialog {
  Q_OBJECT
public:
  explicit KeysDialog(QWidget* parent = nullptr);
  // A row's keys are caps, parted by spaces: "Shift ↑ ↓".
  void addSection(const QString& title, const QList<QPair<QString, QString>>& rows);

private:
  QHBoxLayout* columns;
};

} // namespace attune
