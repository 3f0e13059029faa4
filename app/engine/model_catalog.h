// Which models there are: the starter that comes with Attune, the models folder, and the newest checkpoint of each run.
#pragma once

#include <QList>
#include <QMetaType>
#include <QString>

namespace attune {

// A model as a chooser shows it. `id` is what conversations and settings keep: it stays the same when ATTUNE_HOME
// moves.
struct ModelEntry {
  QString id;              // "starter", "models/NAME", "runs/NAME"
  QString name;            // "starter", NAME
  QString tag;             // "base", "SFT, step 50": what made it; empty when nothing says
  QString detail;          // "1.4 million parameters, context 256"
  QString path;            // the model folder itself
  QString stamp;           // changes when the files change
  QString trouble;         // why it cannot be used, as a sentence; empty: it can
  int context = 0;         // tokens
  bool chat = false;       // its tokenizer has a chat template; else it continues text
  bool classifier = false; // a reward model: it scores and does not talk
  bool operator==(const ModelEntry&) const = default;
  bool speaks() const { return trouble.isEmpty() && !classifier; }
};

// Where models lie.
struct ModelPlaces {
  QString models, runs, starter; // `starter` empty or absent: there is none

  // The person's folders, and the starter beside the source, the build or installed in share/attune.
  static ModelPlaces standard();
};

// Reads configurations and headers, no weights. A folder that is no model at all is left out; one that is broken is
// listed with its trouble. Any thread.
QList<ModelEntry> findModels(const ModelPlaces& places);

} // namespace attune

Q_DECLARE_METATYPE(attune::ModelEntry)
