// The Models panel as a person uses it: what a model was made from, import, rename, export, delete and back.
#include "models/models_panel.h"

#include "application.h"
#include "catch.h"
#include "engine/engine.h"
#include "formats/file.h"
#include "formats/model_folder.h"
#include "golden.h"
#include "main_window.h"
#include "models/device_table.h"
#include "models/lineage_lanes.h"
#include "models/model_library.h"
#include "models/model_list.h"
#include "models/model_side.h"
#include "models/origin_list.h"
#include "models/starter_results.h"
#include "scratch.h"
#include "sha256.h"
#include "tiny_models.h"
#include "widgets/key_button.h"
#include "widgets/message_strip.h"
#include "widgets/results_page.h"
#include "workbench.h"

#include <QDir>
#include <QHeaderView>
#include <QLineEdit>
#include <QMimeData>
#include <QTest>
#include <QUndoStack>

using namespace attune;

namespace {

namespace fs = std::filesystem;

struct Window {
  Window() {
    test::application();
    places.models = QString::fromStdString((root / "models").string());
    places.runs = QString::fromStdString((root / "runs").string());
    QDir().mkpath(places.models);
    QDir().mkpath(places.runs);
  }
  void open(QSize size = {1280, 800}) {
    engine = std::make_unique<Engine>(bench, places);
    window = std::make_unique<MainWindow>(bench);
    panel = new ModelsPanel(bench, *engine, places.models);
    window->addPanel(panel);
    window->resize(size);
    window->show();
    REQUIRE(QTest::qWaitFor([this] { return engine->modelsKnown(); }, 20000));
    waitFor([this] { return !engine->deviceReady() ? false : !bench.devices().isEmpty(); });
  }
  template <class Condition> void waitFor(Condition condition) { REQUIRE(QTest::qWaitFor(condition, 60000)); }
  void waitForRows(int rows) {
    waitFor([&] { return panel->list()->models()->rowCount() == rows && !panel->working(); });
  }
  fs::path model(const std::string& name) const { return fs::path(places.models.toStdString()) / name; }
  QStringList names() const {
    QStringList all;
    for (int row = 0; row < panel->list()->models()->rowCount(); ++row)
      all << panel->list()->models()->card(row).entry.name;
    return all;
  }

  test::Scratch root;
  ModelPlaces places;
  Workbench bench;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<MainWindow> window;
  ModelsPanel* panel = nullptr;
};

// Base, fine-tuned on a file, and a policy from both.
void makeFamily(Window& w) {
  const fs::path data = w.root / "talks.jsonl";
  writeFileAtomically(data, "{\"prompt\": \"a\", \"completion\": \"b\"}\n");
  const auto make = [&](const std::string& name, bool chat, Lineage lineage) {
    test::makeTinyModel(w.model(name), chat);
    lineage.createdBy = "attune test";
    writeLineage(w.model(name), lineage);
  };
  const auto parent = [&](const std::string& name) {
    return Lineage::Parent{w.model(name).string(), ModelFolder(w.model(name)).sha256(), "model"};
  };
  Lineage base;
  base.job = "pretrain";
  base.step = 400;
  base.data[data.string()] = sha256OfFile(data);
  make("harbour-base", false, base);
  Lineage sft;
  sft.job = "sft";
  sft.parents = {parent("harbour-base")};
  sft.seed = 17;
  sft.data[data.string()] = sha256OfFile(data);
  make("harbour-sft", true, sft);
  Lineage ppo;
  ppo.job = "ppo";
  ppo.step = 50;
  ppo.parents = {parent("harbour-sft"), parent("harbour-base")};
  make("harbour-ppo", true, ppo);
}

} // namespace

TEST_CASE("lanes: children above parents, a lane for each line") {
  // 0 base, 1 sft from 0, 2 reward from 1, 3 policy from 1 and 2, 4 alone and oldest.
  const LaneLayout layout = layOutLanes({{{}, 10}, {{0}, 20}, {{1}, 30}, {{1, 2}, 40}, {{}, 5}});
  CHECK(layout.order == std::vector<int>{3, 2, 1, 0, 4});
  CHECK(layout.edges.size() == 4);
  for (const LaneEdge& edge : layout.edges) {
    CHECK(edge.childRow < edge.parentRow);
    CHECK(edge.parentLane == layout.lanes[size_t(edge.parentRow)]);
    // No mark lies on a line that passes.
    for (int row = edge.childRow + 1; row < edge.parentRow; ++row) CHECK(layout.lanes[size_t(row)] != edge.lane);
  }
  CHECK(layout.lanes == std::vector<int>{0, 1, 0, 0, 0});
  CHECK(layout.width == 2);
  // A circle is drawn all the same.
  CHECK(layOutLanes({{{1}, 1}, {{0}, 2}}).order.size() == 2);
  CHECK(layOutLanes({}).width == 0);
}

TEST_CASE("the starter's models say how good they are where their results came with them") {
  Window w;
  makeFamily(w);
  w.places.starter = QString::fromStdString((w.root / "starter/model").string());
  test::makeTinyModel(w.root / "starter/model", true);
  w.open();
  w.waitForRows(4);
  const auto choose = [&](const char* id) { w.panel->list()->choose(QString::fromLatin1(id)); };
  choose("starter");
  CHECK_FALSE(w.panel->side()->resultsButton()->isVisible());
  fs::create_directories(w.root / "starter/results");
  writeFileAtomically(w.root / "starter/results/results.md",
                      "# The starter\n\n| | SFT |\n| --- | --- |\n| true | 65% |\n");
  choose("models/harbour-sft");
  CHECK_FALSE(w.panel->side()->resultsButton()->isVisible());
  choose("starter");
  REQUIRE(w.panel->side()->resultsButton()->isVisible());
  QTest::mouseClick(w.panel->side()->resultsButton(), Qt::LeftButton);
  REQUIRE(w.panel->starterResults()->isVisible());
  CHECK(w.panel->starterResults()->page()->toPlainText().contains(QStringLiteral("65%")));
  test::picture(*w.window, QStringLiteral("models-starter-results"));
  QTest::keyClick(w.panel, Qt::Key_Escape);
  CHECK_FALSE(w.panel->starterResults()->isVisible());
  CHECK(w.panel->list()->isVisible());
}

TEST_CASE("a family of models: descent, data, and the check of every hash") {
  Window w;
  makeFamily(w);
  w.open();
  w.waitForRows(3);
  CHECK(w.names() ==
        QStringList{QStringLiteral("harbour-ppo"), QStringLiteral("harbour-sft"), QStringLiteral("harbour-base")});
  OriginList* origins = w.panel->side()->origins();
  w.waitFor([&] { return origins->origins().size() == 3; });
  CHECK(origins->verdict() == QStringLiteral("all 3 hashes match"));
  // A tree: the fine-tuned one, under it the base, under that its labels.
  const QList<ModelOrigin> tree = origins->origins();
  for (int depth = 0; depth < 3; ++depth) CHECK(tree[depth].depth == depth);
  CHECK(tree[0].name == QStringLiteral("harbour-sft"));
  CHECK(tree[0].detail == QStringLiteral("Fine-tuning, seed 17"));
  CHECK(tree[1].detail == QStringLiteral("Pre-training, step 400"));
  CHECK(tree[2].data);
  CHECK(tree[2].detail == QStringLiteral("1 demonstration"));
  CHECK(w.panel->list()->models()->lanes().edges.size() == 3);
  CHECK(w.panel->side()->chatButton()->isVisible());
  // Every hash comes to stand in its row.
  w.waitFor([&] { return w.panel->list()->models()->card(2).hash.size() == 64; });
  test::picture(*w.window, QStringLiteral("models-light"));
  Theme::use(ThemeMode::Dark);
  test::picture(*w.window, QStringLiteral("models-dark"));
  Theme::use(ThemeMode::Light);
  w.window->resize(1000, 640);
  test::picture(*w.window, QStringLiteral("models-small"));
  CHECK(w.panel->list()->header()->length() <= w.panel->list()->viewport()->width());
  w.window->resize(1280, 800);

  // Search by words, among them a hash.
  auto* search = w.panel->findChild<QLineEdit*>(QStringLiteral("modelSearch"));
  QTest::keyClicks(search, QStringLiteral("fine-tuning"));
  CHECK(w.names() == QStringList{QStringLiteral("harbour-sft")});
  search->clear();
  search->setText(w.panel->list()->models()->card(2).hash.left(12));
  CHECK(w.names().contains(QStringLiteral("harbour-base")));
  search->clear();
  REQUIRE(w.names().size() == 3);

  // The data changes: what was made from it says so, with both hashes.
  writeFileAtomically(w.root / "talks.jsonl", "{\"prompt\": \"other\", \"completion\": \"b\"}\n");
  w.panel->list()->choose(QStringLiteral("models/harbour-sft"));
  w.waitFor([&] { return origins->origins().size() == 2 && !origins->allMatch(); });
  CHECK(origins->verdict() == QStringLiteral("1 changed"));
  fs::remove(w.root / "talks.jsonl");
  w.panel->list()->choose(QStringLiteral("models/harbour-base"));
  w.waitFor([&] { return origins->origins().size() == 1; });
  CHECK(origins->verdict() == QStringLiteral("1 is gone"));

  // What comes with Attune was made where its paths began: that is said, and alarms nobody.
  Lineage elsewhere;
  elsewhere.job = "export";
  elsewhere.parents = {{"sft/checkpoints/step-1300", std::string(64, 'a'), "model"}};
  elsewhere.data["data/talks.jsonl"] = std::string(64, 'b');
  elsewhere.data["sft/checkpoints/step-1300"] =
      std::string(64, 'a'); // a run watches its models too: told once, as a model
  test::makeTinyModel(w.model("from-afar"), true);
  writeLineage(w.model("from-afar"), elsewhere);
  w.engine->refreshModels();
  w.waitForRows(4);
  w.panel->list()->choose(QStringLiteral("models/from-afar"));
  w.waitFor([&] { return origins->origins().size() == 2; });
  CHECK(origins->verdict() == QStringLiteral("made elsewhere"));
  CHECK(origins->origins()[0].name == QStringLiteral("sft, step 1300"));
  for (const ModelOrigin& origin : origins->origins())
    CHECK(OriginList::stateWords(origin) == QStringLiteral("made elsewhere, not on this machine"));
  test::picture(*w.window, QStringLiteral("models-elsewhere"));

  // A device: which one is used.
  DeviceTableModel* devices = w.panel->devices()->devices();
  REQUIRE(devices->rowCount() >= 1);
  bool used = false;
  for (int row = 0; row < devices->rowCount(); ++row) used = used || devices->isUsed(row);
  CHECK(used);
  DeviceTableModel refusing;
  refusing.setDevices({{QStringLiteral("1"), QStringLiteral("GPU 1"), {}, QStringLiteral("has no compute queue")}}, {},
                      {}, {});
  CHECK(refusing.index(0, DeviceTableModel::State).data().toString() ==
        QStringLiteral("refused: it has no compute queue"));
}

TEST_CASE("import, rename, export, delete; each is there again after Undo") {
  Window w;
  w.open();
  w.waitFor([&] { return w.panel->findChild<QWidget*>() != nullptr; });
  test::picture(*w.window, QStringLiteral("models-empty"));

  // A folder, dropped.
  test::makeTinyModel(w.root / "talker", true);
  QMimeData dropped;
  dropped.setUrls({QUrl::fromLocalFile(QString::fromStdString((w.root / "talker").string()))});
  QDropEvent drop(QPointF(300, 300), Qt::CopyAction, &dropped, Qt::LeftButton, Qt::NoModifier);
  static_cast<QObject&>(*w.panel).event(&drop);
  w.waitForRows(1);
  CHECK(w.names() == QStringList{QStringLiteral("talker")});
  CHECK(w.panel->messages()->what() == QStringLiteral("talker was imported."));
  CHECK(ModelFolder(w.model("talker")).sha256() == ModelFolder(w.root / "talker").sha256());
  // Again: another name; a copy is no descendant.
  w.panel->importFrom(QString::fromStdString((w.root / "talker" / "config.json").string()));
  w.waitForRows(2);
  CHECK(w.names().contains(QStringLiteral("talker-2")));
  w.waitFor([&] { return w.panel->list()->models()->card(1).hash.size() == 64; });
  CHECK(w.panel->list()->models()->lanes().edges.empty());

  // What is no model: one sentence, nothing half-made.
  writeFileAtomically(w.root / "wrong.bin", "no model");
  w.panel->importFrom(QString::fromStdString((w.root / "wrong.bin").string()));
  w.waitFor([&] { return !w.panel->working(); });
  CHECK(w.panel->messages()->what() == QStringLiteral("wrong.bin was not imported."));
  CHECK(w.panel->messages()->why().contains(QStringLiteral("wrong.bin")));
  CHECK(QDir(w.places.models).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size() == 2);

  // llama2.c with the tokenizer beside it.
  const fs::path stories = test::sharedData("stories260K/stories260K.bin");
  if (!stories.empty()) {
    w.panel->importFrom(QString::fromStdString(stories.string()));
    w.waitForRows(3);
    CHECK(w.panel->messages()->what() == QStringLiteral("stories260K was imported."));
    CHECK(Tokenizer::isIn(w.model("stories260K")));
    w.panel->removeChosen();
    w.waitForRows(2);
  }

  // Rename by F2.
  w.panel->list()->choose(QStringLiteral("models/talker-2"));
  w.panel->list()->setFocus();
  QTest::keyClick(w.panel->list(), Qt::Key_F2);
  auto* field = w.panel->list()->findChild<QLineEdit*>();
  REQUIRE(field);
  field->selectAll();
  QTest::keyClicks(field, QStringLiteral("singer"));
  QTest::keyClick(field, Qt::Key_Return);
  w.waitFor([&] { return w.names().contains(QStringLiteral("singer")); });
  CHECK(fs::exists(w.model("singer")));
  w.bench.undo()->undo();
  w.waitFor([&] { return w.names().contains(QStringLiteral("talker-2")); });
  w.bench.undo()->redo();
  w.waitFor([&] { return w.names().contains(QStringLiteral("singer")); });
  CHECK_THROWS_WITH(library::rename(w.places.models, QStringLiteral("singer"), QStringLiteral("talker")),
                    Contains("already a model"));
  CHECK_THROWS_WITH(library::rename(w.places.models, QStringLiteral("singer"), QStringLiteral("../out")),
                    Contains("cannot be a model's name"));

  // Export as float16.
  w.panel->list()->choose(QStringLiteral("models/singer"));
  w.panel->exportTo(QString::fromStdString(w.root.path().string()), DType::F16);
  w.waitFor([&] { return !w.panel->working(); });
  CHECK(w.panel->messages()->what() == QStringLiteral("singer was exported."));
  CHECK(ModelFolder(w.root / "singer").dtype() == DType::F16);
  w.panel->exportTo(QString::fromStdString(w.root.path().string()), DType::F16);
  w.waitFor([&] { return !w.panel->working(); });
  CHECK(w.panel->messages()->what() == QStringLiteral("singer was not exported."));

  // Delete, and back.
  w.panel->list()->setFocus();
  QTest::keyClick(w.panel->list(), Qt::Key_Delete);
  w.waitForRows(1);
  CHECK_FALSE(fs::exists(w.model("singer")));
  w.bench.undo()->undo();
  w.waitForRows(2);
  CHECK(w.panel->list()->chosen() == QStringLiteral("models/singer"));
  CHECK(fs::exists(w.model("singer") / "config.json"));

  // A broken one is listed with its reason and offers neither Chat nor Look inside.
  fs::create_directories(w.model("broken"));
  writeFileAtomically(w.model("broken") / "config.json", "{\"model_type\": \"bert\"}");
  w.engine->refreshModels();
  w.waitForRows(3);
  w.panel->list()->choose(QStringLiteral("models/broken"));
  CHECK_FALSE(w.panel->side()->chatButton()->isVisible());
  CHECK_FALSE(w.panel->side()->lookButton()->isVisible());
  test::picture(*w.window, QStringLiteral("models-broken"));
}
