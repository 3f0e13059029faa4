// Everything the window asks of the compute library. The window never waits: a call here returns at once, what it
// started is answered by a signal, and a worker thread owns device and models.
//
//   const JobId job = engine.reply(request);     // replyStarted, replyTokens (up to 30 times a second), then exactly
//   engine.stop(job);                            // one of replyFinished and replyFailed
#pragma once

#include "engine/engine_worker.h"
#include "engine/model_catalog.h"
#include "engine/model_text.h"
#include "engine/reply.h"
#include <QElapsedTimer>
#include <QFileSystemWatcher>
#include <QHash>
#include <QObject>
#include <QTimer>
#include <memory>

namespace attune {

class ReplyStream;
class Workbench;

class Engine : public QObject {
  Q_OBJECT
public:
  // Opens the device that Preferences name (or `selector`, where one is given) and lists the models, both in the
  // background. Tells the workbench of devices, memory and what takes time.
  explicit Engine(Workbench& bench, const ModelPlaces& places = ModelPlaces::standard(), const QString& selector = {},
                  QObject* parent = nullptr);
  ~Engine() override; // stops everything

  // --- models
  const QList<ModelEntry>& models() const { return entries; }
  const ModelPlaces& modelPlaces() const { return places; }
  bool modelsKnown() const { return listed; }       // false until the first listing came
  const ModelEntry* model(const QString& id) const; // null: not there (any more)
  QString modelAt(const QString& folder) const;     // the id of the model in this folder; empty: none
  void refreshModels();                             // looks again; the models folder itself is watched
  void tellRenamed(const QString& from, const QString& to); // ids: whoever holds the old one follows
  void prepare(const QString& id);                  // loads it and prepares its kernels, ahead of the first word

  // The model's tokenizer and template. Null while they are being read (then textReady or textFailed follows).
  ModelTextPtr text(const QString& id);

  // --- jobs
  JobId reply(const ReplyRequest& request);
  void stop(JobId job);

  // Runs `work` on the worker with the model loaded (it returns early when interrupted), then `done` in the window's
  // thread: with an empty sentence, or with the error's. `context` gone: `done` is not called.
  using ModelWork = std::function<void(LoadedModel& model, const Interrupt& interrupt)>;
  using Done = std::function<void(const QString& error)>;
  JobId withModel(const QString& id, ModelWork work, QObject* context, Done done, Urgency urgency = Urgency::Now);

  bool deviceReady() const { return ready; }
  QString deviceTrouble() const { return trouble; } // why there is no device; empty: there is, or it is being opened

Q_SIGNALS:
  void modelsChanged();
  void modelRenamed(const QString& from, const QString& to);
  void textReady(const QString& model);
  void textFailed(const QString& model, const QString& sentence);
  void loaded(const QString& model);   // by prepare: its weights are on the device
  void prepared(const QString& model); // by prepare: its kernels are there too, the first word comes at once
  void deviceChanged();                // opened, lost, or refused: see deviceReady and deviceTrouble
  void replyStarted(attune::JobId job, const attune::ReplyStart& start);
  void replyTokens(attune::JobId job, const QList<attune::ReplyPiece>& pieces);
  void replyFinished(attune::JobId job, const attune::ReplyEnd& end);
  void replyFailed(attune::JobId job, const QString& sentence);
  void workChanged(const QString& words); // what takes time now ("Preparing kernels …"); empty: nothing

private:
  struct Stream {
    std::shared_ptr<ReplyStream> pieces;
    Urgency urgency = Urgency::Now;
  };
  EngineWorker::Reports reports();
  void listDevices();
  void deliver(JobId job);
  void sayWork(const QString& words);
  template <class Call> void later(Call call);

  Workbench& bench;
  ModelPlaces places;
  QList<ModelEntry> entries;
  bool listed = false, listing = false, listAgain = false, ready = false;
  QString trouble;
  QHash<QString, ModelTextPtr> texts; // by path and stamp
  QStringList reading;
  QHash<JobId, Stream> streams;
  QTimer pull;
  QTimer sayLater;
  QString workWords;
  QFileSystemWatcher watcher;
  QTimer settle;
  JobId lastJob = 0;
  std::unique_ptr<EngineWorker> worker;
};

} // namespace attune
