// Where the Train panel gets its runs: the worker that trains, seen from the window. Nothing here blocks.
#pragma once

#include "train/metrics_file.h"
#include "train/run_description.h"

#include <QHash>
#include <QObject>

namespace attune {

enum class RunState { Waiting, Running, Paused, Stopped, Failed, Done };

// What began to go wrong in a run, in sentences.
struct RunNote {
  int step = 0;
  QString what, why, remedy;
  QHash<QString, double> suggest; // settings that the remedy changes, by their option: kl-coef
  int goodStep = -1;              // the last checkpoint that was still well; below 0: the remedy names none
  QString goodModel;              // its folder
};

// One row of a run folder's list.
struct RunInfo {
  QString id; // the run's folder
  RunDescription description;
  RunState state = RunState::Waiting;
  int step = 0;
  double secondsGone = 0;
  double lastLoss = std::nan("");
  double lastScore = std::nan(""), lastKl = std::nan(""); // of PPO
  double lastAccuracy = std::nan("");                     // of rankings, held out where there is that
  double secondsLeft = -1;                                // below 0: not known yet
  int checkpoint = -1;                                    // the newest step that is safe; below 0: none
  QString doing;        // while something else than a step goes on: 'Evaluating', 'Saving step 500'
  QString reason;       // why it failed, one sentence
  QString modelDir;     // the newest checkpoint: what can be chatted with, or scores
  QList<RunNote> notes; // the newest last
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
  int steps = 0;                           // of an epoch, where the run is as long as that; else 0
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
  bool chat = false;   // has a chat template
  bool scores = false; // a reward model
};

// Records of the store that can be trained on.
enum class StoreRecords { Demonstrations, Rankings, Prompts };
struct StoreCount {
  int all = 0, scripted = 0; // scripted: no person wrote or ranked them
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
  // The newest step's replies, the newest file first; empty where the run has none.
  virtual QStringList rolloutFiles(const QString& run) const = 0;

  // How many there are. `exportRecords` writes them to a file in `home` and answers with exported or failed.
  virtual StoreCount stored(StoreRecords records) const = 0;
  virtual QStringList labelers() const = 0; // who ranked them; those with the most rankings first
  virtual void exportRecords(StoreRecords records, bool withScripted) = 0;

  // Answers with forecastReady; a newer request replaces one that has not been answered.
  virtual void forecast(const RunDescription& run) = 0;
  // Answers with started or failed.
  virtual void start(const RunDescription& run) = 0;
  // All of them act within one step; a stopped or failed run resumes from its newest checkpoint.
  virtual void pause(const QString& run) = 0;
  virtual void stop(const QString& run) = 0;
  virtual void resume(const QString& run) = 0;
  // Both can be undone; a run that trains is refused (Error).
  virtual void rename(const QString& run, const QString& name) = 0;
  virtual void remove(const QString& run) = 0;

Q_SIGNALS:
  void storedChanged();
  void exported(const QString& file);
  void modelsChanged();
  void runsChanged(); // a run came, went, or changed its state or step
  void samplesChanged(const QString& run);
  void forecastReady(const attune::TrainForecast& forecast);
  void started(const QString& run);
  void failed(const QString& sentence); // one sentence: the thing, what was expected, what to do
};

} // namespace attune
