// What a model was made from, as far back as it is known, and whether the files still are what they were.
#pragma once

#include "models/model_card.h"

namespace attune {

struct ModelOrigin {
  enum State { Same, Changed, Gone };
  QString name;
  bool data = false; // a file of data; else a model of this kind:
  ModelKind kind = ModelKind::Base;
  QString hash; // as recorded
  QString now;  // what it is, where it changed
  State state = Same;
  QString path;
};

// Parents, their parents, and all their data, each once; every hash is computed anew where the file changed since the
// last time. Any thread; may take seconds.
QList<ModelOrigin> originsOf(const ModelCard& card, const QList<ModelCard>& cards);

// The hash of a model's weights, or of a file, remembered as long as size and time stay. Empty where it cannot be read.
// Any thread.
QString modelHash(const QString& folder);
QString fileHash(const QString& file);

} // namespace attune
