// What one look inside a model leaves for the views: the tokens, a small picture and a habit of every head, and a way
// to ask for the numbers of one head.
//
// All heads of 12 layers × 12 heads at 1,024 tokens would be 604 MB of float32; nobody sees them at once. So a head's
// [T, T] is computed when it is enlarged, from queries and keys (113 MB with the values), and the grid draws pictures
// of at most 64 × 64 bytes. The whole is handed over as shared_ptr<const AttentionData> and never changes afterwards,
// so any thread may read it.
#pragma once

#include "attention/head_digest.h"

#include <QString>
#include <QStringList>
#include <memory>
#include <vector>

namespace attune {

// The numbers of a finished forward pass. Implementations answer from several threads at once.
class AttentionNumbers {
public:
  virtual ~AttentionNumbers() = default;
  // The probabilities of one head, [T, T], row by row: row q says what place q reads. Zero where the mask hides.
  virtual std::vector<float> weights(int layer, int head) const = 0;
  // The head's vectors at a place, [d_k] each, as they enter q·k (with positions applied where the model rotates them).
  virtual std::vector<float> query(int layer, int head, int place) const = 0;
  virtual std::vector<float> key(int layer, int head, int place) const = 0;
  virtual std::vector<float> value(int layer, int head, int place) const = 0;
};

struct AttentionData {
  QString modelId, modelName;
  // Where the text came from, for the foot of the side panel ("From the reply …"); empty for a typed text.
  QString origin;
  QString text; // the whole; empty: the tokens, joined
  // What a person must know of it, as a sentence ("Only the first 256 of 812 tokens …"); mostly empty.
  QString note;
  int nLayer = 0, nHead = 0;
  int headSize = 0; // d_k
  bool causal = true;
  std::vector<int> ids;
  QStringList tokens;            // the text of each id, spaces and line ends as they are
  std::vector<HeadDigest> heads; // [n_layer · n_head]
  std::shared_ptr<const AttentionNumbers> numbers;
  double milliseconds = 0; // what computing it took

  int places() const { return int(tokens.size()); }
  const HeadDigest& digest(int layer, int head) const { return heads[std::size_t(layer) * nHead + head]; }
};

using AttentionPtr = std::shared_ptr<const AttentionData>;

// Fills data.heads from data.numbers with the given number of threads (0: one a core). An engine that has a head's [T,
// T] at hand calls HeadDigester itself.
void digestHeads(AttentionData& data, int threads = 0);

// A token as the window shows it alone: a leading space is ·, a line end ⏎, a tab →, nothing is ∅.
QString shownToken(const QString& token);
// A weight as the window writes it: 13.0 %, 0.4 %, under 0.1 %.
QString percentWords(double weight);
// "L3 H5" and "Layer 3, head 5".
QString headName(int layer, int head);
QString headTitle(int layer, int head);

} // namespace attune
