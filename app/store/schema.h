// The tables of the store, as the steps that made them: step N brings a store of version N to N + 1. Never edit a step
// that was released; add one.
#pragma once

#include <QStringList>

namespace attune {

class Database;

// Runs the statements of one step inside the caller's transaction.
void runSchemaStep(Database& database, int from);

// The SQL of the search index: FTS5 with three-letter keys where the driver has it, else a plain table.
QString textIndexSql(bool fullText);

} // namespace attune
