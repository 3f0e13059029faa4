// How one weight comes about, step by step, in double precision from the model's own vectors:
// q·k, divided by √d_k, softmax over what the query may read, and the sum of the values with these weights.
#pragma once

#include "attention/attention_data.h"

namespace attune {

struct HeadCalculation {
  int query = 0, key = 0;
  bool hidden = false;          // the mask hides this key from the query; only q and k are filled then
  std::vector<float> q, k, v;   // [d_k]: of the query, of the key, of the key
  std::vector<double> products; // q times k, number by number
  double dot = 0;               // their sum
  double root = 1;              // √d_k
  double scaled = 0;            // dot / root
  double largest = 0;           // the row's largest scaled score, subtracted before the exponential
  double exponential = 0;       // e^(scaled − largest)
  double denominator = 1;       // the sum of all the row's exponentials
  double weight = 0;            // exponential / denominator
  std::vector<double> row;      // [places the query may read]: all its weights
  std::vector<double> output;   // [d_k]: Σ weight · v over the row

  // 1 for the row's largest weight; equal weights share a rank.
  int rank() const;
};

HeadCalculation calculateHead(const AttentionData& data, int layer, int head, int query, int key);

// The calculation as lines of plain text (label, value), for the side panel and for copying.
struct CalculationLine {
  QString label, value;
  bool result = false; // the weight and the output: shown bold
};
std::vector<CalculationLine> calculationLines(const HeadCalculation& calculation, const AttentionData& data);

// A weight of the softmax: 0.1298, or 5.1e−10.
QString weightNumber(double weight);
// A vector with its ends only: [0.31, −1.20, 0.08, … , 0.55].
QString elidedVector(const std::vector<double>& numbers, int shown = 4);

} // namespace attune
