// Everything that Data counts, read at once: the parts of the store, and how many records of each kind have which
// value. In a large store that takes a while, so it is made off the window's thread.
#pragma once

#include "data/labeler_figures.h"
#include "data/record_sets.h"
#include "store/store.h"

#include <QHash>

namespace attune {

struct RecordOverview {
  QList<RecordSet> sets;
  struct Kind {
    int count = 0;
    QList<ValueCount> useCases, splits, sources, labelers;
    QList<Store::SplitSourceCount> together;
  };
  Kind demonstrations, comparisons, prompts;

  const Kind& of(RecordKind kind) const {
    return kind == RecordKind::Demonstration ? demonstrations : kind == RecordKind::Comparison ? comparisons : prompts;
  }
};

RecordOverview overviewOf(Store& store); // any thread

// What takes longer, in a small store too: read off the window's thread always.
struct RecordFindings {
  LabelerFigures labelers;
  QHash<QString, QList<RecordId>> comparisons, demonstrations; // also in train, by their split: see Store
};

// `own`: whose habits are told. Any thread.
RecordFindings findingsIn(Store& store, const QString& own);

} // namespace attune
