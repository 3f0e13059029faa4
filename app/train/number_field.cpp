#include "train/number_field.h"

#include "widgets/plot_axis.h"

#include <QStyle>
#include <cmath>

namespace attune {

NumberField::NumberField(const QString& name, Kind kind, double least, double most, double value, QWidget* parent)
    : QLineEdit(parent)
    , kind(kind)
    , name(name)
    , least(least)
    , most(most)
    , standard(value) {
  setAccessibleName(name);
  connect(this, &QLineEdit::textChanged, this, &NumberField::check);
  setValue(value);
}

std::optional<double> NumberField::number() const {
  QString plain = text().trimmed();
  plain.remove(u',').replace(QChar(0x2212), u'-');
  bool ok = false;
  const double value = plain.toDouble(&ok);
  if (!ok || !std::isfinite(value) || value < least || value > most) return {};
  if (kind == Whole && value != std::floor(value)) return {};
  return value;
}

void NumberField::setValue(double value) { setText(QString::number(value, 'g', 10)); }

void NumberField::setLeast(double value) {
  least = value;
  standard = std::max(standard, least);
  check();
}

void NumberField::setName(const QString& words) {
  name = words;
  setAccessibleName(words);
}

QString NumberField::sentence() const {
  if (valid()) return {};
  return (kind == Whole ? tr("%1 is a whole number from %2 to %3.") : tr("%1 is a number from %2 to %3."))
      .arg(name, plainNumber(least, 9), plainNumber(most, 9));
}

void NumberField::check() {
  const bool wrong = !valid();
  if (property("wrong").toBool() == wrong) return;
  setProperty("wrong", wrong);
  style()->unpolish(this);
  style()->polish(this);
}

} // namespace attune
