#include "train/run_curves.h"

#include "widgets/plot.h"

#include <QCoreApplication>
#include <cmath>
#include <limits>

namespace attune {
namespace {

QString tr(const char* words) { return QCoreApplication::translate("attune::RunCurves", words); }

} // namespace

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

std::size_t RunCurves::curvesEach(Quantity quantity) const {
  const Beside beside = besideOf(quantity, kind());
  if (!beside.heldOut) return 1;
  if (!beside.judge || list.size() > 1) return 2;
  // A judge's curve where there is one.
  for (const MetricsRow& row : list.front().rows)
    if (!std::isnan(row.measured(Measure::GoldScore))) return 3;
  return 2;
}

// A curve a run, and behind each its held-out one where the quantity has that.
void RunCurves::fill(Plot& plot, Quantity quantity) const {
  const bool several = list.size() > 1;
  const std::size_t each = curvesEach(quantity);
  std::vector<PlotCurve> curves;
  for (const Run& run : list) {
    const int place = int(curves.size());
    const int style = several ? place % 6 : each > 1 ? 0 : int(quantity) % 6;
    const QString name = run.info.description.name;
    PlotCurve curve(several ? name : tr("training"), style);
    PlotCurve heldOut(several ? tr("%1, held out").arg(name) : tr("held out"), (style + 1) % 6);
    PlotCurve judge(tr("judge"), (style + 2) % 6);
    for (const MetricsRow& row : run.rows) {
      if (const double value = valueOf(row, quantity); !std::isnan(value)) curve.append(row.step, value);
      if (const double value = heldOutOf(row, quantity); each > 1 && !std::isnan(value))
        heldOut.append(row.step, value);
      if (const double value = row.measured(Measure::GoldScore); each > 2 && !std::isnan(value))
        judge.append(row.step, value);
    }
    curves.push_back(std::move(curve));
    if (each > 1) curves.push_back(std::move(heldOut));
    if (each > 2) curves.push_back(std::move(judge));
  }
  plot.setCurves(std::move(curves));
  markEnds(plot, quantity);
}

void RunCurves::grow(Plot& plot, Quantity quantity) const {
  const std::size_t each = curvesEach(quantity);
  if (plot.model().curves.size() != each * std::size_t(list.size())) return fill(plot, quantity);
  for (qsizetype r = 0; r < list.size(); r++)
    for (std::size_t i = list[r].before; i < list[r].rows.size(); i++) {
      const MetricsRow& row = list[r].rows[i];
      const std::size_t curve = each * std::size_t(r);
      if (const double value = valueOf(row, quantity); !std::isnan(value)) plot.append(curve, row.step, value);
      if (const double value = heldOutOf(row, quantity); each > 1 && !std::isnan(value))
        plot.append(curve + 1, row.step, value);
      if (const double value = row.measured(Measure::GoldScore); each > 2 && !std::isnan(value))
        plot.append(curve + 2, row.step, value);
    }
  markEnds(plot, quantity);
}

void RunCurves::markEnds(Plot& plot, Quantity quantity) const {
  double end = 0;
  for (const Run& run : list) end = std::max(end, double(run.info.description.steps));
  plot.setEnd(end > 0 ? std::optional<double>(end) : std::nullopt);
  std::optional<double> best;
  // Of PPO the same step in every plot: the one whose checkpoint is kept.
  const bool ppo = kind() == TrainKind::Ppo;
  const int sign = ppo ? 1 : besideOf(quantity, kind()).best;
  if (sign != 0 && list.size() == 1) {
    double most = -std::numeric_limits<double>::infinity();
    const auto look = [&](double step, double value) {
      if (sign * value > most) most = sign * value, best = step;
    };
    if (ppo)
      for (const MetricsRow& row : list.front().rows) look(row.step, heldOutOf(row, Quantity::PenalizedReward));
    else if (plot.model().curves.size() > 1)
      for (std::size_t i = 0; i < plot.model().curves[1].size(); i++)
        look(plot.model().curves[1].x(i), plot.model().curves[1].y(i));
  }
  plot.setBest(best);
}

} // namespace attune
