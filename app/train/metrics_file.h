// What a run measured: rows of metrics.jsonl, read as the file grows.
#pragma once

#include <QString>
#include <cmath>
#include <vector>

namespace attune {

// Not a number where a row does not say it.
struct MetricsRow {
  double step = 0;
  double loss = std::nan(""), heldOutLoss = std::nan("");
  double learningRate = std::nan(""), gradientNorm = std::nan("");
  double tokens = std::nan("");          // read in this step
  double tokensPerSecond = std::nan(""); // from a field time_tokens_per_second, or tokens over time_step (seconds)
};

// One line of metrics.jsonl: {"step", "loss", "held_out_loss", "lr", "grad_norm", "tokens", "time_…"}; other fields are
// left alone. False when the line is no object with a step (a line that is still being written).
bool parseMetrics(const QByteArray& line, MetricsRow& row);

// Reads what was added since the last call; a file that became shorter (a run resumed from an earlier checkpoint) is
// read anew.
class MetricsFile {
public:
  explicit MetricsFile(QString path)
      : path(std::move(path)) {}
  // True when rows changed.
  bool update();
  const std::vector<MetricsRow>& rows() const { return all; }

private:
  QString path;
  qint64 read = 0;
  std::vector<MetricsRow> all;
};

} // namespace attune
