#include "engine/model_catalog.h"

#include "error.h"
#include "formats/json.h"
#include "sentence.h"
#include "formats/model_folder.h"
#include "paths.h"
#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <nlohmann/json.hpp>

namespace attune {
namespace {

QString made(const Lineage& lineage) {
  const QString job = QString::fromStdString(lineage.job);
  QString words = job == QLatin1String("pretrain") ? QStringLiteral("base")
                  : job == QLatin1String("sft") || job == QLatin1String("dpo") || job == QLatin1String("ppo")
                      ? job.toUpper()
                  : job == QLatin1String("reward") ? QStringLiteral("reward")
                  : job == QLatin1String("import") ? QStringLiteral("imported")
                  : job == QLatin1String("init")   ? QStringLiteral("untrained")
                                                   : QString();
  if (!words.isEmpty() && lineage.step) words += QStringLiteral(", step %1").arg(*lineage.step);
  return words;
}

// "1.4 million", "124 million", "6.7 billion", "850 thousand"
QString countWords(double n) {
  const char* unit = n >= 1e9 ? "billion" : n >= 1e6 ? "million" : "thousand";
  const double shown = n / (n >= 1e9 ? 1e9 : n >= 1e6 ? 1e6 : 1e3);
  return QStringLiteral("%1 %2").arg(QString::number(shown, 'f', shown < 10 ? 1 : 0), QLatin1String(unit));
}

bool hasTemplate(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder / "chat_template.jinja")) return true;
  const auto file = folder / "tokenizer_config.json";
  if (!std::filesystem::exists(file)) return false;
  const Json json = readJson(file);
  return json.is_object() && json.contains("chat_template") && !json["chat_template"].is_null();
}

QString stampOf(const QString& folder) {
  QString stamp;
  for (const QFileInfo& file : QDir(folder).entryInfoList(QDir::Files, QDir::Name))
    if (file.suffix() != QLatin1String("lock"))
      stamp += QStringLiteral("%1 %2 %3;")
                   .arg(file.fileName())
                   .arg(file.size())
                   .arg(file.lastModified().toMSecsSinceEpoch());
  return stamp;
}

// Fills in what the folder says of itself.
void read(ModelEntry& entry, const std::filesystem::path& where) {
  entry.path = QString::fromStdString(where.string());
  entry.stamp = stampOf(entry.path);
  try {
    const ModelFolder folder(where);
    int64_t parameters = 0;
    for (const TensorEntry& tensor : folder.tensors()) {
      int64_t size = 1;
      for (const int64_t n : tensor.shape) size *= n;
      parameters += size;
    }
    const ModelConfig& config = folder.config();
    entry.classifier = config.classifier;
    entry.context = int(config.nCtx);
    entry.chat = hasTemplate(where);
    entry.detail =
        QStringLiteral("%1 parameters, context %2").arg(countWords(double(parameters))).arg(qlonglong(config.nCtx));
    entry.tag = made(readLineage(where));
    if (entry.tag.isEmpty() && entry.classifier) entry.tag = QStringLiteral("reward");
    if (entry.tag.isEmpty() && !entry.chat) entry.tag = QStringLiteral("base");
  } catch (const std::exception& error) {
    entry.trouble = QString::fromStdString(sentenceOf(error));
  }
}

QStringList foldersIn(const QString& folder) {
  return folder.isEmpty() ? QStringList()
                          : QDir(folder).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name | QDir::LocaleAware);
}

} // namespace

ModelPlaces ModelPlaces::standard() {
  ModelPlaces places{paths::models(), paths::runs(), {}};
  const QString program = QCoreApplication::applicationDirPath();
  for (const QString& candidate :
       {program + QStringLiteral("/../share/attune/starter/model"),
        program + QStringLiteral("/../../resources/starter/model"), QStringLiteral(ATTUNE_STARTER)})
    if (QFileInfo::exists(candidate + QStringLiteral("/config.json"))) {
      places.starter = QDir::cleanPath(candidate);
      break;
    }
  return places;
}

QList<ModelEntry> findModels(const ModelPlaces& places) {
  QList<ModelEntry> all;
  if (!places.starter.isEmpty() && QFileInfo::exists(places.starter + QStringLiteral("/config.json"))) {
    ModelEntry entry{QStringLiteral("starter"), QStringLiteral("starter")};
    read(entry, places.starter.toStdString());
    all << entry;
    // What it was made from and what was made from it lies beside it.
    for (const char* part : {"base", "reward", "ppo"}) {
      const QString folder = QDir::cleanPath(places.starter + QStringLiteral("/../") + QString::fromLatin1(part));
      if (!QFileInfo::exists(folder + QStringLiteral("/config.json"))) continue;
      ModelEntry beside{QStringLiteral("starter/") + QString::fromLatin1(part),
                        QStringLiteral("starter ") + QString::fromLatin1(part)};
      read(beside, folder.toStdString());
      all << beside;
    }
  }
  for (const QString& name : foldersIn(places.models)) {
    const QString folder = places.models + QLatin1Char('/') + name;
    if (!QFileInfo::exists(folder + QStringLiteral("/config.json"))) continue;
    ModelEntry entry{QStringLiteral("models/") + name, name};
    read(entry, folder.toStdString());
    all << entry;
  }
  for (const QString& name : foldersIn(places.runs)) {
    const auto checkpoint = newestCheckpoint((places.runs + QLatin1Char('/') + name).toStdString());
    if (checkpoint.empty()) continue;
    ModelEntry entry{QStringLiteral("runs/") + name, name};
    read(entry, checkpoint);
    all << entry;
  }
  return all;
}

} // namespace attune
