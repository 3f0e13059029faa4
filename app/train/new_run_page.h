// 'New run': a page that says what will be trained, on what, for how long, and what stands against it, before Start.
#pragma once

#include "train/train_source.h"

#include <QTimer>
#include <QWidget>

class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QListWidget;
class QVBoxLayout;

namespace attune {

class ElidedLabel;
class KeyButton;
class NumberField;
class SectionHeader;
class SegmentedControl;

class NewRunPage : public QWidget {
  Q_OBJECT
public:
  explicit NewRunPage(TrainSource& source, QWidget* parent = nullptr);

  // What the fields say now.
  RunDescription description() const;
  void addFiles(const QStringList& files);
  void setKind(TrainKind kind);
  // Empties the page for a new run with a free name; asks for a forecast.
  void begin(TrainKind kind);
  void setForecast(const TrainForecast& forecast);
  bool canStart() const;
  KeyButton* startButton() const { return start; }
  NumberField* field(const QString& name) const;
  QLineEdit* nameField() const { return name; }

Q_SIGNALS:
  void cancelled();

protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

private:
  QWidget* makeModel();
  QWidget* makeData();
  QWidget* makeTraining();
  void addRow(QGridLayout* grid, const QString& label, QWidget* field, QLabel* hint);
  NumberField* addNumber(QGridLayout* grid, const char* key, const QString& label, int kind, double least, double most,
                         double value, const QString& hint);
  void fillModels();
  void changed();
  void ask();
  void showChecks();
  QStringList wrongs() const;

  TrainSource& source;
  TrainForecast forecast;
  bool known = false; // the forecast belongs to what the fields say
  QTimer delay;

  SegmentedControl* kinds;
  QLineEdit* name;
  QComboBox *model, *size, *family, *tokens;
  QWidget *shape, *more, *sizeRow, *sizeLabel;
  QLabel *modelHint, *contextHint, *filesHint, *stepsHint, *startHint = nullptr;
  QListWidget* files;
  KeyButton *moreButton, *start, *remove;
  SectionHeader* checksHeader;
  QVBoxLayout* checks;
  QHash<QString, NumberField*> numbers;
};

} // namespace attune
