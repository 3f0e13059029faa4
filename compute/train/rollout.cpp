#include "train/rollout.h"

#include "error.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace attune {
namespace {

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / double(std::max<size_t>(values.size(), 1));
}

double variance(std::span<const double> values) { // biased
  const double middle = mean(values);
  double sum = 0;
  for (double value : values) sum += (value - middle) * (value - middle);
  return sum / double(std::max<size_t>(values.size(), 1));
}

// Where the numbers of an episode's first reply token lie in its row.
size_t firstPlace(const Batch& batch, size_t row, const Episode& episode) {
  return row * size_t(batch.length) + episode.prompt.size() - 1;
}

} // namespace

double Episode::klSum() const { return std::accumulate(kl.begin(), kl.end(), 0.0); }

void scoreAgainstOthers(std::span<Episode> episodes, int size) {
  for (size_t first = 0; first < episodes.size(); first += size_t(size)) {
    const std::span<Episode> group = episodes.subspan(first, size_t(size));
    double sum = 0;
    for (const Episode& episode : group) sum += episode.score;
    for (Episode& episode : group) episode.score -= (sum - episode.score) / (size - 1);
  }
}

void giveRewards(Episode& episode, double klCoefficient) {
  episode.kl.resize(episode.length());
  episode.rewards.resize(episode.length());
  for (size_t t = 0; t < episode.length(); ++t) {
    episode.kl[t] = episode.old[t] - episode.reference[t];
    episode.rewards[t] = -klCoefficient * episode.kl[t];
  }
  episode.rewards.back() += episode.score;
}

void estimateAdvantages(Episode& episode, double discount, double lambda) {
  const size_t length = episode.length();
  episode.advantages.resize(length);
  episode.returns.resize(length);
  double last = 0;
  for (size_t t = length; t-- > 0;) {
    const double next = t + 1 < length ? episode.values[t + 1] : 0;
    last = episode.rewards[t] + discount * next - episode.values[t] + discount * lambda * last;
    episode.advantages[t] = last;
    episode.returns[t] = last + episode.values[t];
  }
}

void whiten(std::span<double> values, bool shiftMean) {
  const double middle = mean(values), scale = 1 / std::sqrt(variance(values) + 1e-8);
  for (double& value : values) value = (value - middle) * scale + (shiftMean ? 0 : middle);
}

void whiten(std::span<Episode> episodes, std::vector<double> Episode::*field, bool shiftMean) {
  std::vector<double> all;
  for (const Episode& episode : episodes) all.insert(all.end(), (episode.*field).begin(), (episode.*field).end());
  whiten(all, shiftMean);
  auto from = all.begin();
  for (Episode& episode : episodes) {
    std::copy(from, from + long((episode.*field).size()), (episode.*field).begin());
    from += long((episode.*field).size());
  }
}

double explainedVariance(std::span<const Episode> episodes) {
  std::vector<double> returns, errors;
  for (const Episode& episode : episodes)
    for (size_t t = 0; t < episode.length(); ++t) {
      returns.push_back(episode.returns[t]);
      errors.push_back(episode.returns[t] - episode.values[t]);
    }
  const double all = variance(returns);
  return all > 0 ? 1 - variance(errors) / all : 0;
}

Batch batchOf(std::span<const Episode> episodes, int64_t context, double weight, int rows) {
  size_t longest = 1;
  for (const Episode& episode : episodes) {
    if (episode.prompt.empty() || episode.reply.empty()) throw Error("an episode needs a prompt and a reply");
    longest = std::max(longest, episode.prompt.size() + episode.reply.size() - 1);
  }
  if (longest > size_t(context))
    throw Error("a prompt and its reply have " + std::to_string(longest) + " tokens, more than the context of " +
                std::to_string(context));
  Batch batch;
  batch.rows = std::max(rows, int(episodes.size()));
  batch.length = int(std::min<size_t>((longest + 15) / 16 * 16, size_t(context)));
  const size_t count = size_t(batch.rows) * size_t(batch.length);
  batch.ids.assign(count, 0);
  batch.targets.assign(count, 0);
  batch.weights.assign(count, 0.0f);
  for (size_t r = 0; r < episodes.size(); ++r) {
    std::vector<int32_t> all = episodes[r].prompt;
    all.insert(all.end(), episodes[r].reply.begin(), episodes[r].reply.end());
    const auto row = long(r * size_t(batch.length));
    std::copy(all.begin(), all.end() - 1, batch.ids.begin() + row);
    std::copy(all.begin() + 1, all.end(), batch.targets.begin() + row);
    std::fill_n(batch.weights.begin() + long(firstPlace(batch, r, episodes[r])), episodes[r].length(), float(weight));
  }
  return batch;
}

std::vector<double> replyPart(const Batch& batch, std::span<const float> values, int row, const Episode& episode) {
  const auto first = values.begin() + long(firstPlace(batch, size_t(row), episode));
  return {first, first + long(episode.length())};
}

std::vector<float> asRows(const Batch& batch, std::span<const Episode> episodes, std::vector<double> Episode::*field) {
  std::vector<float> rows(size_t(batch.rows) * size_t(batch.length), 0.0f);
  for (size_t r = 0; r < episodes.size(); ++r)
    for (size_t t = 0; t < episodes[r].length(); ++t)
      rows[firstPlace(batch, r, episodes[r]) + t] = float((episodes[r].*field)[t]);
  return rows;
}

Moved movement(const Batch& batch, std::span<const Episode> episodes, std::span<const float> now,
               std::span<const float> entropies, double range) {
  Moved moved;
  size_t tokens = 0;
  for (size_t r = 0; r < episodes.size(); ++r) {
    const size_t first = firstPlace(batch, r, episodes[r]);
    for (size_t t = 0; t < episodes[r].length(); ++t) {
      const double step = now[first + t] - episodes[r].old[t], ratio = std::exp(step);
      moved.clipFraction += std::abs(ratio - 1) > range;
      moved.approximateKl += 0.5 * step * step;
      moved.entropy += entropies[first + t];
      moved.ratio += ratio;
      ++tokens;
    }
  }
  for (double* sum : {&moved.clipFraction, &moved.approximateKl, &moved.entropy, &moved.ratio})
    *sum /= double(std::max<size_t>(tokens, 1));
  return moved;
}

} // namespace attune
