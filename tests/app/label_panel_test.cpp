// Label as a person uses it: ranks four answers with keys alone, ties, drags, rates, flags, undoes, skips, writes the
// ideal answer, and finds it all again.
#include "label/label_panel.h"

#include "application.h"
#include "catch.h"
#include "engine/engine.h"
#include "label/answer_board.h"
#include "label/answer_side.h"
#include "label/label_list.h"
#include "main_window.h"
#include "measuring.h"
#include "scratch.h"
#include "store/store.h"
#include "tiny_models.h"
#include "widgets/key_button.h"
#include "widgets/message_strip.h"
#include "workbench.h"
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTest>

using namespace attune;
using Page = LabelPanel::Page;

namespace {

// The folders outlive the window, so that a window can be closed and opened again on them.
struct House {
  House() {
    test::application();
    places.models = QString::fromStdString((root / "models").string());
    places.runs = QString::fromStdString((root / "runs").string());
    QDir().mkpath(places.models);
    QDir().mkpath(places.runs);
  }
  void addModel(const char* name) {
    test::makeTinyModel(std::filesystem::path(places.models.toStdString()) / name, true, 128);
  }
  QString store() const { return QString::fromStdString((root / "attune.sqlite").string()); }
  test::Scratch root;
  ModelPlaces places;
};

QList<Answer> fourAnswers() {
  QList<Answer> list(4);
  list[0].text = QStringLiteral("You can paint shells, make paper boats and race them in a bowl of water, and play the "
                                "hiding game in the net loft. All three need only things that are in the house.");
  list[1].text = QStringLiteral("Paint shells, make paper boats, and read the old book of the first keeper.");
  list[2].text = QStringLiteral("Ideas are good and the children and the children and the village and the children.");
  list[3].text = QStringLiteral("Build a small harbour from boxes, or bake small loaves with the baker.");
  for (Answer& answer : list) answer.model = QStringLiteral("models/talker");
  return list;
}

struct Window {
  explicit Window(House& house, QSize size = {1280, 800}, bool clear = true)
      : store(house.store()) {
    if (clear) bench.settings()->clear();
    bench.store = &store;
    engine = std::make_unique<Engine>(bench, house.places);
    REQUIRE(QTest::qWaitFor([this] { return engine->modelsKnown(); }, 60000));
    window = std::make_unique<MainWindow>(bench);
    label = new LabelPanel(bench, *engine);
    window->addPanel(label);
    window->resize(size);
    window->show();
    (void)QTest::qWaitForWindowExposed(window.get());
    window->activateWindow();
    QTest::qWait(20);
  }
  ~Window() {
    window.reset();
    engine.reset();
  }
  LabelSession& work() { return label->session(); }
  const LabelTask& task() { return work().task(); }
  void key(Qt::Key k, Qt::KeyboardModifiers m = {}) {
    QWidget* to = QApplication::focusWidget();
    QTest::keyClick(to ? to : window.get(), k, m);
    QTest::qWait(5);
  }
  void undo() { bench.undo()->undo(), QTest::qWait(5); }
  QString order() { return orderText(task().toComparison({})); }

  Workbench bench;
  Store store;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<MainWindow> window;
  LabelPanel* label;
};

// A set of prompts; the first of them has four answers, as a draft left them.
QList<RecordId> fill(House& house, int count = 3) {
  Store store(house.store());
  const RecordId set = store.promptSet(QStringLiteral("village"));
  QList<Prompt> prompts;
  for (int i = 0; i < count; ++i) {
    Prompt prompt;
    prompt.set = set;
    prompt.text = i == 0 ? QStringLiteral("Give me three ideas for a rainy afternoon with the children of the village.")
                         : QStringLiteral("Prompt number %1 of the village").arg(i + 1);
    prompt.useCase = QStringLiteral("brainstorming");
    prompt.source = QStringLiteral("written");
    prompts << prompt;
  }
  const QList<RecordId> ids = store.addPrompts(prompts);
  LabelTask task;
  task.prompt.id = ids.first();
  task.addAnswers(fourAnswers());
  store.keepDraft(task.draftKey(), task.toDraft());
  store.flushDrafts();
  return ids;
}

} // namespace

TEST_CASE("an order with ties is made step by step") {
  Ranking r(4);
  CHECK(r.unranked() == QList<int>{0, 1, 2, 3});
  CHECK_FALSE(r.tie(2)); // nothing above
  CHECK(r.raise(2));
  CHECK(r.lower(0));
  CHECK(r.groups() == QList<QList<int>>{{2}, {0}});
  CHECK_FALSE(r.raise(2));
  CHECK_FALSE(r.lower(0));
  CHECK(r.raise(0));
  CHECK(r.tie(2));
  CHECK(r.groups() == QList<QList<int>>{{0, 2}});
  CHECK(r.join(3, 0));
  CHECK(r.tiedPairs() == 3);
  CHECK(r.raise(1));
  CHECK(r.pairs() == 3);
  CHECK(r.raise(2)); // out of the tie, above it
  CHECK(r.groups() == QList<QList<int>>{{2}, {0, 3}, {1}});
  CHECK(r.raise(1)); // passes the whole group
  CHECK(r.groups() == QList<QList<int>>{{2}, {1}, {0, 3}});
  CHECK(r.insertBefore(2, 3));
  CHECK(r.groups() == QList<QList<int>>{{1}, {0, 3}, {2}});
  CHECK_FALSE(r.insertBefore(1, 0)); // is there already
  CHECK(r.unrank(1));
  CHECK(r.rankOf(1) == 0);
  CHECK(r.rankOf(3) == 1);
  CHECK(Ranking::fromRanks({1, 0, 2, 1}) == r);
}

TEST_CASE("four answers are ranked with the keys alone and saved in the order shown") {
  House house;
  const QList<RecordId> ids = fill(house);
  Window w(house);
  REQUIRE(w.label->page() == Page::Rank);
  REQUIRE(w.task().prompt.id == ids[0]);
  CHECK(w.label->footWords() == QStringLiteral("4 answers have no rank"));
  CHECK_FALSE(w.label->saveButton()->isEnabled());
  w.key(Qt::Key_Return);
  CHECK(w.store.count(RecordKind::Comparison) == 0);

  w.key(Qt::Key_D), w.key(Qt::Key_Up, Qt::ShiftModifier), w.key(Qt::Key_7);
  w.key(Qt::Key_A), w.key(Qt::Key_Up, Qt::ShiftModifier), w.key(Qt::Key_5);
  w.key(Qt::Key_C), w.key(Qt::Key_Down, Qt::ShiftModifier), w.key(Qt::Key_1), w.key(Qt::Key_J);
  CHECK(w.order() == QStringLiteral("D > A > C"));
  CHECK(w.label->footWords() == QStringLiteral("1 answer has no rank"));
  w.key(Qt::Key_B), w.key(Qt::Key_Up, Qt::ShiftModifier);
  w.key(Qt::Key_Up, Qt::ShiftModifier);
  w.key(Qt::Key_T);
  w.key(Qt::Key_K), w.key(Qt::Key_L), w.key(Qt::Key_K);
  CHECK(w.order() == QStringLiteral("D > A = B > C"));
  w.key(Qt::Key_Up); // the one above in the list
  CHECK(w.task().chosen == 0);
  w.key(Qt::Key_B);
  CHECK(w.label->answerSide()->flagBox(QStringLiteral("hallucination"))->isChecked());
  CHECK_FALSE(w.label->answerSide()->flagBox(QStringLiteral("misses_constraint"))->isChecked());
  CHECK(w.label->footWords() == QStringLiteral("5 pairs from 4 answers, 1 tie left out"));
  w.key(Qt::Key_N);
  QTest::keyClicks(QApplication::focusWidget(), "Dull, but true");
  CHECK(w.task().note == QStringLiteral("Dull, but true"));
  w.key(Qt::Key_Escape);
  test::picture(*w.window, "label");
  Theme::use(ThemeMode::Dark);
  test::picture(*w.window, "label-dark");
  Theme::use(ThemeMode::Light);

  w.key(Qt::Key_Return);
  const QList<Comparison> saved = w.store.comparisons();
  REQUIRE(saved.size() == 1);
  const Comparison& c = saved.first();
  CHECK(c.promptId == ids[0]);
  CHECK_FALSE(c.scripted);
  CHECK(c.useCase == QStringLiteral("brainstorming"));
  CHECK(c.source == QStringLiteral("written"));
  CHECK_FALSE(c.labeler.isEmpty());
  CHECK(c.note == QStringLiteral("Dull, but true"));
  REQUIRE(c.answers.size() == 4);
  for (int i = 0; i < 4; ++i) CHECK(c.answers[i].text == fourAnswers()[i].text);
  CHECK(c.answers[0].rank == 2);
  CHECK(c.answers[1].rank == 2);
  CHECK(c.answers[2].rank == 3);
  CHECK(c.answers[3].rank == 1);
  CHECK(c.answers[3].rating == 7);
  CHECK(c.answers[1].flags == QStringList{QStringLiteral("hallucination")});
  CHECK(c.answers[2].flags == QStringList{QStringLiteral("fails_instruction")});
  CHECK(w.task().prompt.id == ids[1]); // the next
  CHECK(w.store.draft(QStringLiteral("label/task/%1").arg(ids[0])).isEmpty());

  w.undo(); // takes the saving back, and is on that prompt again
  CHECK(w.store.count(RecordKind::Comparison) == 0);
  CHECK(w.task().prompt.id == ids[0]);
  CHECK(w.order() == QStringLiteral("D > A = B > C"));
  for (int i = 0; i < 3; ++i) w.undo(); // K, L, K
  w.undo();
  CHECK(w.order() == QStringLiteral("D > A > B > C"));
  for (int i = 0; i < 4; ++i) w.bench.undo()->redo();
  w.bench.undo()->redo();
  CHECK(w.store.count(RecordKind::Comparison) == 1);
  CHECK(w.task().prompt.id == ids[1]);
}

TEST_CASE("cards are dragged to ranks and onto each other, and rated by a click") {
  House house;
  fill(house);
  Window w(house);
  AnswerBoard* board = w.label->board();
  const auto drag = [&](int answer, QPoint to) {
    const QRect from = board->cardRect(answer);
    const QPoint start(from.left() + 200, from.top() + 10);
    QTest::mousePress(board->viewport(), Qt::LeftButton, {}, start);
    QTest::mouseMove(board->viewport(), start + QPoint(0, 15));
    QTest::mouseMove(board->viewport(), to);
    QTest::mouseRelease(board->viewport(), Qt::LeftButton, {}, to);
    QTest::qWait(5);
  };
  drag(2, QPoint(300, 2));
  CHECK(w.order() == QStringLiteral("C"));
  drag(0, QPoint(300, board->cardRect(2).top() + 1));
  CHECK(w.order() == QStringLiteral("A > C"));
  drag(3, board->cardRect(2).center());
  CHECK(w.order() == QStringLiteral("A > C = D"));
  drag(3, QPoint(300, 2));
  CHECK(w.order() == QStringLiteral("D > A > C"));
  drag(0, QPoint(300, board->viewport()->height() - 60));
  CHECK(w.order() == QStringLiteral("D > C"));
  QTest::mouseClick(board->viewport(), Qt::LeftButton, {}, board->ratingRect(2, 6).center());
  CHECK(w.task().answers[2].rating == 6);
  QTest::mouseClick(board->viewport(), Qt::LeftButton, {}, board->ratingRect(2, 6).center());
  CHECK(w.task().answers[2].rating == 0);
}

TEST_CASE("a half-made order and a half-written answer are there after a restart") {
  House house;
  const QList<RecordId> ids = fill(house);
  {
    Window w(house);
    w.key(Qt::Key_C), w.key(Qt::Key_Up, Qt::ShiftModifier), w.key(Qt::Key_3), w.key(Qt::Key_V);
    w.key(Qt::Key_W);
    QTest::keyClicks(QApplication::focusWidget(), "Make boats");
    Store reader(house.store(), Store::Access::Read);
    LabelTask kept;
    CHECK(QTest::qWaitFor(
        [&] {
          return LabelTask::readDraft(reader.draft(QStringLiteral("label/task/%1").arg(ids[0])), kept) &&
                 kept.ranking.rankOf(2) == 1 && kept.answers[2].rating == 3;
        },
        1000 * test::patience()));
  }
  Window w(house, {1280, 800}, false);
  CHECK(w.task().prompt.id == ids[0]);
  CHECK(w.order() == QStringLiteral("C"));
  CHECK(w.task().answers[2].flags == QStringList{QStringLiteral("opinion")});
  CHECK(w.label->idealForm()->isVisible());
  CHECK(w.label->idealForm()->content().text == QStringLiteral("Make boats"));
}

TEST_CASE("a skipped prompt is passed over, and undo brings it back") {
  House house;
  const QList<RecordId> ids = fill(house, 2);
  Window w(house);
  w.key(Qt::Key_S);
  CHECK(w.task().prompt.id == ids[1]);
  w.key(Qt::Key_S);
  CHECK(w.label->page() == Page::Done);
  test::picture(*w.window, "label-done");
  w.undo();
  CHECK(w.label->page() == Page::Rank);
  CHECK(w.task().prompt.id == ids[1]);
  w.undo();
  CHECK(w.task().prompt.id == ids[0]);
  CHECK(w.work().skipped().isEmpty());
}

TEST_CASE("the ideal answer becomes a demonstration, and is edited as one") {
  House house;
  fill(house);
  Window w(house);
  w.key(Qt::Key_W);
  REQUIRE(w.label->idealForm()->isVisible());
  CHECK_FALSE(w.label->idealForm()->acceptButton()->isEnabled());
  QTest::keyClicks(QApplication::focusWidget(), "Paint shells, bake bread, tell a story.");
  test::picture(*w.window, "label-ideal");
  w.key(Qt::Key_Return, Qt::ControlModifier);
  QList<Demonstration> all = w.store.demonstrations();
  REQUIRE(all.size() == 1);
  CHECK(all[0].prompt == w.task().prompt.text);
  CHECK(all[0].answer == QStringLiteral("Paint shells, bake bread, tell a story."));
  CHECK(all[0].useCase == QStringLiteral("brainstorming"));
  CHECK(all[0].split == QStringLiteral("train"));
  CHECK(all[0].source == QStringLiteral("written"));
  CHECK_FALSE(all[0].scripted);
  CHECK_FALSE(w.label->idealForm()->isVisible());
  w.key(Qt::Key_W);
  w.label->idealForm()->field()->selectAll();
  QTest::keyClicks(QApplication::focusWidget(), "Shorter.");
  w.key(Qt::Key_Return, Qt::ControlModifier);
  all = w.store.demonstrations();
  REQUIRE(all.size() == 1);
  CHECK(all[0].answer == QStringLiteral("Shorter."));
  w.undo();
  w.undo();
  CHECK(w.store.count(RecordKind::Demonstration) == 0);
}

TEST_CASE("a saved ranking is opened, shows who answered, is changed and deleted") {
  House house;
  fill(house, 1);
  Comparison scripted;
  {
    Store store(house.store());
    scripted.prompt = QStringLiteral("Where is the ferry?");
    scripted.answers = fourAnswers();
    for (int i = 0; i < 4; ++i) scripted.answers[i].rank = i + 1;
    scripted.scripted = true;
    scripted.labeler = QStringLiteral("rule");
    scripted.id = store.addComparisons({scripted}).first();
  }
  Window w(house);
  w.label->promptList()->showRankings();
  REQUIRE(w.label->promptList()->model()->rowCount() == 1);
  CHECK(w.label->promptList()->model()->rows()[0].scripted);
  w.label->promptList()->view()->setCurrentIndex(w.label->promptList()->model()->index(0));
  QTest::qWait(10);
  CHECK(w.task().comparison == scripted.id);
  CHECK(w.task().scripted);
  CHECK(w.label->footWords() == QStringLiteral("Nothing was changed"));
  CHECK_FALSE(w.label->sampleButton()->isVisible());
  w.label->board()->setFocus();
  w.key(Qt::Key_D), w.key(Qt::Key_Up, Qt::ShiftModifier);
  test::picture(*w.window, "label-saved");
  w.key(Qt::Key_Return);
  const Comparison mine = *w.store.comparison(scripted.id);
  CHECK(orderText(mine) == QStringLiteral("A > B > D > C"));
  CHECK_FALSE(mine.scripted); // a person's order is never a rule's
  CHECK(mine.labeler == w.work().labeler());
  w.undo();
  CHECK(w.store.comparison(scripted.id)->scripted);
  w.label->promptList()->view()->setFocus();
  w.key(Qt::Key_Delete);
  CHECK(w.store.count(RecordKind::Comparison) == 0);
  w.undo();
  CHECK(w.store.count(RecordKind::Comparison) == 1);
}

TEST_CASE("nothing there: a prompt is typed, a file is imported, the starter's prompts are taken") {
  House house;
  Window w(house);
  CHECK(w.label->page() == Page::Empty);
  test::picture(*w.window, "label-empty");
  w.key(Qt::Key_N, Qt::ControlModifier);
  REQUIRE(w.label->page() == Page::Type);
  CHECK_FALSE(w.label->typeForm()->acceptButton()->isEnabled());
  QTest::keyClicks(QApplication::focusWidget(), "Who keeps the lamp?");
  test::picture(*w.window, "label-type");
  w.key(Qt::Key_Return, Qt::ControlModifier);
  CHECK(w.label->page() == Page::Rank);
  CHECK(w.task().prompt.text == QStringLiteral("Who keeps the lamp?"));
  CHECK(w.task().prompt.source == QStringLiteral("typed"));
  CHECK(QTest::qWaitFor([&] { return w.label->message()->isVisible(); }, 2000)); // no model
  w.undo();
  CHECK(w.label->page() == Page::Empty);

  const QString file = QString::fromStdString((house.root / "questions.txt").string());
  QFile out(file);
  REQUIRE(out.open(QIODevice::WriteOnly));
  out.write("One?\nTwo?\n\nThree?\n");
  out.close();
  REQUIRE(w.label->importFile(file));
  CHECK(w.store.count(RecordKind::Prompt) == 3);
  CHECK(w.label->promptList()->model()->rowCount() == 3);
  CHECK(w.task().prompt.text == QStringLiteral("One?"));
  w.undo();
  CHECK(w.store.count(RecordKind::Prompt) == 0);
  CHECK_FALSE(w.label->importFile(QStringLiteral("/nowhere/at.txt")));
  w.label->useStarterPrompts();
  CHECK(w.store.count(RecordKind::Prompt) >= 100);
}

TEST_CASE("rankings and pairs are exported") {
  House house;
  const QList<RecordId> ids = fill(house, 1);
  Window w(house);
  for (const Qt::Key k : {Qt::Key_B, Qt::Key_A, Qt::Key_D, Qt::Key_C}) w.key(k), w.key(Qt::Key_Up, Qt::ShiftModifier);
  w.key(Qt::Key_Return);
  const QString rankings = QString::fromStdString((house.root / "r.jsonl").string());
  const QString pairs = QString::fromStdString((house.root / "p.jsonl").string());
  const auto exported = [&](ExchangeKind kind, const QString& file) {
    w.label->message()->clear();
    w.label->exportFile(kind, file);
    REQUIRE(QTest::qWaitFor([&] { return w.label->message()->isVisible(); }, 60000));
    return w.label->message()->what().startsWith(QStringLiteral("Exported"));
  };
  REQUIRE(exported(ExchangeKind::Rankings, rankings));
  REQUIRE(exported(ExchangeKind::Pairs, pairs));
  QFile a(rankings), b(pairs);
  REQUIRE(a.open(QIODevice::ReadOnly));
  REQUIRE(b.open(QIODevice::ReadOnly));
  const QByteArray ranked = a.readAll(), paired = b.readAll();
  CHECK(ranked.count('\n') == 1);
  CHECK(ranked.contains("\"ranks\":[2,1,4,3]"));
  CHECK(paired.count('\n') == 6);
  CHECK(paired.contains("\"rejected\""));
  CHECK_FALSE(exported(ExchangeKind::Pairs, QStringLiteral("/nowhere/p.jsonl")));
}

TEST_CASE("answers are sampled from a real model, ahead too, and K out of range is refused in a sentence") {
  House house;
  house.addModel("talker");
  house.addModel("other");
  const QList<RecordId> ids = fill(house, 3);
  Window w(house);
  CHECK(w.work().setCount(1).contains(QStringLiteral("from 4 to 9, not 1;")));
  CHECK(w.work().setCount(100).contains(QStringLiteral("not 100")));
  CHECK(w.work().count() == 5);
  w.label->countBox()->lineEdit()->setText(QStringLiteral("100"));
  Q_EMIT w.label->countBox()->lineEdit()->editingFinished();
  CHECK(w.label->message()->what().contains(QStringLiteral("from 4 to 9")));
  CHECK(w.work().setCount(4).isEmpty());
  StoredSampler sampler = w.work().settings();
  sampler.maxTokens = 12;
  w.work().setSettings(sampler);
  w.work().setModels({QStringLiteral("models/talker"), QStringLiteral("models/other")});
  w.work().openPrompt(ids[1]);
  REQUIRE(QTest::qWaitFor([&] { return w.work().sampling(); }, 5000));
  CHECK_FALSE(w.label->saveButton()->isEnabled());
  test::picture(*w.window, "label-sampling");
  REQUIRE(QTest::qWaitFor([&] { return w.task().answers.size() == 4; }, 120000));
  QStringList texts, models;
  for (const Answer& answer : w.task().answers) {
    texts << answer.text;
    models << answer.model;
    CHECK(answer.sampler.maxTokens == 12);
  }
  CHECK(texts.removeDuplicates() == 0);
  CHECK(models.count(QStringLiteral("models/talker")) == 2);
  // Others, in their place; undo brings the first ones back.
  w.key(Qt::Key_R, Qt::ControlModifier);
  REQUIRE(QTest::qWaitFor([&] { return !w.work().sampling() && w.task().answers[0].text != texts[0]; }, 120000));
  w.undo();
  CHECK(w.task().answers[0].text == texts[0]);
  // The next prompt's were made meanwhile: it opens with them at once.
  REQUIRE(QTest::qWaitFor([&] { return w.bench.works().isEmpty(); }, 120000));
  w.work().openPrompt(ids[2]);
  REQUIRE(QTest::qWaitFor([&] { return w.task().answers.size() == 4; }, 2000));
  // A model that is broken: the strip says so, and the answers stay.
  QFile::remove(house.places.models + QStringLiteral("/other/model.safetensors"));
  w.key(Qt::Key_R, Qt::ControlModifier);
  REQUIRE(QTest::qWaitFor([&] { return !w.work().sampling(); }, 120000));
  CHECK(w.task().answers.size() == 4);
}

TEST_CASE("pictures of the Label panel, narrow and full") {
  House house;
  fill(house, 12);
  {
    Store store(house.store());
    LabelTask task;
    task.prompt = store.prompts().first();
    QList<Answer> nine;
    for (int i = 0; i < 9; ++i) nine << fourAnswers()[i % 4];
    for (int i = 0; i < 9; ++i) nine[i].rating = i % 8;
    nine[1].flags = {QStringLiteral("hallucination"),   QStringLiteral("misses_constraint"),
                     QStringLiteral("opinion"),         QStringLiteral("inappropriate"),
                     QStringLiteral("encourages_harm"), QStringLiteral("denigrates")};
    task.addAnswers(nine);
    for (const int i : {3, 0, 1, 5}) task.ranking.raise(i);
    task.ranking.tie(1);
    store.keepDraft(task.draftKey(), task.toDraft());
    store.flushDrafts();
  }
  for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark})
    for (const QSize size : {QSize(1280, 800), QSize(1000, 640)}) {
      Theme::use(mode);
      Window w(house, size);
      w.key(Qt::Key_B);
      test::picture(*w.window, QStringLiteral("label-full-%1%2")
                                   .arg(size.width())
                                   .arg(mode == ThemeMode::Dark ? QStringLiteral("-dark") : QString()));
      CHECK(w.label->board()->cardRect(1).bottom() <= w.label->board()->viewport()->height());
    }
  Theme::use(ThemeMode::Light);
}

TEST_CASE("answers that come out equal are drawn again; what stays equal is said, and the rest can be ranked") {
  House house;
  house.addModel("talker");
  const QList<RecordId> ids = fill(house, 3);
  Window w(house);
  CHECK(w.work().setCount(4).isEmpty());
  const auto sample = [&](RecordId prompt, const StoredSampler& sampler) {
    w.work().setSettings(sampler);
    w.work().openPrompt(prompt);
    REQUIRE(QTest::qWaitFor([&] { return w.work().sampling() || !w.task().answers.isEmpty(); }, 60000));
    REQUIRE(QTest::qWaitFor([&] { return !w.work().sampling(); }, 120000));
  };
  StoredSampler cold = w.work().settings();
  cold.maxTokens = 6;
  cold.temperature = 0.001;
  sample(ids[1], cold);
  REQUIRE(w.task().answers.size() == 4);
  QStringList texts;
  QList<double> temperatures;
  for (const Answer& answer : w.task().answers) texts << answer.text, temperatures << answer.sampler.temperature;
  CHECK(texts.removeDuplicates() == 0);
  CHECK(temperatures.count(0.001) == 1);
  CHECK(w.label->message()->isHidden());

  StoredSampler two = cold; // two tokens to choose from
  two.temperature = 1;
  two.topK = 2;
  two.maxTokens = 1;
  sample(ids[2], two);
  REQUIRE(w.task().answers.size() == 2);
  CHECK(w.label->message()->why().contains(QStringLiteral("Only 2 of 4 answers differ")));
  for (const Qt::Key k : {Qt::Key_B, Qt::Key_A}) w.key(k), w.key(Qt::Key_Up, Qt::ShiftModifier);
  CHECK(w.label->saveButton()->isEnabled());
}
