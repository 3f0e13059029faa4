#include "train/ppo_iteration.h"

#include "train/episode_figures.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

namespace attune {

Json toJson(const PpoIteration& open) {
  Json episodes = Json::array();
  for (const Episode& episode : open.episodes) episodes.push_back(toJson(episode));
  return {{"episodes", episodes},          {"scores", open.scores},
          {"kl_coef", open.coefficient},   {"explained_variance", open.explained},
          {"updates", open.place.updates}, {"figures", toJson(open.place.figures)}};
}

PpoIteration parsePpoIteration(const Json& json) {
  PpoIteration open;
  for (const Json& episode : json.at("episodes")) open.episodes.push_back(parseEpisode(episode));
  open.scores = json.at("scores").get<std::vector<double>>();
  open.coefficient = json.at("kl_coef");
  open.explained = json.at("explained_variance");
  open.place = {json.at("updates"), parseUpdateFigures(json.at("figures"))};
  return open;
}

std::vector<Metric> figuresOf(const PpoIteration& iteration, const PpoSettings& settings, int64_t step) {
  const std::vector<Episode>& episodes = iteration.episodes;
  const UpdateFigures& f = iteration.place.figures;
  const double coefficient = iteration.coefficient, rows = double(iteration.episodes.size());
  const double kl = meanOf(episodes, &Episode::klSum);
  double score = 0, spread = 0;
  for (const double one : iteration.scores) score += one / rows;
  for (const double one : iteration.scores) spread += (one - score) * (one - score) / rows;
  const double length = meanOf(episodes, [](const Episode& e) { return double(e.length()); });
  const double ended = meanOf(episodes, [](const Episode& e) { return double(e.ended); });
  const double surprise =
      meanOf(episodes, [](const Episode& e) { return -std::accumulate(e.old.begin(), e.old.end(), 0.0); });
  int64_t tokens = 0;
  for (const Episode& episode : episodes) tokens += int64_t(episode.prompt.size() + episode.length());
  return {{"loss", "", f.policyLoss + settings.valueCoef * f.valueLoss + settings.pretrainCoef * f.pretrainLoss},
          {"tokens", "", double(tokens)},
          {"episode", "episode", double(step + 1) * rows},
          {"score", "objective/scores", score},
          {"score_deviation", "", std::sqrt(spread)},
          {"kl", "objective/kl", kl},
          {"kl_deviation", "", deviationOf(episodes, &Episode::klSum)},
          {"non_score_reward", "objective/non_score_reward", -coefficient * kl},
          {"reward", "objective/rlhf_reward", score - coefficient * kl},
          {"kl_coef", "objective/kl_coef", coefficient},
          {"surprise", "objective/entropy", surprise},
          {"policy_loss", "loss/policy_avg", f.policyLoss},
          {"value_loss", "loss/value_avg", f.valueLoss},
          {"pretrain_loss", settings.pretrainCoef > 0 ? "loss/pretrain_avg" : "", f.pretrainLoss},
          {"approximate_kl", "policy/approxkl_avg", f.approximateKl},
          {"clip_fraction", "policy/clipfrac_avg", f.clipFraction},
          {"entropy", "policy/entropy_avg", f.entropy},
          {"ratio", "val/ratio", f.ratio},
          {"value_clip_fraction", "val/clipfrac_avg", f.valueClipFraction},
          {"explained_variance", "val/explained_variance", iteration.explained},
          {"length", "val/reply_length", length},
          {"repetition", "val/repetition", meanOf(episodes, repetitionOf)},
          {"distinct", "val/distinct_replies", distinctOf(episodes)},
          {"ended", "", ended},
          {"end_tokens", "val/num_eos_tokens", ended * rows},
          {"grad_norm", "policy/grad_norm", f.gradientNorm},
          {"value_grad_norm", "val/grad_norm", f.valueGradientNorm}};
}

} // namespace attune
