// A field for one number with its range, and a sentence when the text is none: 'Steps is a whole number from 1 to
// 10,000,000.'
#pragma once

#include <QLineEdit>
#include <optional>

namespace attune {

class NumberField : public QLineEdit {
  Q_OBJECT
public:
  enum Kind { Whole, Real };
  NumberField(const QString& name, Kind kind, double least, double most, double value, QWidget* parent = nullptr);

  // The number; the default while the text is wrong.
  double value() const { return number().value_or(standard); }
  int whole() const { return int(value()); }
  void setValue(double value);
  void setLeast(double value);
  void setName(const QString& words);
  bool valid() const { return number().has_value(); }
  QString sentence() const; // why it is wrong; empty when it is not

private:
  std::optional<double> number() const;
  void check();
  Kind kind;
  QString name;
  double least, most, standard;
};

} // namespace attune
