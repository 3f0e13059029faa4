#include "widgets/labeled_slider.h"

#include "widgets/labels.h"
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QSignalBlocker>
#include <QSlider>
#include <cmath>

namespace attune {

LabeledSlider::LabeledSlider(const QString& label, double low, double high, double value, int decimals, bool withSlider,
                             QWidget* parent)
    : QWidget(parent) {
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(metric::space);
  grid->setVerticalSpacing(2);
  auto* name = new ElidedLabel(label, FontRole::Body, this);
  grid->addWidget(name, 0, 0);
  spin = new QDoubleSpinBox(this);
  spin->setButtonSymbols(QAbstractSpinBox::NoButtons);
  spin->setAlignment(Qt::AlignRight);
  spin->setLocale(QLocale::c());
  spin->setDecimals(decimals);
  spin->setRange(low, high);
  spin->setSingleStep(decimals == 0 ? 1 : std::pow(10.0, -decimals) * 5);
  spin->setValue(value);
  spin->setFixedWidth(std::max(64, QFontMetrics(spin->font()).horizontalAdvance(spin->textFromValue(high)) + 26));
  spin->setAccessibleName(label);
  spin->setKeyboardTracking(false);
  grid->addWidget(spin, 0, 1, Qt::AlignRight);
  grid->setColumnStretch(0, 1);
  if (withSlider) {
    slider = new QSlider(Qt::Horizontal, this);
    const double scale = std::pow(10.0, decimals);
    slider->setRange(int(std::lround(low * scale)), int(std::lround(high * scale)));
    slider->setValue(int(std::lround(value * scale)));
    slider->setSingleStep(decimals == 0 ? 1 : 5);
    slider->setPageStep(std::max(1, (slider->maximum() - slider->minimum()) / 10));
    slider->setAccessibleName(label);
    grid->addWidget(slider, 1, 0, 1, 2);
    connect(slider, &QSlider::valueChanged, this, [this, scale](int place) { spin->setValue(place / scale); });
    connect(spin, &QDoubleSpinBox::valueChanged, this, [this, scale](double v) {
      const QSignalBlocker quiet(slider);
      slider->setValue(int(std::lround(v * scale)));
    });
  }
  connect(spin, &QDoubleSpinBox::valueChanged, this, &LabeledSlider::valueChanged);
}

double LabeledSlider::value() const { return spin->value(); }
void LabeledSlider::setValue(double value) { spin->setValue(value); }
void LabeledSlider::setStep(double step) { spin->setSingleStep(step); }

} // namespace attune
