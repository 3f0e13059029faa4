#include "models/model_origins.h"

#include "data/examples.h"
#include "data/record_sets.h"
#include "formats/model_folder.h"
#include "sha256.h"
#include "train/run_description.h"
#include "train/train_words.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QHash>
#include <QMutex>
#include <QSet>
#include <functional>

namespace attune {
namespace {

QString remembered(const QString& key, const std::function<std::string()>& compute) {
  static QMutex mutex;
  static QHash<QString, QString> known;
  {
    const QMutexLocker lock(&mutex);
    if (const auto found = known.constFind(key); found != known.cend()) return *found;
  }
  QString hash;
  try {
    hash = QString::fromStdString(compute());
  } catch (const std::exception&) { // it is not there, or no model any more
  }
  const QMutexLocker lock(&mutex);
  return known[key] = hash;
}

QString stampOf(const QFileInfo& file) {
  return QStringLiteral("%1 %2 %3;").arg(file.filePath()).arg(file.size()).arg(file.lastModified().toMSecsSinceEpoch());
}

constexpr qint64 mostRead = 16 << 20; // bytes of a file that is looked into

// What a file of data holds, and whose labels these are.
void describe(ModelOrigin& origin) {
  const auto tr = [](const char* text) { return QCoreApplication::translate("attune::ModelOrigin", text); };
  const QFileInfo file(origin.path);
  if (file.size() > mostRead) {
    origin.detail = sizeWords(quint64(file.size()));
    return;
  }
  static QMutex mutex;
  static QHash<QString, std::pair<QString, bool>> known;
  const QString key = stampOf(file);
  {
    const QMutexLocker lock(&mutex);
    if (const auto found = known.constFind(key); found != known.cend()) {
      origin.detail = found->first;
      origin.scripted = found->second;
      return;
    }
  }
  QStringList words, labelers;
  try {
    const Examples examples = readExamples(origin.path.toStdString());
    const auto say = [&](RecordKind kind, size_t count) {
      if (count) words << kindCount(kind, int(count));
    };
    say(RecordKind::Comparison, examples.rankings.size());
    say(RecordKind::Demonstration, examples.demonstrations.size());
    for (const RankingExample& ranking : examples.rankings) {
      origin.scripted = origin.scripted || ranking.scripted;
      const QString name = QString::fromStdString(ranking.labeler);
      if (!name.isEmpty() && !labelers.contains(name)) labelers << name;
    }
    if (words.isEmpty() && !origin.path.endsWith(QStringLiteral(".txt")))
      say(RecordKind::Prompt, examples.prompts.size());
  } catch (const std::exception&) { // plain text that is no list of examples
  }
  if (words.isEmpty()) words << sizeWords(quint64(file.size()));
  origin.detail = words.join(QStringLiteral(", "));
  if (!labelers.isEmpty()) origin.detail += tr(" by %1").arg(labelers.mid(0, 3).join(QStringLiteral(", ")));
  if (labelers.size() > 3) origin.detail += tr(" and %1 more").arg(labelers.size() - 3);
  const QMutexLocker lock(&mutex);
  known[key] = {origin.detail, origin.scripted};
}

} // namespace

QString modelHash(const QString& folder) {
  QString key;
  for (const QFileInfo& file : QDir(folder).entryInfoList(QDir::Files, QDir::Name))
    if (file.fileName().contains(QLatin1String(".safetensors")) || file.fileName() == QLatin1String("config.json"))
      key += stampOf(file);
  return key.isEmpty() ? QString() : remembered(key, [&] { return ModelFolder(folder.toStdString()).sha256(); });
}

QString fileHash(const QString& file) {
  const QFileInfo info(file);
  return info.isFile() ? remembered(stampOf(info), [&] { return sha256OfFile(file.toStdString()); }) : QString();
}

QList<ModelOrigin> originsOf(const ModelCard& card, const QList<ModelCard>& cards) {
  QList<ModelOrigin> all;
  QSet<QString> seen;
  const auto judge = [](ModelOrigin& origin, const QString& now) {
    if (now == origin.hash) return;
    // Attune records whole paths; what comes with it was made where its paths began, and only the hash came along.
    const bool whole = QFileInfo(origin.path).isAbsolute();
    origin.state = !now.isEmpty() ? ModelOrigin::Changed : whole ? ModelOrigin::Gone : ModelOrigin::Elsewhere;
    origin.now = now;
  };
  std::function<void(const ModelCard&, int)> walk = [&](const ModelCard& one, int depth) {
    const Lineage& lineage = one.lineage;
    for (const Lineage::Parent& parent : lineage.parents) {
      const QString path = QString::fromStdString(parent.path);
      ModelOrigin origin{nameOfPath(path), false, ModelKind::Base, QString::fromStdString(parent.sha256)};
      origin.path = path;
      origin.depth = depth;
      if (seen.contains(path + origin.hash)) continue;
      seen << path + origin.hash;
      const int known = parentOf(one, parent, cards);
      if (known >= 0) {
        origin.name = cards[known].entry.name;
        origin.kind = cards[known].kind;
        origin.detail = madeByWords(cards[known]);
        if (const auto seed = cards[known].lineage.seed)
          origin.detail += QCoreApplication::translate("attune::ModelOrigin", ", seed %1").arg(*seed);
      } else if (parent.role == "rule") {
        origin.data = true;
        origin.detail = QCoreApplication::translate("attune::ModelOrigin", "a rule in place of a reward model");
        origin.scripted = true;
      }
      const QFileInfo at(path);
      QString now;
      try {
        now = at.isDir() ? modelHash(QString::fromStdString(resolveModelPath(parent.path).string())) : fileHash(path);
      } catch (const std::exception&) { // no model there any more
      }
      // A model that was renamed, or a run that went on, is known by its hash.
      if (now != origin.hash && known >= 0 && modelHash(cards[known].entry.path) == origin.hash) now = origin.hash;
      judge(origin, now);
      all << origin;
      if (known >= 0) walk(cards[known], depth + 1);
    }
    for (const auto& [file, hash] : lineage.data) {
      const QString path = QString::fromStdString(file);
      // A run records its policy and its reward among the hashes it watches; as parents they were told already.
      if (seen.contains(path) || seen.contains(path + QString::fromStdString(hash))) continue;
      seen << path;
      ModelOrigin origin{QFileInfo(path).fileName(), true, ModelKind::Base, QString::fromStdString(hash)};
      origin.path = path;
      origin.depth = depth;
      judge(origin, fileHash(path));
      if (origin.state == ModelOrigin::Same || origin.state == ModelOrigin::Changed) describe(origin);
      all << origin;
    }
  };
  walk(card, 0);
  return all;
}

} // namespace attune
