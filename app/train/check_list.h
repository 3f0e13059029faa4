// What was checked before Start, a line each: an icon for fine, a warning or wrong, and the words.
#pragma once

#include "train/train_source.h"

#include <QWidget>

class QVBoxLayout;

namespace attune {

class CheckList : public QWidget {
  Q_OBJECT
public:
  explicit CheckList(QWidget* parent = nullptr);
  void show(const QList<TrainForecast::Check>& checks);

private:
  QVBoxLayout* column;
};

} // namespace attune
