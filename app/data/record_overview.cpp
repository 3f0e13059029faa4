#include "data/record_overview.h"

namespace attune {
namespace {

constexpr int mostRankings = 3000; // that figures of labelers are made from

} // namespace

RecordOverview overviewOf(Store& store) {
  RecordOverview all;
  all.sets = recordSets(store);
  const auto read = [&](RecordKind kind, RecordOverview::Kind& counts) {
    counts.count = store.count(kind);
    if (counts.count == 0) return;
    counts.useCases = store.countBy(kind, CountBy::UseCase);
    counts.splits = store.countBy(kind, CountBy::Split);
    counts.sources = store.countBy(kind, CountBy::Source);
    counts.labelers = store.countBy(kind, CountBy::Labeler);
    counts.together = store.countBySplitAndSource(kind);
  };
  read(RecordKind::Demonstration, all.demonstrations);
  read(RecordKind::Comparison, all.comparisons);
  read(RecordKind::Prompt, all.prompts);
  return all;
}

RecordFindings findingsIn(Store& store, const QString& own) {
  RecordFindings found;
  RecordFilter newest;
  newest.limit = mostRankings;
  found.labelers = labelerFigures(store.comparisons(newest), own);
  found.labelers.all = found.labelers.rankings < mostRankings;
  found.comparisons = store.alsoInTrain(RecordKind::Comparison);
  found.demonstrations = store.alsoInTrain(RecordKind::Demonstration);
  return found;
}

} // namespace attune
