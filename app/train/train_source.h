// Where the Train panel gets its runs: the worker that trains, seen from the window. Nothing here blocks.
#pragma once

#include "train/metrics_file.h"
#include "train/run_description.h"

#include <QObject>

namespace attune {

enum class RunState { Waiting, Running, Paused, Stopped, Failed, Done };

// One row of a run folder's list.
struct RunInfo {
  QString id; // the run's folder
  RunDescription description;
  RunState state = RunState::Waiting;
  int step = 0;
  double secondsGone = 0;
  double lastLoss = std::nan("");
  double secondsLeft = -1; // below 0: not known yet
  int checkpoint = -1;     // the newest step that is safe; below 0: none
  QString doing;           // while something else than a step goes on: 'Evaluating', 'Saving step 500'
  QString reason;          // why it failed, one sentence
  QString modelDir;        // what can be chatted with: the newest checkpoint
};

struct MemoryPart {
  QString name;
  quint64 bytes = 0;
};

struct TrainForecast {
  QList<MemoryPart> parts;                 // weights with optimizer, activations, workspace …
  quint64 inUse = 0;                       // while it runs: what the process really grew by
  quint64 available = 0;                   // of the device; 0: not known
  QString device;                          // 'GPU 0'
  double secondsAStep = 0;                 // 0: not known yet
  QString timeFrom;                        // what that is told from: 'estimate from a short trial of this device'
  QList<QPair<QString, double>> timeParts; // label, seconds a step
  enum Verdict { Fine, Warning, Wrong };
  struct Check {
    Verdict verdict = Fine;
    QString words;
  };
  QList<Check> checks;
  QString waitsFor; // the name of the run that goes first; empty: none

  quint64 bytes() const;
  bool possible() const; // no check is wrong
};

struct TrainModel {
  QString dir, name;
  QString detail; // '2.3 M parameters, loss 1.21'
  int context = 0;
  bool chat = false; // has a chat template
};

struct TrainSample {
  int step = 0;
  QString prompt, text;
};

class TrainSource : public QObject {
  Q_OBJECT
public:
  using QObject::QObject;

  virtual QList<TrainModel> models() const = 0;
  virtual QList<RunInfo> runs() const = 0; // the newest first
  // Rows of metrics.jsonl from the given index on (0: all); cheap, called at 5 Hz for the runs that show.
  virtual std::vector<MetricsRow> metrics(const QString& run, std::size_t from) const = 0;
  virtual QList<TrainSample> samples(const QString& run) const = 0; // the newest first
  virtual TrainForecast memoryOf(const QString& run) const = 0;
  virtual QString home() const = 0; // the folder of models and runs

  // Answers with forecastReady; a newer request replaces one that has not been answered.
  virtual void forecast(const RunDescription& run) = 0;
  // Answers with started or failed.
  virtual void start(const RunDescription& run) = 0;
  // All of them act within one step; a stopped or failed run resumes from its newest checkpoint.
  virtual void pause(const QString& run) = 0;
  virtual void stop(const QString& run) = 0;
  virtual void resume(const QString& run) = 0;

Q_SIGNALS:
  void modelsChanged();
  void runsChanged(); // a run came, went, or changed its state or step
  void samplesChanged(const QString& run);
  void forecastReady(const attune::TrainForecast& forecast);
  void started(const QString& run);
  void failed(const QString& sentence); // one sentence: the thing, what was expected, what to do
};

} // namespace attune
