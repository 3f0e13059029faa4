#include "train/metrics_file.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <iterator>
#include <utility>

namespace attune {
namespace {

constexpr std::pair<Measure, const char*> measureFields[] = {
    {Measure::Score, "score"},
    {Measure::Kl, "kl"},
    {Measure::Reward, "reward"},
    {Measure::Entropy, "entropy"},
    {Measure::ClipFraction, "clip_fraction"},
    {Measure::ApproximateKl, "approximate_kl"},
    {Measure::ExplainedVariance, "explained_variance"},
    {Measure::PolicyLoss, "policy_loss"},
    {Measure::ValueLoss, "value_loss"},
    {Measure::PretrainLoss, "pretrain_loss"},
    {Measure::Length, "length"},
    {Measure::Ended, "ended"},
    {Measure::Episodes, "time_episodes_a_second"},
    {Measure::KlCoefficient, "kl_coef"},
    {Measure::Repetition, "repetition"},
    {Measure::Distinct, "distinct"},
    {Measure::Accuracy, "accuracy"},
    {Measure::Margin, "margin"},
    {Measure::HeldOutScore, "held_out_score"},
    {Measure::HeldOutKl, "held_out_kl"},
    {Measure::HeldOutReward, "held_out_reward"},
    {Measure::GoldScore, "gold_score"},
    {Measure::HeldOutAccuracy, "held_out_accuracy"},
    {Measure::HeldOutMargin, "held_out_margin"},
    {Measure::Seconds, "time_step"},
};
static_assert(std::size(measureFields) == measures);

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
    for (const auto& [measure, field] : measureFields)
      if (const double value = number(field); !std::isnan(value)) row.setMeasured(measure, value);
  return true;
}

MetricsFile::News MetricsFile::readFrom(const QString& path, qint64 place) {
  News news{place, place, false, {}};
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly) || file.size() == place) return news;
  if (file.size() < place) {
    news.anew = true;
    news.to = 0;
  }
  file.seek(news.to);
  while (!file.atEnd()) {
    const QByteArray line = file.readLine();
    if (!line.endsWith('\n')) break; // still being written
    news.to += line.size();
    MetricsRow row;
    if (parseMetrics(line, row)) news.rows.push_back(std::move(row));
  }
  return news;
}

bool MetricsFile::update() { return take(readFrom(path, read)); }

bool MetricsFile::take(const News& news) {
  if (news.from != read) return false;
  read = news.to;
  if (news.anew) all.clear();
  all.insert(all.end(), news.rows.begin(), news.rows.end());
  return !news.rows.empty();
}

} // namespace attune
