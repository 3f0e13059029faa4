// The head of a run's page: its name and how far it is, what can be done with it, and in a strip what went wrong or
// begins to, with the remedy as a button.
#pragma once

#include "train/train_source.h"

#include <QSet>
#include <QWidget>

namespace attune {

class ElidedLabel;
class KeyButton;
class MessageStrip;
class ThinBar;

class RunHead : public QWidget {
  Q_OBJECT
public:
  explicit RunHead(TrainSource& source, QWidget* parent = nullptr);

  // `others`: how many more are compared; `pace`: ', 8.0 episodes a second'.
  void setRun(const RunInfo& run, int others, const QString& pace);
  MessageStrip* message() const { return strip; } // to be placed under the head

Q_SIGNALS:
  void chatWanted(const QString& modelDir);
  void ppoWanted(const QString& rewardModel);
  void againWanted(const attune::RunDescription& run); // a run like this one, with the remedy's settings

private:
  void showTrouble();
  void offerBack(int step, const RunDescription& rest); // as a button of the message

  TrainSource& source;
  RunInfo run;
  QSet<QString> closed; // notes that the person has closed
  ElidedLabel *name, *stepWords, *gone, *left;
  ThinBar* bar;
  KeyButton *pauseButton, *stopButton, *resumeButton, *chatButton, *ppoButton;
  MessageStrip* strip;
  QString shownNote;
};

bool canPause(const RunInfo& run);
bool canStop(const RunInfo& run);

} // namespace attune
