// What a run measured, as quantities that a plot can show, and the curves of the shown runs in the plots: only new rows
// are added, so that a long run costs no more than a short one.
#pragma once

#include "train/train_source.h"

#include <QStringList>

namespace attune {

class Plot;

enum class Quantity { Loss, Rate, Norm, Speed, Perplexity, StepTime, Tokens };

struct QuantityWords {
  const char* id; // for the settings
  QString title;
};
QList<QuantityWords> quantities(); // in the order of Quantity
double valueOf(const MetricsRow& row, Quantity quantity);

class RunCurves {
public:
  explicit RunCurves(TrainSource& source)
      : source(source) {}

  // Begins anew with these runs; the next `fill` and `grow` read them.
  void setRuns(const QList<RunInfo>& runs);
  bool read(); // new rows of the runs; true when there are any
  const std::vector<MetricsRow>& rows(const QString& run) const;

  // The plot shows this quantity of all rows read so far.
  void fill(Plot& plot, Quantity quantity) const;
  // Adds the rows that the last `read` brought.
  void grow(Plot& plot, Quantity quantity) const;

private:
  struct Run {
    RunInfo info;
    std::vector<MetricsRow> rows;
    std::size_t before = 0; // rows there were before the last read
  };
  void markEnds(Plot& plot, Quantity quantity) const;

  TrainSource& source;
  QList<Run> list;
};

} // namespace attune
