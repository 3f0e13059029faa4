// The curves of the shown runs in the plots: only new rows are added, so that a long run costs no more than a short
// one.
#pragma once

#include "train/quantities.h"
#include "train/train_source.h"

#include <QStringList>

namespace attune {

class Plot;

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
  TrainKind kind() const { return list.isEmpty() ? TrainKind::Pretrain : list.front().info.description.kind; }
  std::size_t curvesEach(Quantity quantity) const; // of a run: itself, held out, the judge's
  void markEnds(Plot& plot, Quantity quantity) const;

  TrainSource& source;
  QList<Run> list;
};

} // namespace attune
