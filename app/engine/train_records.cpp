// What EngineTrainSource does with runs as folders, and with the store's records: renaming, deleting, writing files to
// train on.
#include "engine/engine.h"
#include "engine/engine_train_source.h"
#include "error.h"
#include "models/model_library.h"
#include "sentence.h"
#include "sha256.h"
#include "store/exchange.h"
#include "store/store.h"
#include "train/rollout_file.h"
#include "workbench.h"

#include <QDir>
#include <QFileInfo>
#include <filesystem>

namespace attune {
namespace {

constexpr RecordKind kindOf(StoreRecords records) {
  return records == StoreRecords::Demonstrations ? RecordKind::Demonstration
         : records == StoreRecords::Rankings     ? RecordKind::Comparison
                                                 : RecordKind::Prompt;
}

constexpr ExchangeKind exchangeOf(StoreRecords records) {
  return records == StoreRecords::Demonstrations ? ExchangeKind::Demonstrations
         : records == StoreRecords::Rankings     ? ExchangeKind::Rankings
                                                 : ExchangeKind::Prompts;
}

} // namespace

QStringList EngineTrainSource::rolloutFiles(const QString& run) const {
  QStringList files;
  for (const auto& file : attune::rolloutFiles(run.toStdString())) files << QString::fromStdString(file.string());
  return files;
}

void EngineTrainSource::countStored() {
  if (!bench.store) return;
  onDesk([this, store = bench.store] {
    std::vector<StoreCount> made;
    QStringList names;
    try {
      for (const StoreRecords records : {StoreRecords::Demonstrations, StoreRecords::Rankings, StoreRecords::Prompts}) {
        StoreCount count{store->count(kindOf(records)), 0};
        RecordFilter scripted;
        scripted.scripted = 1;
        if (records != StoreRecords::Prompts) count.scripted = store->count(kindOf(records), scripted);
        made.push_back(count);
      }
      for (const ValueCount& one : store->countBy(RecordKind::Comparison, CountBy::Labeler))
        if (!one.value.isEmpty()) names << one.value;
    } catch (const std::exception&) {
      return; // the store says itself what troubles it
    }
    QMetaObject::invokeMethod(
        this,
        [this, made, names] {
          std::copy(made.begin(), made.end(), counts);
          rankers = names;
          Q_EMIT storedChanged();
        },
        Qt::QueuedConnection);
  });
}

// A file of its own, named by what is in it: the same records give the same file, and a run's data stays what it was
// when more is ranked.
void EngineTrainSource::exportRecords(StoreRecords records, bool withScripted) {
  if (!bench.store) return;
  onDesk([this, store = bench.store, records, withScripted, folder = homeFolder + QStringLiteral("/data")] {
    QString file, problem;
    try {
      QDir().mkpath(folder);
      constexpr const char* names[] = {"demonstrations", "rankings", "prompts"};
      RecordFilter filter;
      if (!withScripted) filter.scripted = 0;
      const std::filesystem::path made = (folder + QStringLiteral("/new-") + names[int(records)]).toStdString();
      exportJsonLines(*store, exchangeOf(records), made, filter);
      file = QStringLiteral("%1/%2-%3.jsonl")
                 .arg(folder, QLatin1String(names[int(records)]), QString::fromStdString(sha256OfFile(made)).left(8));
      std::filesystem::rename(made, file.toStdString());
    } catch (const std::exception& error) {
      problem = QString::fromStdString(sentenceOf(error));
    }
    QMetaObject::invokeMethod(
        this,
        [this, file, problem] {
          if (problem.isEmpty())
            Q_EMIT exported(file);
          else
            Q_EMIT failed(problem);
        },
        Qt::QueuedConnection);
  });
}

// --- folders

void EngineTrainSource::moved(const QString& from, const QString& to) {
  if (ends.contains(from)) ends.insert(to, ends.take(from));
  if (reasons.contains(from)) reasons.insert(to, reasons.take(from));
  memories.remove(from);
  journals.remove(from);
  waiting.replaceInStrings(from, to);
  if (KnownRun* run = known(from)) {
    run->info.id = to;
    run->info.description.name = QFileInfo(to).fileName();
    run->info.modelDir.replace(from, to);
    run->metrics = std::make_shared<MetricsFile>(to + QStringLiteral("/metrics.jsonl"));
  }
  const QString before = QStringLiteral("runs/") + QFileInfo(from).fileName(),
                now = QStringLiteral("runs/") + QFileInfo(to).fileName();
  if (bench.store)
    onDesk([this, store = bench.store, before, now] {
      try {
        store->renameModel(before, now);
      } catch (const Error& error) {
        const QString why = QString::fromUtf8(error.what());
        QMetaObject::invokeMethod(
            this, [this, why] { Q_EMIT failed(why); }, Qt::QueuedConnection);
      }
    });
  Q_EMIT runsChanged();
  list();
  engine.refreshModels();
}

void EngineTrainSource::rename(const QString& run, const QString& name) {
  const QString before = QFileInfo(run).fileName(), folder = runsFolder();
  if (name == before) return;
  if (run == current || trainerOf(run)) {
    Q_EMIT failed(tr("%1 is being trained; pause it first, then it can have another name.").arg(before));
    return;
  }
  const auto move = [this, folder](const QString& from, const QString& to) {
    library::rename(folder, from, to);
    moved(folder + QLatin1Char('/') + from, folder + QLatin1Char('/') + to);
  };
  bench.act(
      tr("rename %1").arg(before), [=] { move(before, name); }, [=] { move(name, before); });
}

void EngineTrainSource::remove(const QString& run) {
  const QString name = QFileInfo(run).fileName();
  if (run == current || trainerOf(run)) {
    Q_EMIT failed(tr("%1 is being trained; stop it first, then it can be deleted.").arg(name));
    return;
  }
  auto away = std::make_shared<QString>();
  bench.remove(
      name,
      [=, this] {
        *away = library::moveAway(run);
        waiting.removeAll(run);
        all.removeIf([&](const KnownRun& one) { return one.info.id == run; });
        Q_EMIT runsChanged();
        engine.refreshModels();
      },
      [=, this] {
        library::moveBack(*away, run);
        list();
        engine.refreshModels();
      });
}

} // namespace attune
