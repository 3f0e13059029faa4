// The page of a reward model's report: the verdict, bars with intervals, the pairs to read and their way to Label.
#include "application.h"
#include "catch.h"
#include "formats/json.h"
#include "scratch.h"
#include "train/reward_report.h"
#include "train/reward_report_view.h"
#include "widgets/interval_bars.h"
#include "widgets/key_button.h"

#include <QFile>
#include <QJsonDocument>
#include <QTest>
#include <nlohmann/json.hpp>

using namespace attune;

namespace {

EncodedRanking ranking(const std::string& labeler, const std::string& prompt, const std::vector<std::string>& answers,
                       const std::vector<int>& ranks, const std::string& useCase) {
  EncodedRanking made;
  made.ranks = ranks;
  made.text.prompt = {{"user", prompt}};
  made.text.completions = answers;
  made.text.ranks = ranks;
  made.text.labeler = labeler;
  made.text.scripted = labeler == "rule 3";
  made.text.useCase = useCase;
  made.replies.resize(answers.size());
  return made;
}

// `right`: of ten pairs, how many the model gets right.
Json report(int right, const std::vector<std::string>& labelers, bool stranger = false) {
  std::vector<EncodedRanking> heldOut, training;
  std::vector<std::vector<float>> scores;
  const char* cases[] = {"generation", "chat", "open_qa", "extraction"};
  for (int i = 0; i < 200; ++i) {
    const std::string prompt = "What should I bring for the keeper on day " + std::to_string(i) + "?";
    for (size_t l = 0; l < labelers.size(); ++l) {
      const bool turned = (i + int(l)) % 7 == 0;
      heldOut.push_back(ranking(labelers[l], prompt,
                                {"A small lamp and warm bread from the baker.",
                                 i % 2 ? "Nothing" : "The keeper likes lamps and lamps and the light and the lamps."},
                                {turned ? 2 : 1, turned ? 1 : 2}, cases[i % 4]));
      const float sure = 0.2f + 0.03f * float(i % 60);
      scores.push_back({i % 10 < right ? sure : -sure, 0});
      if (!stranger || l > 0)
        training.push_back(ranking(labelers[l], "t" + std::to_string(i), {"a", "b"}, {1, 2}, "chat"));
    }
  }
  Json made = rewardReport(heldOut, scores, training);
  made["training_rankings"] = training.size();
  made["left_out"] = 3;
  made["skipped"] = 0;
  return made;
}

void write(const test::Scratch& folder, const Json& json) { writeJson(folder / "reward_report.json", json); }

} // namespace

TEST_CASE("a run without its report says so; a report that holds nothing out, and one that is broken, in words") {
  test::application();
  const test::Scratch folder;
  const QString run = QString::fromStdString(folder.path().string());
  RewardReportView view;
  CHECK_FALSE(view.setRun(run));
  CHECK(view.verdict().isEmpty());
  write(folder, {{"verdict", "not measured: nothing was held out (--held-out)"}, {"pairs", 0}});
  CHECK(view.setRun(run));
  CHECK(view.verdict().isEmpty());
  QFile broken(run + QStringLiteral("/reward_report.json"));
  REQUIRE(broken.open(QFile::WriteOnly));
  broken.write("{ no");
  broken.close();
  RewardReportView other;
  CHECK_FALSE(other.setRun(run));
}

TEST_CASE("what a report tells is shown: better than length, not surely, failed") {
  test::application();
  const test::Scratch folder;
  const QString run = QString::fromStdString(folder.path().string());
  write(folder, report(9, {"ann", "bob"}, true));
  RewardReportView view;
  view.resize(1000, 700);
  REQUIRE(view.setRun(run));
  CHECK(view.verdict().startsWith(QStringLiteral("Better than the length of the answers alone")));
  const QList<IntervalBar> bars = view.accuracies()->bars();
  REQUIRE(bars.size() == 5);
  CHECK(bars[0].chosen);
  CHECK(bars[0].value == Approx(0.79).margin(0.05));
  CHECK(bars[0].low < bars[0].value);
  CHECK(bars[1].known); // held-out labelers
  CHECK(bars[2].of == QStringLiteral("200 pairs"));
  CHECK(bars[2].value == Approx(0.71).margin(0.02)); // the two turn every seventh pair round, not the same ones
  CHECK(view.useCases()->bars().size() == 4);
  CHECK(view.useCases()->csv().startsWith("name,value,low,high,of\n"));

  RewardReportView one;
  one.setReport(QJsonDocument::fromJson(QByteArray::fromStdString(jsonLine(report(9, {"me"})))).object());
  CHECK_FALSE(one.accuracies()->bars()[1].known);
  CHECK(one.accuracies()->bars()[2].of == QStringLiteral("one labeler"));
  CHECK(one.noteWords().contains(QStringLiteral("All rankings are by one labeler, me")));
  one.setReport(QJsonDocument::fromJson(QByteArray::fromStdString(jsonLine(report(2, {"me"})))).object());
  CHECK(one.verdict() == QStringLiteral("This reward model failed."));
}

TEST_CASE("a pair that it gets wrong goes to Label with all answers of its ranking") {
  test::application();
  RewardReportView view;
  view.resize(1000, 700);
  view.setReport(QJsonDocument::fromJson(QByteArray::fromStdString(jsonLine(report(9, {"ann", "rule 3"})))).object());
  REQUIRE(view.relabelButtons().size() == 20);
  QVariantMap asked;
  QObject::connect(&view, &RewardReportView::relabel, [&](const QVariantMap& request) { asked = request; });
  QTest::mouseClick(view.relabelButtons().first(), Qt::LeftButton);
  CHECK(asked.value(QStringLiteral("text")).toString().startsWith(QStringLiteral("What should I bring")));
  CHECK(asked.value(QStringLiteral("answers")).toList().size() == 2);
  CHECK_FALSE(asked.value(QStringLiteral("use_case")).toString().isEmpty());
}

TEST_CASE("pictures of a reward report") {
  test::application();
  RewardReportView view;
  const auto json = [](const Json& made) {
    return QJsonDocument::fromJson(QByteArray::fromStdString(jsonLine(made))).object();
  };
  for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
    Theme::use(mode);
    const QString end = mode == ThemeMode::Dark ? QStringLiteral("-dark") : QString();
    view.resize(956, 700);
    view.show();
    view.setReport(json(report(9, {"ann", "bob", "rule 3"}, true)));
    QTest::qWait(60); // the layout settles
    test::picture(view, QStringLiteral("reward-report") + end);
    view.resize(620, 520);
    QTest::qWait(60);
    test::picture(view, QStringLiteral("reward-report-narrow") + end);
    view.setReport(json(report(2, {"me"})));
    view.resize(956, 700);
    QTest::qWait(60);
    test::picture(view, QStringLiteral("reward-report-failed") + end);
  }
  Theme::use(ThemeMode::Light);
  RewardReportView none;
  none.resize(956, 600);
  none.setRun(QStringLiteral("/nowhere"));
  none.show();
  test::picture(none, QStringLiteral("reward-report-none"));
}
