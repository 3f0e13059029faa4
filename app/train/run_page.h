// One run, or several compared: how far it is, its plots, its samples.
#pragma once

#include "train/run_curves.h"

#include <QWidget>

class QGridLayout;
class QMenu;
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
  // What the four plots show, by Quantity's ids, and whether smoothed; for the settings.
  QStringList plotIds() const;
  bool smoothed() const { return smooth; }
  void setPlots(const QStringList& ids, bool smoothed);
  // Half the plots at a time, for a low window.
  void setLow(bool low);
  Plot* plot(int place) const { return plots[place]; }
  const QList<RunInfo>& runs() const { return shown; }
  bool canPause() const;
  bool canStop() const;

Q_SIGNALS:
  void failed(const QString& sentence);
  void chatWanted(const QString& modelDir);
  void plotsChanged(); // by the person

private:
  void showHead();
  void showCurves();
  void fillMenu();
  void choose(Quantity quantity, bool on);
  void showSamples();
  void arrange();

  TrainSource& source;
  QList<RunInfo> shown;
  RunCurves curves;
  ElidedLabel *name, *stepWords, *gone, *left;
  ThinBar* bar;
  KeyButton *pauseButton, *stopButton, *resumeButton, *chatButton;
  MessageStrip* strip;
  PlotGroup* group;
  QList<Plot*> plots;
  QList<Quantity> shows{Quantity::Loss, Quantity::Rate, Quantity::Norm, Quantity::Speed}; // in the plots' order
  bool smooth = false;
  QMenu* plotsMenu;
  QGridLayout* grid;
  SegmentedControl* which;
  SectionHeader* samplesHeader;
  QTextBrowser* samples;
  QString samplesShown;
  bool low = false;
};

} // namespace attune
