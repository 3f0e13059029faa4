#include "models/model_library.h"

#include "error.h"
#include "formats/file_lock.h"
#include "formats/files.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <cerrno>
#include <cstdio>

namespace attune::library {
namespace {

const QString removedName = QStringLiteral(".removed");

void move(const QString& from, const QString& to) {
  if (std::rename(from.toStdString().c_str(), to.toStdString().c_str()) != 0)
    throw Error(from.toStdString() + " cannot be moved: " + reasonOf(errno) + ".");
}

void checkName(const QString& name) {
  static const QString wrong = QStringLiteral("/\\:*?\"<>|");
  bool good = !name.isEmpty() && !name.startsWith(QLatin1Char('.')) && name.size() <= 100;
  for (const QChar c : name) good = good && c.isPrint() && !wrong.contains(c);
  if (!good)
    throw Error("'" + name.toStdString() +
                "' cannot be a model's name; take up to 100 letters, digits, spaces and signs, but none of " +
                wrong.toStdString() + " and no dot in front.");
}

} // namespace

QString nameFor(const QString& source, const QString& folder) {
  QFileInfo info(QDir::cleanPath(source));
  // What matters of a folder's own files is the folder; of a checkpoint, the run.
  const QString file = info.fileName();
  if (file == QLatin1String("config.json") || file.endsWith(QLatin1String(".safetensors")) ||
      file.endsWith(QLatin1String(".index.json")))
    info = QFileInfo(info.absolutePath());
  if (info.isDir() && info.fileName().startsWith(QLatin1String("step-")) &&
      QFileInfo(info.absolutePath()).fileName() == QLatin1String("checkpoints"))
    info = QFileInfo(QFileInfo(info.absolutePath()).absolutePath());
  QString name = info.isDir() ? info.fileName() : info.completeBaseName();
  while (name.startsWith(QLatin1Char('.'))) name.remove(0, 1);
  if (name.isEmpty()) name = QStringLiteral("model");
  QString free = name;
  for (int n = 2; QFileInfo::exists(folder + QLatin1Char('/') + free); ++n)
    free = QStringLiteral("%1-%2").arg(name).arg(n);
  return free;
}

std::optional<std::filesystem::path> tokenizerBeside(const QString& checkpoint) {
  const QFileInfo info(checkpoint);
  const QDir folder = info.absoluteDir();
  QStringList names =
      folder.entryList({QStringLiteral("tokenizer.bin"), QStringLiteral("tokenizer.json")}, QDir::Files);
  if (names.isEmpty()) names = folder.entryList({QStringLiteral("tok*.bin")}, QDir::Files);
  names.removeAll(info.fileName());
  if (names.isEmpty()) return {};
  return folder.filePath(names.first()).toStdString();
}

void rename(const QString& folder, const QString& from, const QString& to) {
  checkName(to);
  const QString target = folder + QLatin1Char('/') + to;
  if (QFileInfo::exists(target))
    throw Error("There is already a model named '" + to.toStdString() + "'; take another name.");
  move(folder + QLatin1Char('/') + from, target);
}

QString moveAway(const QString& path) {
  const QFileInfo info(path);
  const FileLock lock = lockFolder(path.toStdString());
  const QString folder = info.absolutePath() + QLatin1Char('/') + removedName;
  if (!QDir().mkpath(folder)) throw Error(folder.toStdString() + " cannot be made; check the folder's permissions.");
  QString target;
  for (qint64 now = QDateTime::currentMSecsSinceEpoch(); target.isEmpty() || QFileInfo::exists(target); ++now)
    target = QStringLiteral("%1/%2 %3").arg(folder).arg(now).arg(info.fileName());
  move(path, target);
  return target;
}

void moveBack(const QString& removed, const QString& path) {
  if (QFileInfo::exists(path))
    throw Error(path.toStdString() + " exists again, so what was deleted stays in " + removed.toStdString() + ".");
  move(removed, path);
}

void purge(const QString& folder) {
  const QDir removed(folder + QLatin1Char('/') + removedName);
  const qint64 limit = QDateTime::currentDateTime().addDays(-30).toMSecsSinceEpoch();
  for (const QString& name : removed.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
    if (name.section(QLatin1Char(' '), 0, 0).toLongLong() < limit) QDir(removed.filePath(name)).removeRecursively();
}

} // namespace attune::library
