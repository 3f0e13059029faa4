// The engine behind the window: replies stream, stop, fall back to text, drop old turns, and survive bad models.
#include "engine/engine.h"

#include "application.h"
#include "catch.h"
#include "error.h"
#include "measuring.h"
#include "scratch.h"
#include "tiny_models.h"
#include "workbench.h"
#include <QDir>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <fstream>

using namespace attune;

namespace {

struct Bench {
  Bench() {
    test::application();
    places.models = QString::fromStdString((root / "models").string());
    places.runs = QString::fromStdString((root / "runs").string());
    QDir().mkpath(places.models);
    QDir().mkpath(places.runs);
  }
  void open() {
    engine = std::make_unique<Engine>(bench, places);
    QObject::connect(engine.get(), &Engine::replyStarted,
                     [this](JobId job, const ReplyStart& start) { started[job] = start; });
    QObject::connect(engine.get(), &Engine::replyTokens, [this](JobId job, const QList<ReplyPiece>& some) {
      ++batches;
      for (const ReplyPiece& piece : some) pieces[job] << piece;
    });
    QObject::connect(engine.get(), &Engine::replyFinished, [this](JobId job, const ReplyEnd& end) { ends[job] = end; });
    QObject::connect(engine.get(), &Engine::replyFailed,
                     [this](JobId job, const QString& why) { failures[job] = why; });
    REQUIRE(QTest::qWaitFor([this] { return engine->modelsKnown(); }, 20000));
  }
  void makeModel(const std::string& name, bool chat, int context = 128) {
    test::makeTinyModel(std::filesystem::path(places.models.toStdString()) / name, chat, context);
  }
  bool over(JobId job) { return ends.contains(job) || failures.contains(job); }
  void wait(JobId job) {
    REQUIRE(QTest::qWaitFor([&] { return over(job); }, 60000));
  }
  ReplyRequest ask(const std::string& what, const QString& model = QStringLiteral("models/talker")) {
    ReplyRequest request;
    request.model = model;
    request.messages = {{"user", what}};
    request.maxTokens = 24;
    request.seed = 5;
    return request;
  }

  test::Scratch root;
  ModelPlaces places;
  Workbench bench;
  std::unique_ptr<Engine> engine;
  QMap<JobId, ReplyStart> started;
  QMap<JobId, QList<ReplyPiece>> pieces;
  QMap<JobId, ReplyEnd> ends;
  QMap<JobId, QString> failures;
  int batches = 0;
};

QString joined(const QList<ReplyPiece>& pieces) {
  QString all;
  for (const ReplyPiece& piece : pieces) all += piece.text;
  return all;
}

} // namespace

TEST_CASE("a reply streams, its pieces are its text, and the same seed says it again") {
  Bench b;
  b.makeModel("talker", true);
  b.open();
  REQUIRE(b.engine->models().size() == 1);
  const ModelEntry entry = b.engine->models().first();
  CHECK(entry.id == QStringLiteral("models/talker"));
  CHECK(entry.chat);
  CHECK(entry.detail.contains(QStringLiteral("context 128")));
  const JobId job = b.engine->reply(b.ask("Where is the lamp?"));
  b.wait(job);
  REQUIRE(b.failures.value(job) == QString());
  const auto& one = b.ends[job].replies.at(0);
  CHECK(one.ids.size() == size_t(b.pieces[job].size()));
  CHECK_FALSE(one.text.isEmpty());
  CHECK(joined(b.pieces[job]) == one.text.left(joined(b.pieces[job]).size()));
  CHECK_FALSE(b.started[job].continuesText);
  CHECK(b.started[job].dropped == 0);
  for (const ReplyPiece& piece : b.pieces[job]) {
    REQUIRE(piece.view.likeliest.size() == 10);
    CHECK(piece.view.likeliest[0].second >= piece.view.likeliest[9].second);
    CHECK(piece.view.probability <= piece.view.likeliest[0].second);
    CHECK(piece.view.rank >= 1);
  }
  const JobId again = b.engine->reply(b.ask("Where is the lamp?"));
  ReplyRequest other = b.ask("Where is the lamp?");
  other.seed = 6;
  const JobId different = b.engine->reply(other);
  b.wait(again);
  b.wait(different);
  CHECK(b.ends[again].replies.at(0).ids == one.ids);
  CHECK(b.ends[different].replies.at(0).ids != one.ids);
  CHECK(b.bench.works().isEmpty());
}

TEST_CASE("continuing from other words keeps them and reports only what is new") {
  Bench b;
  b.makeModel("talker", true);
  b.open();
  const JobId job = b.engine->reply(b.ask("Where is the lamp?"));
  b.wait(job);
  ReplyRequest request = b.ask("Where is the lamp?");
  const auto& ids = b.ends[job].replies.at(0).ids;
  REQUIRE(ids.size() > 4);
  request.prefix = {ids.begin(), ids.begin() + 3};
  request.prefix.push_back(b.pieces[job][3].view.likeliest[1].first);
  const JobId next = b.engine->reply(request);
  b.wait(next);
  const auto& end = b.ends[next].replies.at(0);
  CHECK(std::vector<int32_t>(end.ids.begin(), end.ids.begin() + 4) == request.prefix);
  CHECK(size_t(b.pieces[next].size()) == end.ids.size() - 4);
  CHECK(end.text.startsWith(joined(b.pieces[job].mid(0, 3))));
}

TEST_CASE("Stop ends a reply within a token; K answers come together; what a person waits for goes first") {
  Bench b;
  b.makeModel("talker", true, 1024);
  b.open();
  ReplyRequest longOne = b.ask("Tell me all.");
  longOne.maxTokens = 900;
  const JobId job = b.engine->reply(longOne);
  REQUIRE(QTest::qWaitFor([&] { return b.pieces[job].size() >= 3 || b.over(job); }, 60000));
  b.engine->stop(job);
  b.wait(job);
  REQUIRE(b.failures.value(job) == QString());
  CHECK(b.ends[job].replies.at(0).ids.size() == size_t(b.pieces[job].size()));
  const bool ended = b.ends[job].replies.at(0).finish == Finish::Stop; // it may have come to its end by itself
  if (!ended) CHECK(b.ends[job].replies.at(0).finish == Finish::Cancelled);

  ReplyRequest many = b.ask("Sing.");
  many.replies = 4;
  many.urgency = Urgency::Ahead;
  many.maxTokens = 200;
  const JobId ahead = b.engine->reply(many);
  const JobId now = b.engine->reply(b.ask("Quick!"));
  QList<JobId> order;
  QObject::connect(b.engine.get(), &Engine::replyFinished, [&](JobId id) { order << id; });
  b.wait(ahead);
  b.wait(now);
  CHECK(order == QList<JobId>{now, ahead});
  CHECK(b.pieces[ahead].isEmpty());
  REQUIRE(b.ends[ahead].replies.size() == 4);
  CHECK(b.ends[ahead].replies[0].ids != b.ends[ahead].replies[1].ids);
}

TEST_CASE("a base model continues the text; a long conversation loses its oldest turns") {
  Bench b;
  b.makeModel("plain", false);
  b.makeModel("talker", true);
  b.open();
  const JobId job = b.engine->reply(b.ask("The ferry waits", QStringLiteral("models/plain")));
  b.wait(job);
  REQUIRE(b.failures.value(job) == QString());
  CHECK(b.started[job].continuesText);
  const ModelTextPtr plain = ModelText::read((b.places.models + QStringLiteral("/plain")).toStdString());
  CHECK(plain->tokenizer->decode(b.started[job].prompt) == "The ferry waits");

  ReplyRequest request = b.ask("");
  request.messages = {{"system", "Be warm."}};
  for (int i = 0; i < 40; ++i) {
    request.messages.push_back({"user", "Where does the ferry go?"});
    request.messages.push_back({"assistant", "The keeper waits."});
  }
  request.messages.push_back({"user", "And the lamp?"});
  const JobId fitted = b.engine->reply(request);
  request.model = QStringLiteral("models/plain");
  const JobId cut = b.engine->reply(request);
  b.wait(fitted);
  b.wait(cut);
  REQUIRE(b.failures.value(fitted) == QString());
  REQUIRE(b.failures.value(cut) == QString());
  CHECK(b.started[fitted].dropped > 10);
  CHECK(b.started[fitted].dropped < 80);
  const ModelTextPtr talker = ModelText::read((b.places.models + QStringLiteral("/talker")).toStdString());
  CHECK(talker->tokenizer->decode(b.started[fitted].prompt).find("Be warm.") != std::string::npos);
  CHECK(talker->tokenizer->decode(b.started[fitted].prompt).find("And the lamp?") != std::string::npos);
  CHECK(int(b.started[fitted].prompt.size()) + request.maxTokens <= 128);
  CHECK(b.started[cut].dropped > 10);
  CHECK(int(b.started[cut].prompt.size()) + request.maxTokens <= 128);
}

TEST_CASE("what is wrong ends in one sentence, and the next reply works") {
  Bench b;
  b.makeModel("talker", true);
  b.makeModel("broken", true);
  const auto broken = std::filesystem::path(b.places.models.toStdString()) / "broken";
  std::filesystem::resize_file(broken / "model.safetensors", 1000);
  b.makeModel("silent", true);
  std::filesystem::remove(std::filesystem::path(b.places.models.toStdString()) / "silent" / "tokenizer.json");
  b.open();
  CHECK_FALSE(b.engine->model(QStringLiteral("models/broken"))->speaks());
  const JobId gone = b.engine->reply(b.ask("Hello", QStringLiteral("models/nowhere")));
  const JobId bad = b.engine->reply(b.ask("Hello", QStringLiteral("models/broken")));
  const JobId silent = b.engine->reply(b.ask("Hello", QStringLiteral("models/silent")));
  ReplyRequest wrong = b.ask("Hello");
  wrong.sampler.temperature = -1;
  const JobId sampler = b.engine->reply(wrong);
  std::string endless;
  for (int i = 0; i < 300; ++i) endless += "The ferry waits. ";
  const JobId tooLong = b.engine->reply(b.ask(endless));
  const JobId good = b.engine->reply(b.ask("Hello"));
  for (const JobId job : {gone, bad, silent, sampler, tooLong, good}) b.wait(job);
  CHECK(b.failures[gone].contains(QStringLiteral("nowhere")));
  CHECK(b.failures[bad].contains(QStringLiteral("model.safetensors")));
  CHECK(b.failures[silent].contains(QStringLiteral("tokenizer")));
  CHECK(b.failures[sampler].contains(QStringLiteral("temperature")));
  CHECK_FALSE(b.failures[tooLong].isEmpty());
  CHECK(b.ends.contains(good));
}

TEST_CASE("models come and go while the window is open; a changed model is loaded anew") {
  Bench b;
  b.makeModel("talker", true);
  b.open();
  const JobId before = b.engine->reply(b.ask("Hello"));
  b.wait(before);
  b.makeModel("second", false);
  REQUIRE(QTest::qWaitFor([&] { return b.engine->model(QStringLiteral("models/second")) != nullptr; }, 20000));
  std::filesystem::remove_all(std::filesystem::path(b.places.models.toStdString()) / "talker");
  test::makeTinyModel(std::filesystem::path(b.places.models.toStdString()) / "talker", true, 128, 0.3);
  b.engine->refreshModels();
  QTest::qWait(600);
  const JobId after = b.engine->reply(b.ask("Hello"));
  b.wait(after);
  CHECK(b.ends[after].replies.at(0).ids != b.ends[before].replies.at(0).ids);
}

TEST_CASE("the window goes on while the engine starts, works and closes") {
  Bench b;
  b.makeModel("talker", true, 1024);
  QElapsedTimer clock;
  qint64 longest = 0;
  clock.start();
  QTimer beat;
  QObject::connect(&beat, &QTimer::timeout, [&] { longest = std::max(longest, clock.restart()); });
  beat.start(5);
  b.open();
  b.engine->prepare(QStringLiteral("models/talker"));
  ReplyRequest request = b.ask("Tell me all.");
  request.maxTokens = 300;
  const JobId job = b.engine->reply(request);
  b.wait(job);
  b.engine->reply(request);
  QTest::qWait(30);
  QElapsedTimer closing;
  closing.start();
  b.engine.reset();
  CHECK(closing.elapsed() < 6000 * test::patience()); // a kernel that is being compiled is waited for
  CHECK(longest < 150 * test::patience()); // milliseconds between two beats, on a machine that compiles beside it
}
