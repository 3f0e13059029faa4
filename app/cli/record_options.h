// Options that choose records of the store, and those that say what imported records are.
#pragma once

#include "cli/arguments.h"
#include "store/exchange.h"

namespace attune::cli {

std::vector<Option> filterOptions();
RecordFilter filterOf(const Arguments& arguments);

std::vector<Option> importOptions();
ImportDefaults importDefaultsOf(const Arguments& arguments);

// Imports every file that the operands name, each whole or not at all, and tells the counts.
int importFiles(const Arguments& arguments);

// "A question about ferries…": the beginning of a text on one line.
std::string shortened(const QString& text, int most = 60);

} // namespace attune::cli
