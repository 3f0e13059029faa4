#include "train/episode_figures.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace attune {
namespace {

constexpr std::pair<const char*, std::vector<double> Episode::*> fields[] = {
    {"old", &Episode::old},         {"reference", &Episode::reference}, {"values", &Episode::values},
    {"kl", &Episode::kl},           {"rewards", &Episode::rewards},     {"advantages", &Episode::advantages},
    {"returns", &Episode::returns},
};

} // namespace

double meanOf(std::span<const Episode> episodes, const std::function<double(const Episode&)>& of) {
  double sum = 0;
  for (const Episode& episode : episodes) sum += of(episode);
  return sum / double(episodes.size());
}

double deviationOf(std::span<const Episode> episodes, const std::function<double(const Episode&)>& of) {
  const double middle = meanOf(episodes, of);
  return std::sqrt(meanOf(episodes, [&](const Episode& e) { return (of(e) - middle) * (of(e) - middle); }));
}

double errorOf(std::span<const Episode> episodes, const std::function<double(const Episode&)>& of) {
  return deviationOf(episodes, of) / std::sqrt(double(std::max<size_t>(2, episodes.size()) - 1));
}

double repetitionOf(const Episode& episode) {
  if (episode.length() < 4) return 0;
  std::set<std::array<int32_t, 3>> seen;
  const size_t pieces = episode.length() - 2;
  for (size_t t = 0; t < pieces; ++t) seen.insert({episode.reply[t], episode.reply[t + 1], episode.reply[t + 2]});
  return 1 - double(seen.size()) / double(pieces);
}

double distinctOf(std::span<const Episode> episodes) {
  std::set<std::vector<int32_t>> seen;
  for (const Episode& episode : episodes) seen.insert(episode.reply);
  return double(seen.size()) / double(std::max<size_t>(1, episodes.size()));
}

Json toJson(const Episode& episode) {
  Json json{{"prompt", episode.prompt}, {"reply", episode.reply}, {"ended", episode.ended}, {"score", episode.score}};
  for (const auto& [name, field] : fields) json[name] = episode.*field;
  return json;
}

Episode parseEpisode(const Json& json) {
  Episode episode;
  episode.prompt = json.at("prompt").get<std::vector<int32_t>>();
  episode.reply = json.at("reply").get<std::vector<int32_t>>();
  episode.ended = json.at("ended");
  episode.score = json.at("score");
  for (const auto& [name, field] : fields) episode.*field = json.at(name).get<std::vector<double>>();
  return episode;
}

} // namespace attune
