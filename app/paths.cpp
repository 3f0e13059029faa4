#include "paths.h"

#include "error.h"
#include <QDir>
#include <QStandardPaths>

namespace attune::paths {
namespace {

QString moved() {
  const QString given = qEnvironmentVariable("ATTUNE_HOME");
  return given.isEmpty() ? QString() : QDir::cleanPath(QDir(given).absolutePath());
}

} // namespace

QString home() {
  const QString given = moved();
  if (!given.isEmpty()) return given;
  return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + QStringLiteral("/attune");
}

QString store() { return home() + QStringLiteral("/attune.sqlite"); }
QString models() { return home() + QStringLiteral("/models"); }
QString runs() { return home() + QStringLiteral("/runs"); }

QString settings() {
  const QString given = moved();
  if (!given.isEmpty()) return given + QStringLiteral("/settings.ini");
  return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
         QStringLiteral("/attune/settings.ini");
}

void make() {
  for (const QString& folder : {home(), models(), runs()})
    if (!QDir().mkpath(folder))
      throw Error("The folder " + folder.toStdString() +
                  " cannot be made; give ATTUNE_HOME a folder that you may write to.");
}

} // namespace attune::paths
