// A named number with a slider under it, as the sampling settings have: 'Temperature [0.80]'.
//
// The field takes any number of the range, the slider moves in steps. A wrong text in the field keeps the last value.
#pragma once

#include <QWidget>

class QDoubleSpinBox;
class QSlider;

namespace attune {

class LabeledSlider : public QWidget {
  Q_OBJECT
  Q_PROPERTY(double value READ value WRITE setValue NOTIFY valueChanged USER true)
public:
  // Without steps of a slider (`withSlider` false) it is one row: label and field.
  LabeledSlider(const QString& label, double low, double high, double value, int decimals, bool withSlider = true,
                QWidget* parent = nullptr);

  double value() const;
  void setValue(double value);
  void setStep(double step);
  QDoubleSpinBox* field() const { return spin; }

Q_SIGNALS:
  void valueChanged(double value);

private:
  QDoubleSpinBox* spin;
  QSlider* slider = nullptr;
};

} // namespace attune
