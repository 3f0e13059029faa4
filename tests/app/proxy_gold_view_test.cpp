// Reward over distance in the window: the history of a run, best of n beside it, what is said of them, saving.
#include "application.h"
#include "catch.h"
#include "formats/file.h"
#include "formats/json.h"
#include "scratch.h"
#include "train/proxy_gold_chart.h"
#include "train/proxy_gold_view.h"
#include "widgets/key_button.h"

#include <QComboBox>
#include <QFile>
#include <QImage>
#include <cmath>
#include <nlohmann/json.hpp>

using namespace attune;

namespace {

// A run whose proxy rises while gold turns at √KL of about 1.6.
void writeRun(const test::Scratch& folder, int steps, bool gold) {
  std::string lines;
  for (int step = 1; step <= steps; ++step) {
    const double d = 0.09 * step;
    Json row{{"step", step}, {"score", 0.3 + d}, {"kl", d * d}};
    if (step % 2 == 0) {
      row["held_out_score"] = 0.3 + d * (1.1 - 0.1 * std::log(d));
      row["held_out_kl"] = d * d;
      if (gold) row["gold_score"] = 0.2 + d * (0.9 - 0.6 * std::log(d));
    }
    lines += jsonLine(row) + "\n";
  }
  writeFileAtomically(folder / "metrics.jsonl", lines);
}

void writeBestOf(const test::Scratch& folder) {
  ProxyGold figures;
  figures.proxyName = "rm";
  figures.goldName = "judge";
  figures.prompts = 16;
  figures.samples = 64;
  for (const int n : {1, 4, 16, 64}) {
    const double d = std::sqrt(bestOfBound(n));
    figures.bestOf.push_back({-1, n, d * d, 0.3 + d * (0.95 - 0.05 * d), 0.2 + d * (0.8 - 0.2 * d)});
  }
  writeJson(folder / "proxy_gold.json", toJson(figures));
}

} // namespace

TEST_CASE("the history shows as the run goes on; best of n beside it; gold's fall is said") {
  test::application();
  const test::Scratch folder;
  const QString run = QString::fromStdString(folder.path().string());
  ProxyGoldView view;
  view.resize(900, 560);
  CHECK_FALSE(view.setRun(run));
  CHECK(view.words().contains(QStringLiteral("no iteration yet")));
  CHECK_FALSE(view.measureButton()->isEnabled()); // without an engine
  writeRun(folder, 10, false);
  REQUIRE(view.setRun(run));
  CHECK(view.words().contains(QStringLiteral("No gold judge")));
  REQUIRE(view.chart()->families().size() == 1);
  CHECK(view.chart()->families()[0].points.size() == 5); // held-out evaluations
  writeRun(folder, 40, true);
  writeBestOf(folder);
  REQUIRE(view.setRun(run));
  REQUIRE(view.chart()->families().size() == 4);
  CHECK(view.chart()->families()[0].points.size() == 20);
  CHECK(view.words().contains(QStringLiteral("Gold was highest at step 18"))); // exp(0.9/0.6 − 1) = 1.65
  CHECK(view.words().contains(QStringLiteral("Best of n, gold: R = d (0.800 − 0.200 d)")));
  CHECK(view.words().contains(QStringLiteral("Policy, gold")));
  // It saves what it shows.
  const QByteArray csv = view.chart()->csv();
  CHECK(csv.startsWith("kind,step or n,kl,proxy,gold\n"));
  CHECK(csv.count('\n') == 1 + 20 + 4);
  view.chart()->save(run + QStringLiteral("/chart.svg"));
  view.chart()->save(run + QStringLiteral("/chart.png"));
  CHECK_FALSE(QImage(run + QStringLiteral("/chart.png")).isNull());
  CHECK(readFile(folder / "chart.svg").find("<svg") != std::string::npos);
  // A line that is half written is not read; one that is wrong is told.
  QFile metrics(run + QStringLiteral("/metrics.jsonl"));
  REQUIRE(metrics.open(QFile::Append));
  metrics.write("{\"step\": 41, \"sco");
  metrics.close();
  CHECK(view.setRun(run));
  CHECK(view.chart()->families().size() == 4);
}

TEST_CASE("pictures of reward over distance") {
  test::application();
  const test::Scratch folder, none;
  writeRun(folder, 40, true);
  writeBestOf(folder);
  for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
    Theme::use(mode);
    const QString end = mode == ThemeMode::Dark ? QStringLiteral("-dark") : QString();
    ProxyGoldView view;
    view.resize(808, 640);
    view.show();
    view.setRun(QString::fromStdString(folder.path().string()));
    test::picture(view, QStringLiteral("proxy-gold") + end);
    view.resize(708, 480);
    test::picture(view, QStringLiteral("proxy-gold-narrow") + end);
    view.setRun(QString::fromStdString(none.path().string()));
    test::picture(view, QStringLiteral("proxy-gold-empty") + end);
  }
  Theme::use(ThemeMode::Light);
}
