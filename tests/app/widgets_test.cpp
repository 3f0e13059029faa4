#include "application.h"
#include "catch.h"
#include "measuring.h"
#include "widgets/empty_state.h"
#include "widgets/icons.h"
#include "widgets/key_button.h"
#include "widgets/labeled_slider.h"
#include "widgets/labels.h"
#include "widgets/message_strip.h"
#include "widgets/popover.h"
#include "widgets/segmented_control.h"
#include "widgets/word_progress.h"
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPlainTextEdit>
#include <QRadioButton>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableWidget>
#include <QTest>
#include <QTextEdit>
#include <QTreeWidget>
#include <memory>

using namespace attune;

TEST_CASE("the tokens keep their contrast in both themes") {
  for (const Theme* t : {&Theme::light(), &Theme::darkTheme()}) {
    for (const QColor& ground : {t->window, t->surface, t->raised, t->selection})
      for (const QColor& ink : {t->text, t->muted, t->accent, t->success, t->warning, t->error})
        CHECK(contrast(ink, ground) >= 4.5);
    for (const QColor& ground : {t->window, t->surface, t->raised}) CHECK(contrast(t->outline, ground) >= 3.0);
    CHECK(contrast(t->accentText, t->accent) >= 4.5);
    CHECK(contrast(t->muted, t->hover) >= 4.5);
    CHECK(contrast(t->error, t->errorGround) >= 4.5);
    for (const QList<QRgb>& ramp : {t->attention, t->difference}) {
      REQUIRE(ramp.size() == 256);
      for (QRgb colour : ramp) CHECK(contrast(Theme::textOn(colour), colour) >= 4.5);
    }
    // Lightness of the attention ramp only ever falls (light theme) or rises (dark theme).
    const double first = contrast(QColor(t->attention.first()), Qt::black);
    const double last = contrast(QColor(t->attention.last()), Qt::black);
    CHECK((first > last) == !t->dark);
    for (int i = 1; i < 256; ++i) {
      const double before = contrast(QColor(t->attention[i - 1]), Qt::black);
      const double after = contrast(QColor(t->attention[i]), Qt::black);
      CHECK((t->dark ? after - before : before - after) > -0.06);
    }
  }
  CHECK(QColor(Theme::light().attention[0]) == QColor(0xFFFFFF));
  CHECK(QColor(Theme::darkTheme().difference[255]) == QColor(0xFFAF7E));
}

TEST_CASE("a theme switch changes palette, style and icons once") {
  test::application();
  Theme::use(ThemeMode::Light);
  QSignalSpy changed(&ThemeNotifier::instance(), &ThemeNotifier::changed);
  const QIcon icon = Icons::icon(QStringLiteral("stop"));
  CHECK(icon.pixmap(20, 20).toImage().pixelColor(10, 10) == Theme::light().text);
  Theme::use(ThemeMode::Dark);
  CHECK(changed.count() == 1);
  CHECK(QApplication::palette().color(QPalette::Window) == Theme::darkTheme().window);
  CHECK(qApp->styleSheet().contains(QStringLiteral(":/controls/dark/")));
  CHECK_FALSE(qApp->styleSheet().contains(QLatin1Char('@')));
  CHECK(icon.pixmap(20, 20).toImage().pixelColor(10, 10) == Theme::darkTheme().text);
  Theme::use(ThemeMode::Dark);
  CHECK(changed.count() == 1);
  Theme::use(ThemeMode::Light);
}

TEST_CASE("a key on a button is shown and works while the button is there") {
  test::application();
  QWidget window;
  QVBoxLayout column(&window);
  KeyButton button(QStringLiteral("Pause"), QStringLiteral("pause"), QKeySequence(Qt::CTRL | Qt::Key_P));
  KeyButton shown(QStringLiteral("Skip"));
  shown.showKey(QKeySequence(Qt::Key_S));
  column.addWidget(&button);
  column.addWidget(&shown);
  QSignalSpy pressed(&button, &QPushButton::clicked), skipped(&shown, &QPushButton::clicked);
  window.show();
  REQUIRE(QTest::qWaitForWindowExposed(&window));
  window.activateWindow();
  QTest::qWait(20);
  QTest::keyClick(&window, Qt::Key_P, Qt::ControlModifier);
  QTest::keyClick(&window, Qt::Key_S);
  CHECK(pressed.count() == 1);
  CHECK(skipped.count() == 0);
  button.setEnabled(false);
  QTest::keyClick(&window, Qt::Key_P, Qt::ControlModifier);
  CHECK(pressed.count() == 1);
  CHECK(button.sizeHint().height() == metric::control);
  CHECK(button.sizeHint().width() > button.minimumSizeHint().width());
}

TEST_CASE("a segmented control is chosen by mouse and arrows") {
  test::application();
  SegmentedControl control({QStringLiteral("Map and lines"), QStringLiteral("Map"), QStringLiteral("Lines")});
  QSignalSpy changed(&control, &SegmentedControl::currentChanged);
  control.show();
  control.resize(control.sizeHint());
  QTest::mouseClick(&control, Qt::LeftButton, {}, QPoint(control.width() - 8, 10));
  CHECK(control.current() == 2);
  QTest::keyClick(&control, Qt::Key_Left);
  QTest::keyClick(&control, Qt::Key_Left);
  QTest::keyClick(&control, Qt::Key_Left);
  CHECK(control.current() == 0);
  CHECK(changed.count() == 3);
}

TEST_CASE("a labeled slider and its field agree") {
  test::application();
  LabeledSlider row(QStringLiteral("Temperature"), 0, 2, 0.8, 2);
  QSignalSpy changed(&row, &LabeledSlider::valueChanged);
  auto* slider = row.findChild<QSlider*>();
  REQUIRE(slider);
  CHECK(slider->value() == 80);
  slider->setValue(125);
  CHECK(row.value() == ::Approx(1.25));
  row.field()->clear();
  QTest::keyClicks(row.field(), QStringLiteral("0.3"));
  QTest::keyClick(row.field(), Qt::Key_Return);
  CHECK(slider->value() == 30);
  CHECK(changed.count() == 2);
}

TEST_CASE("a message strip says what and why, and closes") {
  test::application();
  QWidget window;
  QVBoxLayout column(&window);
  auto* strip = new MessageStrip;
  column.addWidget(strip);
  window.resize(600, 200);
  window.show();
  CHECK_FALSE(strip->isVisible());
  strip->show(MessageStrip::Error, QStringLiteral("a < b"), QStringLiteral("Step 10 is safe."));
  strip->addAction(QStringLiteral("Resume at 10"));
  CHECK(strip->isVisible());
  CHECK(strip->findChild<QLabel*>()->text().contains(QStringLiteral("a &lt; b")));
  strip->show(MessageStrip::Info, QStringLiteral("No GPU was found."));
  QTest::qWait(10);
  CHECK(strip->findChildren<KeyButton*>().size() == 1); // close alone: the old action went
  QTest::mouseClick(strip->findChild<KeyButton*>(), Qt::LeftButton);
  CHECK_FALSE(strip->isVisible());
}

TEST_CASE("a popover stays on the screen, and pinned until Esc") {
  test::application();
  QWidget window;
  window.show();
  auto* popover = new Popover(&window);
  popover->setMinimumSize(200, 150);
  const QRect room = window.screen()->availableGeometry();
  popover->showAt(QRect(room.right() - 20, room.bottom() - 10, 10, 10));
  CHECK(room.contains(popover->geometry()));
  QTest::mouseClick(popover, Qt::LeftButton);
  popover->leave();
  CHECK(popover->isVisible());
  CHECK(Popover::closeOpen());
  CHECK_FALSE(popover->isVisible());
  CHECK_FALSE(Popover::closeOpen());
}

TEST_CASE("progress waits 200 ms before it shows") {
  test::application();
  QWidget window;
  QVBoxLayout column(&window);
  auto* progress = new WordProgress;
  column.addWidget(progress);
  window.show();
  progress->report(QStringLiteral("Reading file 2 of 3"));
  CHECK_FALSE(progress->isVisible());
  CHECK(QTest::qWaitFor([&] { return progress->isVisible(); }, 300 * test::patience()));
  progress->finish();
  CHECK_FALSE(progress->isVisible());
}

namespace {

// Every control in every state, to be looked at beside the pictures of the look.
std::unique_ptr<QWidget> gallery() {
  auto all = std::make_unique<QWidget>();
  auto* sides = new QHBoxLayout(all.get());
  sides->setContentsMargins(20, 16, 20, 16);
  sides->setSpacing(28);
  auto* left = new QVBoxLayout;
  auto* grid = new QGridLayout;
  const char* rows[] = {"normal", "focus", "disabled"};
  for (int r = 0; r < 3; ++r) {
    auto* name = new QLabel(QLatin1String(rows[r]));
    name->setProperty("role", "muted");
    grid->addWidget(name, r, 0);
    auto* pause = new KeyButton(QStringLiteral("Pause"), QStringLiteral("pause"), QKeySequence(Qt::CTRL | Qt::Key_P));
    auto* start =
        new KeyButton(QStringLiteral("Start"), {}, QKeySequence(Qt::CTRL | Qt::Key_Return), KeyButton::Primary);
    auto* flat = new KeyButton(QStringLiteral("Export"), QStringLiteral("out"), {}, KeyButton::Flat);
    auto* combo = new QComboBox;
    combo->addItems({QStringLiteral("harbour-sft"), QStringLiteral("harbour-base")});
    auto* plain = new QPushButton(QStringLiteral("Plain"));
    int c = 1;
    for (QWidget* w : {static_cast<QWidget*>(pause), static_cast<QWidget*>(start), static_cast<QWidget*>(flat),
                       static_cast<QWidget*>(combo), static_cast<QWidget*>(plain)}) {
      w->setEnabled(r != 2);
      grid->addWidget(w, r, c++);
      if (r == 1) w->setObjectName(QStringLiteral("focus%1").arg(c));
    }
  }
  left->addLayout(grid);
  auto* choices = new QHBoxLayout;
  auto* segments = new SegmentedControl({QStringLiteral("KL"), QStringLiteral("Advantage"), QStringLiteral("Value")});
  segments->setCurrent(1);
  choices->addWidget(segments);
  auto* on = new QCheckBox(QStringLiteral("on"));
  on->setChecked(true);
  choices->addWidget(on);
  choices->addWidget(new QCheckBox(QStringLiteral("off")));
  auto* radio = new QRadioButton(QStringLiteral("GPU 0"));
  radio->setChecked(true);
  choices->addWidget(radio);
  auto* gone = new QCheckBox(QStringLiteral("gone"));
  gone->setChecked(true);
  gone->setEnabled(false);
  choices->addWidget(gone);
  choices->addWidget(new Tag(QStringLiteral("train")));
  choices->addWidget(Tag::scripted());
  choices->addWidget(new Tag(QStringLiteral("Makes things up"), Tag::Warning, QStringLiteral("flag")));
  choices->addWidget(new KeyCap(QStringLiteral("Ctrl")));
  choices->addStretch(1);
  left->addLayout(choices);
  auto* wrong = new QLineEdit(QStringLiteral("0.8x"));
  wrong->setProperty("wrong", true);
  left->addWidget(wrong);
  auto* why = new QLabel(QStringLiteral("Temperature is a number from 0 to 2."));
  why->setProperty("role", "error");
  left->addWidget(why);
  auto* spin = new QSpinBox;
  spin->setValue(40);
  left->addWidget(spin);
  left->addWidget(new LabeledSlider(QStringLiteral("Temperature"), 0, 2, 0.8, 2));
  left->addWidget(new LabeledSlider(QStringLiteral("Seed"), 0, 4294967295.0, 1234, 0, false));
  auto* text = new QPlainTextEdit(QStringLiteral("You live in a harbour village."));
  text->setMaximumHeight(60);
  left->addWidget(text);
  auto* progress = new WordProgress;
  progress->report(QStringLiteral("Step 31 of 50"), 0.62);
  progress->show();
  left->addWidget(progress);
  auto* on2 = new KeyButton(QStringLiteral("Reply settings"), QStringLiteral("settings"), QKeySequence(Qt::Key_F9));
  on2->setCheckable(true);
  on2->setChecked(true);
  left->addWidget(on2, 0, Qt::AlignLeft);
  left->addStretch(1);
  auto* right = new QVBoxLayout;
  right->setSpacing(0);
  auto strip = [&](MessageStrip::Kind kind, const char* what, const char* reason, const char* button) {
    auto* s = new MessageStrip;
    s->show(kind, QString::fromUtf8(what), QString::fromUtf8(reason));
    if (button) s->addAction(QString::fromUtf8(button));
    right->addWidget(s);
  };
  strip(MessageStrip::Info, "No GPU was found. Attune computes on the processor.", "", nullptr);
  strip(MessageStrip::Success, "harbour-ppo is ready.", "", "Chat");
  strip(MessageStrip::Warning, "The reward model agrees with the longer answer in 81 % of pairs.", "", "Show");
  strip(MessageStrip::Error, "Stopped at step 12: the value loss is not a number.",
        "First bad tensor: value.score.weight. Step 10 is safe.", "Resume at 10");
  right->addSpacing(12);
  right->addWidget(new SectionHeader(QStringLiteral("Use cases"), QStringLiteral("600 prompts")));
  auto* empty = new EmptyState(QStringLiteral("label"), QStringLiteral("No prompts yet"),
                               QStringLiteral("Type a prompt, or import a file with one prompt a line."));
  empty->addButton(
      new KeyButton(QStringLiteral("Type a prompt"), {}, QKeySequence(Qt::CTRL | Qt::Key_N), KeyButton::Primary));
  empty->addButton(new KeyButton(QStringLiteral("Import"), {}, QKeySequence(Qt::CTRL | Qt::Key_O)));
  right->addWidget(empty, 1);
  sides->addLayout(left, 1);
  sides->addLayout(right, 1);
  all->resize(1280, 620);
  return all;
}

// Lists, tables, trees and menus, which the style sheet alone makes.
std::unique_ptr<QWidget> views() {
  auto all = std::make_unique<QWidget>();
  auto* row = new QHBoxLayout(all.get());
  auto* table = new QTableWidget(8, 3);
  table->setHorizontalHeaderLabels({QStringLiteral("Prompt"), QStringLiteral("Order"), QStringLiteral("Pairs")});
  for (int r = 0; r < 8; ++r)
    for (int c = 0; c < 3; ++c) table->setItem(r, c, new QTableWidgetItem(QStringLiteral("cell %1 %2").arg(r).arg(c)));
  table->verticalHeader()->hide();
  table->setShowGrid(false);
  table->setSelectionBehavior(QAbstractItemView::SelectRows);
  table->selectRow(2);
  table->verticalHeader()->setDefaultSectionSize(metric::row);
  table->horizontalHeader()->setSortIndicatorShown(true);
  row->addWidget(table);
  auto* tree = new QTreeWidget;
  tree->setHeaderLabels({QStringLiteral("Model"), QStringLiteral("Made by")});
  tree->setRootIsDecorated(false);
  for (int i = 0; i < 30; ++i) new QTreeWidgetItem(tree, {QStringLiteral("model %1").arg(i), QStringLiteral("PPO")});
  tree->topLevelItem(1)->setSelected(true);
  row->addWidget(tree);
  auto* tabs = new QTabWidget;
  auto* text = new QTextEdit(QStringLiteral("Text"));
  tabs->addTab(text, QStringLiteral("Map"));
  tabs->addTab(new QListWidget, QStringLiteral("Lines"));
  row->addWidget(tabs);
  auto* menu = new QMenu(all.get());
  menu->setWindowFlags(Qt::Widget);
  menu->addAction(Icons::icon(QStringLiteral("again")), QStringLiteral("Again"))
      ->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_R));
  auto* checked = menu->addAction(QStringLiteral("Greedy"));
  checked->setCheckable(true);
  checked->setChecked(true);
  menu->addSeparator();
  menu->addAction(QStringLiteral("Disabled"))->setEnabled(false);
  menu->addMenu(QStringLiteral("More"));
  menu->setActiveAction(checked);
  row->addWidget(menu);
  all->resize(1200, 300);
  return all;
}

} // namespace

TEST_CASE("views follow the theme") {
  test::application();
  for (ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
    Theme::use(mode);
    auto all = views();
    all->show();
    QTest::qWait(10);
    test::picture(*all, mode == ThemeMode::Dark ? QStringLiteral("views-dark") : QStringLiteral("views"));
    auto* table = all->findChild<QTableWidget*>();
    const QImage image = table->viewport()->grab().toImage();
    const QRect chosen = table->visualItemRect(table->item(2, 2)), plain = table->visualItemRect(table->item(4, 2));
    CHECK(image.pixelColor(chosen.right() - 3, chosen.top() + 3) == Theme::current().selection);
    CHECK(image.pixelColor(plain.right() - 3, plain.top() + 3) == Theme::current().surface);
  }
  Theme::use(ThemeMode::Light);
}

TEST_CASE("every control paints in both themes") {
  test::application();
  for (ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
    Theme::use(mode);
    auto all = gallery();
    all->show();
    all->activateWindow();
    QTest::qWait(30);
    const QString suffix = mode == ThemeMode::Dark ? QStringLiteral("-dark") : QString();
    test::picture(*all, QStringLiteral("gallery") + suffix);
    const Theme& t = Theme::current();
    auto has = [](const QImage& image, const QColor& colour) {
      for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
          if (image.pixelColor(x, y) == colour) return true;
      return false;
    };
    for (int i = 2; i <= 6; ++i) { // focus shows on each of them, and only with the focus
      auto* w = all->findChild<QWidget*>(QStringLiteral("focus%1").arg(i));
      REQUIRE(w);
      const QColor ring = i == 3 ? t.text : t.accent;
      auto edge = [&] { return w->grab().toImage().copy(0, 4, 2, w->height() - 8); };
      CHECK_FALSE(has(edge(), ring));
      w->setFocus();
      CHECK(has(edge(), ring));
      test::picture(*w, QStringLiteral("focus%1").arg(i) + suffix);
      w->clearFocus();
    }
    auto* tick = all->findChild<QCheckBox*>();
    CHECK(has(tick->grab().toImage(), t.accent));
    CHECK(has(tick->grab().toImage(), t.accentText)); // the SVG of the tick was found and drawn
  }
  Theme::use(ThemeMode::Light);
}
