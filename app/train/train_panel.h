// Train: the runs, one of them as it goes, and a page for a new one.
#pragma once

#include "panel.h"
#include "train/train_source.h"

#include <QTimer>

class QLabel;
class QStackedWidget;

namespace attune {

class BarRow;
class LoopPage;
class MemoryView;
class MessageStrip;
class NewRunPage;
class PropertyRows;
class RunList;
class RunPage;
class Engine;
class WholeLoop;
class SectionHeader;
class ElidedLabel;

class TrainPanel : public Panel {
  Q_OBJECT
public:
  // The source outlives the panel.
  TrainPanel(Workbench& bench, TrainSource& source, QWidget* parent = nullptr);

  // {"new": a command's name (pretrain, sft, reward, ppo, dpo), "files": […], "model": folder, "reward": a reward
  // model's folder, "store": true (what the store has of its kind)} opens the page for a new run; {"run": folder} shows
  // a run; {"loop": true} the whole loop.
  void open(const QVariantMap& request) override;
  bool escape() override;
  void shown() override;
  QList<QPair<QString, QString>> keys() const override;

  void setEngine(Engine* engine); // for what is measured of a run afterwards; it outlives the panel

  void setLoop(WholeLoop* loop); // the same; without one it is not offered

  void newRun(TrainKind kind);
  RunList* list() const { return runs; }
  RunPage* page() const { return run; }
  NewRunPage* newPage() const { return fresh; }
  LoopPage* loopPage() const { return loop; }

protected:
  void resizeEvent(QResizeEvent* event) override;

private:
  QWidget* makeList();
  QWidget* makeContent();
  QWidget* makeSide();
  void runsChanged();
  void showChosen();
  void showForecast(const TrainForecast& forecast);
  void showToken();
  void showLoop();
  void again(const RunDescription& run);

  TrainSource& source;
  QTimer timer;
  RunList* runs;
  RunPage* run;
  NewRunPage* fresh;
  LoopPage* loop;
  BarRow* loopFoot;
  QStackedWidget* pages;
  MessageStrip* strip;
  SectionHeader *memoryHeader, *timeHeader, *tokenHeader, *runHeader;
  MemoryView* memory;
  QLabel* timeFigure;
  PropertyRows *times, *tokenRows, *settings;
  QLabel* footNote;
};

} // namespace attune
