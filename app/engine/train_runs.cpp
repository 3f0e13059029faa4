#include "engine/train_runs.h"

#include "engine/run_failure.h"
#include "formats/json.h"
#include "formats/model_folder.h"
#include "train/checkpoint.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <climits>
#include <csignal>
#include <nlohmann/json.hpp>

namespace attune {
namespace {

constexpr RunKind kinds[] = {RunKind::Pretrain, RunKind::Sft, RunKind::Reward, RunKind::Ppo,
                             RunKind::Dpo}; // TrainKind's

constexpr std::pair<double PpoSettings::*, double PpoDescription::*> ppoNumbers[] = {
    {&PpoSettings::klCoef, &PpoDescription::klCoef},       {&PpoSettings::klTarget, &PpoDescription::klTarget},
    {&PpoSettings::discount, &PpoDescription::discount},   {&PpoSettings::lambda, &PpoDescription::lambda},
    {&PpoSettings::clipRange, &PpoDescription::clipRange}, {&PpoSettings::valueClip, &PpoDescription::valueClip},
    {&PpoSettings::valueCoef, &PpoDescription::valueCoef}, {&PpoSettings::temperature, &PpoDescription::temperature},
    {&PpoSettings::valueRate, &PpoDescription::valueRate}, {&PpoSettings::endPenalty, &PpoDescription::endPenalty}};

} // namespace

RunSettings settingsFor(const RunDescription& run, const QString& modelDir, const QString& device) {
  RunSettings s;
  s.kind = kinds[int(run.kind)];
  s.model = modelDir.toStdString();
  for (const QString& file : run.files) s.data.emplace_back(file.toStdString());
  s.heldOut = run.heldOut.toStdString();
  s.steps = run.steps;
  s.batch = run.batch;
  s.context = run.context;
  s.rate = run.learningRate;
  s.leastRate = run.minLearningRate;
  s.warmup = run.warmup;
  s.optimizer = {run.beta1, run.beta2, run.epsilon, run.weightDecay, run.clip};
  s.accumulate = run.accumulate;
  s.dropout = run.dropout;
  s.checkpointEvery = run.checkpointEvery;
  s.evaluateEvery = run.evaluateEvery;
  s.seed = run.seed;
  s.device = device.toStdString();
  s.reward.loss = run.reward.hinge ? RankingTerm::Hinge : RankingTerm::Sigmoid;
  s.reward.freezeBody = run.reward.freezeBody;
  s.reward.addLayers = run.reward.addLayers;
  s.reward.demonstrations = run.reward.demonstrations.toStdString();
  for (const QString& name : run.reward.heldOutLabelers) s.reward.heldOutLabelers.push_back(name.toStdString());
  s.dpo.beta = run.beta;
  const PpoDescription& ppo = run.ppo;
  s.ppo.reward = ppo.reward.toStdString();
  s.ppo.gold = ppo.gold.toStdString();
  s.ppo.pretrainCoef = ppo.pretrainFiles.isEmpty() ? 0 : ppo.pretrainCoef;
  if (s.ppo.pretrainCoef > 0)
    for (const QString& file : ppo.pretrainFiles) s.ppo.pretrainData.emplace_back(file.toStdString());
  for (const auto& [there, here] : ppoNumbers) s.ppo.*there = ppo.*here;
  s.ppo.valueWarmup = ppo.valueWarmup;
  s.ppo.epochs = ppo.epochs;
  s.ppo.minibatches = ppo.minibatches;
  s.ppo.replies = ppo.replies;
  s.ppo.maxTokens = ppo.maxTokens;
  s.ppo.whitenRewards = ppo.whitenRewards;
  s.ppo.normalizeScores = ppo.normalizeScores;
  return s;
}

RunDescription descriptionOf(const RunSettings& s, const QString& name) {
  RunDescription run;
  run.kind = TrainKind(std::find(std::begin(kinds), std::end(kinds), s.kind) - std::begin(kinds));
  run.name = name;
  run.modelDir = QString::fromStdString(s.model.string());
  for (const auto& file : s.data) run.files << QString::fromStdString(file.string());
  run.heldOut = QString::fromStdString(s.heldOut);
  run.steps = int(std::min<int64_t>(s.steps, INT_MAX));
  run.batch = s.batch;
  run.context = s.context;
  run.learningRate = s.rate;
  run.minLearningRate = s.leastRate;
  run.warmup = int(std::min<int64_t>(s.warmup, INT_MAX));
  run.beta1 = s.optimizer.beta1;
  run.beta2 = s.optimizer.beta2;
  run.epsilon = s.optimizer.epsilon;
  run.weightDecay = s.optimizer.weightDecay;
  run.clip = s.optimizer.clip;
  run.accumulate = s.accumulate;
  run.dropout = s.dropout;
  run.checkpointEvery = int(std::min<int64_t>(s.checkpointEvery, INT_MAX));
  run.evaluateEvery = int(std::min<int64_t>(s.evaluateEvery, INT_MAX));
  run.seed = s.seed;
  run.reward.hinge = s.reward.loss == RankingTerm::Hinge;
  run.reward.freezeBody = s.reward.freezeBody;
  run.reward.addLayers = s.reward.addLayers;
  run.reward.demonstrations = QString::fromStdString(s.reward.demonstrations.string());
  for (const std::string& name : s.reward.heldOutLabelers) run.reward.heldOutLabelers << QString::fromStdString(name);
  run.beta = s.dpo.beta;
  PpoDescription& ppo = run.ppo;
  ppo.reward = QString::fromStdString(s.ppo.reward.string());
  ppo.gold = QString::fromStdString(s.ppo.gold.string());
  ppo.pretrainCoef = s.ppo.pretrainCoef;
  for (const auto& file : s.ppo.pretrainData) ppo.pretrainFiles << QString::fromStdString(file.string());
  for (const auto& [there, here] : ppoNumbers) ppo.*here = s.ppo.*there;
  ppo.valueWarmup = s.ppo.valueWarmup;
  ppo.epochs = s.ppo.epochs;
  ppo.minibatches = s.ppo.minibatches;
  ppo.replies = s.ppo.replies;
  ppo.maxTokens = s.ppo.maxTokens;
  ppo.whitenRewards = s.ppo.whitenRewards;
  ppo.normalizeScores = s.ppo.normalizeScores;
  return run;
}

namespace {

// The newest checkpoint that is not after `step`; none: the note stays as it is.
void findGood(RunNote& note, const QString& run, int step) {
  const QString folder = run + QStringLiteral("/checkpoints/");
  for (const QString& name : QDir(folder).entryList({QStringLiteral("step-*")}, QDir::Dirs)) {
    bool number = false;
    const int at = name.mid(5).toInt(&number);
    if (!number || at > step || at <= note.goodStep || at < 1) continue;
    note.goodStep = at;
    note.goodModel = folder + name;
  }
}

} // namespace

QList<RunNote> readNotes(const QString& run) {
  QList<RunNote> notes;
  QFile file(run + QStringLiteral("/warnings.jsonl"));
  if (!file.open(QIODevice::ReadOnly)) return notes;
  while (!file.atEnd() && notes.size() < 200) {
    const QJsonObject row = QJsonDocument::fromJson(file.readLine()).object();
    if (row.isEmpty()) continue;
    const auto text = [&](const char* key) { return row.value(QLatin1String(key)).toString(); };
    RunNote note{row.value(QLatin1String("step")).toInt(), text("what"), text("why"), text("remedy"), {}};
    const QJsonObject suggest = row.value(QLatin1String("suggest")).toObject();
    for (auto one = suggest.begin(); one != suggest.end(); ++one)
      note.suggest.insert(one.key(), one.value().toDouble());
    if (const int good = row.value(QLatin1String("good_step")).toInt(-1); good > 0) findGood(note, run, good);
    notes << note;
  }
  return notes;
}

qint64 trainerOf(const QString& folder) {
  const QFileInfo run(folder);
  QFile lock(run.path() + QStringLiteral("/.") + run.fileName() + QStringLiteral(".lock"));
  if (!lock.open(QIODevice::ReadOnly)) return 0;
  const qint64 process = lock.readAll().trimmed().toLongLong();
  return process > 0 && ::kill(pid_t(process), 0) == 0 ? process : 0; // a killed one leaves the file
}

double secondsOf(const std::vector<MetricsRow>& rows) {
  double seconds = 0;
  for (const MetricsRow& row : rows)
    if (row.tokensPerSecond > 0 && row.tokens > 0) seconds += row.tokens / row.tokensPerSecond;
  return seconds;
}

void findCheckpoint(RunInfo& info) {
  info.checkpoint = -1;
  info.modelDir.clear();
  const auto folder = newestCheckpoint(info.id.toStdString());
  if (folder.empty()) return;
  info.checkpoint = QString::fromStdString(folder.filename().string()).section(u'-', -1).toInt();
  info.modelDir = QString::fromStdString(folder.string());
}

bool madeAllSteps(const RunInfo& info, const RunSettings& settings) {
  if (info.checkpoint < settings.steps) return false;
  // After its last step a reward model's report is still to be written.
  if (settings.kind == RunKind::Reward && !QFileInfo::exists(info.id + QStringLiteral("/reward_report.json")))
    return false;
  try {
    return !readCheckpointState(info.modelDir.toStdString()).open;
  } catch (const std::exception&) {
    return true; // a damaged one: resuming says so, and there is nothing to do here
  }
}

QList<KnownRun> readRuns(const QString& folder, const QList<KnownRun>& known) {
  QList<KnownRun> runs;
  for (const QFileInfo& entry : QDir(folder).entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot)) {
    const QString path = entry.absoluteFilePath();
    const QFileInfo description(path + QStringLiteral("/run.json"));
    if (!description.exists()) continue;
    KnownRun run;
    for (const KnownRun& one : known)
      if (one.info.id == path) run = one;
    try {
      if (!run.metrics) {
        const std::string file = description.filePath().toStdString();
        run.settings = parseRunSettings(readJson(file), file);
        run.info.id = path;
        run.info.description = descriptionOf(run.settings, entry.fileName());
      }
    } catch (const std::exception&) {
      continue; // of a newer Attune, or of another kind
    }
    if (!run.metrics) run.metrics = std::make_shared<MetricsFile>(path + QStringLiteral("/metrics.jsonl"));
    run.metrics->update();
    findCheckpoint(run.info);
    const auto& rows = run.metrics->rows();
    run.info.step = rows.empty() ? 0 : int(std::min(rows.back().step, 2e9));
    run.info.secondsGone = secondsOf(rows);
    run.info.state = madeAllSteps(run.info, run.settings) ? RunState::Done
                     : trainerOf(path)                    ? RunState::Running
                                                          : RunState::Stopped;
    run.info.notes = readNotes(path);
    run.info.reason.clear();
    if (run.info.state == RunState::Stopped) run.info.reason = QString::fromStdString(failureOf(path.toStdString()));
    if (!run.info.reason.isEmpty()) run.info.state = RunState::Failed;
    runs << run;
  }
  const auto born = [](const KnownRun& run) {
    const QFileInfo file(run.info.id + QStringLiteral("/run.json"));
    return file.lastModified();
  };
  std::stable_sort(runs.begin(), runs.end(), [&](const KnownRun& a, const KnownRun& b) { return born(a) > born(b); });
  return runs;
}

QList<TrainSample> readSamples(const QString& run) {
  constexpr qint64 enough = 64 << 10;
  QList<TrainSample> samples;
  QFile file(run + QStringLiteral("/samples.jsonl"));
  if (!file.open(QIODevice::ReadOnly)) return samples;
  if (file.size() > enough) {
    file.seek(file.size() - enough);
    file.readLine(); // the rest of a line
  }
  while (!file.atEnd()) {
    const QJsonObject row = QJsonDocument::fromJson(file.readLine()).object();
    if (row.isEmpty()) continue;
    samples.prepend({row.value(QLatin1String("step")).toInt(), row.value(QLatin1String("prompt")).toString(),
                     row.value(QLatin1String("text")).toString()});
  }
  return samples;
}

} // namespace attune
