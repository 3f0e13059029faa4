#include "train/metrics_file.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

namespace attune {
namespace {

constexpr const char* measureFields[measures] = {"score",
                                                 "kl",
                                                 "reward",
                                                 "entropy",
                                                 "clip_fraction",
                                                 "approximate_kl",
                                                 "explained_variance",
                                                 "policy_loss",
                                                 "value_loss",
                                                 "pretrain_loss",
                                                 "length",
                                                 "ended",
                                                 "time_episodes_a_second",
                                                 "kl_coef",
                                                 "repetition",
                                                 "distinct",
                                                 "accuracy",
                                                 "margin",
                                                 "held_out_score",
                                                 "held_out_kl",
                                                 "held_out_reward",
                                                 "gold_score",
                                                 "held_out_accuracy",
                                                 "held_out_margin",
                                                 "time_step"};

} // namespace

void MetricsRow::setMeasured(Measure measure, double value) {
  if (more.empty()) more.assign(measures, std::nanf(""));
  more[size_t(measure)] = float(value);
}

bool parseMetrics(const QByteArray& line, MetricsRow& row) {
  const QJsonDocument document = QJsonDocument::fromJson(line);
  if (!document.isObject()) return false;
  const QJsonObject object = document.object();
  const double step = object.value(QLatin1String("step")).toDouble(-1);
  if (!(step >= 0 && step <= 1e12)) return false;
  const auto number = [&](const char* name) { return object.value(QLatin1String(name)).toDouble(std::nan("")); };
  row.step = step;
  row.loss = number("loss");
  row.heldOutLoss = number("held_out_loss");
  row.learningRate = number("lr");
  row.gradientNorm = number("grad_norm");
  row.tokens = number("tokens");
  row.tokensPerSecond = number("time_tokens_per_second");
  const double seconds = number("time_step");
  if (std::isnan(row.tokensPerSecond) && seconds > 0) row.tokensPerSecond = row.tokens / seconds;
  // Of preference training: a row of the others has its rate and norm, and no more.
  row.more.clear();
  if (object.contains(QLatin1String("kl")) || object.contains(QLatin1String("accuracy")))
    for (int i = 0; i < measures; i++)
      if (const double value = number(measureFields[i]); !std::isnan(value)) row.setMeasured(Measure(i), value);
  return true;
}

bool MetricsFile::update() {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly) || file.size() == read) return false;
  if (file.size() < read) {
    read = 0;
    all.clear();
  }
  file.seek(read);
  bool changed = false;
  while (!file.atEnd()) {
    const QByteArray line = file.readLine();
    if (!line.endsWith('\n')) break; // still being written
    read += line.size();
    MetricsRow row;
    if (!parseMetrics(line, row)) continue;
    all.push_back(row);
    changed = true;
  }
  return changed;
}

} // namespace attune
