#include "engine/train_check.h"

#include "data/data_file.h"
#include "data/prompt_data.h"
#include "data/ranking_data.h"
#include "data/sft_data.h"
#include "error.h"
#include "formats/model_folder.h"
#include "sentence.h"
#include "text/chat_template.h"
#include "text/tokenizer.h"
#include "train/device_speed.h"
#include "train/job_run.h"
#include "train/preference_start.h"
#include "train/run.h"
#include "train/run_start.h"
#include "train/train_words.h"
#include "vulkan/device.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStorageInfo>
#include <algorithm>
#include <functional>

namespace attune {

namespace {

quint64 availableMemory() {
  QFile file(QStringLiteral("/proc/meminfo"));
  if (!file.open(QIODevice::ReadOnly)) return 0;
  for (const QByteArray& line : file.readAll().split('\n'))
    if (line.startsWith("MemAvailable:")) return line.simplified().split(' ').value(1).toULongLong() * 1024;
  return 0;
}

void say(TrainForecast& forecast, TrainForecast::Verdict verdict, const QString& words) {
  forecast.checks.append({verdict, words});
}

// Tokens of the files, from how many the first part has.
double estimatedTokens(const std::vector<std::filesystem::path>& files, const Tokenizer* tokenizer) {
  constexpr size_t part = 64 << 10;
  double tokens = 0;
  for (const auto& path : files) {
    const std::string text = readDataFile(path).text; // also checks that it is UTF-8
    if (!tokenizer) {
      tokens += double(text.size());
      continue;
    }
    size_t end = std::min(part, text.size());
    while (end < text.size() && (text[end] & 0xC0) == 0x80) ++end;
    const size_t count = tokenizer->encode(std::string_view(text).substr(0, end), SpecialTokens::Recognise).size();
    tokens += end ? double(count) * double(text.size()) / double(end) : 0;
  }
  return tokens;
}

DataSize checkData(TrainForecast& forecast, const RunSettings& settings,
                   const std::shared_ptr<const Tokenizer>& tokenizer, int context) {
  const double read = double(settings.steps) * settings.batch * settings.accumulate;
  const HeldOut heldOut = HeldOut::parse(settings.heldOut);
  if (settings.kind == RunKind::Sft) {
    const SftData data = SftData::load(settings.data, tokenizer, context, heldOut);
    say(forecast, TrainForecast::Fine,
        QObject::tr("%L1 demonstrations, %L2 held out").arg(data.training().size()).arg(data.heldOut().size()));
    if (data.shortened() || data.leftOut())
      say(forecast, TrainForecast::Warning,
          QObject::tr(
              "%L1 are longer than the context and lose turns or their end; %L2 have no answer and are left out")
              .arg(data.shortened())
              .arg(data.leftOut()));
    if (!data.training().empty())
      say(forecast, TrainForecast::Fine,
          QObject::tr("The steps read them %1 times").arg(read / double(data.training().size()), 0, 'f', 1));
    DataSize size;
    for (const SftData::Row& row : data.training()) {
      size.training += double(row.ids.size());
      size.longestRow = std::max(size.longestRow, int(row.ids.size()));
    }
    for (const SftData::Row& row : data.heldOut()) size.heldOut += double(row.ids.size());
    return size;
  }
  const double tokens = estimatedTokens(settings.data, tokenizer.get()), held = tokens * heldOut.share;
  say(forecast, TrainForecast::Fine,
      QObject::tr("The files are UTF-8: about %1 tokens, %2 held out").arg(countWords(tokens), countWords(held)));
  if (tokens - held <= context)
    say(forecast, TrainForecast::Wrong,
        QObject::tr("The files have about %L1 tokens, a row of the context needs %L2; add text or shorten the context")
            .arg(qint64(tokens - held))
            .arg(context + 1));
  const double times = read * context / std::max(1.0, tokens - held);
  say(forecast, times > 20 ? TrainForecast::Warning : TrainForecast::Fine,
      times > 20
          ? QObject::tr("The steps read the files %1 times: the model will learn them by heart").arg(times, 0, 'f', 0)
          : QObject::tr("The steps read the files %1 times").arg(times, 0, 'f', 1));
  return {tokens - held, held, 0};
}

// `bytesOf`: what a run of other settings would need.
void checkMemory(TrainForecast& forecast, const RunSettings& settings, const TrainDevice& device,
                 const std::function<quint64(const RunSettings&)>& bytesOf) {
  const quint64 needed = forecast.bytes();
  if (!device.memory || needed <= device.memory) return;
  QString advice = QObject::tr("choose a smaller model");
  for (RunSettings fewer = settings; fewer.batch > 1;) {
    fewer.batch /= 2;
    if (bytesOf(fewer) > device.memory) continue;
    advice = settings.kind == RunKind::Ppo ? QObject::tr("%1 episodes a step would do").arg(fewer.batch)
                                           : QObject::tr("a batch of %1 would do").arg(fewer.batch);
    break;
  }
  say(forecast, TrainForecast::Wrong,
      QObject::tr("The run needs %1, and %2 are free; %3").arg(sizeWords(needed), sizeWords(device.memory), advice));
}

void checkDisk(TrainForecast& forecast, const RunSettings& settings, int64_t parameters, const QString& folder) {
  const int64_t every = settings.checkpointEvery ? settings.checkpointEvery : settings.steps;
  const auto count = (settings.steps + every - 1) / every;
  const quint64 bytes = quint64(count) * quint64(parameters) * 12; // weights and two moments
  const qint64 available = QStorageInfo(folder).bytesAvailable();
  if (available < 0) return;
  const bool enough = bytes < quint64(available);
  say(forecast, enough ? TrainForecast::Fine : TrainForecast::Wrong,
      QObject::tr("Disk: %1 for %2, %3 free%4")
          .arg(sizeWords(bytes), count == 1 ? QObject::tr("one checkpoint") : QObject::tr("%L1 checkpoints").arg(count),
               sizeWords(quint64(available)),
               enough ? QString() : QObject::tr("; make room, or save fewer checkpoints")));
}

void checkName(TrainForecast& forecast, const QString& name, const QString& runsFolder) {
  const QString folder = runsFolder + QLatin1Char('/') + name;
  if (QFileInfo::exists(folder) && !QDir(folder).isEmpty())
    say(forecast, TrainForecast::Wrong, QObject::tr("There is a run %1 already; choose another name").arg(name));
}

// What an earlier run of this description would take a step on paper.
RunForecast forecastOfEarlier(const KnownRun& run, const TrainDevice& device) {
  if (isJob(run.settings.kind)) return forecast(run.settings, device.limits);
  const auto folder = run.info.modelDir.isEmpty() ? run.settings.model.string() : run.info.modelDir.toStdString();
  return forecast(run.settings, readConfig(std::filesystem::path(folder) / "config.json"), device.limits);
}

// From the run that is most like it, by what both would take on a device of this speed.
double secondsFromEarlier(const RunSettings& settings, const RunForecast& asked, const TrainDevice& device,
                          const DeviceSpeed& speed, const QList<KnownRun>& earlier) {
  double best = 0, nearest = std::log(8.0); // a run of another size says little
  for (const KnownRun& run : earlier) {
    const auto& rows = run.metrics->rows();
    if (rows.size() < 3 || run.settings.device != settings.device || run.settings.kind != settings.kind) continue;
    std::vector<double> seconds;
    for (size_t i = rows.size() > 100 ? rows.size() - 100 : 1; i < rows.size(); ++i)
      if (rows[i].tokensPerSecond > 0) seconds.push_back(rows[i].tokens / rows[i].tokensPerSecond);
    if (seconds.empty()) continue;
    std::nth_element(seconds.begin(), seconds.begin() + ptrdiff_t(seconds.size() / 2), seconds.end());
    try {
      const double factor = secondsAStep(asked, speed) / secondsAStep(forecastOfEarlier(run, device), speed);
      const double distance = std::abs(std::log(factor));
      if (distance < nearest) nearest = distance, best = seconds[seconds.size() / 2] * factor;
    } catch (const std::exception&) {
      // its model is gone
    }
  }
  return best;
}

void tellTime(TrainForecast& made, const RunSettings& settings, const RunForecast& asked, const TrainDevice& device,
              const QList<KnownRun>& earlier) {
  const auto speed = storedSpeed(device.info);
  if (!speed) return; // see tryOut
  made.secondsAStep = secondsFromEarlier(settings, asked, device, *speed, earlier);
  made.timeFrom = QObject::tr("by your earlier runs");
  if (made.secondsAStep > 0) return;
  made.secondsAStep = secondsAStep(asked, *speed);
  made.timeFrom = QObject::tr("rough estimate");
}

// A model of a run; those that learn have gradients and moments beside their weights.
QString roleWords(const std::string& role) {
  if (role == "policy") return QObject::tr("Policy, which learns");
  if (role == "value model") return QObject::tr("Value model, which learns");
  if (role == "reference") return QObject::tr("Reference");
  if (role == "reward model") return QObject::tr("Reward model");
  return QObject::tr("Held-out judge");
}

void takeParts(TrainForecast& made, const RunForecast& run, const TrainDevice& device) {
  made.parts.clear();
  quint64 models = 0;
  for (const auto& [role, bytes] : run.models) {
    made.parts.append({roleWords(role), bytes});
    models += bytes;
  }
  if (run.models.empty())
    made.parts = {{QObject::tr("Weights"), run.weights}, {QObject::tr("Gradients and moments"), run.training}};
  made.parts.append({QObject::tr("Activations"), run.activations});
  const quint64 told = run.models.empty() ? run.weights + run.training : models;
  made.parts.append({QObject::tr("Kernels and the rest"), run.total() - told - run.activations});
  made.available = device.memory;
  made.device = device.name;
}

// What the data of these kinds holds, in sentences; returns the steps of an epoch (0: it has none).
int checkPreferenceData(TrainForecast& made, const RunSettings& settings) {
  const HeldOut heldOut = HeldOut::parse(settings.heldOut);
  if (settings.kind == RunKind::Ppo) {
    const ModelFolder folder(resolveModelPath(settings.model));
    const int64_t context = folder.config().nCtx;
    if (settings.ppo.maxTokens >= context)
      say(made, TrainForecast::Wrong,
          QObject::tr("A reply of %1 tokens leaves no room for a prompt in the context of %2; shorten it")
              .arg(settings.ppo.maxTokens)
              .arg(qlonglong(context)));
    const PromptData prompts =
        PromptData::load(settings.data, Tokenizer::load(folder.path()),
                         int(std::max<int64_t>(1, context - settings.ppo.maxTokens)), heldOut, settings.seed);
    size_t longest = 0;
    for (const EncodedPrompt& prompt : prompts.training()) longest = std::max(longest, prompt.ids.size());
    say(made, TrainForecast::Fine,
        QObject::tr("%L1 prompts, %L2 held out").arg(prompts.training().size()).arg(prompts.heldOut().size()));
    say(made, TrainForecast::Fine,
        QObject::tr("Prompt and reply fit: %1 + %2 of %3 tokens")
            .arg(longest)
            .arg(settings.ppo.maxTokens)
            .arg(qlonglong(context)));
    if (prompts.leftOut())
      say(made, TrainForecast::Warning,
          QObject::tr("%L1 prompts are too long for that and are left out").arg(prompts.leftOut()));
    if (prompts.heldOut().empty())
      say(made, TrainForecast::Warning,
          QObject::tr("Nothing is held out: no step can be called the best, and no judge can judge"));
    if (settings.ppo.klCoef == 0)
      say(made, TrainForecast::Warning,
          QObject::tr("The KL coefficient is 0: nothing holds the replies near the policy’s start"));
    return 0;
  }
  const PreferenceStart start = preferenceStart(settings, {}, settings.kind == RunKind::Reward);
  const std::vector<std::string>& labelers = settings.reward.heldOutLabelers;
  const RankingData data =
      RankingData::load(settings.data, start.tokenizer, start.context, heldOut, settings.seed, labelers);
  say(made, TrainForecast::Fine,
      (labelers.empty() ? QObject::tr("%L1 rankings, %L2 held out by prompt")
                        : QObject::tr("%L1 rankings, %L2 held out by prompt or labeler"))
          .arg(data.training().size())
          .arg(data.heldOut().size()));
  if (data.leftOut() || data.skipped())
    say(made, TrainForecast::Warning,
        QObject::tr("%L1 are too long or all ties and are left out, %L2 records are no ranking")
            .arg(data.leftOut())
            .arg(data.skipped()));
  if (data.heldOut().empty())
    say(made, TrainForecast::Warning, QObject::tr("Nothing is held out: how good the model is cannot be said"));
  const auto epoch =
      int(std::max<size_t>(1, (data.training().size() + size_t(settings.batch * settings.accumulate) - 1) /
                                  size_t(settings.batch * settings.accumulate)));
  const double epochs = double(settings.steps) / epoch;
  if (settings.steps > 0)
    say(made, epochs > 4 ? TrainForecast::Warning : TrainForecast::Fine,
        epochs > 4
            ? QObject::tr("The steps read them %1 times: the model will learn them by heart").arg(epochs, 0, 'f', 1)
            : QObject::tr("The steps read them %1 times").arg(epochs, 0, 'f', 1));
  else
    say(made, TrainForecast::Fine, QObject::tr("One epoch is %L1 steps").arg(epoch));
  return settings.steps > 0 ? 0 : epoch;
}

// Of a reward model, DPO or PPO.
void forecastPreferences(TrainForecast& made, const RunDescription& run, const RunSettings& settings,
                         const TrainDevice& device, const QString& runsFolder, const QList<KnownRun>& earlier) {
  made.available = device.memory;
  made.device = device.name;
  made.steps = checkPreferenceData(made, settings);
  if (!made.possible()) return;
  const RunForecast asked = forecast(settings, device.limits);
  takeParts(made, asked, device);
  if (settings.kind == RunKind::Ppo)
    say(made, TrainForecast::Fine,
        std::filesystem::is_regular_file(settings.ppo.reward)
            ? QObject::tr("The rule can be read; rewards of a rule are scripted")
            : QObject::tr("One tokenizer in all four models"));
  checkMemory(made, settings, device, [&](const RunSettings& other) {
    TrainForecast there;
    takeParts(there, forecast(other, device.limits), device);
    return there.bytes();
  });
  RunSettings whole = settings;
  if (made.steps) whole.steps = made.steps;
  checkDisk(made, whole, asked.parameters * (settings.kind == RunKind::Ppo ? 2 : 1), runsFolder);
  checkName(made, run.name, runsFolder);
  tellTime(made, settings, asked, device, earlier);
}

} // namespace

TrainDevice trainDevice(const QString& selector) {
  const auto all = vulkan::listDevices();
  const vulkan::DeviceInfo& info = vulkan::chooseDevice(all, selector.toStdString());
  TrainDevice device{selector, QObject::tr("GPU %1").arg(info.index), info.kind == vulkan::DeviceKind::Cpu, info};
  if (device.cpu) device.name = QObject::tr("the processor");
  device.limits = vulkan::limitsOf(info);
  device.memory = device.cpu ? availableMemory() : info.memory;
  return device;
}

ModelConfig configOf(const NewModel& made) {
  const auto set = [](const char* key, int value) { return key + ("=" + std::to_string(value)); };
  ModelConfig config = withSettings(
      defaultConfig(parseArchitecture(made.architecture.toStdString())),
      {set("n_layer", made.nLayer), set("n_head", made.nHead), set("n_embd", made.nEmbd), set("n_ctx", made.nCtx)});
  config.vocabSize = made.tokenizerDir.isEmpty() ? std::max(257, made.vocabulary)
                                                 : Tokenizer::load(made.tokenizerDir.toStdString())->size();
  checkConfig(config, "the new model");
  return config;
}

TrainForecast memoryForecast(const RunSettings& settings, const ModelConfig& config, const TrainDevice& device,
                             const DataSize& data) {
  TrainForecast made;
  takeParts(made,
            isJob(settings.kind) ? forecast(settings, device.limits) : forecast(settings, config, device.limits, data),
            device);
  return made;
}

TrainForecast forecastOf(const RunDescription& run, const QString& runsFolder, const QString& selector,
                         const QList<KnownRun>& earlier) {
  TrainForecast made;
  try {
    const RunSettings settings = settingsFor(run, run.modelDir, selector);
    check(settings);
    const TrainDevice device = trainDevice(selector);
    if (int(run.kind) > int(TrainKind::Finetune)) {
      forecastPreferences(made, run, settings, device, runsFolder, earlier);
      return made;
    }
    ModelConfig config;
    std::shared_ptr<const Tokenizer> tokenizer;
    int context = settings.context;
    if (run.newModel) {
      config = configOf(*run.newModel);
      if (!run.newModel->tokenizerDir.isEmpty()) tokenizer = Tokenizer::load(run.newModel->tokenizerDir.toStdString());
      context = context ? context : int(config.nCtx);
    } else {
      const RunStart start = startOf(settings, settings.model);
      config = start.config;
      tokenizer = start.tokenizer;
      context = start.context;
    }
    made = memoryForecast(settings, config, device); // shows also where the data is refused
    const DataSize size = checkData(made, settings, tokenizer, context);
    made.parts = memoryForecast(settings, config, device, size).parts;
    checkMemory(made, settings, device,
                [&](const RunSettings& other) { return memoryForecast(other, config, device, size).bytes(); });
    checkDisk(made, settings, parameterCount(config), runsFolder);
    checkName(made, run.name, runsFolder);
    tellTime(made, settings, forecast(settings, config, device.limits, size), device, earlier);
  } catch (const std::exception& error) {
    say(made, TrainForecast::Wrong, QString::fromStdString(sentenceOf(error)));
  }
  return made;
}

bool tryOut(const QString& selector) {
  try {
    const TrainDevice device = trainDevice(selector);
    if (storedSpeed(device.info)) return false;
    storeSpeed(device.info, measureSpeed(vulkan::Device::open(selector.toStdString())));
    return storedSpeed(device.info).has_value();
  } catch (const std::exception&) {
    return false; // no time is told then; what is wrong with the device, the forecast says
  }
}

} // namespace attune
