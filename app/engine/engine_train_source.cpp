#include "engine/engine_train_source.h"

#include "engine/engine.h"
#include "engine/run_failure.h"
#include "error.h"
#include "model/initialize.h"
#include "sentence.h"
#include "step_back.h"
#include "store/store.h"
#include "text/tokenizer.h"
#include "workbench.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <algorithm>
#include <unistd.h>

namespace attune {

namespace {

constexpr int lookEvery = 200, listEvery = 3000; // ms

quint64 residentMemory() {
  QFile file(QStringLiteral("/proc/self/statm"));
  if (!file.open(QIODevice::ReadOnly)) return 0;
  return file.readAll().split(' ').value(1).toULongLong() * quint64(::sysconf(_SC_PAGESIZE));
}

// Makes the model that a description asks for, beside the others; returns its folder.
QString makeModel(const RunDescription& run, const QString& models) {
  const NewModel& wanted = *run.newModel;
  const QString folder = models + QLatin1Char('/') + run.name + QStringLiteral("-start");
  const QTemporaryDir scratch;
  std::filesystem::path tokenizer = wanted.tokenizerDir.toStdString();
  if (tokenizer.empty()) {
    tokenizer = scratch.path().toStdString();
    std::vector<std::filesystem::path> files;
    for (const QString& file : run.files) files.emplace_back(file.toStdString());
    Tokenizer::trainBytePairs(files, std::max(257, wanted.vocabulary))->save(tokenizer);
  }
  initializeModel(configOf(wanted), tokenizer, folder.toStdString(), run.seed);
  return folder;
}

} // namespace

EngineTrainSource::EngineTrainSource(Workbench& bench, Engine& engine, const QString& home, const QString& device,
                                     QObject* parent)
    : TrainSource(parent)
    , bench(bench)
    , engine(engine)
    , homeFolder(home)
    , givenDevice(device)
    , deskPlace(new QObject)
    , trainerPlace(new QObject) {
  deskPlace->moveToThread(&desk);
  trainerPlace->moveToThread(&trainer);
  connect(&desk, &QThread::finished, deskPlace, &QObject::deleteLater);
  connect(&trainer, &QThread::finished, trainerPlace, &QObject::deleteLater);
  eyes.setMaxThreadCount(1);
  desk.start();
  trainer.start();
  QMetaObject::invokeMethod(deskPlace, [] { stepBack(stepsOfReplies); });
  QMetaObject::invokeMethod(trainerPlace, [] { stepBack(stepsOfTraining); });
  lookTimer.setInterval(lookEvery);
  connect(&lookTimer, &QTimer::timeout, this, &EngineTrainSource::look);
  listTimer.setInterval(listEvery);
  connect(&listTimer, &QTimer::timeout, this, &EngineTrainSource::list);
  listTimer.start();
  connect(&engine, &Engine::modelsChanged, this, &TrainSource::modelsChanged);
  QDir().mkpath(runsFolder());
  watcher.addPath(runsFolder());
  if (bench.store) connect(bench.store, &Store::changed, this, &EngineTrainSource::countStored);
  countStored();
  connect(&watcher, &QFileSystemWatcher::directoryChanged, this, &EngineTrainSource::list);
  list();
}

EngineTrainSource::~EngineTrainSource() {
  stopWanted = true;
  newest = ~quint64(0);
  eyes.waitForDone();
  for (QThread* thread : {&trainer, &desk}) {
    thread->quit();
    thread->wait();
  }
}

QString EngineTrainSource::device() const { return givenDevice.isEmpty() ? bench.chosenDevice() : givenDevice; }

void EngineTrainSource::onDesk(std::function<void()> work) {
  QMetaObject::invokeMethod(deskPlace, std::move(work), Qt::QueuedConnection);
}

KnownRun* EngineTrainSource::known(const QString& run) {
  for (KnownRun& one : all)
    if (one.info.id == run) return &one;
  return nullptr;
}

// Metrics of its own: this thread reads on in the ones it has.
QList<KnownRun> EngineTrainSource::copyForDesk() const {
  QList<KnownRun> copy = all;
  for (KnownRun& run : copy) run.metrics = std::make_shared<MetricsFile>(*run.metrics);
  return copy;
}

QList<TrainModel> EngineTrainSource::models() const {
  QList<TrainModel> list;
  for (const ModelEntry& entry : engine.models())
    if (entry.trouble.isEmpty())
      list.append({entry.path, entry.name,
                   entry.tag.isEmpty() ? entry.detail : entry.tag + QStringLiteral(", ") + entry.detail, entry.context,
                   entry.chat, entry.classifier});
  return list;
}

RunInfo EngineTrainSource::infoOf(const KnownRun& run) const {
  RunInfo info = run.info;
  if (!run.metrics->rows().empty()) {
    const MetricsRow& last = run.metrics->rows().back();
    info.lastLoss = last.loss;
    info.lastScore = last.measured(Measure::Score);
    info.lastKl = last.measured(Measure::Kl);
    info.lastAccuracy = last.measured(Measure::HeldOutAccuracy);
    if (std::isnan(info.lastAccuracy)) info.lastAccuracy = last.measured(Measure::Accuracy);
  }
  if (info.id == current) {
    info.state = RunState::Running;
    info.doing = doing;
    if (secondsAStep > 0) info.secondsLeft = secondsAStep * (info.description.steps - info.step);
  } else if (waiting.contains(info.id)) {
    info.state = RunState::Waiting;
  } else if (info.state == RunState::Running) {
    info.doing = tr("Trained by process %1").arg(trainerOf(info.id));
    if (info.step > 0) info.secondsLeft = info.secondsGone / info.step * (info.description.steps - info.step);
  } else if (info.state == RunState::Stopped && ends.contains(info.id)) {
    info.state = ends.value(info.id);
    info.reason = reasons.value(info.id);
  }
  return info;
}

QList<RunInfo> EngineTrainSource::runs() const {
  QList<RunInfo> list;
  for (const KnownRun& run : all) list << infoOf(run);
  return list;
}

std::vector<MetricsRow> EngineTrainSource::metrics(const QString& run, std::size_t from) const {
  const KnownRun* one = known(run);
  if (!one) return {};
  const auto& rows = one->metrics->rows();
  Journal& journal = journals[run];
  // A run resumed from an earlier step begins its file anew from there: its rows are told once more.
  if (rows.size() < journal.taken) journal.taken = 0;
  journal.rows.insert(journal.rows.end(), rows.begin() + std::ptrdiff_t(journal.taken), rows.end());
  journal.taken = rows.size();
  return {journal.rows.begin() + std::ptrdiff_t(std::min(from, journal.rows.size())), journal.rows.end()};
}

TrainForecast EngineTrainSource::memoryOf(const QString& run) const {
  TrainForecast made = memories.value(run);
  if (run == current) made.inUse = inUse;
  return made;
}

void EngineTrainSource::list() {
  if (listsAsked > 1) return; // one is waiting that will see the same
  ++listsAsked;
  onDesk([this, folder = runsFolder(), before = copyForDesk(), memory = memories]() mutable {
    QList<KnownRun> read = readRuns(folder, before);
    QHash<QString, TrainForecast> forecasts;
    for (const KnownRun& run : read) {
      if (memory.contains(run.info.id)) continue;
      TrainForecast made;
      try {
        const std::string model =
            run.info.modelDir.isEmpty() ? run.settings.model.string() : run.info.modelDir.toStdString();
        made = memoryForecast(run.settings, readConfig(std::filesystem::path(model) / "config.json"),
                              trainDevice(QString::fromStdString(run.settings.device)));
      } catch (const std::exception&) {
        // The model is gone or the device is: the run shows without a forecast.
      }
      forecasts.insert(run.info.id, made);
    }
    QMetaObject::invokeMethod(
        this,
        [this, read = std::move(read), forecasts = std::move(forecasts)] {
          --listsAsked;
          memories.insert(forecasts);
          take(read);
        },
        Qt::QueuedConnection);
  });
}

void EngineTrainSource::take(const QList<KnownRun>& read) {
  const auto line = [](const RunInfo& info) {
    return QStringLiteral("%1 %2 %3 %4;").arg(info.id).arg(int(info.state)).arg(info.step).arg(info.checkpoint);
  };
  QString was, is;
  for (const RunInfo& info : runs()) was += line(info);
  QList<KnownRun> now = read;
  for (KnownRun& run : now)
    if (const KnownRun* old = known(run.info.id)) {
      // What this thread has read may be newer.
      if (old->metrics->rows().size() >= run.metrics->rows().size()) run.metrics = old->metrics;
      if (run.info.id == current) run.info.step = old->info.step;
    }
  all = now;
  for (const RunInfo& info : runs()) is += line(info);
  if (was != is) Q_EMIT runsChanged();
}

void EngineTrainSource::forecast(const RunDescription& run) {
  const quint64 number = ++asked;
  newest = number;
  const QString goesFirst = current.isEmpty() ? QString() : QFileInfo(current).fileName();
  onDesk([this, run, number, goesFirst, earlier = copyForDesk(), folder = runsFolder(), selector = device()] {
    if (number != newest) return; // a newer one waits
    const auto tell = [&] {
      TrainForecast made = forecastOf(run, folder, selector, earlier);
      made.waitsFor = goesFirst;
      QMetaObject::invokeMethod(
          this,
          [this, made, number] {
            if (number == asked) Q_EMIT forecastReady(made);
          },
          Qt::QueuedConnection);
      return made.possible() && made.secondsAStep == 0;
    };
    // The first time on this device a trial tells its speed; not beside a training, which would slow both.
    if (tell() && goesFirst.isEmpty() && tryOut(selector)) tell();
  });
}

void EngineTrainSource::start(const RunDescription& run) {
  const QString folder = runsFolder() + QLatin1Char('/') + run.name;
  if (preparing.contains(folder)) return; // a second click
  preparing << folder;
  bench.setWork({QStringLiteral("train"), tr("Preparing %1").arg(run.name), QStringLiteral("train"), true});
  onDesk([this, run, folder, models = homeFolder + QStringLiteral("/models"), selector = device()] {
    QString problem, madeModel;
    QList<KnownRun> read;
    try {
      QString model = run.modelDir;
      if (run.newModel) madeModel = model = makeModel(run, models);
      Run::create(settingsFor(run, model, selector), folder.toStdString());
    } catch (const std::exception& error) {
      problem = QString::fromStdString(sentenceOf(error));
      if (!madeModel.isEmpty()) QDir(madeModel).removeRecursively();
    }
    if (problem.isEmpty()) read = readRuns(runsFolder(), {});
    QMetaObject::invokeMethod(
        this,
        [this, folder, problem, read] {
          preparing.removeAll(folder);
          if (!problem.isEmpty()) {
            bench.setWork({QStringLiteral("train"), {}, QStringLiteral("train"), false});
            Q_EMIT failed(problem);
            return;
          }
          waiting << folder;
          take(read);
          engine.refreshModels();
          list(); // with the memory it will take
          trainNext();
          Q_EMIT started(folder);
        },
        Qt::QueuedConnection);
  });
}

void EngineTrainSource::pause(const QString& run) {
  eyes.start([this, run] {
    try {
      requestPause(run.toStdString());
    } catch (const Error& error) {
      const QString why = QString::fromUtf8(error.what());
      QMetaObject::invokeMethod(
          this,
          [this, run, why] { // between two steps of its life it begins or has just ended
            if (run != current) Q_EMIT failed(why);
          },
          Qt::QueuedConnection);
    }
  });
}

void EngineTrainSource::stop(const QString& run) {
  if (run == current) {
    stopWanted = true;
  } else if (waiting.removeAll(run)) {
    ends[run] = RunState::Stopped;
    Q_EMIT runsChanged();
  } else if (trainerOf(run)) {
    pause(run); // another process: it ends with a checkpoint all the same
  } else {
    ends[run] = RunState::Stopped; // a paused one
    Q_EMIT runsChanged();
  }
}

void EngineTrainSource::resume(const QString& run) {
  if (!known(run) || run == current || waiting.contains(run)) return;
  ends.remove(run);
  reasons.remove(run);
  eyes.start([run] { forgetFailure(run.toStdString()); });
  if (KnownRun* one = known(run); one && one->info.state == RunState::Failed) one->info.state = RunState::Stopped;
  waiting << run;
  trainNext();
  Q_EMIT runsChanged();
}

void EngineTrainSource::trainNext() {
  if (!current.isEmpty() || waiting.isEmpty()) return;
  current = waiting.takeFirst();
  doing = tr("Reading the data");
  secondsAStep = 0;
  stopWanted = false;
  before = residentMemory();
  inUse = 0;
  report.fresh = false;
  report.progress = {};
  lookTimer.start();
  QMetaObject::invokeMethod(trainerPlace, [this, run = current] {
    QString problem;
    RunEnd end = RunEnd::Done;
    try {
      const auto training = Run::resume(run.toStdString());
      end = training->train(
          [this](const RunProgress& progress) {
            const std::lock_guard lock(report.mutex);
            report.progress = progress;
            report.fresh = true;
          },
          &stopWanted);
    } catch (const std::exception& error) {
      problem = QString::fromStdString(sentenceOf(error));
    }
    QMetaObject::invokeMethod(
        this, [this, run, end, problem] { trained(run, end, problem); }, Qt::QueuedConnection);
  });
}

QList<TrainSample> EngineTrainSource::samples(const QString& run) const {
  return run == written.first ? written.second : readSamples(run);
}

void EngineTrainSource::see(const KnownRun& run, Look what, std::function<void(const Seen&)> then) {
  eyes.start([this, what, file = run.metrics->file(), place = run.metrics->place(), settings = run.settings,
              id = run.info.id, then = std::move(then)] {
    Seen seen;
    seen.news = MetricsFile::readFrom(file, place);
    seen.info.id = id;
    seen.info.notes = readNotes(id);
    findCheckpoint(seen.info);
    if (what != Look::Progress) seen.samples = readSamples(id);
    if (what == Look::End) seen.allSteps = madeAllSteps(seen.info, settings);
    QMetaObject::invokeMethod(
        this, [then, seen] { then(seen); }, Qt::QueuedConnection);
  });
}

// Five times a second: what the training thread has said since, and how much memory it takes.
void EngineTrainSource::look() {
  const KnownRun* run = known(current);
  if (!run) return;
  const quint64 resident = residentMemory();
  inUse = std::max(inUse, resident > before ? resident - before : 0);
  if (looking) return;
  RunProgress progress;
  {
    const std::lock_guard lock(report.mutex);
    if (!report.fresh) return;
    report.fresh = false;
    progress = report.progress;
  }
  looking = true;
  const int evaluateEvery = int(run->settings.evaluateEvery);
  const bool evaluated = evaluateEvery && run->info.step / evaluateEvery != int(progress.step) / evaluateEvery;
  const Look what = evaluated || doing == QStringLiteral("Writing a sample") ? Look::Samples : Look::Progress;
  see(*run, what, [this, what, progress](const Seen& seen) {
    looking = false;
    if (seen.info.id != current) return;
    saw(seen, what, progress);
    Q_EMIT runsChanged();
  });
}

void EngineTrainSource::saw(const Seen& seen, Look what, const RunProgress& progress) {
  KnownRun* run = known(seen.info.id);
  if (!run) return;
  const bool wasSaving = doing.startsWith(QStringLiteral("Saving"));
  doing = QString::fromStdString(progress.doing);
  secondsAStep = progress.secondsAStep;
  if (progress.steps > 0) run->info.step = int(progress.step);
  run->info.notes = seen.info.notes;
  run->metrics->take(seen.news);
  run->info.secondsGone = secondsOf(run->metrics->rows());
  const int safe = std::exchange(run->info.checkpoint, seen.info.checkpoint);
  run->info.modelDir = seen.info.modelDir;
  if (run->info.checkpoint != safe || wasSaving) {
    bench.setCheckpoint(run->info.checkpoint < 0 ? QString()
                                                 : tr("Last checkpoint: step %L1").arg(run->info.checkpoint));
    if (run->info.checkpoint != safe) engine.refreshModels();
  }
  if (what == Look::Progress) return;
  written = {seen.info.id, seen.samples};
  Q_EMIT samplesChanged(seen.info.id);
}

void EngineTrainSource::trained(const QString& run, RunEnd end, const QString& problem) {
  lookTimer.stop();
  if (!problem.isEmpty()) eyes.start([run, problem] { keepFailure(run.toStdString(), problem.toStdString()); });
  const KnownRun* one = known(run);
  if (!one) return settle(run, end, problem, {});
  see(*one, Look::End, [this, run, end, problem](const Seen& seen) {
    // The list may have read on meanwhile: then from there.
    if (const KnownRun* now = known(run); now && now->metrics->place() != seen.news.from)
      return trained(run, end, problem);
    settle(run, end, problem, seen);
  });
}

void EngineTrainSource::settle(const QString& run, RunEnd end, const QString& problem, const Seen& seen) {
  if (!seen.info.id.isEmpty()) saw(seen, Look::End, report.progress); // the training thread has said its last
  current.clear();
  doing.clear();
  if (!problem.isEmpty()) {
    ends[run] = RunState::Failed;
    reasons[run] = problem;
  } else if (end != RunEnd::Done) {
    ends[run] = end == RunEnd::Paused ? RunState::Paused : RunState::Stopped;
  }
  if (KnownRun* one = known(run)) one->info.state = seen.allSteps ? RunState::Done : RunState::Stopped;
  bench.setCheckpoint({});
  engine.refreshModels();
  trainNext();
  Q_EMIT runsChanged();
}

} // namespace attune
