// Chat's side, best of n: how many replies are written for one that is shown, and who chooses.
#pragma once

#include "chat/candidate_judge.h"
#include "engine/model_catalog.h"
#include <QWidget>

class QComboBox;
class QLabel;
class QSpinBox;

namespace attune {

class BestOfSettings : public QWidget {
  Q_OBJECT
public:
  explicit BestOfSettings(QWidget* parent = nullptr);

  void setModels(const QList<ModelEntry>& models); // the reward models among them can be chosen
  void show(const BestOfChoice& choice, bool greedy);
  // Reads the file first; a rule that is malformed is told under the field and not taken.
  void takeRule(const QString& file);

  QSpinBox* countField() const { return count; }
  QComboBox* judgeField() const { return judge; }
  QString note() const;

Q_SIGNALS:
  void changed(const attune::BestOfChoice& choice);

private:
  void fill();
  void say();
  void choose(int place);

  QList<ModelEntry> judges;
  BestOfChoice now;
  QStringList rules; // files
  bool greedy = false, filling = false;
  QString wrong;
  QSpinBox* count;
  QComboBox* judge;
  QLabel* words;
};

} // namespace attune
