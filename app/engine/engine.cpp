#include "engine/engine.h"

#include "engine/reply_job.h"
#include "error.h"
#include "in_pool.h"
#include "sentence.h"
#include "workbench.h"
#include <QPointer>

namespace attune {
namespace {

QString kindWords(vulkan::DeviceKind kind) {
  switch (kind) {
  case vulkan::DeviceKind::Discrete:
    return Engine::tr("discrete");
  case vulkan::DeviceKind::Integrated:
    return Engine::tr("integrated");
  case vulkan::DeviceKind::Virtual:
    return Engine::tr("virtual");
  case vulkan::DeviceKind::Cpu:
    return Engine::tr("processor");
  case vulkan::DeviceKind::Other:
    break;
  }
  return Engine::tr("other");
}

QString deviceWords(const vulkan::DeviceInfo& info) {
  return QStringLiteral("%1, %2").arg(QString::fromStdString(info.name), kindWords(info.kind));
}

} // namespace

template <class Call> void Engine::later(Call call) {
  QMetaObject::invokeMethod(this, std::move(call), Qt::QueuedConnection);
}

Engine::Engine(Workbench& bench, const ModelPlaces& where, const QString& selector, QObject* parent)
    : QObject(parent)
    , bench(bench)
    , places(where) {
  qRegisterMetaType<JobId>("attune::JobId");
  pull.setInterval(33);
  connect(&pull, &QTimer::timeout, this, [this] {
    for (const JobId job : streams.keys()) deliver(job);
  });
  // What is over in a blink is not mentioned.
  sayLater.setSingleShot(true);
  sayLater.setInterval(200);
  connect(&sayLater, &QTimer::timeout, this, [this] {
    this->bench.setWork({QStringLiteral("engine"), workWords, QString(), !workWords.isEmpty()});
    Q_EMIT workChanged(workWords);
  });
  settle.setSingleShot(true);
  settle.setInterval(300);
  connect(&settle, &QTimer::timeout, this, &Engine::refreshModels);
  for (const QString& folder : {places.models, places.runs})
    if (!folder.isEmpty()) watcher.addPath(folder);
  connect(&watcher, &QFileSystemWatcher::directoryChanged, &settle, qOverload<>(&QTimer::start));
  connect(&bench, &Workbench::deviceChosen, this, [this](const QString& chosen) {
    ready = false;
    trouble.clear();
    worker->useDevice(chosen.toStdString());
  });
  const QString chosen = selector.isEmpty() ? bench.chosenDevice() : selector;
  worker = std::make_unique<EngineWorker>(chosen.toStdString(), reports());
  worker->useDevice(chosen.toStdString());
  refreshModels();
}

Engine::~Engine() {
  worker.reset();
  bench.setWork({QStringLiteral("engine"), {}, {}, false});
}

EngineWorker::Reports Engine::reports() {
  EngineWorker::Reports reports;
  reports.working = [this](const std::string& words) {
    later([this, words = QString::fromStdString(words)] { sayWork(words); });
  };
  reports.opened = [this](const vulkan::DeviceInfo& info) {
    later([this, words = deviceWords(info)] {
      ready = true;
      trouble.clear();
      bench.setDevice(words);
      listDevices();
      Q_EMIT deviceChanged();
    });
  };
  reports.memory = [this](uint64_t used, uint64_t total) {
    later([this, used, total] { bench.setMemory(used, total); });
  };
  reports.deviceFailed = [this](const std::string& sentence) {
    later([this, sentence = QString::fromStdString(sentence)] {
      ready = false;
      trouble = sentence;
      bench.setDevice(tr("No device"));
      listDevices();
      Q_EMIT deviceChanged();
    });
  };
  return reports;
}

void Engine::sayWork(const QString& words) {
  workWords = words;
  if (words.isEmpty()) {
    sayLater.stop();
    bench.setWork({QStringLiteral("engine"), {}, {}, false});
    Q_EMIT workChanged(words);
  } else if (!sayLater.isActive()) {
    sayLater.start();
  }
}

// Once a device was opened, or could not be: a Vulkan of its own beside the one that opens would delay both.
void Engine::listDevices() {
  inPool(
      this,
      [] {
        QList<DeviceChoice> choices;
        try {
          for (const vulkan::DeviceInfo& info : vulkan::listDevices())
            choices << DeviceChoice{QString::number(info.index), deviceWords(info), QString::fromStdString(info.driver),
                                    QString::fromStdString(info.refusal), info.memory};
        } catch (const std::exception&) { // opening a device says why
        }
        return choices;
      },
      [this](const QList<DeviceChoice>& choices) { bench.setDevices(choices); });
}

// --- models

void Engine::refreshModels() {
  if (listing) {
    listAgain = true;
    return;
  }
  listing = true;
  inPool(
      this, [places = places] { return findModels(places); },
      [this](const QList<ModelEntry>& found) {
        listing = false;
        const bool news = !listed || found != entries;
        entries = found;
        listed = true;
        if (std::exchange(listAgain, false)) refreshModels();
        if (news) Q_EMIT modelsChanged();
      });
}

void Engine::tellRenamed(const QString& from, const QString& to) {
  for (ModelEntry& entry : entries) // until it is listed anew
    if (entry.id == from) {
      entry.id = to;
      entry.name = to.section(QLatin1Char('/'), -1);
    }
  Q_EMIT modelRenamed(from, to);
  refreshModels();
}

const ModelEntry* Engine::model(const QString& id) const {
  for (const ModelEntry& entry : entries)
    if (entry.id == id) return &entry;
  return nullptr;
}

QString Engine::modelAt(const QString& folder) const {
  for (const ModelEntry& entry : entries)
    if (entry.path == folder) return entry.id;
  return {};
}

ModelTextPtr Engine::text(const QString& id) {
  const ModelEntry* entry = model(id);
  if (!entry) return nullptr;
  const QString key = entry->path + entry->stamp;
  if (texts.contains(key)) return texts.value(key);
  if (reading.contains(key)) return nullptr;
  reading << key;
  struct Result {
    ModelTextPtr text;
    QString error;
  };
  inPool(
      this,
      [path = entry->path.toStdString()]() -> Result {
        try {
          return {ModelText::read(path), {}};
        } catch (const std::exception& error) {
          return {nullptr, QString::fromStdString(sentenceOf(error))};
        }
      },
      [this, key, id](const Result& result) {
        reading.removeAll(key);
        if (result.text) {
          texts.insert(key, result.text);
          Q_EMIT textReady(id);
        } else {
          Q_EMIT textFailed(id, result.error);
        }
      });
  return nullptr;
}

// --- jobs

JobId Engine::withModel(const QString& id, ModelWork work, QObject* context, Done done, Urgency urgency) {
  const JobId job = ++lastJob;
  const ModelEntry* entry = model(id);
  auto over = [this, context = QPointer<QObject>(context), done = std::move(done)](const QString& error) {
    later([context, done, error] {
      if (context && done) done(error);
    });
  };
  if (!entry || !entry->trouble.isEmpty()) {
    over(entry ? entry->trouble
               : tr("The model %1 is not there any more; choose another.").arg(id.section(QLatin1Char('/'), -1)));
    return job;
  }
  WorkerTask task;
  task.id = job;
  task.urgency = urgency;
  task.run = [name = entry->name.toStdString(), path = entry->path.toStdString(), stamp = entry->stamp.toStdString(),
              work = std::move(work)](ModelShelf& shelf, const Interrupt& interrupt) {
    work(shelf.model(name, path, stamp), interrupt);
  };
  task.finished = [over] { over({}); };
  task.failed = [over](const std::string& sentence) { over(QString::fromStdString(sentence)); };
  worker->post(std::move(task));
  return job;
}

void Engine::prepare(const QString& id) {
  withModel(
      id,
      [this, id](LoadedModel& model, const Interrupt& interrupt) {
        later([this, id] { Q_EMIT loaded(id); });
        warmUp(model, interrupt);
      },
      this,
      [this, id](const QString& error) {
        if (error.isEmpty()) Q_EMIT prepared(id);
      },
      Urgency::Ahead);
}

JobId Engine::reply(const ReplyRequest& request) {
  auto stream = std::make_shared<ReplyStream>();
  auto end = std::make_shared<ReplyEnd>();
  const JobId next = lastJob + 1;
  auto work = [this, request, stream, end, next](LoadedModel& model, const Interrupt& interrupt) {
    stream->take(); // an earlier attempt that gave way
    *end = runReply(model, request, interrupt, *stream,
                    [this, next, ahead = request.urgency == Urgency::Ahead](const ReplyStart& start) {
                      if (!ahead)
                        later([this, next, start] {
                          if (streams.contains(next)) Q_EMIT replyStarted(next, start);
                        });
                    });
  };
  auto over = [this, next, end](const QString& error) {
    deliver(next);
    streams.remove(next);
    if (streams.isEmpty()) pull.stop();
    if (error.isEmpty())
      Q_EMIT replyFinished(next, *end);
    else
      Q_EMIT replyFailed(next, error);
  };
  streams.insert(next, {stream, request.urgency});
  pull.start();
  return withModel(request.model, std::move(work), this, std::move(over), request.urgency);
}

// Answers made ahead come whole, since they may begin again.
void Engine::deliver(JobId job) {
  const auto stream = streams.constFind(job);
  if (stream == streams.cend() || stream->urgency == Urgency::Ahead) return;
  const std::vector<ReplyPiece> pieces = stream->pieces->take();
  if (!pieces.empty()) Q_EMIT replyTokens(job, QList<ReplyPiece>(pieces.begin(), pieces.end()));
}

void Engine::stop(JobId job) {
  if (job) worker->stop(job);
}

} // namespace attune
