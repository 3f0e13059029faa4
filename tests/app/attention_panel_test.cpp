#include "attention/attention_panel.h"

#include "application.h"
#include "attention/attention_side.h"
#include "attention/head_grid.h"
#include "attention/head_lines.h"
#include "attention/head_map.h"
#include "attention/head_table.h"
#include "catch.h"
#include "cpu_time.h"
#include "fake_attention.h"
#include "main_window.h"
#include "widgets/message_strip.h"
#include "workbench.h"

#include <QElapsedTimer>
#include <QLineEdit>
#include <QTest>
#include <QThreadPool>

using namespace attune;

namespace {

const QString ferry =
    QStringLiteral("The ferry stays in the harbour when the wind is strong. Today it came from the north, so "
                   "the captain waits for");

struct Window {
  Workbench bench;
  test::FakeAttentionSource source;
  AttentionPanel* panel;
  MainWindow window;

  explicit Window(QSize size = {1280, 800})
      : panel(new AttentionPanel(bench, source))
      , window(bench) {
    window.addPanel(panel);
    window.showPanel(QStringLiteral("attention"));
    window.resize(size);
    window.show();
    QApplication::processEvents();
  }
};

void hover(QWidget* widget, QPointF at) {
  QMouseEvent move(QEvent::MouseMove, at, widget->mapToGlobal(at), Qt::NoButton, Qt::NoButton, {});
  QApplication::sendEvent(widget, &move);
}

} // namespace

TEST_CASE("the panel says what to do, looks at a text, and shows a refusal") {
  test::application();
  Window w;
  test::picture(w.window, "attention-empty");
  w.panel->textField()->setFocus();
  QTest::keyClicks(w.panel->textField(), "The ferry waits");
  QTest::keyClick(w.panel->textField(), Qt::Key_Return);
  CHECK(w.source.asked == "The ferry waits");
  CHECK(w.panel->map()->isVisible());
  w.source.refusal = QStringLiteral("The text has 1,300 tokens, and starter reads 1,024 at most; shorten it.");
  QTest::keyClick(w.panel->textField(), Qt::Key_Return);
  CHECK(w.panel->messages()->isVisible());
  CHECK(w.panel->messages()->why() == w.source.refusal);
  // What was there stays.
  CHECK(w.panel->map()->isVisible());
}

TEST_CASE("Chat hands over the ids of a reply") {
  test::application();
  Window w;
  w.panel->open(
      {{"model", "starter"}, {"ids", QVariantList{5, 6, 7}}, {"origin", "From the reply “Why the ferry waits”."}});
  CHECK(w.source.askedIds == std::vector<int>{5, 6, 7});
  CHECK(w.panel->map()->isVisible());
}

TEST_CASE("keys choose heads and tokens, and all views follow") {
  test::application();
  Window w;
  w.panel->setData(test::fakeAttention(test::wordsOf(ferry), 6, 8));
  QTest::keyClick(w.panel->grid(), Qt::Key_Right);
  QTest::keyClick(w.panel->grid(), Qt::Key_Down);
  CHECK(w.panel->grid()->layer() == 1);
  CHECK(w.panel->grid()->head() == 1);
  CHECK(w.panel->table()->currentIndex().siblingAtColumn(0).data() == "L1 H1");
  QTest::mouseClick(w.panel->grid(), Qt::LeftButton, {}, w.panel->grid()->headRect(3, 5).center());
  CHECK(w.panel->grid()->layer() == 3);
  CHECK(w.panel->grid()->head() == 5);
  QTest::keyClick(w.panel->grid(), Qt::Key_Return);
  w.panel->chooseCell(20, 8, false);
  QTest::keyClick(w.panel->map(), Qt::Key_Left);
  QTest::keyClick(w.panel->map(), Qt::Key_Down);
  CHECK(w.panel->map()->query() == 21);
  CHECK(w.panel->map()->key() == 7);
  CHECK(w.panel->lines()->query() == 21);
  QTest::keyClick(w.panel->lines(), Qt::Key_Left);
  CHECK(w.panel->map()->query() == 20);
  // The side tells the same cell.
  const auto rows = w.panel->side()->readings()->rows();
  CHECK(rows[0].value.contains("place 20"));
  // A kept cell stays although the pointer moves; Esc lets it go.
  const MapLayout layout = w.panel->map()->layoutNow();
  QTest::mouseClick(w.panel->map(), Qt::LeftButton, {}, layout.cellRect(18, 3).center().toPoint());
  CHECK(w.panel->map()->pinned());
  hover(w.panel->map(), layout.cellRect(5, 1).center());
  CHECK(w.panel->map()->query() == 18);
  CHECK(w.panel->escape());
  hover(w.panel->map(), layout.cellRect(5, 1).center());
  CHECK(w.panel->map()->query() == 5);
  CHECK(w.panel->map()->key() == 1);
}

TEST_CASE("pictures of the panel") {
  test::application();
  for (ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark})
    for (QSize size : {QSize(1280, 800), QSize(1000, 640)}) {
      Theme::use(mode);
      Window w(size);
      w.panel->setData(test::fakeAttention(test::wordsOf(ferry), 6, 8));
      w.panel->chooseHead(3, 5);
      const MapLayout layout = w.panel->map()->layoutNow();
      hover(w.panel->map(), layout.cellRect(20, 8).center());
      const QString name =
          QStringLiteral("attention-%1%2").arg(size.width()).arg(mode == ThemeMode::Dark ? "-dark" : "");
      w.panel->grid()->setFocus();
      test::picture(w.window, name);
      if (size.width() == 1280) {
        QStringList tokens;
        for (int i = 0; i < 800; i++) tokens << test::wordsOf(ferry)[i * 7 % 24];
        w.panel->setData(test::fakeAttention(tokens, 12, 12, 8));
        QThreadPool::globalInstance()->waitForDone();
        QApplication::processEvents();
        hover(w.panel->map(), QPointF(300, 350));
        test::picture(w.window, name + "-800");
      }
    }
  Theme::use(ThemeMode::Light);
}

TEST_CASE("1,024 tokens pan and hover at 30 frames a second and more") {
  test::application();
  Window w({1600, 1000});
  QStringList tokens;
  for (int i = 0; i < 1024; i++) tokens << test::wordsOf(ferry)[i * 7 % 24];
  QElapsedTimer timer;
  timer.start();
  const AttentionPtr data = test::fakeAttention(tokens, 3, 12, 64);

  timer.restart();
  w.panel->setData(data);
  QThreadPool::globalInstance()->waitForDone();
  QApplication::processEvents();
  WARN("from data to picture in ms: " << timer.elapsed());
  double start;
  HeadMap* map = w.panel->map();
  const QPointF middle = map->layoutNow().area.center();
  start = test::cpuMilliseconds();
  for (int i = 0; i < 30; i++) {
    hover(map, middle + QPointF(-100 + i * 3, 120));
    QApplication::processEvents();
    w.panel->grab();
  }
  const double hovering = (test::cpuMilliseconds() - start) / 30;
  map->zoom(3, middle);
  QTest::mousePress(map, Qt::LeftButton, {}, middle.toPoint());
  start = test::cpuMilliseconds();
  for (int i = 0; i < 30; i++) {
    QMouseEvent move(QEvent::MouseMove, middle + QPointF(-10 - i * 4, -10 - i * 3), QPointF(), Qt::NoButton,
                     Qt::LeftButton, {});
    QApplication::sendEvent(map, &move);
    QApplication::processEvents();
    w.panel->grab();
  }
  const double panning = (test::cpuMilliseconds() - start) / 30;
  WARN("a frame of the whole panel in ms, hovering " << hovering << ", panning " << panning);
  CHECK(hovering < 33);
  CHECK(panning < 33);
}
