// All that the Models panel tells of a model: its entry, what its files say, and where it comes from.
#pragma once

#include "engine/model_catalog.h"
#include "formats/lineage.h"
#include "model/config.h"
#include "models/compared_results.h"

#include <QDateTime>
#include <QList>

namespace attune {

enum class ModelKind { Base, Tuned, Reward, Rl }; // drawn as circle, square, triangle, diamond

struct ModelCard {
  ModelEntry entry;
  ModelKind kind = ModelKind::Base;
  ModelConfig config;
  Lineage lineage;
  int64_t parameters = 0;
  uint64_t bytes = 0;             // on disk
  QString dtype;                  // "float32"
  QString result;                 // of its run: "held-out loss 1.21"; empty: not measured
  QList<ComparedResult> compared; // the newest comparison first
  QDateTime made;
  QString hash; // SHA-256 of the weights; empty until it has been computed

  bool isRun() const { return entry.id.startsWith(QStringLiteral("runs/")); }
  bool isOurs() const { return entry.id.startsWith(QStringLiteral("models/")); } // in the models folder
  QString runFolder() const;                                                     // of a run's model: the run itself
};

// The page that says how good the starter's models are, where it came with them; else empty.
QString resultsFile(const ModelCard& card);

// Reads configurations, headers, lineages and the runs' metrics; no weights. Any thread.
QList<ModelCard> readCards(const QList<ModelEntry>& entries);

// 'Fine-tuning, step 50', 'comes with Attune'.
QString madeByWords(const ModelCard& card);
// '640 demonstrations.jsonl', 'harbour.txt and 2 more', 'unknown'.
QString dataWords(const ModelCard& card);
QString shapeWords(const ModelConfig& config);
// 'preferred 67 % (58 to 76) to starter', 'held-out loss 1.21': what says most first; empty: nothing was measured.
QStringList resultWords(const ModelCard& card);
// '9f3c 61d0' of a hash.
QString shortHash(const QString& hash);

// Which of `cards` a recorded parent is: by its path, or (a model that was renamed) by its hash; -1: none.
int cardOfParent(const QList<ModelCard>& cards, const Lineage::Parent& parent);
// The same for one of `card`'s parents: neither itself nor another copy of what it was imported from.
int parentOf(const ModelCard& card, const Lineage::Parent& parent, const QList<ModelCard>& cards);

} // namespace attune
