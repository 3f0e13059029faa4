// Models compared in the window: by a rule, by a reward model, by a person in Label; side by side on one prompt.
#include "application.h"
#include "catch.h"
#include "engine/engine.h"
#include "formats/file.h"
#include "label/answer_board.h"
#include "label/label_panel.h"
#include "main_window.h"
#include "models/evaluate_page.h"
#include "models/evaluate_setup.h"
#include "models/head_shift.h"
#include "models/model_list.h"
#include "models/model_side.h"
#include "models/models_panel.h"
#include "models/side_by_side.h"
#include "scratch.h"
#include "store/store.h"
#include "tiny_models.h"
#include "widgets/interval_bars.h"
#include "widgets/key_button.h"
#include "widgets/message_strip.h"
#include "widgets/property_rows.h"
#include "workbench.h"

#include <QComboBox>
#include <QDir>
#include <QListWidget>
#include <QSpinBox>
#include <QTest>
#include <QUndoStack>

using namespace attune;

namespace {

ModelTrial::Row row(const char* prompt, double a, double b) {
  ModelTrial::Row made;
  made.prompt = QString::fromLatin1(prompt);
  made.replies = {{QStringLiteral("first"), a}, {QStringLiteral("second"), b}};
  return made;
}

struct Window {
  Window() {
    test::application();
    places.models = QString::fromStdString((root / "models").string());
    places.runs = QString::fromStdString((root / "runs").string());
    QDir().mkpath(places.models);
    QDir().mkpath(places.runs);
    test::makeTinyModel(root / "models" / "talker", true, 256);
    test::makeTinyModel(root / "models" / "louder", true, 256, 0.3);
    test::makeTinyRewardModel(root / "models" / "taste", 256);
    std::string prompts;
    for (const char* one : {"Where is the lamp?", "Who sings at night?", "Where does the ferry go?"})
      prompts += std::string(one) + "\n";
    writeFileAtomically(root / "prompts.txt", prompts);
    writeFileAtomically(root / "short.json", "{\"rules\": [{\"unit\": \"characters\", \"score\": -1}]}");
    store = std::make_unique<Store>(QString::fromStdString((root / "attune.sqlite").string()));
    bench.settings()->clear();
    bench.store = store.get();
    engine = std::make_unique<Engine>(bench, places);
    window = std::make_unique<MainWindow>(bench);
    label = new LabelPanel(bench, *engine);
    panel = new ModelsPanel(bench, *engine, places.models);
    window->addPanel(label);
    window->addPanel(panel);
    window->resize(1280, 800);
    window->show();
    window->showPanel(QStringLiteral("models"));
    REQUIRE(QTest::qWaitFor([this] { return panel->list()->models()->rowCount() == 3; }, 120000));
  }
  ~Window() {
    window.reset();
    engine.reset();
  }
  QString file(const char* name) const { return QString::fromStdString((root / name).string()); }
  EvaluatePage* page() { return panel->comparison(); }
  EvaluateSetup* setup() { return panel->comparisonSetup(); }
  void chooseJudge(const QString& id) {
    QComboBox* field = setup()->judgeField();
    const int place = field->findData(id);
    REQUIRE(place >= 0);
    field->setCurrentIndex(place);
    Q_EMIT field->activated(place);
  }
  // Two models chosen in the list with Ctrl, then Compare.
  void choose() {
    panel->list()->setFocus();
    QItemSelectionModel* selection = panel->list()->selectionModel();
    selection->clear();
    for (const char* id : {"models/talker", "models/louder"}) {
      const int at = panel->list()->models()->rowOf(QString::fromLatin1(id));
      REQUIRE(at >= 0);
      selection->select(panel->list()->models()->index(at, 1), QItemSelectionModel::Select | QItemSelectionModel::Rows);
    }
    QTest::mouseClick(panel->compareButton(), Qt::LeftButton);
    REQUIRE(page()->isVisible());
    CHECK(setup()->chosen().size() == 2);
    CHECK(setup()->unready().contains(QStringLiteral("no prompts")));
    setup()->usePrompts(file("prompts.txt"));
    CHECK(setup()->unready().isEmpty());
  }
  void compare() {
    QTest::mouseClick(setup()->startButton(), Qt::LeftButton);
    REQUIRE(page()->busy());
    REQUIRE(QTest::qWaitFor([this] { return !page()->busy(); }, 240000));
  }

  test::Scratch root;
  ModelPlaces places;
  Workbench bench;
  std::unique_ptr<Store> store;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<MainWindow> window;
  LabelPanel* label;
  ModelsPanel* panel;
};

} // namespace

TEST_CASE("win rates, means and their intervals by hand, and through a file") {
  ModelTrial e;
  e.models = {QStringLiteral("models/a"), QStringLiteral("models/b")};
  e.names = {QStringLiteral("a"), QStringLiteral("b")};
  e.judge = ModelTrial::Judge::Rule;
  e.judgeName = QStringLiteral("short");
  e.rows = {row("p", 1, 2), row("q", 1, 3), row("r", 2, 0), row("s", 1, 1)};
  QList<IntervalBar> bars = winBars(e, 0);
  REQUIRE(bars.size() == 1);
  CHECK(bars[0].value == Approx(2.0 / 3));
  CHECK(bars[0].of == QStringLiteral("2 won, 1 lost, 1 tied"));
  CHECK(winBars(e, 1)[0].value == Approx(1.0 / 3));
  const QList<ComparedResult> told = comparedResults(QStringLiteral("models/b"), {e});
  REQUIRE(told.size() == 1);
  CHECK(told[0].against[0].name == QStringLiteral("a"));
  CHECK(told[0].against[0].counts == QStringLiteral("2 won, 1 lost, 1 tied"));
  CHECK(told[0].shortWords().startsWith(QStringLiteral("preferred 67 %")));
  CHECK(told[0].shortWords().endsWith(QStringLiteral("to a, scripted")));
  CHECK(told[0].mean.startsWith(QStringLiteral("1.50")));
  CHECK(comparedResults(QStringLiteral("models/a"), {e})[0].against[0].words.startsWith(QStringLiteral("33 %")));
  CHECK(comparedResults(QStringLiteral("models/c"), {e}).isEmpty());
  bars = meanBars(e);
  CHECK(bars[0].value == Approx(1.25));
  CHECK(bars[1].value == Approx(1.5));
  CHECK(bars[1].high - bars[1].value == Approx(1.96 * std::sqrt(5.0 / 3 / 4)).margin(1e-9));
  const test::Scratch folder;
  const QString where = QString::fromStdString(folder.path().string());
  keepEvaluation(where, e);
  ModelTrial twin = e;
  twin.name.clear();
  keepEvaluation(where, twin); // a name of its own
  CHECK(twin.name == QStringLiteral("a, b (2)"));
  const QList<ModelTrial> kept = evaluationsIn(where);
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].toJson().value(QStringLiteral("rows")) == e.toJson().value(QStringLiteral("rows")));
  removeEvaluation(where, e.name);
  CHECK(evaluationsIn(where).size() == 1);
  // Of a person only what was ranked and rated counts.
  e.judge = ModelTrial::Judge::Person;
  e.rows[0].replies[0].rank = 2, e.rows[0].replies[1].rank = 1;
  e.rows[0].replies[0].rating = 3, e.rows[0].replies[1].rating = 6;
  CHECK(winBars(e, 0)[0].of == QStringLiteral("1 won, 0 lost"));
  CHECK(meanBars(e)[1].value == 6);
  CHECK(meanBars(e)[1].of == QStringLiteral("1 rated"));
}

TEST_CASE("models are compared by a rule and by a reward model; kept, deleted, brought back; side by side") {
  Window w;
  w.choose();
  w.setup()->useRule(w.file("short.json"));
  CHECK(w.setup()->judge() == ModelTrial::Judge::Rule);
  w.compare();
  REQUIRE(w.page()->evaluation().rows.size() == 3);
  CHECK(w.page()->evaluation().scripted());
  CHECK(w.page()->wins()->bars()[0].scripted);
  for (const ModelTrial::Row& one : w.page()->evaluation().rows)
    for (const ModelTrial::Reply& reply : one.replies) CHECK(reply.score == -double(reply.text.size()));
  CHECK(QTest::qWaitFor([&] { return w.page()->pastField()->count() == 1; }, 20000)); // once it is written
  // Beside each model that took part stands against whom, and that a rule judged.
  const auto card = [&](const char* id) {
    const ModelListModel* list = w.panel->list()->models();
    return list->card(list->rowOf(QString::fromLatin1(id)));
  };
  REQUIRE(QTest::qWaitFor([&] { return !card("models/louder").compared.isEmpty(); }, 20000));
  const ComparedResult said = card("models/louder").compared.first();
  CHECK(said.scripted);
  CHECK(card("models/talker").compared.size() == 1);
  CHECK(card("models/taste").compared.isEmpty());
  if (!said.against.isEmpty())
    CHECK(resultWords(card("models/louder")).value(0).endsWith(QStringLiteral("to talker, scripted")));
  w.panel->escape();
  w.panel->list()->choose(QStringLiteral("models/louder"));
  CHECK(w.panel->side()->comparisons()->isVisible());
  CHECK(w.panel->side()->comparisons()->text().contains(QStringLiteral("short.json, scripted")));
  CHECK(w.panel->side()->comparisons()->text().contains(QStringLiteral("Mean score")));
  test::picture(*w.window, QStringLiteral("models-compared"));
  w.panel->list()->choose(QStringLiteral("models/taste"));
  CHECK_FALSE(w.panel->side()->comparisons()->isVisible());
  w.panel->showComparison(true);

  w.chooseJudge(QStringLiteral("models/taste"));
  w.setup()->mostField()->setValue(2);
  w.compare();
  CHECK(w.page()->evaluation().rows.size() == 2);
  CHECK_FALSE(w.page()->evaluation().scripted());
  CHECK(QTest::qWaitFor([&] { return w.page()->pastField()->count() == 2; }, 20000)); // once it is written
  CHECK(w.page()->means()->bars().size() == 2);

  // One prompt, side by side: texts, next tokens, heads.
  SideBySide* beside = w.page()->sideBySide();
  CHECK(beside->replyText(0) == w.page()->evaluation().rows[0].replies[0].text.trimmed());
  QTest::mouseClick(beside->lookButton(), Qt::LeftButton);
  REQUIRE(QTest::qWaitFor(
      [&] {
        return !beside->nextTokens(0).isEmpty() && !beside->nextTokens(1).isEmpty() &&
               beside->heads()->shares().size() == 4;
      },
      240000));
  CHECK(beside->nextTokens(0).size() == 10);
  for (const double share : beside->heads()->shares()) {
    CHECK(share >= 0);
    CHECK(share <= 1);
  }
  const int before = beside->heads()->chosen();
  QTest::mouseClick(beside->heads(), Qt::LeftButton, {}, beside->heads()->cellRect((before + 1) % 4).center());
  CHECK(beside->heads()->chosen() == (before + 1) % 4);
  for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
    Theme::use(mode);
    test::picture(*w.window, mode == ThemeMode::Dark ? QStringLiteral("evaluate-dark") : QStringLiteral("evaluate"));
  }
  Theme::use(ThemeMode::Light);
  w.window->resize(1000, 640);
  QTest::qWait(30);
  test::picture(*w.window, QStringLiteral("evaluate-narrow"));
  w.window->resize(1280, 800);

  w.page()->removeShown();
  CHECK(w.page()->pastField()->count() == 1);
  w.bench.undo()->undo();
  CHECK(w.page()->pastField()->count() == 2);
  QTest::keyClick(w.panel, Qt::Key_Escape);
}

TEST_CASE("a person judges blind in Label, and the bars grow with each ranking") {
  Window w;
  w.choose();
  CHECK(w.setup()->judge() == ModelTrial::Judge::Person);
  w.compare();
  // Label came to the front with the first prompt, its answers shuffled, no names.
  REQUIRE(w.label->isVisible());
  REQUIRE(w.label->session().task().answers.size() == 2);
  CHECK(w.store->count(RecordKind::Prompt) == 3);
  CHECK(w.page()->evaluation().judged() == 0);
  CHECK_FALSE(w.page()->wins()->bars()[0].known);
  CHECK(w.page()->sideBySide()->replyText(0).isEmpty()); // blind here too
  for (int i = 0; i < 2; ++i) {
    LabelSession& session = w.label->session();
    const QList<Answer> answers = session.task().answers;
    REQUIRE(answers.size() == 2);
    // The louder one is always better here.
    const int better = answers[0].model == QStringLiteral("models/louder") ? 0 : 1;
    session.step(QStringLiteral("rank"), [&](LabelTask& task) {
      task.ranking.insertBefore(better, 0);
      task.ranking.insertBefore(1 - better, 1);
      task.rate(better, 6);
      task.rate(1 - better, 2);
      return true;
    });
    REQUIRE(session.unsavable().isEmpty());
    QTest::mouseClick(w.label->saveButton(), Qt::LeftButton);
  }
  REQUIRE(QTest::qWaitFor([&] { return w.page()->evaluation().judged() == 2; }, 20000));
  const ModelTrial& e = w.page()->evaluation();
  const int talker = int(e.models.indexOf(QStringLiteral("models/talker")));
  const QList<IntervalBar> bars = winBars(e, talker);
  CHECK(bars[0].of == QStringLiteral("2 won, 0 lost"));
  CHECK(meanBars(e)[talker].value == 2);
  CHECK(meanBars(e)[1 - talker].value == 6);
  CHECK(w.store->comparisons().first().split == QStringLiteral("held out"));
}
