// Chat as a person uses it: types, waits, stops, asks again, edits, points at words, comes back after a restart.
#include "chat/chat_panel.h"

#include "application.h"
#include "catch.h"
#include "chat/chat_session.h"
#include "chat/composer.h"
#include "chat/conversation_list.h"
#include "chat/reply_settings.h"
#include "chat/token_popover.h"
#include "engine/engine.h"
#include "main_window.h"
#include "measuring.h"
#include "scratch.h"
#include "store/store.h"
#include "tiny_models.h"
#include "widgets/key_button.h"
#include "widgets/message_strip.h"
#include "workbench.h"
#include <QClipboard>
#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTest>

using namespace attune;
using Action = Transcript::Action;

namespace {

// A stand-in for the Attention panel: remembers what it was asked.
class Looker : public Panel {
public:
  explicit Looker(Workbench& bench)
      : Panel(bench, QStringLiteral("attention"), QStringLiteral("Attention"), QStringLiteral("attention")) {
    setPanes(nullptr, new QLineEdit, nullptr);
  }
  void open(const QVariantMap& request) override { asked = request; }
  QVariantMap asked;
};

// The folders outlive the window, so that a window can be closed and opened again on them.
struct House {
  House() {
    test::application();
    places.models = QString::fromStdString((root / "models").string());
    places.runs = QString::fromStdString((root / "runs").string());
    QDir().mkpath(places.models);
    QDir().mkpath(places.runs);
  }
  void addModel(const char* name, bool chat, int context = 256) {
    test::makeTinyModel(std::filesystem::path(places.models.toStdString()) / name, chat, context);
  }
  QString store() const { return QString::fromStdString((root / "attune.sqlite").string()); }
  test::Scratch root;
  ModelPlaces places;
};

struct Window {
  explicit Window(House& house, bool clear = true)
      : store(house.store()) {
    if (clear) bench.settings()->clear();
    bench.store = &store;
    engine = std::make_unique<Engine>(bench, house.places);
    window = std::make_unique<MainWindow>(bench);
    chat = new ChatPanel(bench, *engine);
    looker = new Looker(bench);
    window->addPanel(chat);
    window->addPanel(looker);
    window->resize(1280, 800);
    window->show();
    (void)QTest::qWaitForWindowExposed(window.get());
    window->activateWindow();
    REQUIRE(QTest::qWaitFor([this] { return engine->modelsKnown(); }, 20000));
    QTest::qWait(30);
  }
  ~Window() {
    window.reset();
    engine.reset();
  }
  ChatSession& talk() { return chat->session(); }
  const ChatTurn& last() { return talk().turns().last(); }
  void key(Qt::Key k, Qt::KeyboardModifiers m = {}) {
    QWidget* to = QApplication::focusWidget();
    QTest::keyClick(to ? to : window.get(), k, m);
  }
  void type(const QString& text) {
    chat->composer()->field()->setFocus();
    QTest::keyClicks(chat->composer()->field(), text);
  }
  void ended() {
    REQUIRE(QTest::qWaitFor([this] { return !talk().busy(); }, 60000));
    QTest::qWait(20);
  }
  void say(const QString& text) {
    type(text);
    key(Qt::Key_Return);
    REQUIRE(talk().busy());
    ended();
  }
  void click(int turn, Action action) {
    const QRect rect = chat->transcript()->actionRect(turn, action);
    REQUIRE_FALSE(rect.isEmpty());
    QTest::mouseClick(chat->transcript()->viewport(), Qt::LeftButton, {}, rect.center());
  }
  void longest(int tokens) {
    StoredSampler sampler = talk().sampler();
    sampler.maxTokens = tokens;
    talk().setSampler(sampler);
  }

  Workbench bench;
  Store store;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<MainWindow> window;
  ChatPanel* chat;
  Looker* looker;
};

} // namespace

TEST_CASE("a message typed is answered word by word, and both are in the store") {
  House house;
  house.addModel("talker", true);
  Window w(house);
  CHECK(w.chat->modelButton()->text().startsWith(QStringLiteral("talker")));
  CHECK(w.talk().conversation().id == 0);
  w.longest(24);
  int growths = 0;
  QObject::connect(&w.talk(), &ChatSession::turnChanged, [&] { ++growths; });
  w.say(QStringLiteral("Where is the lamp?"));
  REQUIRE(w.talk().turns().size() == 2);
  CHECK(w.talk().turns()[0].record.text == QStringLiteral("Where is the lamp?"));
  CHECK_FALSE(w.last().record.text.isEmpty());
  CHECK(growths >= 2);
  CHECK(w.last().places.size() == w.last().record.tokens.size());
  CHECK(w.chat->composer()->text().isEmpty());
  CHECK(w.talk().conversation().title == QStringLiteral("Where is the lamp?"));
  const QList<Turn> stored = w.store.shownTurns(w.talk().conversation().id);
  REQUIRE(stored.size() == 2);
  CHECK(stored[1].text == w.last().record.text);
  CHECK(stored[1].tokens == w.last().record.tokens);
  CHECK_FALSE(stored[1].finish.isEmpty());
  CHECK(w.store.draftKeys(QStringLiteral("chat/reply/")).isEmpty());
  CHECK(w.chat->conversations()->view()->model()->rowCount() == 2); // a day and a conversation
  w.click(1, Action::Copy);
  CHECK(QApplication::clipboard()->text() == w.last().record.text.trimmed());
  // The same again in words of the second turn: the history goes with it.
  w.say(QStringLiteral("And the bread?"));
  CHECK(w.talk().turns().size() == 4);
  CHECK(w.talk().messagesBefore(3).size() == 3);
}

TEST_CASE("Esc stops a reply; what was said stays, and Enter meanwhile sends afterwards") {
  House house;
  house.addModel("talker", true, 1024);
  Window w(house);
  w.longest(900);
  w.type(QStringLiteral("Tell me all"));
  w.key(Qt::Key_Return);
  REQUIRE(QTest::qWaitFor([&] { return !w.talk().busy() || w.last().record.tokens.size() > 4; }, 60000));
  CHECK(w.chat->composer()->button()->text() == QStringLiteral("Stop"));
  w.type(QStringLiteral("And more")); // typing never waits
  w.key(Qt::Key_Return);
  if (w.talk().busy()) {
    CHECK(w.talk().turns().size() == 2);
    w.key(Qt::Key_Escape);
  }
  REQUIRE(QTest::qWaitFor([&] { return w.talk().turns().size() == 4; }, 20000)); // the waiting one went
  const ChatTurn first = w.talk().turns()[1];
  CHECK(first.record.tokens.size() > 4);
  CHECK(first.record.tokens.size() < 900);
  w.key(Qt::Key_Escape);
  w.ended();
  const auto stored = w.store.shownTurns(w.talk().conversation().id);
  CHECK(stored[1].text == first.record.text);
}

TEST_CASE("Again makes another version; Alt and arrows go through them; Edit sends the message anew") {
  House house;
  house.addModel("talker", true);
  Window w(house);
  w.longest(16);
  w.say(QStringLiteral("Sing"));
  const QString first = w.last().record.text;
  w.key(Qt::Key_R, Qt::ControlModifier);
  REQUIRE(w.talk().busy());
  w.ended();
  CHECK(w.talk().turns().size() == 2);
  CHECK(w.last().versions == 2);
  CHECK(w.last().version == 1);
  CHECK(w.last().record.text != first);
  const QString second = w.last().record.text;
  w.key(Qt::Key_Left, Qt::AltModifier);
  CHECK(w.last().record.text == first);
  w.click(1, Action::Newer);
  CHECK(w.last().record.text == second);
  // Edit: the question comes back into the field; Esc leaves it; Enter sends it as another version.
  w.type(QStringLiteral("half a thought"));
  w.key(Qt::Key_E, Qt::ControlModifier);
  CHECK(w.chat->composer()->text() == QStringLiteral("Sing"));
  w.key(Qt::Key_Escape);
  CHECK(w.chat->composer()->text() == QStringLiteral("half a thought"));
  w.key(Qt::Key_E, Qt::ControlModifier);
  w.type(QStringLiteral(" at night"));
  w.key(Qt::Key_Return);
  w.ended();
  REQUIRE(w.talk().turns().size() == 2);
  CHECK(w.talk().turns()[0].record.text == QStringLiteral("Sing at night"));
  CHECK(w.talk().turns()[0].versions == 2);
  CHECK(w.chat->composer()->text() == QStringLiteral("half a thought"));
}

TEST_CASE("the pointer on a word shows the ten likeliest; a click on one goes on from it") {
  House house;
  house.addModel("talker", true);
  Window w(house);
  w.longest(20);
  w.say(QStringLiteral("Where does the ferry go?"));
  Transcript* script = w.chat->transcript();
  int token = -1;
  for (int i = 3; i < int(w.last().places.size()) && token < 0; ++i)
    if (!script->tokenRect(1, i).isEmpty()) token = i;
  REQUIRE(token > 0);
  QTest::mouseMove(script->viewport(), script->tokenRect(1, token).center());
  REQUIRE(QTest::qWaitFor([&] { return script->popover()->isVisible(); }, 2000 * test::patience()));
  const TokenTrace trace = w.last().record.tokens[size_t(token)];
  const ModelTextPtr text = w.engine->text(QStringLiteral("models/talker"));
  REQUIRE(text);
  const QStringList rows = script->popover()->rows();
  REQUIRE(rows.size() >= 10);
  for (int i = 0; i < 10; ++i)
    CHECK(rows[i] == QString::fromStdString(text->tokenizer->display(trace.likeliest[size_t(i)].id)) +
                         QLatin1Char(' ') + shareWords(trace.likeliest[size_t(i)].probability));
  double sum = 0;
  for (const auto& likely : trace.likeliest) sum += likely.probability;
  CHECK(sum <= 1.0001);
  test::picture(*script->popover(), QStringLiteral("chat-popover"));
  int other = 0;
  while (trace.likeliest[size_t(other)].id == trace.id || text->tokenizer->isSpecial(trace.likeliest[size_t(other)].id))
    ++other;
  const std::vector<TokenTrace> before = w.last().record.tokens;
  QTest::mouseClick(script->popover()->childAt(script->popover()->rowRect(other).center()), Qt::LeftButton, {},
                    script->popover()->rowRect(other).center() - QPoint(1, 1));
  REQUIRE(w.talk().busy());
  w.ended();
  CHECK(w.last().versions == 2);
  REQUIRE(int(w.last().record.tokens.size()) > token);
  for (int i = 0; i < token; ++i) CHECK(w.last().record.tokens[size_t(i)].id == before[size_t(i)].id);
  CHECK(w.last().record.tokens[size_t(token)].id == trace.likeliest[size_t(other)].id);
  CHECK(w.last().record.tokens[size_t(token)].rank == other + 1);
  CHECK(w.last().places.size() == w.last().record.tokens.size());
}

TEST_CASE("rare words are dotted, unless one does not want it") {
  House house;
  house.addModel("talker", true);
  Window w(house);
  w.longest(30);
  w.say(QStringLiteral("Where does the ferry go?"));
  Transcript* script = w.chat->transcript();
  const QColor dots = Theme::current().series[1];
  const auto dotted = [&](int token) {
    const QImage picture = script->viewport()->grab().toImage();
    const QRect rect = script->tokenRect(1, token);
    int found = 0;
    for (int y = rect.bottom() - 2; y <= rect.bottom() + 3; ++y)
      for (int x = rect.left(); x <= rect.right(); ++x)
        if (picture.rect().contains(x, y) && QColor(picture.pixel(x, y)) == dots) ++found;
    return found > 2;
  };
  int checked = 0;
  for (int i = 0; i < int(w.last().places.size()) && checked < 6; ++i) {
    if (script->tokenRect(1, i).width() < 8 ||
        w.last()
            .record.text.mid(w.last().places[size_t(i)].start, w.last().places[size_t(i)].length)
            .trimmed()
            .isEmpty())
      continue;
    CHECK(dotted(i) == (w.last().record.tokens[size_t(i)].probability < 0.1f));
    ++checked;
  }
  CHECK(checked > 2);
  w.chat->settings()->setMarkRare(false);
  for (int i = 0; i < int(w.last().places.size()); ++i) CHECK_FALSE(dotted(i));
}

TEST_CASE("after a restart conversation, typed text and settings are there; a reply that was cut off too") {
  House house;
  house.addModel("talker", true);
  RecordId id = 0;
  QString said;
  {
    Window w(house);
    w.longest(12);
    w.talk().setSystemPrompt(QStringLiteral("Be warm."));
    w.say(QStringLiteral("Where is the lamp?"));
    w.type(QStringLiteral("and then"));
    id = w.talk().conversation().id;
    said = w.last().record.text;
    // A reply under way when the program is killed: its turn is there, its words are in the draft.
    Turn cut;
    cut.conversation = id;
    cut.parent = w.last().record.id;
    cut.role = QStringLiteral("user");
    cut.text = QStringLiteral("More");
    cut.parent = w.store.addTurn(cut);
    cut.role = QStringLiteral("assistant");
    cut.text.clear();
    cut.model = QStringLiteral("models/talker");
    cut.id = w.store.addTurn(cut);
    cut.text = QStringLiteral("half a rep");
    w.store.keepDraft(QStringLiteral("chat/reply/%1").arg(cut.id), draftOf(cut));
    w.store.flushDrafts();
  }
  Window w(house, false);
  CHECK(w.talk().conversation().id == id);
  REQUIRE(w.talk().turns().size() == 4);
  CHECK(w.talk().turns()[1].record.text == said);
  CHECK(w.last().record.text == QStringLiteral("half a rep"));
  CHECK(w.last().record.finish == QStringLiteral("stopped"));
  CHECK(w.chat->composer()->text() == QStringLiteral("and then"));
  CHECK(w.talk().conversation().systemPrompt == QStringLiteral("Be warm."));
  CHECK(w.talk().sampler().maxTokens == 12);
  CHECK(w.store.draftKeys(QStringLiteral("chat/reply/")).isEmpty());
  // Hover works on what was stored.
  REQUIRE(QTest::qWaitFor([&] { return !w.talk().turns()[1].places.empty(); }, 10000));
  w.say(QStringLiteral("!")); // and it goes on
  CHECK(w.talk().turns().size() == 6);
}

TEST_CASE("a half-streamed reply is drafted while it comes") {
  House house;
  house.addModel("talker", true, 1024);
  Window w(house);
  w.longest(900);
  w.type(QStringLiteral("Tell me all"));
  w.key(Qt::Key_Return);
  REQUIRE(QTest::qWaitFor([&] { return w.last().record.tokens.size() > 2; }, 60000));
  const RecordId id = w.last().record.id;
  Turn drafted;
  const bool kept = QTest::qWaitFor(
      [&] {
        return readDraft(w.store.draft(QStringLiteral("chat/reply/%1").arg(id)), drafted) && !drafted.tokens.empty();
      },
      3000 * test::patience());
  CHECK(kept);
  CHECK(drafted.id == id);
  CHECK(w.last().record.text.startsWith(drafted.text));
  w.key(Qt::Key_Escape);
  w.ended();
}

TEST_CASE("conversations are found, renamed, deleted and brought back") {
  House house;
  house.addModel("talker", true);
  Window w(house);
  w.longest(4);
  w.say(QStringLiteral("The lamp is warm"));
  const RecordId lamp = w.talk().conversation().id;
  w.key(Qt::Key_N, Qt::ControlModifier);
  CHECK(w.talk().turns().isEmpty());
  w.say(QStringLiteral("Where does Nora live?"));
  const RecordId nora = w.talk().conversation().id;
  CHECK(nora != lamp);
  QListView* view = w.chat->conversations()->view();
  QLineEdit* search = w.chat->conversations()->searchField();
  REQUIRE(QTest::qWaitFor([&] { return view->model()->rowCount() == 3; }, 20000));
  w.key(Qt::Key_K, Qt::ControlModifier);
  CHECK(QApplication::focusWidget() == search);
  QTest::keyClicks(search, QStringLiteral("lamp"));
  CHECK(view->model()->rowCount() == 2);
  QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(view->model()->index(1, 0)).center());
  CHECK(w.talk().conversation().id == lamp);
  search->clear();
  view->setFocus();
  w.key(Qt::Key_F2);
  auto* name = view->viewport()->findChild<QLineEdit*>();
  REQUIRE(name);
  name->selectAll();
  QTest::keyClicks(name, QStringLiteral("Light"));
  QTest::keyClick(name, Qt::Key_Return);
  QTest::qWait(50);
  CHECK(w.store.conversation(lamp)->title == QStringLiteral("Light"));
  QTest::qWait(60);
  w.bench.undo()->undo();
  CHECK(w.store.conversation(lamp)->title == QStringLiteral("The lamp is warm"));
  QTest::qWait(60);
  view->setFocus();
  w.key(Qt::Key_Delete);
  CHECK(w.store.conversations().size() == 1);
  CHECK(w.talk().turns().isEmpty());
  w.key(Qt::Key_Z, Qt::ControlModifier);
  CHECK(w.store.conversations().size() == 2);
  CHECK(w.talk().conversation().id == lamp);
  CHECK(w.talk().turns().size() == 2);
}

TEST_CASE("export writes Markdown and JSON; Look inside hands over the tokens") {
  House house;
  house.addModel("talker", true);
  Window w(house);
  w.longest(12);
  w.say(QStringLiteral("The lamp is warm"));
  const QString file = QString::fromStdString((house.root / "talk").string());
  MessageStrip* told = w.chat->messages();
  const auto exported = [&](const QString& to) {
    told->clear();
    w.chat->exportTo(to);
    REQUIRE(QTest::qWaitFor([&] { return told->isVisible(); }, 60000));
    return told->what() == QStringLiteral("Exported.");
  };
  CHECK(exported(file + QStringLiteral(".md")));
  CHECK(exported(file + QStringLiteral(".json")));
  QFile md(file + QStringLiteral(".md")), json(file + QStringLiteral(".json"));
  REQUIRE(md.open(QIODevice::ReadOnly));
  REQUIRE(json.open(QIODevice::ReadOnly));
  CHECK(md.readAll().contains("The lamp is warm"));
  CHECK(json.readAll().contains("The lamp is warm"));
  CHECK_FALSE(exported(QStringLiteral("/nowhere/at/all.md")));
  w.key(Qt::Key_I, Qt::ControlModifier);
  CHECK(w.looker->asked.value(QStringLiteral("model")).toString() == QStringLiteral("models/talker"));
  const QVariantList ids = w.looker->asked.value(QStringLiteral("ids")).toList();
  REQUIRE(ids.size() > int(w.last().record.tokens.size()));
  CHECK(ids.last().toInt() == w.last().record.tokens.back().id);
}

TEST_CASE("a base model continues the text and says so; what the model no longer sees is marked") {
  House house;
  house.addModel("plain", false, 64);
  Window w(house);
  w.longest(12);
  CHECK(w.chat->composer()->button()->text() == QStringLiteral("Continue"));
  bool says = false;
  for (auto* strip : w.chat->findChildren<MessageStrip*>())
    says = says || (strip->isVisible() && strip->what().contains(QStringLiteral("base model")));
  CHECK(says);
  for (int i = 0; i < 4; ++i) w.say(QStringLiteral("The ferry waits in the harbour and the wind is fresh"));
  REQUIRE(QTest::qWaitFor([&] { return w.talk().dropped() > 0; }, 20000));
  CHECK(w.chat->transcript()->markText().startsWith(QStringLiteral("plain no longer sees")));
  test::picture(*w.window, QStringLiteral("chat-base"));
}

TEST_CASE("without a model the panel says what to do; a broken one says why") {
  House house;
  Window w(house);
  CHECK_FALSE(w.chat->composer()->button()->isEnabled());
  w.type(QStringLiteral("hello"));
  w.key(Qt::Key_Return);
  CHECK(w.talk().turns().isEmpty());
  CHECK(w.chat->composer()->text() == QStringLiteral("hello")); // nothing typed is lost
  test::picture(*w.window, QStringLiteral("chat-no-model"));
  house.addModel("talker", true);
  REQUIRE(QTest::qWaitFor([&] { return w.chat->composer()->button()->isEnabled(); }, 20000));
  std::filesystem::remove(std::filesystem::path(house.places.models.toStdString()) / "talker" / "model.safetensors");
  w.key(Qt::Key_Return);
  w.ended();
  if (w.last().record.finish == QStringLiteral("failed")) // unless it had been loaded by then
    CHECK(w.chat->messages()->what() == QStringLiteral("No reply."));
}

TEST_CASE("pictures of Chat") {
  House house;
  house.addModel("talker", true, 512);
  house.addModel("plain", false);
  Window w(house);
  for (ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
    Theme::use(mode);
    test::picture(*w.window,
                  mode == ThemeMode::Dark ? QStringLiteral("chat-empty-dark") : QStringLiteral("chat-empty"));
  }
  Theme::use(ThemeMode::Light);
  w.longest(40);
  w.say(QStringLiteral("What should I bring for the lighthouse keeper?"));
  w.key(Qt::Key_R, Qt::ControlModifier);
  w.ended();
  w.say(QStringLiteral("Why did the ferry not come today?"));
  w.longest(400);
  w.type(QStringLiteral("Go on"));
  w.key(Qt::Key_Return);
  (void)QTest::qWaitFor([&] { return !w.talk().busy() || w.last().record.tokens.size() > 30; }, 30000);
  w.type(QStringLiteral("And when will it come again?"));
  for (ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
    Theme::use(mode);
    test::picture(*w.window, mode == ThemeMode::Dark ? QStringLiteral("chat-dark") : QStringLiteral("chat"));
  }
  w.window->resize(1000, 640);
  QTest::qWait(30);
  test::picture(*w.window, QStringLiteral("chat-narrow-dark"));
  w.key(Qt::Key_F9);
  test::picture(*w.window, QStringLiteral("chat-narrow-side-dark"));
  Theme::use(ThemeMode::Light);
  w.key(Qt::Key_Escape);
  w.key(Qt::Key_Escape);
  w.ended();
}
