#include "data/record_overview.h"

#include "store/store.h"

namespace attune {

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
  };
  read(RecordKind::Demonstration, all.demonstrations);
  read(RecordKind::Comparison, all.comparisons);
  read(RecordKind::Prompt, all.prompts);
  return all;
}

} // namespace attune
