// 'The whole loop': what it does, its stages as they are made, and at its end the page of results.
#pragma once

#include "train/whole_loop.h"

#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace attune {

class ElidedLabel;
class EmptyState;
class KeyButton;
class MessageStrip;
class ResultsPage;
class ThinBar;

class LoopPage : public QWidget {
  Q_OBJECT
public:
  explicit LoopPage(QWidget* parent = nullptr);

  void setLoop(WholeLoop* loop); // it outlives the page
  WholeLoop* loop() const { return run; }
  KeyButton* startButton() const { return startIt; }
  KeyButton* stopButton() const { return stopIt; }
  ResultsPage* results() const { return page; }
  QStringList stageWords() const; // as they show: 'done: Train a reward model on the rankings'

Q_SIGNALS:
  void left(); // back to the runs

private:
  class StageRow;
  void show();

  WholeLoop* run = nullptr;
  KeyButton *back, *startIt, *stopIt;
  MessageStrip* strip;
  QLabel* what;
  QWidget* stagePane;
  QVBoxLayout* stageColumn;
  QList<StageRow*> rows;
  ElidedLabel* doing;
  ThinBar* bar;
  ResultsPage* page;
  QWidget* gap;
};

} // namespace attune
