// A source of runs that were never trained, for tests and pictures of the Train panel.
#pragma once

#include "train/train_source.h"

#include <cmath>

namespace attune::test {

class FakeTrainSource : public TrainSource {
public:
  QList<RunInfo> list;
  QHash<QString, std::vector<MetricsRow>> rows;
  QHash<QString, QList<TrainSample>> texts;
  QStringList log; // what was asked
  std::optional<RunDescription> begun;
  TrainForecast answer;
  QHash<QString, QStringList> files; // of rollouts
  StoreCount counts[3];
  QStringList rankers;

  FakeTrainSource() {
    answer.parts = {{"Weights, gradients, moments", 35u << 20},
                    {"Activations", 186u << 20},
                    {"Batches", 3u << 20},
                    {"Workspace", 24u << 20}};
    answer.available = 8ull << 30;
    answer.device = "GPU 0";
    answer.secondsAStep = 0.2;
    answer.timeParts = {{"Forward and backward", 0.17}, {"Optimizer", 0.03}};
    answer.checks = {{TrainForecast::Fine, "The files are UTF-8: 1.1 M tokens, 0.1 M held out"},
                     {TrainForecast::Fine, "Disk: 0.6 GB for 4 checkpoints, 212 GB free"},
                     {TrainForecast::Warning, "The steps read the files 1.4 times"}};
  }

  void add(const QString& name, TrainKind kind, RunState state, int step, int steps) {
    RunInfo run;
    run.id = QStringLiteral("/runs/") + name;
    run.description.name = name;
    run.description.kind = kind;
    run.description.steps = steps;
    run.description.modelDir = QStringLiteral("/models/starter");
    run.description.files = {QStringLiteral("/texts/harbour-tales.txt")};
    run.state = state;
    run.step = step;
    run.secondsGone = step * 0.2;
    if (state == RunState::Running) run.secondsLeft = (steps - step) * 0.2;
    if (state == RunState::Failed)
      run.checkpoint = 500, run.reason = "The loss is not a number; first bad tensor: transformer.h.3.mlp.c_fc.weight.";
    if (state == RunState::Done) run.modelDir = run.id + "/checkpoints/step-" + QString::number(steps);
    std::vector<MetricsRow> measured;
    for (int i = 1; i <= step; i++) {
      MetricsRow row;
      row.step = i;
      row.loss = 1.5 + 3 * std::exp(-i / 250.0) + 0.06 * std::sin(i * 12.9898 + name.size());
      if (i % 100 == 0) row.heldOutLoss = 1.62 + 2.9 * std::exp(-i / 260.0) + (i > 900 ? (i - 900) * 1e-4 : 0);
      row.learningRate = i < 100 ? i * 1e-5 : 1e-4 + 4.5e-4 * (1 + std::cos(3.14159 * (i - 100) / double(steps - 100)));
      row.gradientNorm = 0.5 + 2 * std::exp(-i / 120.0) + 0.2 * std::abs(std::sin(i * 7.7));
      row.tokensPerSecond = 16500 + 400 * std::sin(i * 0.7);
      measured.push_back(row);
    }
    if (kind == TrainKind::Ppo) {
      run.description.ppo.reward = QStringLiteral("/models/harbour-rm");
      for (MetricsRow& row : measured) {
        const double at = row.step / steps;
        row.heldOutLoss = std::nan("");
        row.setMeasured(Measure::Score, -0.3 + 2 * (1 - std::exp(-3 * at)) + 0.1 * std::sin(row.step * 2.1));
        row.setMeasured(Measure::Kl, 6 * at + 0.2 * std::sin(row.step));
        row.setMeasured(Measure::Reward, row.measured(Measure::Score) - 0.05 * row.measured(Measure::Kl));
        row.setMeasured(Measure::Entropy, 2.3 - 0.9 * at);
        row.setMeasured(Measure::ValueLoss, 0.08 + 0.5 * std::exp(-6 * at));
        row.setMeasured(Measure::PolicyLoss, -0.01 + 0.01 * std::sin(row.step));
        row.setMeasured(Measure::Length, 14 + 8 * at);
        row.setMeasured(Measure::Episodes, 8);
        if (int(row.step) % 2 == 0) {
          row.setMeasured(Measure::HeldOutScore, row.measured(Measure::Score) - 0.1);
          row.setMeasured(Measure::HeldOutKl, 6 * at);
          row.setMeasured(Measure::HeldOutReward, row.measured(Measure::Score) - 0.1 - 3 * at * at);
          row.setMeasured(Measure::GoldScore, 1.2 * (1 - std::exp(-3 * at)) - 0.5 * at * at);
        }
      }
    }
    if (ofRankings(kind))
      for (MetricsRow& row : measured) {
        row.setMeasured(Measure::Accuracy, 0.5 + 0.25 * row.step / steps + 0.03 * std::sin(row.step));
        row.setMeasured(Measure::Margin, 1.3 * row.step / steps);
        if (int(row.step) % 20 == 0) row.setMeasured(Measure::HeldOutAccuracy, 0.5 + 0.2 * row.step / steps);
      }
    if (!measured.empty()) {
      run.lastLoss = measured.back().loss;
      run.lastScore = measured.back().measured(Measure::Score);
      run.lastKl = measured.back().measured(Measure::Kl);
      run.lastAccuracy = measured.back().measured(Measure::HeldOutAccuracy);
    }
    rows.insert(run.id, measured);
    texts.insert(
        run.id, {{1200, "The ferry", " waits in the harbour until the wind is calm.\nThen the captain rings the bell."},
                 {1100, "The ferry", " is the the harbour and wind the boat."}});
    list.append(run);
  }

  QList<TrainModel> models() const override {
    return {{"/models/starter", "starter", "1.4 M parameters, loss 1.21", 256, true, false},
            {"/models/harbour-rm", "harbour-rm", "right on 68.4 % of held-out pairs", 256, true, true}};
  }
  QList<RunInfo> runs() const override { return list; }
  std::vector<MetricsRow> metrics(const QString& run, std::size_t from) const override {
    const auto all = rows.value(run);
    return {all.begin() + std::ptrdiff_t(std::min(from, all.size())), all.end()};
  }
  QList<TrainSample> samples(const QString& run) const override { return texts.value(run); }
  TrainForecast memoryOf(const QString&) const override {
    TrainForecast used = answer;
    used.inUse = 243u << 20;
    return used;
  }
  QString home() const override { return QStringLiteral("/home/you/.local/share/attune"); }
  void forecast(const RunDescription&) override { Q_EMIT forecastReady(answer); }
  void start(const RunDescription& run) override {
    begun = run;
    add(run.name, run.kind, RunState::Running, 0, run.steps);
    Q_EMIT started(list.back().id);
  }
  void pause(const QString& run) override { log << "pause " + run; }
  void stop(const QString& run) override { log << "stop " + run; }
  void resume(const QString& run) override { log << "resume " + run; }
  void rename(const QString& run, const QString& name) override { log << "rename " + run + " " + name; }
  void remove(const QString& run) override { log << "remove " + run; }
  QStringList rolloutFiles(const QString& run) const override { return files.value(run); }
  StoreCount stored(StoreRecords records) const override { return counts[int(records)]; }
  QStringList labelers() const override { return rankers; }
  void exportRecords(StoreRecords records, bool withScripted) override {
    log << QStringLiteral("export %1 %2").arg(int(records)).arg(withScripted);
    Q_EMIT exported(QStringLiteral("/data/rankings-1234abcd.jsonl"));
  }
};

} // namespace attune::test
