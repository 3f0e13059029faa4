// How a run trains: five fields that matter for its kind, and the others behind 'more'.
#pragma once

#include "train/form_grid.h"
#include "train/run_description.h"

namespace attune {

class NamesField;

class TrainingForm : public QWidget {
  Q_OBJECT
public:
  explicit TrainingForm(QWidget* parent = nullptr);

  // The fields of this kind; with `usual` their values too.
  void setKind(TrainKind kind, bool usual);
  void fill(const RunDescription& run);     // a run's values, of its kind
  void describe(RunDescription& run) const; // fills in what this form knows
  QStringList wrongs() const;
  NumberField* field(const QString& key) const { return numbers.value(key); }
  QComboBox* choice(const QString& key) const { return choices.value(key); }
  NamesField* heldOutLabelers() const { return labelers; }
  int moreFields() const;
  bool moreShown() const { return !more->isHidden(); }
  void showMore(bool on) { more->setVisible(on); }

Q_SIGNALS:
  void changed();

private:
  void add(FormGrid* form, const char* key, const QString& label, NumberField::Kind kind, double least, double most,
           const QString& hint, unsigned kinds);
  void addChoice(FormGrid* form, const char* key, const QString& label, const QStringList& words, const QString& hint,
                 unsigned kinds);
  void showHints();

  TrainKind kind = TrainKind::Pretrain;
  FormGrid *first, *more;
  QHash<QString, NumberField*> numbers;
  QHash<QString, QComboBox*> choices;
  NamesField* labelers;              // of a reward model
  QHash<QWidget*, unsigned> kindsOf; // a bit a kind
};

} // namespace attune
