// One head in brief: a small picture and what it mostly reads.
//
// A habit is told by the share of attention that goes where the habit says, averaged over the places where it can apply
// (the first place reads only itself and says nothing). The named habits follow Elhage et al. 2021 and Olsson et al.
// 2022.
#pragma once

#include <QString>
#include <QStringList>
#include <cstdint>
#include <vector>

namespace attune {

enum class HeadHabit { PreviousToken, FirstToken, Itself, SameToken, Induction, Punctuation, Everything, Mixed };

// In words, as the table says it: 'the previous token'.
QString habitWords(HeadHabit habit);

// A weight of 0 to 1 as a byte: 0 to 254 with the square root, so that small weights keep their steps.
constexpr std::uint8_t hiddenByMask = 255;
std::uint8_t weightByte(float weight);
// The weight that a byte stands for.
float byteWeight(std::uint8_t byte);

struct HeadDigest {
  int side = 0;                    // the picture is side × side, at most 64
  std::vector<std::uint8_t> cells; // row by row; the largest weight of the places that fall into one cell
  HeadHabit habit = HeadHabit::Mixed;
  float share = 0;   // of attention that follows the habit, 0 to 1; meaningless for Everything
  float entropy = 0; // nats, mean over the rows but the first
};

// Prepared once for a text, then used for every head (from several threads).
class HeadDigester {
public:
  // ids and token texts of the T places.
  HeadDigester(const std::vector<int>& ids, const QStringList& tokens, bool causal = true, int mostCells = 64);
  // weights: [T, T].
  HeadDigest digest(const std::vector<float>& weights) const;

private:
  int places, side;
  bool causal;
  std::vector<std::vector<int>> same, followed; // for each place, which earlier ones it would read
  std::vector<int> punctuation;                 // places
};

} // namespace attune
