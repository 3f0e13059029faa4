#include "models/model_origins.h"

#include "formats/model_folder.h"
#include "sha256.h"

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
  QList<ModelOrigin> models, data;
  QSet<QString> seen;
  const auto judge = [](ModelOrigin& origin, const QString& now) {
    if (now == origin.hash) return;
    origin.state = now.isEmpty() ? ModelOrigin::Gone : ModelOrigin::Changed;
    origin.now = now;
  };
  std::function<void(const ModelCard&)> walk = [&](const ModelCard& one) {
    const Lineage& lineage = one.lineage;
    for (const Lineage::Parent& parent : lineage.parents) {
      const QString path = QString::fromStdString(parent.path);
      ModelOrigin origin{QFileInfo(path).fileName(), false, ModelKind::Base, QString::fromStdString(parent.sha256)};
      origin.path = path;
      if (seen.contains(path + origin.hash)) continue;
      seen << path + origin.hash;
      const int known = parentOf(one, parent, cards);
      if (known >= 0) {
        origin.name = cards[known].entry.name;
        origin.kind = cards[known].kind;
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
      models << origin;
      if (known >= 0) walk(cards[known]);
    }
    for (const auto& [file, hash] : lineage.data) {
      const QString path = QString::fromStdString(file);
      if (seen.contains(path)) continue;
      seen << path;
      ModelOrigin origin{QFileInfo(path).fileName(), true, ModelKind::Base, QString::fromStdString(hash)};
      origin.path = path;
      judge(origin, fileHash(path));
      data << origin;
    }
  };
  walk(card);
  return models + data;
}

} // namespace attune
