// What a model was made from, as far back as it is known, and whether the files still are what they were.
#pragma once

#include "models/model_card.h"

namespace attune {

struct ModelOrigin {
  enum State { Same, Changed, Gone, Elsewhere }; // Elsewhere: made on another machine, where the path began
  QString name;
  bool data = false; // a file of data; else a model of this kind:
  ModelKind kind = ModelKind::Base;
  QString hash; // as recorded
  QString now;  // what it is, where it changed
  State state = Same;
  QString path;
  int depth = 0;         // 0: what the model itself was made from; what that was made from stands under it, one deeper
  QString detail;        // 'Fine-tuning, step 50, seed 17'; '812 rankings by you, rule 3'
  bool scripted = false; // rules, no persons, made some of these labels
};

// Parents, each with what it was made from under it, and data down to the labels, each once; every hash is computed
// anew where the file changed since the last time. Any thread; may take seconds.
QList<ModelOrigin> originsOf(const ModelCard& card, const QList<ModelCard>& cards);

// The hash of a model's weights, or of a file, remembered as long as size and time stay. Empty where it cannot be read.
// Any thread.
QString modelHash(const QString& folder);
QString fileHash(const QString& file);

} // namespace attune
