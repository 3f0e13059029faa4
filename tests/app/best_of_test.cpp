// Best of n in Chat: n replies, a reward model or a rule that chooses, the table under the reply, and its way to Label.
#include "application.h"
#include "catch.h"
#include "chat/best_of_settings.h"
#include "chat/chat_panel.h"
#include "chat/chat_session.h"
#include "chat/composer.h"
#include "chat/reply_settings.h"
#include "engine/engine.h"
#include "label/label_panel.h"
#include "main_window.h"
#include "scratch.h"
#include "store/exchange.h"
#include "store/store.h"
#include "tiny_models.h"
#include "train/judge.h"
#include "widgets/message_strip.h"
#include "workbench.h"
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QTest>

using namespace attune;
using Action = Transcript::Action;

namespace {

struct House {
  House() {
    test::application();
    places.models = QString::fromStdString((root / "models").string());
    places.runs = QString::fromStdString((root / "runs").string());
    QDir().mkpath(places.models);
    QDir().mkpath(places.runs);
    test::makeTinyModel(root / "models" / "talker", true, 256);
    test::makeTinyRewardModel(root / "models" / "taste", 256);
  }
  QString rule(const char* text) {
    QFile file(QString::fromStdString((root / "short.json").string()));
    REQUIRE(file.open(QFile::WriteOnly));
    file.write(text);
    return file.fileName();
  }
  test::Scratch root;
  ModelPlaces places;
};

struct Window {
  explicit Window(House& house, bool clear = true)
      : store(QString::fromStdString((house.root / "attune.sqlite").string())) {
    if (clear) bench.settings()->clear();
    bench.store = &store;
    engine = std::make_unique<Engine>(bench, house.places);
    window = std::make_unique<MainWindow>(bench);
    chat = new ChatPanel(bench, *engine);
    label = new LabelPanel(bench, *engine);
    window->addPanel(chat);
    window->addPanel(label);
    window->resize(1280, 800);
    window->show();
    (void)QTest::qWaitForWindowExposed(window.get());
    window->activateWindow();
    REQUIRE(QTest::qWaitFor([this] { return engine->modelsKnown(); }, 60000));
    StoredSampler sampler = talk().sampler();
    sampler.maxTokens = 12;
    talk().setSampler(sampler);
  }
  ~Window() {
    window.reset();
    engine.reset();
  }
  ChatSession& talk() { return chat->session(); }
  const ChatTurn& last() { return talk().turns().last(); }
  BestOfSettings* best() { return chat->settings()->bestOf(); }
  void chooseJudge(const QString& id) {
    QComboBox* field = best()->judgeField();
    const int place = field->findData(id);
    REQUIRE(place >= 0);
    field->setCurrentIndex(place);
    Q_EMIT field->activated(place);
  }
  void say(const QString& text) {
    chat->composer()->field()->setFocus();
    QTest::keyClicks(chat->composer()->field(), text);
    QTest::keyClick(chat->composer()->field(), Qt::Key_Return);
    REQUIRE(talk().busy());
    REQUIRE(QTest::qWaitFor([this] { return !talk().busy(); }, 120000));
    QTest::qWait(20);
  }
  void clickRow(int row) {
    const QRect rect = chat->transcript()->candidateRect(1, row);
    REQUIRE_FALSE(rect.isEmpty());
    QTest::mouseClick(chat->transcript()->viewport(), Qt::LeftButton, {}, QPoint(rect.left() + 60, rect.top() + 8));
  }

  Workbench bench;
  Store store;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<MainWindow> window;
  ChatPanel* chat;
  LabelPanel* label;
};

} // namespace

TEST_CASE("a reward model chooses the best of n; the table shows all; it is there after a restart; Ctrl+L ranks them") {
  House house;
  QList<Candidate> stored;
  {
    Window w(house);
    CHECK(w.best()->note().contains(QStringLiteral("One reply")));
    w.chooseJudge(QStringLiteral("models/taste"));
    CHECK(w.best()->countField()->value() == 4); // a choice makes sense of more than one
    CHECK(w.best()->note().contains(QStringLiteral("0.64 nats")));
    w.best()->countField()->setValue(6);
    CHECK(w.best()->note().contains(QStringLiteral("0.96 nats")));
    CHECK(w.talk().bestOf().n == 6);
    w.say(QStringLiteral("Where is the lamp?"));
    const CandidateSet& set = w.last().record.candidates;
    REQUIRE(set.list.size() == 6);
    CHECK(set.unscored.isEmpty());
    CHECK_FALSE(set.rule);
    for (int i = 1; i < 6; ++i) CHECK(set.list[i - 1].score >= set.list[i].score);
    CHECK(set.list.front().score > set.list.back().score);
    CHECK(w.last().record.text == set.list.front().text);
    CHECK(int(w.last().record.tokens.size()) == set.list.front().tokens);
    CHECK(w.last().places.size() == w.last().record.tokens.size());
    // The scores are the reward model's own.
    Judge judge(vulkan::Device::open(), house.root / "models" / "taste");
    std::vector<Judge::Reading> readings;
    for (const Candidate& one : set.list)
      readings.push_back({{{"user", "Where is the lamp?"}}, one.text.toStdString()});
    const std::vector<double> scores = judge.scores(readings);
    for (int i = 0; i < 6; ++i) CHECK(set.list[i].score == Approx(scores[size_t(i)]).margin(1e-4));
    stored = set.list;
    // A click on a row shows all of it; on the head it folds.
    const int before = w.chat->transcript()->candidateRect(1, 1).height();
    w.clickRow(1);
    CHECK(w.chat->transcript()->candidateRect(1, 1).height() > before);
    const QRect row = w.chat->transcript()->candidateRect(1, 0);
    QTest::mouseClick(w.chat->transcript()->viewport(), Qt::LeftButton, {}, QPoint(row.left() + 12, row.top() - 10));
    CHECK(w.chat->transcript()->candidateRect(1, 0).isEmpty());
    CHECK(conversationJson(w.store, w.talk().conversation().id).find("\"best_of\"") != std::string::npos);
  }
  Window w(house, false);
  REQUIRE(w.talk().turns().size() == 2);
  CHECK(w.last().record.candidates.list == stored);
  CHECK(w.talk().bestOf().n == 6);
  CHECK(w.best()->judgeField()->currentData().toString() == QStringLiteral("models/taste"));
  // The candidates come to Label without scores and ranks, as a prompt of the store.
  QTest::keyClick(w.chat->composer()->field(), Qt::Key_L, Qt::ControlModifier);
  const LabelTask& task = w.label->session().task();
  REQUIRE(task.open());
  CHECK(w.label->isVisible());
  CHECK(task.prompt.text == QStringLiteral("Where is the lamp?"));
  QStringList there, made;
  for (const Answer& answer : task.answers) there << answer.text;
  for (const Candidate& one : stored)
    if (!made.contains(one.text)) made << one.text;
  there.sort();
  made.sort();
  CHECK(there == made);
  CHECK(task.answers.front().model == QStringLiteral("models/talker"));
  CHECK(task.ranking.unranked().size() == task.answers.size());
  CHECK(w.store.count(RecordKind::Prompt) == 1);
  w.bench.open(QStringLiteral("chat"));
  QTest::keyClick(w.chat->composer()->field(), Qt::Key_L, Qt::ControlModifier); // again: the same prompt
  CHECK(w.store.count(RecordKind::Prompt) == 1);
}

TEST_CASE("a rule chooses too; what is malformed is told; greedy replies come alone; a judge that is gone leaves the "
          "replies") {
  House house;
  Window w(house);
  w.best()->takeRule(house.rule("{\"rules\": 3}"));
  CHECK(w.best()->note().contains(QStringLiteral("rules")));
  CHECK(w.talk().bestOf().judge.isEmpty());
  const QString file = house.rule("{\"rules\": [{\"unit\": \"characters\", \"score\": -1}]}");
  w.best()->takeRule(file);
  CHECK(w.talk().bestOf().wanted());
  w.say(QStringLiteral("Sing"));
  const CandidateSet set = w.last().record.candidates;
  REQUIRE(set.list.size() == 4);
  CHECK(set.rule);
  for (const Candidate& one : set.list) CHECK(w.last().record.text.size() <= one.text.size());
  CHECK(set.list.front().score == -double(set.list.front().text.size()));

  // The file goes away: the replies stay, and it is said why they have no scores.
  QFile::remove(file);
  w.say(QStringLiteral("Again"));
  CHECK(w.last().record.candidates.list.size() == 4);
  CHECK_FALSE(w.last().record.candidates.unscored.isEmpty());
  CHECK(w.chat->messages()->isVisible());
  CHECK_FALSE(w.last().record.text.isEmpty());

  StoredSampler greedy = w.talk().sampler();
  greedy.greedy = true;
  w.talk().setSampler(greedy);
  CHECK_FALSE(w.best()->countField()->isEnabled());
  w.say(QStringLiteral("Once"));
  CHECK(w.last().record.candidates.list.isEmpty());
}

TEST_CASE("Esc stops candidates under way: the first stands as far as it came, and the next goes as ever") {
  House house;
  Window w(house);
  w.chooseJudge(QStringLiteral("models/taste"));
  StoredSampler sampler = w.talk().sampler();
  sampler.maxTokens = 200;
  w.talk().setSampler(sampler);
  QTest::keyClicks(w.chat->composer()->field(), QStringLiteral("Tell me all"));
  QTest::keyClick(w.chat->composer()->field(), Qt::Key_Return);
  REQUIRE(QTest::qWaitFor([&] { return !w.talk().busy() || w.last().record.tokens.size() > 2; }, 120000));
  const bool under = w.talk().state() == ChatSession::State::Streaming;
  QTest::keyClick(w.chat->composer()->field(), Qt::Key_Escape);
  REQUIRE(QTest::qWaitFor([&] { return !w.talk().busy(); }, 120000));
  if (under && w.last().record.finish == QStringLiteral("stopped")) {
    CHECK(w.last().record.candidates.list.isEmpty());
    CHECK(w.last().record.tokens.size() < 200);
  }
  sampler.maxTokens = 8;
  w.talk().setSampler(sampler);
  w.say(QStringLiteral("Go on"));
  CHECK(w.last().record.candidates.list.size() == 4);
}

TEST_CASE("pictures of best of n") {
  House house;
  Window w(house);
  w.chooseJudge(QStringLiteral("models/taste"));
  StoredSampler sampler = w.talk().sampler();
  sampler.maxTokens = 32;
  w.talk().setSampler(sampler);
  w.say(QStringLiteral("What should I bring for the lighthouse keeper?"));
  w.clickRow(2);
  for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
    Theme::use(mode);
    test::picture(*w.window, mode == ThemeMode::Dark ? QStringLiteral("best-of-dark") : QStringLiteral("best-of"));
  }
  Theme::use(ThemeMode::Light);
  w.window->resize(1000, 640);
  QTest::qWait(30);
  test::picture(*w.window, QStringLiteral("best-of-narrow"));
  w.best()->takeRule(house.rule("{\"rules\": [{\"unit\": \"characters\", \"score\": -1}]}"));
  w.best()->countField()->setValue(16);
  w.say(QStringLiteral("And for Nora?"));
  w.window->resize(1280, 800);
  QTest::qWait(30);
  test::picture(*w.window, QStringLiteral("best-of-rule"));
}
