#include "main_window.h"

#include "application.h"
#include "catch.h"
#include "error.h"
#include "paths.h"
#include "preferences_dialog.h"
#include "press_keys.h"
#include "rail_button.h"
#include "status_line.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/message_strip.h"
#include "widgets/popover.h"
#include "widgets/segmented_control.h"
#include "workbench.h"
#include <QLineEdit>
#include <QMenuBar>
#include <QTest>
#include <QVBoxLayout>

using namespace attune;

namespace {

// A panel with a search field in its list, a text in its content, a field in its side.
class Sample : public Panel {
public:
  Sample(Workbench& bench, const QString& name, const QString& icon)
      : Panel(bench, name, name, icon) {
    auto* list = new QWidget;
    auto* listColumn = new QVBoxLayout(list);
    search = new QLineEdit;
    listColumn->addWidget(search);
    auto* content = new QWidget;
    auto* contentColumn = new QVBoxLayout(content);
    contentColumn->addWidget(new BarRow);
    text = new QLineEdit;
    contentColumn->addWidget(text);
    contentColumn->addStretch(1);
    auto* side = new QWidget;
    auto* sideColumn = new QVBoxLayout(side);
    sideColumn->addWidget(new SectionHeader(QStringLiteral("Reply settings"), {}, nullptr, metric::toolBar));
    field = new QLineEdit;
    sideColumn->addWidget(field);
    setPanes(list, content, side);
    setSearchField(search);
  }
  bool escape() override {
    ++stops;
    return true;
  }
  void open(const QVariantMap& request) override { asked = request; }
  QLineEdit *search, *text, *field;
  int stops = 0;
  QVariantMap asked;
};

struct Window {
  Window() {
    first = new Sample(bench, QStringLiteral("chat"), QStringLiteral("chat"));
    second = new Sample(bench, QStringLiteral("label"), QStringLiteral("label"));
    first->addMenuAction(Panel::Model, QStringLiteral("&Look inside"), QKeySequence(Qt::CTRL | Qt::Key_I));
    window.addPanel(first);
    window.addPanel(second);
    window.resize(1280, 800);
    window.show();
    (void)QTest::qWaitForWindowExposed(&window);
    window.activateWindow();
    QTest::qWait(20);
  }
  QApplication& application = test::application();
  Workbench bench;
  bool fresh = (bench.settings()->clear(), true); // before the window reads them
  MainWindow window{bench};
  Sample *first, *second;
  void key(Qt::Key k, Qt::KeyboardModifiers m = {}) {
    QWidget* to = QApplication::focusWidget();
    QTest::keyClick(to ? to : &window, k, m);
  }
};

} // namespace

TEST_CASE("ATTUNE_HOME moves store, models, runs and settings together") {
  test::application();
  const QByteArray before = qgetenv("ATTUNE_HOME");
  qputenv("ATTUNE_HOME", "/somewhere/else/");
  CHECK(paths::store() == QStringLiteral("/somewhere/else/attune.sqlite"));
  CHECK(paths::models() == QStringLiteral("/somewhere/else/models"));
  CHECK(paths::runs() == QStringLiteral("/somewhere/else/runs"));
  CHECK(paths::settings() == QStringLiteral("/somewhere/else/settings.ini"));
  qunsetenv("ATTUNE_HOME");
  CHECK(paths::home().endsWith(QStringLiteral("/attune")));
  qputenv("ATTUNE_HOME", before);
}

TEST_CASE("panels change by Ctrl and number and by the rail; menus follow") {
  Window w;
  CHECK(w.window.currentPanel() == w.first);
  auto menus = [&] {
    QStringList names;
    for (QAction* a : w.window.menuBar()->actions())
      if (a->isVisible()) names << a->text().remove(QLatin1Char('&'));
    return names;
  };
  CHECK(menus().contains(QStringLiteral("Model")));
  CHECK_FALSE(menus().contains(QStringLiteral("Run"))); // nothing in it
  w.key(Qt::Key_2, Qt::ControlModifier);
  CHECK(w.window.currentPanel() == w.second);
  CHECK_FALSE(menus().contains(QStringLiteral("Model")));
  CHECK(w.window.windowTitle().startsWith(QStringLiteral("label")));
  QTest::mouseClick(w.window.findChildren<RailButton*>().at(1), Qt::LeftButton); // 0 is Preferences
  CHECK(w.window.currentPanel() == w.first);
  w.bench.open(QStringLiteral("label"), {{QStringLiteral("text"), 7}});
  CHECK(w.window.currentPanel() == w.second);
  CHECK(w.second->asked.value(QStringLiteral("text")).toInt() == 7);
}

TEST_CASE("F8, F9, F6 and Ctrl+K move about the panes") {
  Window w;
  w.key(Qt::Key_F8);
  CHECK_FALSE(w.first->listShown());
  w.key(Qt::Key_K, Qt::ControlModifier); // brings the list back, since the search is in it
  CHECK(w.first->listShown());
  CHECK(QApplication::focusWidget() == w.first->search);
  w.key(Qt::Key_F6);
  CHECK(QApplication::focusWidget() == w.first->text);
  w.key(Qt::Key_F6);
  CHECK(QApplication::focusWidget() == w.first->field);
  w.key(Qt::Key_F6, Qt::ShiftModifier);
  CHECK(QApplication::focusWidget() == w.first->text);
  w.key(Qt::Key_F9);
  CHECK_FALSE(w.first->sideShown());
  w.key(Qt::Key_F9);
  CHECK(w.first->sideShown());
}

TEST_CASE("a narrow window floats the side; Esc closes popover, side, then stops") {
  Window w;
  CHECK(w.first->sideShown());
  w.window.resize(1000, 640);
  QTest::qWait(10);
  CHECK(w.first->sideFloats());
  CHECK_FALSE(w.first->sideShown());
  const int content = w.first->contentPane()->width();
  w.key(Qt::Key_F9);
  CHECK(w.first->sideShown());
  CHECK(w.first->contentPane()->width() == content); // over it, not beside it
  CHECK(w.first->sidePane()->geometry().right() == w.first->width() - 1);
  test::picture(w.window, QStringLiteral("window-narrow"));
  Popover popover(&w.window);
  popover.resize(50, 50);
  popover.showAt(QRect(10, 10, 5, 5));
  w.key(Qt::Key_Escape);
  CHECK_FALSE(popover.isVisible());
  CHECK(w.first->sideShown());
  w.key(Qt::Key_Escape);
  CHECK_FALSE(w.first->sideShown());
  CHECK(w.first->stops == 0);
  w.key(Qt::Key_Escape);
  CHECK(w.first->stops == 1);
  w.window.resize(1280, 800);
  QTest::qWait(10);
  CHECK(w.first->sideShown());
  CHECK(w.first->sidePane()->width() >= 180);
}

TEST_CASE("Ctrl+Z is the text field's while it has steps, then the window's") {
  Window w;
  int value = 0;
  w.bench.remove(
      QStringLiteral("a name"), [&] { value = 1; }, [&] { value = 0; });
  auto* status = w.window.statusLine();
  auto* work = status->findChildren<StatusEntry*>().first();
  CHECK(work->text() == QStringLiteral("Deleted a name. Undo Ctrl+Z"));
  w.first->text->setFocus();
  QTest::keyClicks(w.first->text, QStringLiteral("abc"));
  w.key(Qt::Key_Z, Qt::ControlModifier);
  CHECK(w.first->text->text().isEmpty());
  CHECK(value == 1);
  w.key(Qt::Key_Z, Qt::ControlModifier);
  CHECK(value == 0);
  CHECK(work->text() == QStringLiteral("Ready"));
  w.bench.remove(
      QStringLiteral("it"), [&] { value = 2; }, [&] { value = 3; });
  QTest::mouseClick(work, Qt::LeftButton);
  CHECK(value == 3);
}

TEST_CASE("what cannot be done or undone is told above the panel, and the undo stack stays right") {
  Window w;
  int value = 0;
  bool broken = true;
  auto redo = [&] {
    if (broken) throw Error("The store is full.");
    value = 1;
  };
  CHECK_FALSE(w.bench.remove(QStringLiteral("it"), redo, [] {}));
  CHECK(w.window.strip()->isVisible());
  CHECK(w.window.strip()->what() == QStringLiteral("The store is full."));
  CHECK_FALSE(w.bench.undo()->canUndo());
  w.window.strip()->clear();
  broken = false;
  CHECK(w.bench.act(QStringLiteral("it"), redo, [&] {
    if (broken) throw Error("The store is still full.");
    value = 0;
  }));
  broken = true;
  w.key(Qt::Key_Z, Qt::ControlModifier);
  CHECK(value == 1);
  CHECK(w.window.strip()->what() == QStringLiteral("The store is still full."));
  CHECK(w.bench.undo()->canUndo());
  broken = false;
  w.key(Qt::Key_Z, Qt::ControlModifier);
  CHECK(value == 0);
  w.window.redo();
  CHECK(value == 1);
}

TEST_CASE("the window comes back with the panel of the last time") {
  Window w;
  w.window.showPanel(QStringLiteral("label"));
  MainWindow again(w.bench);
  again.addPanel(new Sample(w.bench, QStringLiteral("chat"), QStringLiteral("chat")));
  again.addPanel(new Sample(w.bench, QStringLiteral("label"), QStringLiteral("label")));
  again.show();
  CHECK(again.currentPanel()->name == QStringLiteral("label"));
}

TEST_CASE("the status bar says worker, device, memory and store") {
  Window w;
  w.bench.setDevice(QStringLiteral("GPU 0, discrete"));
  w.bench.setMemory(quint64(0.4 * 1073741824), 8ull << 30);
  w.bench.setCheckpoint(QStringLiteral("Last checkpoint: step 30, 9 s ago"));
  w.bench.setWork({QStringLiteral("train"), QStringLiteral("harbour-ppo-3, step 31 of 50, 2 min 32 s left"),
                   QStringLiteral("label"), true});
  const auto entries = w.window.statusLine()->findChildren<StatusEntry*>();
  QStringList words;
  for (auto* e : entries)
    if (e->isVisible()) words << e->text();
  CHECK(words == QStringList{QStringLiteral("harbour-ppo-3, step 31 of 50, 2 min 32 s left"),
                             QStringLiteral("Last checkpoint: step 30, 9 s ago"), QStringLiteral("GPU 0, discrete"),
                             QStringLiteral("All saved")});
  CHECK(memoryText(quint64(0.4 * 1073741824), 8ull << 30) == QStringLiteral("0.4 of 8.0 GiB"));
  CHECK(memoryText(376ull << 20, 512ull << 20) == QStringLiteral("376 of 512 MiB"));
  CHECK(w.window.findChildren<RailButton*>().at(2)->dot());
  QTest::mouseClick(entries.first(), Qt::LeftButton);
  CHECK(w.window.currentPanel() == w.second);
  CHECK_FALSE(w.window.findChildren<RailButton*>().at(2)->dot()); // it is the panel shown
  w.bench.setSaveState(SaveState::Failed, QStringLiteral("disk full"));
  CHECK(entries.last()->text() == QStringLiteral("Not saved: disk full"));
  for (ThemeMode mode : {ThemeMode::Dark, ThemeMode::Light}) {
    Theme::use(mode);
    test::picture(w.window, mode == ThemeMode::Dark ? QStringLiteral("window-dark") : QStringLiteral("window"));
  }
}

TEST_CASE("Preferences change the theme at once and keep it") {
  Window w;
  w.bench.setDevices({{QStringLiteral("0"), QStringLiteral("GPU 0, discrete"), {}, {}},
                      {QStringLiteral("1"), QStringLiteral("GPU 1"), {}, QStringLiteral("has no 16-bit storage")}});
  PreferencesDialog dialog(w.bench, &w.window);
  dialog.show();
  auto* theme = dialog.findChild<SegmentedControl*>();
  theme->setCurrent(2);
  CHECK(Theme::current().dark);
  CHECK(w.bench.settings()->value(QStringLiteral("theme")).toInt() == 2);
  test::picture(dialog, QStringLiteral("preferences-dark"));
  theme->setCurrent(1);
  CHECK_FALSE(Theme::current().dark);
}

TEST_CASE("keys pressed for a picture go to what has the focus by then, and Shift+Tab goes back") {
  test::application();
  QWidget window;
  QVBoxLayout column(&window);
  QLineEdit fields[3];
  for (QLineEdit& field : fields) column.addWidget(&field);
  window.show();
  fields[0].setFocus();
  pressKeys(window, nullptr, QStringLiteral("Tab Tab"));
  QTest::qWait(0);
  CHECK(window.focusWidget() == &fields[2]);
  pressKeys(window, nullptr, QStringLiteral("Shift+Tab"));
  QTest::qWait(0);
  CHECK(window.focusWidget() == &fields[1]);
}
