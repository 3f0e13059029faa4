// One run, or several compared: how far it is, its plots, and what it wrote: samples, or the rollouts of PPO.
#pragma once

#include "train/run_curves.h"

#include <QHash>
#include <QVariantMap>
#include <QWidget>

class QGridLayout;
class QMenu;
class QStackedWidget;
class QTextBrowser;

namespace attune {

class BarRow;
class KeyButton;
class Plot;
class PlotGroup;
class ProxyGoldView;
class RewardReportView;
class RolloutView;
class RunHead;
class SectionHeader;
class SegmentedControl;

class RunPage : public QWidget {
  Q_OBJECT
public:
  explicit RunPage(TrainSource& source, QWidget* parent = nullptr);

  // The first one is the run of the head, the samples and the rollouts; all of them have curves.
  void setRuns(const QList<RunInfo>& runs);
  // Reads new rows of the shown runs; called on a timer while one of them runs.
  void refresh();
  // What the four plots show, by quantityId, of kinds of run with the same plots (plotsOf), and whether smoothed; for
  // the settings.
  QStringList plotIds(const QString& plots) const;
  bool smoothed() const { return smooth; }
  void setPlots(const QString& plots, const QStringList& ids);
  void setSmoothed(bool on);
  // Half the plots at a time, for a low window.
  void setLow(bool low);
  Plot* plot(int place) const { return plots[place]; }
  RolloutView* rollouts() const { return replies; }
  SegmentedControl* views() const { return viewChoice; }
  RewardReportView* rewardReport() const { return report; }
  ProxyGoldView* proxyGold() const { return distance; }
  const QList<RunInfo>& runs() const { return shown; }

Q_SIGNALS:
  void failed(const QString& sentence);
  void chatWanted(const QString& modelDir);
  void ppoWanted(const QString& rewardModel);
  void againWanted(const attune::RunDescription& run);
  void plotsChanged(const QString& plots); // by the person
  void tokenChosen();
  void relabelWanted(const QVariantMap& request); // for the Label panel

private:
  void makePlots();
  void makeBar();
  TrainKind kind() const { return shown.isEmpty() ? TrainKind::Pretrain : shown.front().description.kind; }
  QList<Quantity>& shows() { return choice[plotsOf(kind())]; }
  void showViews();
  void readReports();
  void showHead();
  void showTitles();
  void showCurves();
  void fillMenu();
  void choose(Quantity quantity, bool on);
  void showSamples();
  void arrange();

  TrainSource& source;
  QList<RunInfo> shown;
  RunCurves curves;
  RunHead* head;
  PlotGroup* group;
  QList<Plot*> plots;
  mutable QHash<QString, QList<Quantity>> choice; // by plotsOf, in the plots' order
  bool smooth = false;
  QMenu* plotsMenu;
  QWidget* plotArea;
  QGridLayout* grid;
  BarRow* bar;
  SegmentedControl *which, *viewChoice;
  QStackedWidget* pages;
  QWidget* samplesPane;
  SectionHeader* samplesHeader;
  QTextBrowser *samples, *samplesAlone; // under the plots; a page of their own, of PPO
  RolloutView* replies;
  RewardReportView* report;
  ProxyGoldView* distance;
  QList<int> viewPages; // of viewChoice's words
  KeyButton* plotsButton;
  QString samplesShown;
  bool low = false;
};

} // namespace attune
