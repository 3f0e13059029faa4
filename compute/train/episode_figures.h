// Episodes summed up, and kept in a checkpoint.
#pragma once

#include "formats/json.h"
#include "train/rollout.h"

#include <functional>

namespace attune {

double meanOf(std::span<const Episode> episodes, const std::function<double(const Episode&)>& of);
double deviationOf(std::span<const Episode> episodes, const std::function<double(const Episode&)>& of); // biased
double errorOf(std::span<const Episode> episodes, const std::function<double(const Episode&)>& of);     // of the mean

// The share of a reply's three-token pieces that stood in it before; 0 for fewer than four tokens.
double repetitionOf(const Episode& episode);
// The share of replies that no earlier one equals.
double distinctOf(std::span<const Episode> episodes);

// Everything, to go on with exactly the same numbers.
Json toJson(const Episode& episode);
Episode parseEpisode(const Json& json); // throws nlohmann's exceptions

} // namespace attune
