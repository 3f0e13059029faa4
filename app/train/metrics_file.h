// What a run measured: rows of metrics.jsonl, read as the file grows.
#pragma once

#include <QString>
#include <cmath>
#include <vector>

namespace attune {

// What rows of preference training have beside the rest.
enum class Measure {
  Score,
  Kl,
  Reward,
  Entropy,
  ClipFraction,
  ApproximateKl,
  ExplainedVariance,
  PolicyLoss,
  ValueLoss,
  PretrainLoss,
  Length,
  Ended,
  Episodes,
  KlCoefficient,
  Repetition,
  Distinct,
  Accuracy,
  Margin,
  HeldOutScore,
  HeldOutKl,
  HeldOutReward,
  GoldScore,
  HeldOutAccuracy,
  HeldOutMargin,
  Seconds
};
inline constexpr int measures = int(Measure::Seconds) + 1;

// Not a number where a row does not say it.
struct MetricsRow {
  double step = 0;
  double loss = std::nan(""), heldOutLoss = std::nan("");
  double learningRate = std::nan(""), gradientNorm = std::nan("");
  double tokens = std::nan("");          // read in this step
  double tokensPerSecond = std::nan(""); // from a field time_tokens_per_second, or tokens over time_step (seconds)
  std::vector<float> more;               // by Measure; empty where a row has none of them

  double measured(Measure measure) const { return more.empty() ? std::nan("") : double(more[size_t(measure)]); }
  void setMeasured(Measure measure, double value);
};

// One line of metrics.jsonl: {"step", "loss", "held_out_loss", "lr", "grad_norm", "tokens", "time_…"}; other fields are
// left alone. False when the line is no object with a step (a line that is still being written).
bool parseMetrics(const QByteArray& line, MetricsRow& row);

// Reads what was added since the last call; a file that became shorter (a run resumed from an earlier checkpoint) is
// read anew.
class MetricsFile {
public:
  // What a file had beyond a place; read by any thread, then taken by the one whose rows they become.
  struct News {
    qint64 from = 0, to = 0;
    bool anew = false; // from the beginning: it is shorter than it was
    std::vector<MetricsRow> rows;
  };
  static News readFrom(const QString& path, qint64 place);

  explicit MetricsFile(QString path)
      : path(std::move(path)) {}
  const QString& file() const { return path; }
  qint64 place() const { return read; }
  // True when rows changed; news from another place than this one's are left.
  bool take(const News& news);
  bool update();
  const std::vector<MetricsRow>& rows() const { return all; }

private:
  QString path;
  qint64 read = 0;
  std::vector<MetricsRow> all;
};

} // namespace attune
