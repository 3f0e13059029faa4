#include "measuring.h"
#include "store/store.h"

#include "application.h"
#include "catch.h"
#include "error.h"
#include "scratch.h"
#include "store/database.h"
#include "store/labels.h"
#include "store/token_blob.h"
#include <QFile>
#include <QSignalSpy>
#include <QSqlDatabase>
#include <QTest>
#include <QThread>
#include <set>

using namespace attune;

namespace {

QString fileIn(const test::Scratch& scratch) { return QString::fromStdString((scratch / "a.sqlite").string()); }

template <class Call> std::string errorOf(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::vector<TokenTrace> someTokens() {
  TokenTrace one{1047, 0.274f, 1.93f, 2, {}};
  for (int i = 0; i < 10; ++i) one.likeliest.push_back({i * 100 - 1, 0.38f / float(i + 1)});
  return {one, {-1, 1, 0, 1, {}}};
}

Comparison someComparison() {
  Comparison c;
  c.prompt = QStringLiteral("Give me three ideas for a rainy afternoon.");
  c.history = {{QStringLiteral("system"), QStringLiteral("Be kind.")},
               {QStringLiteral("user"), QStringLiteral("Hi\n'there'")}};
  StoredSampler warm;
  warm.temperature = 0.8, warm.topK = 40, warm.seed = 0xFFFFFFFFFFFFFFFFull;
  c.answers = {{QStringLiteral("Paint shells."),
                QStringLiteral("harbour-sft"),
                warm,
                2,
                5,
                {QStringLiteral("hallucination")},
                QStringLiteral("eos")},
               {QStringLiteral("Read a book."), QStringLiteral("harbour-sft"), {}, 2, 5, {}, {}},
               {QStringLiteral("No."),
                QStringLiteral("harbour-base"),
                {},
                3,
                1,
                {QStringLiteral("fails_instruction"), QStringLiteral("opinion")},
                {}},
               {QStringLiteral("Bake bread."), {}, {}, 1, 7, {}, {}}};
  c.note = QStringLiteral("D names what to do");
  c.labeler = QStringLiteral("you");
  c.useCase = QStringLiteral("brainstorming");
  c.split = QStringLiteral("train");
  c.source = QStringLiteral("written here");
  c.tookMs = 48000;
  return c;
}

} // namespace

TEST_CASE("every connection of the store has the same settings, one a thread") {
  test::application();
  test::Scratch scratch;
  Store store(fileIn(scratch));
  auto check = [&] {
    auto ask = [&](const char* pragma) {
      Rows rows = store.database().run(QStringLiteral("PRAGMA ") + QLatin1String(pragma));
      return rows.next() ? rows.text(0) : QString();
    };
    // 1 is NORMAL: the file stays whole; the rest is LogSync's (see store_crash_test's losses of power).
    return ask("journal_mode") == QStringLiteral("wal") && ask("synchronous") == QStringLiteral("1") &&
           ask("foreign_keys") == QStringLiteral("1") && ask("busy_timeout").toInt() >= 5000;
  };
  CHECK(check());
  bool other = false;
  std::unique_ptr<QThread> thread(QThread::create([&] {
    other = check();
    store.promptSet(QStringLiteral("from elsewhere"));
  }));
  thread->start();
  thread->wait();
  CHECK(other);
  CHECK(store.promptSets().size() == 1);
  CHECK(store.database().hasFullText()); // Debian's and Ubuntu's SQLite have it
}

TEST_CASE("a conversation comes back as it was, after a reopening too") {
  test::application();
  test::Scratch scratch;
  RecordId id = 0, question = 0, first = 0, second = 0;
  Turn reply;
  {
    Store store(fileIn(scratch));
    Conversation c;
    c.title = QStringLiteral("Why the ferry waits");
    c.model = QStringLiteral("harbour-ppo");
    c.systemPrompt = QStringLiteral("You live in a harbour village.");
    c.settings = {{QStringLiteral("best_of"), 4}};
    id = store.addConversation(c);
    question = store.addTurn({0, id, 0, QStringLiteral("user"), QStringLiteral("Why did the ferry not come?")});
    reply.conversation = id;
    reply.parent = question;
    reply.role = QStringLiteral("assistant");
    reply.text = QStringLiteral("The wind was strong. 🌊");
    reply.model = QStringLiteral("harbour-ppo");
    reply.sampler.seed = 1234;
    reply.finish = QStringLiteral("eos");
    reply.tokens = someTokens();
    first = store.addTurn(reply);
    reply.text = QStringLiteral("It came from the north.");
    second = store.addTurn(reply); // generated again: a version
    store.renameConversation(id, QStringLiteral("Ferry"));
  }
  Store store(fileIn(scratch));
  const auto c = store.conversation(id);
  REQUIRE(c);
  CHECK(c->title == QStringLiteral("Ferry"));
  CHECK(c->settings.value(QStringLiteral("best_of")).toInt() == 4);
  QList<Turn> turns = store.shownTurns(id);
  REQUIRE(turns.size() == 2);
  CHECK(turns[1].id == second);
  CHECK(turns[1].tokens == someTokens());
  CHECK(turns[1].sampler == reply.sampler);
  CHECK(turns[1].finish == QStringLiteral("eos"));
  CHECK(store.versions(second) == QList<RecordId>{first, second});
  store.showVersion(first);
  CHECK(store.shownTurns(id).last().text == QStringLiteral("The wind was strong. 🌊"));

  // An edited question is another first turn, with a branch of its own; the old branch stays.
  const RecordId edited = store.addTurn({0, id, 0, QStringLiteral("user"), QStringLiteral("Why was it late?")});
  CHECK(store.shownTurns(id).size() == 1);
  store.showVersion(second); // shows the way to it as well
  turns = store.shownTurns(id);
  REQUIRE(turns.size() == 2);
  CHECK(turns[0].id == question);
  CHECK(turns[1].id == second);
  CHECK(store.versions(question) == QList<RecordId>{question, edited});
  CHECK(store.allTurns(id).size() == 4);
  CHECK(errorOf([&] {
          store.addTurn({0, id, 999, QStringLiteral("user"), {}});
        }).find("no turn 999") != std::string::npos);
}

TEST_CASE("deleting is undone, and final after a while") {
  test::application();
  test::Scratch scratch;
  Store store(fileIn(scratch));
  const RecordId id = store.addConversation({0, QStringLiteral("One")});
  store.addTurn({0, id, 0, QStringLiteral("user"), QStringLiteral("hello")});
  QSignalSpy changed(&store, &Store::changed);
  store.setDeleted(RecordKind::Conversation, {id}, true);
  CHECK(changed.count() == 1);
  CHECK(store.conversations().isEmpty());
  CHECK_FALSE(store.conversation(id));
  store.setDeleted(RecordKind::Conversation, {id}, false);
  CHECK(store.shownTurns(id).size() == 1);
  store.setDeleted(RecordKind::Conversation, {id}, true);
  CHECK(store.purge(0) == 0);
  CHECK(store.purge(QDateTime::currentMSecsSinceEpoch() + 1000) == 1);
  store.setDeleted(RecordKind::Conversation, {id}, false);
  CHECK(store.conversations().isEmpty());
  CHECK(store.allTurns(id).isEmpty());
  CHECK(store.conversations(QStringLiteral("hello")).isEmpty()); // its search text went too
}

TEST_CASE("search finds words inside texts, titles and turns") {
  test::application();
  test::Scratch scratch;
  Store store(fileIn(scratch));
  const RecordId ferry = store.addConversation({0, QStringLiteral("Why the Ferry waits")});
  const RecordId moon = store.addConversation({0, QStringLiteral("The moon 100% is made of fish_soup?")});
  const RecordId turn =
      store.addTurn({0, ferry, 0, QStringLiteral("user"), QStringLiteral("Über den Sturm \"north\"")});
  auto find = [&](const char* words) {
    std::set<RecordId> ids;
    for (const Conversation& c : store.conversations(QString::fromUtf8(words))) ids.insert(c.id);
    return ids;
  };
  CHECK(find("ferry") == std::set<RecordId>{ferry});
  CHECK(find("FERR") == std::set<RecordId>{ferry});
  CHECK(find("über sturm") == std::set<RecordId>{ferry});
  CHECK(find("ferry north") == std::set<RecordId>{ferry}); // one word in the title, one in a turn
  CHECK(find("ferry moon").empty());
  CHECK(find("\"north\"") == std::set<RecordId>{ferry});
  CHECK(find("% i") == std::set<RecordId>{moon}); // short words, looked for letter by letter
  CHECK(find("h_") == std::set<RecordId>{moon});
  CHECK(find("") == std::set<RecordId>{ferry, moon});
  Turn edited = *store.turn(turn);
  edited.text = QStringLiteral("calm");
  store.updateTurn(edited);
  CHECK(find("sturm").empty());
  CHECK(find("calm") == std::set<RecordId>{ferry});
  store.addComparisons({someComparison()});
  CHECK(store.comparisons({QStringLiteral("bake rainy")}).size() == 1); // prompt and an answer
  CHECK(store.comparisons({QStringLiteral("ferry")}).isEmpty());
}

TEST_CASE("a comparison and a demonstration keep everything") {
  test::application();
  test::Scratch scratch;
  Comparison c = someComparison();
  Demonstration d;
  d.prompt = QStringLiteral("Write a card.");
  d.history = c.history;
  d.answer = QStringLiteral("Dear keeper,");
  d.labeler = QStringLiteral("labeler B");
  d.useCase = QStringLiteral("generation");
  d.split = QStringLiteral("held out");
  d.scripted = true;
  {
    Store store(fileIn(scratch));
    c.id = store.addComparisons({c}).first();
    d.id = store.addDemonstrations({d}).first();
  }
  Store store(fileIn(scratch));
  Comparison back = *store.comparison(c.id);
  CHECK(back.answers == c.answers);
  CHECK(back.history == c.history);
  CHECK(back.prompt == c.prompt);
  CHECK(back.note == c.note);
  CHECK(back.tookMs == 48000);
  CHECK(back.created > 0);
  CHECK(back.moderation.isEmpty());
  CHECK(orderText(back) == QStringLiteral("D > A = B > C"));
  CHECK(pairCount(back) == 5);
  back.answers[0].rank = 1;
  back.answers[0].flags.clear();
  back.note = QStringLiteral("changed");
  store.updateComparison(back);
  CHECK(store.comparison(c.id)->answers == back.answers);
  CHECK(store.comparison(c.id)->updated >= back.updated);
  const Demonstration demo = *store.demonstration(d.id);
  CHECK(demo.history == d.history);
  CHECK(demo.answer == d.answer);
  CHECK(demo.scripted);
  CHECK(store.count(RecordKind::Demonstration, {{}, QStringLiteral("labeler B")}) == 1);
  CHECK(store.count(RecordKind::Demonstration, {{}, QStringLiteral("you")}) == 0);
  RecordFilter scripted;
  scripted.scripted = 0;
  CHECK(store.demonstrations(scripted).isEmpty());
  store.setSplit(RecordKind::Demonstration, {d.id}, QStringLiteral("validation"));
  CHECK(store.countBy(RecordKind::Demonstration, CountBy::Split).first().value == QStringLiteral("validation"));
  Comparison wrong = c;
  wrong.answers[0].rank = 9;
  CHECK(errorOf([&] { store.addComparisons({c, wrong}); }).find("rank 9") != std::string::npos);
  CHECK(store.count(RecordKind::Comparison) == 1);
}

TEST_CASE("prompts come to be ranked once, in their order") {
  test::application();
  test::Scratch scratch;
  Store store(fileIn(scratch));
  const RecordId set = store.promptSet(QStringLiteral("village"));
  CHECK(store.promptSet(QStringLiteral("village")) == set);
  QList<Prompt> list;
  for (int i = 0; i < 5; ++i) {
    Prompt p;
    p.set = i < 3 ? set : 0;
    p.text = QStringLiteral("prompt %1").arg(i);
    list << p;
  }
  const QList<RecordId> ids = store.addPrompts(list);
  CHECK(store.promptSets().first().prompts == 3);
  Comparison c = someComparison();
  c.promptId = ids[0];
  c.id = store.addComparisons({c}).first();
  CHECK(store.promptsToRank(set, 9).first().id == ids[1]);
  CHECK(store.promptsToRank(0, 9).size() == 4);
  CHECK(store.promptsToRank(set, 1).size() == 1);
  store.setDeleted(RecordKind::Comparison, {c.id}, true);
  CHECK(store.promptsToRank(set, 9).size() == 3);
  store.setDeleted(RecordKind::PromptSet, {set}, true);
  CHECK(store.prompts().size() == 2);
  store.setDeleted(RecordKind::PromptSet, {set}, false);
  CHECK(store.prompts().size() == 5);
  Prompt p = *store.prompt(ids[4]);
  p.text = QStringLiteral("other");
  p.set = set;
  store.updatePrompt(p);
  CHECK(store.promptSets().first().prompts == 4);
}

TEST_CASE("drafts reach the disk by themselves, the last one wins") {
  test::application();
  test::Scratch scratch;
  {
    Store store(fileIn(scratch));
    QSignalSpy states(&store, &Store::saveStateChanged);
    QElapsedTimer time;
    time.start();
    for (int i = 0; i < 50; ++i) store.keepDraft(QStringLiteral("chat/1/typed"), QByteArray::number(i));
    CHECK(store.draft(QStringLiteral("chat/1/typed")) == "49");
    CHECK(store.saveState() == SaveState::Saving);
    while (store.saveState() != SaveState::Saved && time.elapsed() < 60000) QTest::qWait(10);
    CHECK(store.saveState() == SaveState::Saved);
    CHECK(time.elapsed() < 1000 * test::patience());
    REQUIRE(states.count() == 2);
    CHECK(states[0][0].value<SaveState>() == SaveState::Saving);
    store.keepDraft(QStringLiteral("label/1"), "x");
    store.dropDraft(QStringLiteral("label/1"));
    store.keepDraft(QStringLiteral("chat/2/typed"), "late"); // written by the closing
    CHECK(store.draftKeys(QStringLiteral("chat/")) ==
          QStringList{QStringLiteral("chat/1/typed"), QStringLiteral("chat/2/typed")});
  }
  Store store(fileIn(scratch));
  CHECK(store.draft(QStringLiteral("chat/1/typed")) == "49");
  CHECK(store.draft(QStringLiteral("chat/2/typed")) == "late");
  CHECK(store.draftKeys() == QStringList{QStringLiteral("chat/1/typed"), QStringLiteral("chat/2/typed")});
  store.dropDraft(QStringLiteral("chat/1/typed"));
  store.flushDrafts();
  Rows rows = store.database().run(QStringLiteral("SELECT count(*) FROM drafts"));
  REQUIRE(rows.next());
  CHECK(rows.integer(0) == 1);
}

TEST_CASE("a full disk is told, changes nothing and is got over") {
  test::application();
  test::Scratch scratch;
  Store store(fileIn(scratch));
  const RecordId id = store.addConversation({0, QStringLiteral("kept")});
  QSignalSpy states(&store, &Store::saveStateChanged);
  {
    Rows pages = store.database().run(QStringLiteral("PRAGMA page_count"));
    REQUIRE(pages.next());
  }
  { Rows limit = store.database().run(QStringLiteral("PRAGMA max_page_count = 1")); } // no page more than there are
  Comparison large = someComparison();
  large.note = QString(200000, QLatin1Char('n'));
  const std::string error = errorOf([&] { store.addComparisons({someComparison(), large}); });
  CHECK(error.find("disk full") != std::string::npos);
  CHECK(store.saveState() == SaveState::Failed);
  CHECK(states.last()[1].toString() == QStringLiteral("disk full"));
  CHECK(store.count(RecordKind::Comparison) == 0);
  { Rows limit = store.database().run(QStringLiteral("PRAGMA max_page_count = 1000000")); }
  store.addComparisons({large});
  CHECK(store.saveState() == SaveState::Saved);
  CHECK(store.count(RecordKind::Comparison) == 1);
  CHECK(store.conversation(id));
}

TEST_CASE("what is no store, or too new, or being written, is refused in a sentence") {
  test::application();
  test::Scratch scratch;
  const QString file = fileIn(scratch);
  {
    Store store(file);
    const std::string error = errorOf([&] { Store second(file); });
    CHECK(error.find(std::to_string(QCoreApplication::applicationPid())) != std::string::npos);
    store.addConversation({0, QStringLiteral("One")});
    Store reader(file, Store::Access::Read); // reading is always possible
    CHECK(reader.conversations().size() == 1);
    CHECK(errorOf([&] { reader.addConversation({}); }).find("opened for reading") != std::string::npos);
  }
  Store(file).database().change(QStringLiteral("PRAGMA user_version = 7"));
  CHECK(errorOf([&] { Store newer(file); }).find("version 7") != std::string::npos);

  const QString junk = QString::fromStdString((scratch / "junk").string());
  QFile out(junk);
  REQUIRE(out.open(QIODevice::WriteOnly));
  out.write(QByteArray(8192, 'x'));
  out.close();
  CHECK(errorOf([&] { Store bad(junk); }).find("damaged or is no store") != std::string::npos);
  CHECK(out.open(QIODevice::ReadOnly));
  CHECK(out.readAll() == QByteArray(8192, 'x')); // untouched

  const QString foreign = QString::fromStdString((scratch / "foreign.sqlite").string());
  {
    QSqlDatabase other = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("foreign"));
    other.setDatabaseName(foreign);
    REQUIRE(other.open());
    QSqlQuery(other).exec(QStringLiteral("CREATE TABLE mine(a)"));
  }
  QSqlDatabase::removeDatabase(QStringLiteral("foreign"));
  CHECK(errorOf([&] { Store bad(foreign); }).find("no store of Attune's") != std::string::npos);
  CHECK(errorOf([&] { Store bad(QString::fromStdString(scratch.path().string())); }).find("is a folder") !=
        std::string::npos);
  CHECK(errorOf([&] {
          Store bad(QStringLiteral("/nowhere/x.sqlite"), Store::Access::Read);
        }).find("There is no store") != std::string::npos);
}

TEST_CASE("a store whose maker was ended before its first table is made by whoever opens it, readers too") {
  test::application();
  test::Scratch scratch;
  for (const auto access : {Store::Access::Read, Store::Access::Write}) {
    const QString file = QString::fromStdString((scratch / ("begun" + std::to_string(int(access)))).string());
    QFile begun(file);
    REQUIRE(begun.open(QIODevice::WriteOnly));
    begun.close();
    Store store(file, access);
    CHECK(store.conversations().isEmpty());
  }
}

TEST_CASE("several calls are one, or none") {
  test::application();
  test::Scratch scratch;
  Store store(fileIn(scratch));
  CHECK(errorOf([&] {
          store.atomically([&] {
            store.addConversation({0, QStringLiteral("One")});
            throw Error("stopped here");
          });
        }) == "stopped here");
  CHECK(store.conversations().isEmpty());
  store.addConversation({0, QStringLiteral("Two")}); // and the store goes on
  CHECK(store.conversations().size() == 1);
}

TEST_CASE("token bytes are checked") {
  const QByteArray bytes = packTokens(someTokens());
  CHECK(unpackTokens(bytes) == someTokens());
  CHECK(unpackTokens({}).empty());
  for (qsizetype cut = 1; cut < bytes.size(); ++cut)
    CHECK(errorOf([&] { unpackTokens(bytes.left(cut)); }) != "no error");
  QByteArray huge = bytes;
  huge[1] = huge[2] = huge[3] = huge[4] = char(0xff);
  CHECK(errorOf([&] { unpackTokens(huge); }) != "no error");
}

TEST_CASE("labels: published shares and single keys") {
  double sum = 0;
  for (const auto& one : labels::useCases()) sum += one.published;
  CHECK(std::abs(sum - 1) < 0.01);
  std::set<char> keys;
  for (const auto& flag : labels::flags()) keys.insert(flag.key);
  CHECK(keys.size() == 11);
  CHECK(labels::flagWords(QStringLiteral("hallucination")) == QStringLiteral("Makes things up"));
  CHECK(labels::ratingWords(7) == QStringLiteral("excellent"));
}
