#include "cli/qt.h"

#include "cli/arguments.h"
#include "error.h"
#include "paths.h"
#include "store/store.h"

#include <QFileInfo>
#include <QGuiApplication>
#include <clocale>

namespace attune::cli {
namespace {

template <class Application> void use() {
  if (QCoreApplication::instance()) return;
  static int count = 1;
  static char name[] = "attune-cli";
  static char* words[] = {name, nullptr};
  // Qt's own remarks (on the environment, on fonts) are no concern of a command's user.
  qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString&) {});
  static Application application(count, words);
  std::setlocale(LC_NUMERIC, "C"); // Qt takes the user's; numbers here are for scripts
}

} // namespace

void useQtCore() { use<QCoreApplication>(); }

void useQtGui() {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  use<QGuiApplication>();
}

std::unique_ptr<Store> openStore(const Arguments& arguments, bool toWrite) {
  useQtCore();
  QString file = QString::fromStdString(arguments.text("store"));
  if (file.isEmpty()) {
    paths::make();
    file = paths::store();
  }
  if (!toWrite && !QFileInfo::exists(file) && arguments.has("store"))
    throw Error("The store " + file.toStdString() + " does not exist; give --store the file of a store.");
  // A store that is not there yet is made, so that asking what it holds answers: nothing.
  const bool write = toWrite || !QFileInfo::exists(file);
  return std::make_unique<Store>(file, write ? Store::Access::Write : Store::Access::Read);
}

} // namespace attune::cli
