#include "attune_application.h"
#include "desktop.h"
#include "error.h"
#include "paths.h"
#include "press_keys.h"
#include "quit_on_signal.h"
#include "timekeeper.h"
#include "vulkan/lavapipe.h"
#include "widgets/theme.h"
#include <QApplication>
#include <QCommandLineParser>
#include <QKeyEvent>
#include <QMessageBox>
#include <QTimer>
#include <cstdio>
#include <memory>

namespace {

int wrongUsage(const QString& sentence) {
  std::fprintf(stderr, "attune: %s\n", qUtf8Printable(sentence));
  return 2;
}

} // namespace

int main(int argc, char** argv) {
  using namespace attune;
  vulkan::preferWideVectors(); // before any thread
  Application application(argc, argv);
  quitOnSignals();
  QApplication::setApplicationName(QStringLiteral("attune"));
  QApplication::setApplicationDisplayName(QStringLiteral("Attune"));
  QApplication::setDesktopFileName(QStringLiteral("attune"));
  QApplication::setApplicationVersion(QStringLiteral(ATTUNE_VERSION));

  QCommandLineParser parser;
  parser.setApplicationDescription(QStringLiteral("Train a chat model, rank its answers, look inside it."));
  parser.addHelpOption();
  parser.addVersionOption();
  QCommandLineOption storeOption(QStringLiteral("store"), QStringLiteral("The store to open."), QStringLiteral("FILE"),
                                 paths::store());
  QCommandLineOption deviceOption(QStringLiteral("device"),
                                  QStringLiteral("The device to compute on, by number or name."),
                                  QStringLiteral("N|NAME"));
  // For pictures made by a command (README): which panel, which theme, what size, where to.
  QCommandLineOption panelOption(QStringLiteral("panel"), {}, QStringLiteral("NAME"));
  QCommandLineOption themeOption(QStringLiteral("theme"), {}, QStringLiteral("light|dark|system"));
  QCommandLineOption sizeOption(QStringLiteral("size"), {}, QStringLiteral("WxH"));
  QCommandLineOption pictureOption(QStringLiteral("screenshot"), {}, QStringLiteral("FILE"));
  QCommandLineOption afterOption(QStringLiteral("after"), {}, QStringLiteral("MS"), QStringLiteral("500"));
  QCommandLineOption textOption(QStringLiteral("text"), {}, QStringLiteral("TEXT")); // typed into the panel, then Enter
  QCommandLineOption keysOption(QStringLiteral("keys"), {},
                                QStringLiteral("KEYS")); // 'A Shift+Down': pressed before the picture
  for (auto* option : {&keysOption, &textOption, &panelOption, &themeOption, &sizeOption, &pictureOption, &afterOption})
    option->setFlags(QCommandLineOption::HiddenFromHelp);
  parser.addOptions({storeOption, deviceOption, keysOption, textOption, panelOption, themeOption, sizeOption,
                     pictureOption, afterOption});
  parser.process(application);

  try {
    paths::make();
  } catch (const Error& error) {
    std::fprintf(stderr, "attune: %s\n", error.what());
    return 1;
  }

  Workbench bench;
  ThemeMode mode = ThemeMode(std::clamp(bench.settings()->value(QStringLiteral("theme"), 0).toInt(), 0, 2));
  if (parser.isSet(themeOption)) {
    const int place =
        int(QStringList{QStringLiteral("system"), QStringLiteral("light"), QStringLiteral("dark")}.indexOf(
            parser.value(themeOption)));
    if (place < 0) return wrongUsage(QStringLiteral("--theme is light, dark or system."));
    mode = ThemeMode(place);
  }
  std::unique_ptr<Desktop> desktop;
  try {
    const WithoutStyleSheet swift;
    Theme::use(mode);
    desktop = std::make_unique<Desktop>(bench, parser.value(storeOption), parser.value(deviceOption));
  } catch (const Error& error) {
    std::fprintf(stderr, "attune: %s\n", error.what());
    if (!parser.isSet(pictureOption))
      QMessageBox::critical(nullptr, QStringLiteral("Attune"), QString::fromUtf8(error.what()));
    return 1;
  }
  MainWindow& window = desktop->window;
  std::unique_ptr<Timekeeper> times;
  if (Timekeeper::wanted()) times = std::make_unique<Timekeeper>(*desktop, application);
  QObject::connect(&application, &Application::failed, &window, &MainWindow::tell);
  if (parser.isSet(sizeOption)) {
    const QStringList parts = parser.value(sizeOption).split(QLatin1Char('x'));
    const QSize size(parts.value(0).toInt(), parts.value(1).toInt());
    if (parts.size() != 2 || size.isEmpty()) return wrongUsage(QStringLiteral("--size is like 1280x800."));
    window.resize(size);
  }
  if (parser.isSet(panelOption)) {
    if (!window.panel(parser.value(panelOption)))
      return wrongUsage(QStringLiteral("There is no panel '%1'.").arg(parser.value(panelOption)));
    window.showPanel(parser.value(panelOption));
  }
  window.show();
  if (parser.isSet(textOption) && parser.isSet(panelOption)) {
    const auto type = [&window, name = parser.value(panelOption), text = parser.value(textOption)] {
      window.panel(name)->open({{QStringLiteral("text"), text}});
      if (QWidget* typed = window.focusWidget()) // active or not
        QApplication::postEvent(typed, new QKeyEvent(QEvent::KeyPress, Qt::Key_Return, Qt::NoModifier));
    };
    const auto soon = [&window, type] { QTimer::singleShot(50, &window, type); };
    if (desktop->engine.modelsKnown())
      soon();
    else
      QObject::connect(&desktop->engine, &Engine::modelsChanged, &window, soon, Qt::SingleShotConnection);
  }

  if (parser.isSet(keysOption)) {
    QTimer::singleShot(std::max(0, parser.value(afterOption).toInt() - 1000), &window,
                       [&window, keys = parser.value(keysOption)] { pressKeys(window, window.currentPanel(), keys); });
  }
  if (parser.isSet(pictureOption)) {
    const QString file = parser.value(pictureOption);
    QTimer::singleShot(parser.value(afterOption).toInt(), &window, [&window, file] {
      if (!window.grab().save(file)) {
        std::fprintf(stderr, "attune: The picture %s cannot be written.\n", qUtf8Printable(file));
        QApplication::exit(1);
        return;
      }
      QApplication::exit(0);
    });
  }
  return application.exec();
}
