// Files of any shape that people publish (see data/examples.h: HH-RLHF's transcripts, OpenAssistant's trees, Alpaca's
// and LLaMA-Factory's records, ...) into the store.
#pragma once

#include "store/exchange.h"

namespace attune {

class Store;

struct ImportResult {
  ImportCounts counts;
  int skipped = 0; // records that are no example: pairs with equal sides, empty answers
};

// JSON Lines in TRL's schemas are read with all that Attune keeps beside them (exchange.h); other shapes by
// readExamples. Adds everything in one transaction, or nothing. Throws Error naming file and line.
ImportResult importExamples(Store& store, const std::filesystem::path& file, const ImportDefaults& defaults = {});

} // namespace attune
