// Everything that Data counts, read at once: the parts of the store, and how many records of each kind have which
// value. In a large store that takes a while, so it is made off the window's thread.
#pragma once

#include "data/record_sets.h"

#include <QHash>

namespace attune {

struct RecordOverview {
  QList<RecordSet> sets;
  struct Kind {
    int count = 0;
    QList<ValueCount> useCases, splits, sources, labelers;
  };
  Kind demonstrations, comparisons, prompts;

  const Kind& of(RecordKind kind) const {
    return kind == RecordKind::Demonstration ? demonstrations : kind == RecordKind::Comparison ? comparisons : prompts;
  }
};

RecordOverview overviewOf(Store& store); // any thread

} // namespace attune
