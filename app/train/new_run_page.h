// 'New run': a page that says what will be trained, on what, for how long, and what stands against it, before Start.
// The fields stand in forms (model_form.h, reward_form.h, file_form.h, training_form.h); the page puts them together
// and asks for a forecast when they change.
#pragma once

#include "train/train_source.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QScrollArea;

namespace attune {

class CheckList;
class FileForm;
class KeyButton;
class ModelForm;
class NumberField;
class RewardForm;
class SectionHeader;
class SegmentedControl;
class TrainingForm;

class NewRunPage : public QWidget {
  Q_OBJECT
public:
  explicit NewRunPage(TrainSource& source, QWidget* parent = nullptr);

  // What the fields say now.
  RunDescription description() const;
  void addFiles(const QStringList& files);
  void addStored(); // all that the store has for this kind of run
  void startFrom(const QString& modelDir);
  void setReward(const QString& modelDir); // of PPO
  void setKind(TrainKind kind);
  // A run like another one, under a free name.
  void take(const RunDescription& run);
  // Empties the page for a new run with a free name; asks for a forecast.
  void begin(TrainKind kind);
  void setForecast(const TrainForecast& forecast);
  bool canStart() const;
  KeyButton* startButton() const { return start; }
  NumberField* field(const QString& name) const;
  QLineEdit* nameField() const;

Q_SIGNALS:
  void cancelled();

protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

private:
  QWidget* makeHead();
  QWidget* makeBody();
  QWidget* makeFoot();
  void fillModels();
  void changed();
  void ask();
  void showChecks();
  QStringList wrongs() const;
  QString freeName(const QString& stem) const;

  TrainSource& source;
  TrainForecast forecast;
  QString shownFields = QStringLiteral("text"); // of which kinds the training fields are
  bool known = false;                           // the forecast belongs to what the fields say
  QTimer delay;

  QScrollArea* scroll;
  SegmentedControl* kinds;
  ModelForm* model;
  RewardForm* reward;
  FileForm *files, *mix;
  KeyButton* more;
  TrainingForm* training;
  CheckList* checks;
  SectionHeader* checksHeader;
  KeyButton* start;
  QLabel* startHint;
};

} // namespace attune
