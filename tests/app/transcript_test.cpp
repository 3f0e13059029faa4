// Reading a conversation with pointer and keys: selections over several turns, buttons that Tab reaches, names for who
// listens instead of looking; and a long conversation that grows without being read anew.
#include "application.h"
#include "catch.h"
#include "chat/chat_panel.h"
#include "chat/chat_session.h"
#include "engine/engine.h"
#include "main_window.h"
#include "scratch.h"
#include "store/store.h"
#include "workbench.h"
#include <QClipboard>
#include <QDir>
#include <QTest>

using namespace attune;
using Action = Transcript::Action;

namespace {

struct Window {
  explicit Window(int exchanges)
      : store((test::application(), QString::fromStdString((root / "a.sqlite").string()))) {
    places.models = QString::fromStdString((root / "models").string());
    QDir().mkpath(places.models);
    bench.store = &store;
    Conversation conversation;
    conversation.title = QStringLiteral("The harbour");
    id = store.addConversation(conversation);
    RecordId parent = 0;
    store.atomically([&] {
      for (int i = 0; i < 2 * exchanges; ++i) {
        Turn turn;
        turn.conversation = id;
        turn.parent = parent;
        turn.role = i % 2 ? QStringLiteral("assistant") : QStringLiteral("user");
        turn.text = i % 2 ? QStringLiteral("Answer %1 is long enough for a line.").arg(i / 2)
                          : QStringLiteral("Question %1?").arg(i / 2);
        turn.finish = i % 2 ? QStringLiteral("eos") : QString();
        parent = store.addTurn(turn);
      }
    });
    engine = std::make_unique<Engine>(bench, places);
    window = std::make_unique<MainWindow>(bench);
    chat = new ChatPanel(bench, *engine);
    window->addPanel(chat);
    window->resize(1280, 800);
    window->show();
    window->activateWindow();
    chat->session().open(id);
    QApplication::processEvents();
  }
  Transcript& script() { return *chat->transcript(); }

  test::Scratch root;
  ModelPlaces places;
  Store store;
  Workbench bench;
  RecordId id = 0;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<MainWindow> window;
  ChatPanel* chat = nullptr;
};

} // namespace

TEST_CASE("a selection reaches over turns and is copied with lines between them") {
  Window w(2);
  QWidget* view = w.script().viewport();
  const QPoint from = w.script().textPoint(0, 9), to = w.script().textPoint(1, 8);
  QTest::mousePress(view, Qt::LeftButton, {}, from);
  QMouseEvent move(QEvent::MouseMove, to, view->mapToGlobal(to), Qt::NoButton, Qt::LeftButton, {});
  QApplication::sendEvent(view, &move);
  QTest::mouseRelease(view, Qt::LeftButton, {}, to);
  CHECK(w.script().selectedText() == QStringLiteral("0?\n\nAnswer 0"));
  w.script().setFocus();
  QTest::keyClick(&w.script(), Qt::Key_A, Qt::ControlModifier);
  QTest::keyClick(&w.script(), Qt::Key_C, Qt::ControlModifier);
  CHECK(
      QApplication::clipboard()->text() ==
      QStringLiteral("Question 0?\n\nAnswer 0 is long enough for a line.\n\nQuestion 1?\n\nAnswer 1 is long enough for "
                     "a line."));
  test::picture(*w.window, QStringLiteral("chat-selected"));
}

TEST_CASE("Tab reaches the buttons of a reply, Enter presses them, and they have names") {
  Window w(3);
  QList<std::pair<int, Action>> asked;
  QObject::connect(&w.script(), &Transcript::actionAsked,
                   [&](int turn, Action action) { asked << std::pair(turn, action); });
  w.script().setFocus(Qt::TabFocusReason);
  CHECK_FALSE(w.script().focusedAction());
  QTest::keyClick(&w.script(), Qt::Key_Tab);
  REQUIRE(w.script().focusedAction());
  CHECK(*w.script().focusedAction() == Action::Again);
  QTest::keyClick(&w.script(), Qt::Key_Tab);
  QTest::keyClick(&w.script(), Qt::Key_Tab);
  CHECK(*w.script().focusedAction() == Action::Copy);
  CHECK(w.script().accessibleDescription().startsWith(QStringLiteral("Button Copy of the reply: Answer 2")));
  test::picture(*w.window, QStringLiteral("chat-focused"));
  QTest::keyClick(&w.script(), Qt::Key_Up, Qt::ControlModifier);
  QTest::keyClick(&w.script(), Qt::Key_Return);
  REQUIRE(asked.size() == 1);
  CHECK(asked.first() == std::pair(3, Action::Copy));
  CHECK(QApplication::clipboard()->text() == QStringLiteral("Answer 1 is long enough for a line."));
  // Past the last button the focus goes on, and back again it comes to the last one.
  QTest::keyClick(&w.script(), Qt::Key_Tab);
  CHECK_FALSE(w.script().hasFocus());
  QTest::keyClick(QApplication::focusWidget(), Qt::Key_Backtab, Qt::ShiftModifier);
  CHECK(w.script().hasFocus());
}

TEST_CASE("a model's new name is followed by what was said with it") {
  Window w(1);
  Turn reply = w.chat->session().turns()[1].record;
  reply.model = QStringLiteral("models/old");
  w.store.updateTurn(reply);
  Conversation conversation = *w.store.conversation(w.id);
  conversation.model = QStringLiteral("models/old");
  w.store.updateConversation(conversation);
  w.chat->session().startNew();
  w.chat->session().open(w.id);
  w.engine->tellRenamed(QStringLiteral("models/old"), QStringLiteral("models/new"));
  w.store.renameModel(QStringLiteral("models/old"), QStringLiteral("models/new"));
  CHECK(w.store.conversation(w.id)->model == QStringLiteral("models/new"));
  CHECK(w.store.turn(reply.id)->model == QStringLiteral("models/new"));
  CHECK(w.chat->session().turns()[1].record.model == QStringLiteral("models/new"));
}

TEST_CASE("two hundred turns show at once") {
  Window w(100);
  CHECK(w.chat->session().turns().size() == 200);
  const QList<Store::ShownTurn> path = w.store.shownPath(w.id);
  REQUIRE(path.size() == 200);
  CHECK(path[7].versions == 1);
  test::picture(*w.window, QStringLiteral("chat-long"));
}
