// A memory forecast: the sum as a figure, a stacked bar of its parts, and what each part is.
#pragma once

#include "train/train_source.h"

#include <QWidget>

namespace attune {

class MemoryView : public QWidget {
  Q_OBJECT
public:
  explicit MemoryView(QWidget* parent = nullptr);
  // The same before Start and while it runs, then with what is in use beside the sum.
  void setForecast(const TrainForecast& forecast);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {100, sizeHint().height()}; }

protected:
  void paintEvent(QPaintEvent*) override;

private:
  QColor colorOf(int part) const;
  TrainForecast forecast;
};

} // namespace attune
