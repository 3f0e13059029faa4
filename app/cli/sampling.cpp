#include "cli/sampling.h"

#include <climits>

namespace attune::cli {

std::vector<Option> samplingOptions(int maxTokens) {
  return {
      {"greedy", "", "always the likeliest token"},
      {"temperature", "X", "above 0; lower keeps closer to the likeliest", "1"},
      {"top-k", "N", "only the N likeliest tokens; 0: all", "0"},
      {"top-p", "P", "only the likeliest tokens that together reach probability P", "1"},
      {"min-p", "P", "only tokens at least P times as likely as the likeliest", "0"},
      {"repetition-penalty", "X", "above 1 makes tokens that were there less likely", "1"},
      {"max-tokens", "N", "the longest reply, in tokens", std::to_string(maxTokens)},
  };
}

SamplerSettings samplerOf(const Arguments& arguments) {
  SamplerSettings settings;
  settings.greedy = arguments.has("greedy");
  settings.topK = int(arguments.whole("top-k", 0, 0, INT_MAX));
  settings.temperature = float(arguments.number("temperature", 1));
  if (!(settings.temperature > 0) || settings.temperature > 1e6f)
    arguments.refuse("temperature", "a number above 0 (or --greedy for the likeliest token)");
  settings.topP = float(arguments.number("top-p", 1));
  if (!(settings.topP > 0 && settings.topP <= 1)) arguments.refuse("top-p", "a number above 0 and at most 1");
  settings.minP = float(arguments.number("min-p", 0));
  if (!(settings.minP >= 0 && settings.minP <= 1)) arguments.refuse("min-p", "a number from 0 to 1");
  settings.repetitionPenalty = float(arguments.number("repetition-penalty", 1));
  if (!(settings.repetitionPenalty > 0) || settings.repetitionPenalty > 1e6f)
    arguments.refuse("repetition-penalty", "a number above 0 (1 changes nothing)");
  return settings;
}

} // namespace attune::cli
