#include "engine/different_answers.h"

#include "random.h"
#include <algorithm>

namespace attune {

StoredSampler DifferentAnswers::settings(const StoredSampler& asked, int attempt) {
  if (attempt == 0) return asked;
  StoredSampler again = asked;
  const double from = asked.greedy ? ofGreedy : asked.temperature;
  again.greedy = false;
  again.temperature = from + std::max(0.0, hottest - from) * attempt / tries;
  // No reply has a number this high, so these bits serve nothing else.
  const Random random(asked.seed, RandomStream::Sampling, ~uint64_t(attempt));
  again.seed = (uint64_t(random.bits(0)) << 32 | random.bits(1)) >> 1;
  return again;
}

DifferentAnswers::DifferentAnswers(int count, const QStringList& unlike)
    : count(count) {
  for (const QString& text : unlike) texts << text.trimmed();
}

bool DifferentAnswers::add(const Answer& answer) {
  const QString text = answer.text.trimmed();
  if (missing() <= 0 || texts.contains(text)) return false;
  texts << text;
  found << answer;
  return true;
}

} // namespace attune
