#include "train/metrics_file.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

namespace attune {

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
