#include "train/run_curves.h"

#include "widgets/plot.h"

#include <QCoreApplication>
#include <cmath>
#include <limits>

namespace attune {
namespace {

QString tr(const char* words) { return QCoreApplication::translate("attune::RunCurves", words); }

bool hasHeldOut(Quantity quantity) { return quantity == Quantity::Loss || quantity == Quantity::Perplexity; }

double heldOutOf(const MetricsRow& row, Quantity quantity) {
  return quantity == Quantity::Perplexity ? std::exp(row.heldOutLoss) : row.heldOutLoss;
}

} // namespace

QList<QuantityWords> quantities() {
  return {{"loss", tr("Loss, nats a token")},  {"rate", tr("Learning rate")},    {"norm", tr("Gradient norm")},
          {"speed", tr("Tokens per second")},  {"perplexity", tr("Perplexity")}, {"time", tr("Seconds a step")},
          {"tokens", tr("Tokens read a step")}};
}

double valueOf(const MetricsRow& row, Quantity quantity) {
  switch (quantity) {
  case Quantity::Loss:
    return row.loss;
  case Quantity::Rate:
    return row.learningRate;
  case Quantity::Norm:
    return row.gradientNorm;
  case Quantity::Speed:
    return row.tokensPerSecond;
  case Quantity::Perplexity:
    return std::exp(row.loss);
  case Quantity::StepTime:
    return row.tokensPerSecond > 0 ? row.tokens / row.tokensPerSecond : std::nan("");
  case Quantity::Tokens:
    break;
  }
  return row.tokens;
}

void RunCurves::setRuns(const QList<RunInfo>& runs) {
  list.clear();
  for (const RunInfo& info : runs) list << Run{info, {}, 0};
}

bool RunCurves::read() {
  bool changed = false;
  for (Run& run : list) {
    run.before = run.rows.size();
    // A resumed run may begin again at an earlier step: PlotCurve takes the later row for a step.
    const auto more = source.metrics(run.info.id, run.rows.size());
    changed |= !more.empty();
    run.rows.insert(run.rows.end(), more.begin(), more.end());
  }
  return changed;
}

const std::vector<MetricsRow>& RunCurves::rows(const QString& id) const {
  static const std::vector<MetricsRow> none;
  for (const Run& run : list)
    if (run.info.id == id) return run.rows;
  return none;
}

// A curve a run, and behind each its held-out one where the quantity has that.
void RunCurves::fill(Plot& plot, Quantity quantity) const {
  const bool several = list.size() > 1;
  std::vector<PlotCurve> curves;
  for (const Run& run : list) {
    const int place = int(curves.size());
    PlotCurve curve(several ? run.info.description.name : tr("training"), several ? place % 6 : int(quantity) % 6);
    PlotCurve heldOut(several ? tr("%1, held out").arg(run.info.description.name) : tr("held out"),
                      several ? (place + 1) % 6 : int(quantity) % 6 + 1);
    for (const MetricsRow& row : run.rows) {
      if (const double value = valueOf(row, quantity); !std::isnan(value)) curve.append(row.step, value);
      if (!std::isnan(row.heldOutLoss)) heldOut.append(row.step, heldOutOf(row, quantity));
    }
    curves.push_back(std::move(curve));
    if (hasHeldOut(quantity)) curves.push_back(std::move(heldOut));
  }
  plot.setCurves(std::move(curves));
  markEnds(plot, quantity);
}

void RunCurves::grow(Plot& plot, Quantity quantity) const {
  const std::size_t each = hasHeldOut(quantity) ? 2 : 1;
  if (plot.model().curves.size() != each * std::size_t(list.size())) return fill(plot, quantity);
  for (qsizetype r = 0; r < list.size(); r++)
    for (std::size_t i = list[r].before; i < list[r].rows.size(); i++) {
      const MetricsRow& row = list[r].rows[i];
      const std::size_t curve = each * std::size_t(r);
      if (const double value = valueOf(row, quantity); !std::isnan(value)) plot.append(curve, row.step, value);
      if (each == 2 && !std::isnan(row.heldOutLoss)) plot.append(curve + 1, row.step, heldOutOf(row, quantity));
    }
  markEnds(plot, quantity);
}

void RunCurves::markEnds(Plot& plot, Quantity quantity) const {
  double end = 0;
  for (const Run& run : list) end = std::max(end, double(run.info.description.steps));
  plot.setEnd(end > 0 ? std::optional<double>(end) : std::nullopt);
  std::optional<double> best;
  if (hasHeldOut(quantity) && list.size() == 1 && plot.model().curves.size() == 2) {
    const PlotCurve& heldOut = plot.model().curves[1];
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < heldOut.size(); i++)
      if (heldOut.y(i) < least) least = heldOut.y(i), best = heldOut.x(i);
  }
  plot.setBest(best);
}

} // namespace attune
