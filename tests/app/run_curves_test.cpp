// Curves that grow with a run, a run that failed and says so after a restart, and a copy that can be taught to talk.
#include "train/run_curves.h"

#include "application.h"
#include "catch.h"
#include "engine/model_text.h"
#include "engine/run_failure.h"
#include "engine/train_runs.h"
#include "errors.h"
#include "fake_train.h"
#include "formats/file.h"
#include "formats/model_folder.h"
#include "models/talking_copy.h"
#include "scratch.h"
#include "tiny_models.h"
#include "train/run.h"
#include "training_world.h"
#include "widgets/plot.h"

using namespace attune;

TEST_CASE("curves grow by the rows that came, and are as if filled at once") {
  test::application();
  test::FakeTrainSource source;
  source.add("tales", TrainKind::Pretrain, RunState::Running, 250, 2000);
  RunCurves curves(source);
  curves.setRuns(source.list);
  Plot grown, filled;
  CHECK(curves.read());
  curves.fill(grown, Quantity::Perplexity);
  auto& rows = source.rows[source.list[0].id];
  for (int i = 251; i <= 300; i++) {
    MetricsRow row;
    row.step = i;
    row.loss = 2;
    if (i == 300) row.heldOutLoss = 0.5;
    rows.push_back(row);
  }
  CHECK(curves.read());
  curves.grow(grown, Quantity::Perplexity);
  CHECK_FALSE(curves.read());
  curves.fill(filled, Quantity::Perplexity);
  CHECK(grown.csv() == filled.csv());
  CHECK(grown.model().curves[0].size() == 300);
  CHECK(std::abs(grown.model().curves[0].y(299) - std::exp(2.0)) < 1e-12);
  CHECK(grown.model().best == 300.0);
  CHECK(grown.model().xEnd == 2000.0);
}

TEST_CASE("a run that failed still says so, and why, when its folder is read again") {
  test::application();
  test::TrainingWorld world;
  const std::filesystem::path folder = world.root / "runs" / "tales";
  std::filesystem::create_directories(folder.parent_path());
  Run::create(world.settings(), folder);
  const QString runs = QString::fromStdString(folder.parent_path().string());
  CHECK(readRuns(runs, {}).first().info.state == RunState::Stopped);
  keepFailure(folder, "the loss is not a number");
  const RunInfo failed = readRuns(runs, {}).first().info;
  CHECK(failed.state == RunState::Failed);
  CHECK(failed.reason == QStringLiteral("the loss is not a number"));
  forgetFailure(folder);
  CHECK(readRuns(runs, {}).first().info.state == RunState::Stopped);
}

TEST_CASE("a copy of a base model has Attune's template and the same weights") {
  test::application();
  test::Scratch scratch;
  test::makeTinyModel(scratch / "plain", false);
  makeTalkingCopy(scratch / "plain", scratch / "talking");
  CHECK(ModelText::read(scratch / "plain")->continuesText());
  const ModelTextPtr text = ModelText::read(scratch / "talking");
  CHECK_FALSE(text->continuesText());
  CHECK(text->refusal.empty());
  const ModelFolder before(scratch / "plain"), after(scratch / "talking");
  CHECK(after.config().vocabSize == before.config().vocabSize + 3);
  for (const TensorEntry& tensor : before.tensors()) {
    const std::vector<float> old = before.read(tensor.name).data, copied = after.read(tensor.name).data;
    REQUIRE(copied.size() >= old.size());
    CHECK(std::equal(old.begin(), old.end(), copied.begin()));
  }
  CHECK(readLineage(scratch / "talking").parents.size() == 1);
  CHECK(test::contains(test::errorOf([&] { makeTalkingCopy(scratch / "plain", scratch / "talking"); }), "talking"));
}
