#include "application.h"
#include "attention/attention_panel.h"
#include "chat/chat_panel.h"
#include "data/data_panel.h"
#include "engine/engine.h"
#include "engine/engine_attention_source.h"
#include "engine/engine_train_source.h"
#include "error.h"
#include "label/label_panel.h"
#include "main_window.h"
#include "models/models_panel.h"
#include "paths.h"
#include "store/store.h"
#include "train/train_panel.h"
#include "vulkan/lavapipe.h"
#include "widgets/icons.h"
#include "widgets/theme.h"
#include "workbench.h"
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
  for (auto* option : {&textOption, &panelOption, &themeOption, &sizeOption, &pictureOption, &afterOption})
    option->setFlags(QCommandLineOption::HiddenFromHelp);
  parser.addOptions(
      {storeOption, deviceOption, textOption, panelOption, themeOption, sizeOption, pictureOption, afterOption});
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
  Theme::use(mode);

  std::unique_ptr<Store> store;
  try {
    store = std::make_unique<Store>(parser.value(storeOption));
  } catch (const Error& error) {
    std::fprintf(stderr, "attune: %s\n", error.what());
    if (!parser.isSet(pictureOption))
      QMessageBox::critical(nullptr, QStringLiteral("Attune"), QString::fromUtf8(error.what()));
    return 1;
  }
  bench.store = store.get();
  QObject::connect(store.get(), &Store::saveStateChanged, &bench, &Workbench::setSaveState);

  Engine engine(bench, ModelPlaces::standard(), parser.value(deviceOption));
  EngineAttentionSource attention(engine);
  EngineTrainSource training(bench, engine, paths::home(), parser.value(deviceOption));
  MainWindow window(bench);
  window.addPanel(new ChatPanel(bench, engine));
  window.addPanel(new LabelPanel(bench, engine));
  window.addPanel(new TrainPanel(bench, training));
  window.addPanel(new AttentionPanel(bench, attention));
  window.addPanel(new DataPanel(bench));
  window.addPanel(new ModelsPanel(bench, engine, paths::models()));
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
    QTimer::singleShot(1500, &window, [&] {
      window.panel(parser.value(panelOption))->open({{QStringLiteral("text"), parser.value(textOption)}});
      if (QWidget* typed = QApplication::focusWidget())
        QApplication::postEvent(typed, new QKeyEvent(QEvent::KeyPress, Qt::Key_Return, Qt::NoModifier));
    });
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
