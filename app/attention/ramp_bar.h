// The scale of a heat map: 0, the ramp as it is used (with the chosen shade), 1.
#pragma once

#include "attention/head_raster.h"

#include <QWidget>

namespace attune {

class RampBar : public QWidget {
  Q_OBJECT
public:
  explicit RampBar(QWidget* parent = nullptr);
  void setShade(Shade shade);
  QSize sizeHint() const override { return {164, 20}; }
  QSize minimumSizeHint() const override { return {80, 20}; }

protected:
  void paintEvent(QPaintEvent*) override;

private:
  Shade shade = Shade::SquareRoot;
};

} // namespace attune
