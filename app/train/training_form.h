// How a run trains: five fields that matter, and the others behind 'more'.
#pragma once

#include "train/form_grid.h"
#include "train/run_description.h"

namespace attune {

class TrainingForm : public QWidget {
  Q_OBJECT
public:
  explicit TrainingForm(QWidget* parent = nullptr);

  void describe(RunDescription& run) const; // fills in what this form knows
  QStringList wrongs() const;
  NumberField* field(const QString& key) const { return numbers.value(key); }
  int moreFields() const { return more->rows(); }
  bool moreShown() const { return !more->isHidden(); }
  void showMore(bool on) { more->setVisible(on); }

Q_SIGNALS:
  void changed();

private:
  void add(FormGrid* form, const char* key, const QString& label, NumberField::Kind kind, double least, double most,
           double value, const QString& hint);

  FormGrid *first, *more;
  QHash<QString, NumberField*> numbers;
};

} // namespace attune
