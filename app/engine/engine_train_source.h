// Training for the window: one thread trains a run after the other, another one checks and prepares, a
// third one reads what the training writes: the window's own waits for no disk.
//
// A run's folder is the truth: runs of attune-cli show as well, and what the window began goes on in a shell. Started
// runs wait their turn as folders without a step; closing the window stops the running one with a checkpoint.
#pragma once

#include "engine/train_check.h"
#include "engine/train_runs.h"
#include "train/run.h"
#include "train/train_source.h"

#include <QFileSystemWatcher>
#include <QHash>
#include <QStringList>
#include <QThread>
#include <QThreadPool>
#include <QTimer>
#include <atomic>
#include <functional>
#include <mutex>

namespace attune {

class Engine;
class Workbench;

class EngineTrainSource : public TrainSource {
  Q_OBJECT
public:
  // Both outlive the source. `device`: --device of the window; empty: what Preferences say.
  EngineTrainSource(Workbench& bench, Engine& engine, const QString& home, const QString& device = {},
                    QObject* parent = nullptr);
  ~EngineTrainSource() override;

  QList<TrainModel> models() const override;
  QList<RunInfo> runs() const override;
  std::vector<MetricsRow> metrics(const QString& run, std::size_t from) const override;
  QList<TrainSample> samples(const QString& run) const override;
  TrainForecast memoryOf(const QString& run) const override;
  QString home() const override { return homeFolder; }

  void forecast(const RunDescription& run) override;
  void start(const RunDescription& run) override;
  void pause(const QString& run) override;
  void stop(const QString& run) override;
  void resume(const QString& run) override;
  void rename(const QString& run, const QString& name) override;
  void remove(const QString& run) override;
  QStringList rolloutFiles(const QString& run) const override;
  StoreCount stored(StoreRecords records) const override { return counts[int(records)]; }
  QStringList labelers() const override { return rankers; }
  void exportRecords(StoreRecords records, bool withScripted) override;

private:
  // What the training thread says of itself, for the window to look at.
  struct Report {
    std::mutex mutex;
    RunProgress progress;
    bool fresh = false;
  };
  // Rows that only grow, as `metrics` hands them out.
  struct Journal {
    std::vector<MetricsRow> rows;
    std::size_t taken = 0; // of the file's
  };

  // What lies in a run's folder while it trains.
  struct Seen {
    MetricsFile::News news;
    RunInfo info; // its notes and its checkpoint
    QList<TrainSample> samples;
    bool allSteps = false;
  };

  QString runsFolder() const { return homeFolder + QStringLiteral("/runs"); }
  QString device() const;
  void onDesk(std::function<void()> work);
  QList<KnownRun> copyForDesk() const;
  void list();
  void take(const QList<KnownRun>& read);
  void trainNext();
  void trained(const QString& run, RunEnd end, const QString& problem);
  void look();
  enum class Look { Progress, Samples, End };                                      // each with what is before it
  void see(const KnownRun& run, Look what, std::function<void(const Seen&)> then); // `then` in the window's thread
  void saw(const Seen& seen, Look what, const RunProgress& progress);
  void settle(const QString& run, RunEnd end, const QString& problem, const Seen& seen);
  void countStored();
  void moved(const QString& from, const QString& to); // a run's folder
  KnownRun* known(const QString& run);
  const KnownRun* known(const QString& run) const { return const_cast<EngineTrainSource*>(this)->known(run); }
  RunInfo infoOf(const KnownRun& run) const;

  Workbench& bench;
  Engine& engine;
  const QString homeFolder, givenDevice;
  QList<KnownRun> all;
  QHash<QString, RunState> ends; // how runs of this window ended
  QHash<QString, QString> reasons;
  QHash<QString, TrainForecast> memories;
  mutable QHash<QString, Journal> journals;
  QStringList preparing, waiting; // folders
  QString current, doing;         // the run that trains here
  double secondsAStep = 0;
  quint64 before = 0, inUse = 0; // memory of the process when the run began, and what it grew by
  int listsAsked = 0;
  StoreCount counts[3]; // of StoreRecords
  QStringList rankers;  // labelers of the store
  quint64 asked = 0;    // forecasts so far; only the last is answered
  Report report;
  bool looking = false;
  QPair<QString, QList<TrainSample>> written; // of the run that trains, or did so last
  std::atomic<bool> stopWanted = false;
  std::atomic<quint64> newest = 0;
  QTimer lookTimer, listTimer;
  QFileSystemWatcher watcher;
  QThread desk, trainer;
  QThreadPool eyes; // one: what is asked first is answered first
  QObject *deskPlace, *trainerPlace;
};

} // namespace attune
