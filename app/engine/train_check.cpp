#include "engine/train_check.h"

#include "data/data_file.h"
#include "data/sft_data.h"
#include "error.h"
#include "sentence.h"
#include "text/chat_template.h"
#include "text/tokenizer.h"
#include "train/run.h"
#include "train/run_start.h"
#include "train/train_words.h"
#include "vulkan/device.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStorageInfo>
#include <algorithm>

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

void checkData(TrainForecast& forecast, const RunSettings& settings, const std::shared_ptr<const Tokenizer>& tokenizer,
               int context) {
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
    return;
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
}

void checkMemory(TrainForecast& forecast, const RunSettings& settings, const ModelConfig& config,
                 const TrainDevice& device) {
  const quint64 needed = forecast.bytes();
  if (!device.memory || needed <= device.memory) return;
  QString advice = QObject::tr("choose a smaller model");
  for (RunSettings fewer = settings; fewer.batch > 1;) {
    fewer.batch /= 2;
    if (memoryForecast(fewer, config, device).bytes() > device.memory) continue;
    advice = QObject::tr("a batch of %1 would do").arg(fewer.batch);
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

// From the run that is most like it: time goes about with parameters and tokens.
double secondsAStep(const RunSettings& settings, int64_t parameters, int64_t tokens, const QList<KnownRun>& earlier) {
  double best = 0, nearest = 1e300;
  for (const KnownRun& run : earlier) {
    const auto& rows = run.metrics->rows();
    if (rows.size() < 3 || run.settings.device != settings.device || run.settings.kind != settings.kind) continue;
    std::vector<double> seconds;
    double read = 0;
    for (size_t i = rows.size() > 100 ? rows.size() - 100 : 1; i < rows.size(); ++i)
      if (rows[i].tokensPerSecond > 0)
        seconds.push_back(rows[i].tokens / rows[i].tokensPerSecond), read = rows[i].tokens;
    if (seconds.empty() || read <= 0) continue;
    std::nth_element(seconds.begin(), seconds.begin() + ptrdiff_t(seconds.size() / 2), seconds.end());
    try {
      const auto folder = run.info.modelDir.isEmpty() ? run.settings.model.string() : run.info.modelDir.toStdString();
      const double work = double(parameterCount(readConfig(std::filesystem::path(folder) / "config.json"))) * read;
      const double factor = double(parameters) * double(tokens) / work;
      const double distance = std::abs(std::log(factor));
      if (distance < nearest) nearest = distance, best = seconds[seconds.size() / 2] * factor;
    } catch (const std::exception&) {
      // its model is gone
    }
  }
  return best;
}

} // namespace

TrainDevice trainDevice(const QString& selector) {
  const auto all = vulkan::listDevices();
  const vulkan::DeviceInfo& info = vulkan::chooseDevice(all, selector.toStdString());
  TrainDevice device{selector, QObject::tr("GPU %1").arg(info.index), info.kind == vulkan::DeviceKind::Cpu};
  if (device.cpu) device.name = QObject::tr("the processor");
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

TrainForecast memoryForecast(const RunSettings& settings, const ModelConfig& config, const TrainDevice& device) {
  const RunForecast run = forecast(settings, config, device.cpu);
  TrainForecast made;
  made.parts = {{QObject::tr("Weights"), run.weights},
                {QObject::tr("Gradients and moments"), run.training},
                {QObject::tr("Activations"), run.activations},
                {QObject::tr("Kernels and the rest"), run.other}};
  made.available = device.memory;
  made.device = device.name;
  return made;
}

TrainForecast forecastOf(const RunDescription& run, const QString& runsFolder, const QString& selector,
                         const QList<KnownRun>& earlier) {
  TrainForecast made;
  try {
    const RunSettings settings = settingsFor(run, run.modelDir, selector);
    check(settings);
    const TrainDevice device = trainDevice(selector);
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
    made = memoryForecast(settings, config, device);
    checkData(made, settings, tokenizer, context);
    checkMemory(made, settings, config, device);
    const int64_t parameters = parameterCount(config);
    checkDisk(made, settings, parameters, runsFolder);
    const QString folder = runsFolder + QLatin1Char('/') + run.name;
    if (QFileInfo::exists(folder) && !QDir(folder).isEmpty())
      say(made, TrainForecast::Wrong, QObject::tr("There is a run %1 already; choose another name").arg(run.name));
    made.secondsAStep =
        secondsAStep(settings, parameters, int64_t(settings.batch) * settings.accumulate * context, earlier);
  } catch (const std::exception& error) {
    say(made, TrainForecast::Wrong, QString::fromStdString(sentenceOf(error)));
  }
  return made;
}

} // namespace attune
