// One run, or several compared: how far it is, its plots, its samples.
#pragma once

#include "train/train_source.h"

#include <QWidget>

class QGridLayout;
class QTextBrowser;

namespace attune {

class BarRow;
class ElidedLabel;
class KeyButton;
class MessageStrip;
class Plot;
class PlotGroup;
class SectionHeader;
class SegmentedControl;
class ThinBar;

class RunPage : public QWidget {
  Q_OBJECT
public:
  explicit RunPage(TrainSource& source, QWidget* parent = nullptr);

  // The first one is the run of the head and the samples; all of them have curves.
  void setRuns(const QList<RunInfo>& runs);
  // Reads new rows of the shown runs; called on a timer while one of them runs.
  void refresh();
  // Half the plots at a time, for a low window.
  void setLow(bool low);
  Plot* plot(int place) const { return plots[place]; }
  const QList<RunInfo>& runs() const { return shown; }
  bool canPause() const;
  bool canStop() const;

Q_SIGNALS:
  void failed(const QString& sentence);
  void chatWanted(const QString& modelDir);

private:
  void showHead();
  void showCurves();
  void showSamples();
  void arrange();

  TrainSource& source;
  QList<RunInfo> shown;
  QHash<QString, std::vector<MetricsRow>> rows;
  ElidedLabel *name, *stepWords, *gone, *left;
  ThinBar* bar;
  KeyButton *pauseButton, *stopButton, *resumeButton, *chatButton;
  MessageStrip* strip;
  PlotGroup* group;
  QList<Plot*> plots; // loss, learning rate, gradient norm, tokens per second
  QGridLayout* grid;
  SegmentedControl* which;
  SectionHeader* samplesHeader;
  QTextBrowser* samples;
  QString samplesShown;
  bool low = false;
};

} // namespace attune
