// Beside the comparison of models: which models, which prompts, who judges, and the button that begins.
#pragma once

#include "data/examples.h"
#include "engine/model_catalog.h"
#include "models/evaluation.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QListWidget;
class QSpinBox;

namespace attune {

class KeyButton;
class LabeledSlider;
class Store;

class EvaluateSetup : public QWidget {
  Q_OBJECT
public:
  explicit EvaluateSetup(Store* store, QWidget* parent = nullptr);

  void setModels(const QList<ModelEntry>& models);
  void choose(const QStringList& ids); // checked, the others not
  QStringList chosen() const;          // in the list's order
  void refreshPrompts();               // the store changed
  void usePrompts(const QString& file);
  void useRule(const QString& file);
  void setBusy(bool busy);

  ModelTrial::Judge judge() const;
  QString judgePath() const; // a rule's file or a reward model's id; empty: a person
  QString judgeName() const;
  // The prompts that are chosen, at most so many. Throws Error.
  std::vector<PromptExample> prompts() const;
  int longest() const;
  double temperature() const;
  uint64_t seed() const;
  QString unready() const; // why it cannot begin; empty: it can

  QListWidget* modelList() const { return models; }
  QComboBox* promptField() const { return promptChoice; }
  QComboBox* judgeField() const { return judgeChoice; }
  QSpinBox* mostField() const { return most; }
  KeyButton* startButton() const { return start; }

Q_SIGNALS:
  void started();
  void stopped();

private:
  void say();
  void fillJudges();
  void askPrompts();
  void askRule();

  Store* store;
  QList<ModelEntry> entries;
  QString promptFile, ruleFile;
  bool busy = false, filling = false;
  QListWidget* models;
  QComboBox *promptChoice, *judgeChoice;
  QSpinBox* most;
  LabeledSlider *longestField, *temperatureField, *seedField;
  QLabel *note, *why;
  KeyButton* start;
};

} // namespace attune
