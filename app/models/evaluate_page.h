// Models compared: win rates and ratings as bars with intervals, and the replies to one prompt side by side. What was
// compared is kept and can be opened again; a comparison that a person judges grows as the rankings come in Label.
#pragma once

#include "engine/reply.h"
#include "models/evaluation.h"

#include <QTimer>
#include <QWidget>

class QComboBox;

namespace attune {

class ElidedLabel;
class EmptyState;
class Engine;
class EvaluateSetup;
class IntervalBars;
class KeyButton;
class MessageStrip;
class SectionHeader;
class SideBySide;
class Workbench;
class WordProgress;

class EvaluatePage : public QWidget {
  Q_OBJECT
public:
  // Comparisons are kept in `folder`. `setup` stands beside the page.
  EvaluatePage(Workbench& bench, Engine& engine, EvaluateSetup* setup, const QString& folder,
               QWidget* parent = nullptr);

  void begin(const QStringList& models); // chosen in the list of models
  void start();
  void stop();
  bool busy() const { return job != 0; }
  void show(const ModelTrial& evaluation);
  const ModelTrial& evaluation() const { return shown; }
  void removeShown();

  IntervalBars* wins() const { return winChart; }
  IntervalBars* means() const { return meanChart; }
  SideBySide* sideBySide() const { return beside; }
  QComboBox* promptField() const { return promptChoice; }
  QComboBox* pastField() const { return past; }
  MessageStrip* messages() const { return strip; }
  KeyButton* backButton() const { return back; }

Q_SIGNALS:
  void keptChanged(); // a comparison came, went, or was judged further
  void left();

private:
  void fillPast();
  void finish(const ModelTrial& made);
  void showBars();
  void showPrompt();
  void readRankings();
  void keep(const ModelTrial& evaluation, const QString& trouble); // its words; empty: it is not worth any

  Workbench& bench;
  Engine& engine;
  EvaluateSetup* setup;
  QString folder;
  ModelTrial shown;
  JobId job = 0;
  QTimer settle;
  KeyButton *back, *remove, *label;
  QComboBox *past, *baseline, *promptChoice;
  WordProgress* progress;
  MessageStrip* strip;
  EmptyState* empty;
  QWidget* results;
  SectionHeader *winHeader, *meanHeader;
  IntervalBars *winChart, *meanChart;
  SideBySide* beside;
};

} // namespace attune
