#include "train/objectives.h"

#include "error.h"
#include "formats/json.h"
#include "train/optimizer.h"
#include "train/policy_passes.h"
#include "train/rollout.h"
#include "train/score_passes.h"

#include <nlohmann/json.hpp>

namespace attune {
namespace {

using Path = std::filesystem::path;
using Ids = std::vector<int32_t>;

// A model with memory for its gradients.
struct WithGradients {
  WithGradients(const std::shared_ptr<vulkan::Device>& device, const Path& folder)
      : model(Model::load(device, folder))
      , gradients(model->device(), model->layout(), "gradients") {}

  void takeGradients(ObjectiveTensors& out, const std::string& prefix) {
    for (const auto& [name, place] : model->layout()->places()) {
      out[prefix + name] = {place.entry.shape, gradients.download(name)};
      gradients.upload(name, std::vector<float>(size_t(place.entry.elements()), 0.0f));
    }
  }

  std::shared_ptr<Model> model;
  ParameterBlock gradients;
};

HostTensor vectorOf(const std::vector<float>& values) { return {{int64_t(values.size())}, values}; }
HostTensor scalar(double value) { return {{1}, {float(value)}}; }

template <class T> std::vector<T> numbers(const Json& json) { return json.get<std::vector<T>>(); }

// Reads a case's JSON file; what its fields lack or mistake becomes one sentence.
template <class Read> void readCase(const Path& file, const Read& read) {
  const Json json = readJson(file);
  try {
    read(json);
  } catch (const Json::exception& problem) {
    throw Error(file.string() + ": not a case of this objective (" + problem.what() + ")");
  }
}

} // namespace

ObjectiveTensors rewardObjective(const std::shared_ptr<vulkan::Device>& device, const Path& folder) {
  std::vector<Ids> rows;
  std::vector<int> ranks;
  readCase(folder / "rows.json", [&](const Json& json) {
    rows = numbers<Ids>(json.at("rows"));
    ranks = numbers<int>(json.at("ranks"));
  });
  if (rows.size() != ranks.size() || rows.size() < 2)
    throw Error((folder / "rows.json").string() + ": a ranking needs two rows or more, and a rank for each");
  WithGradients reward(device, folder);
  ScorePasses passes(reward.model, &reward.gradients);
  PairBatch batch;
  batch.tokens = padRows(rows, reward.model->config().nCtx);
  batch.addRanking(0, ranks, 1);
  ObjectiveTensors out;
  out["rewards"] = vectorOf(passes.scores(batch.tokens));
  for (const RankingTerm term : {RankingTerm::Sigmoid, RankingTerm::Hinge}) {
    const std::string name = term == RankingTerm::Hinge ? "hinge" : "sigmoid";
    out["loss." + name] = scalar(passes.rankingBackward(batch, term).loss);
    reward.takeGradients(out, "grad." + name + ".");
  }
  return out;
}

ObjectiveTensors dpoObjective(const std::shared_ptr<vulkan::Device>& device, const Path& folder) {
  double beta = 0;
  std::vector<Episode> answers; // chosen, rejected, chosen, rejected, ...
  readCase(folder / "pairs.json", [&](const Json& json) {
    beta = json.at("beta");
    for (const Json& pair : json.at("pairs"))
      for (const char* side : {"chosen", "rejected"}) {
        answers.emplace_back();
        answers.back().prompt = numbers<int32_t>(pair.at("prompt"));
        answers.back().reply = numbers<int32_t>(pair.at(side));
      }
  });
  const size_t pairs = answers.size() / 2;
  WithGradients policy(device, folder / "policy");
  const Batch batch = batchOf(answers, policy.model->config().nCtx);
  const std::vector<float> reference =
      rowSums(batch, PolicyPasses(Model::load(device, folder / "reference"), nullptr).forward(batch).logProbabilities);
  PolicyPasses passes(policy.model, &policy.gradients);
  const PolicyPasses::Preferred result =
      passes.preferenceBackward(batch, reference, std::vector<float>(pairs, 1.0f / float(pairs)), beta);
  std::vector<float> sides[2][2], margins; // policy or reference, chosen or rejected
  for (size_t i = 0; i < answers.size(); ++i) {
    sides[0][i % 2].push_back(result.sums[i]);
    sides[1][i % 2].push_back(reference[i]);
  }
  for (size_t i = 0; i < pairs; ++i)
    margins.push_back(
        float(beta * ((double(sides[0][0][i]) - sides[1][0][i]) - (double(sides[0][1][i]) - sides[1][1][i]))));
  ObjectiveTensors out{{"policy.chosen", vectorOf(sides[0][0])},
                       {"policy.rejected", vectorOf(sides[0][1])},
                       {"reference.chosen", vectorOf(sides[1][0])},
                       {"reference.rejected", vectorOf(sides[1][1])},
                       {"margin", vectorOf(margins)},
                       {"loss", scalar(result.loss)}};
  policy.takeGradients(out, "grad.");
  return out;
}

namespace {

struct PpoCase {
  double klCoef, discount, lambda, clipRange, valueClip, valueCoef, temperature;
  std::vector<Episode> episodes;
  size_t width = 0; // of the responses, with what follows their end
};

PpoCase readPpoCase(const Path& folder) {
  PpoCase c;
  readCase(folder / "rollout.json", [&](const Json& json) {
    const Json& s = json.at("settings");
    c.klCoef = s.at("kl_coef");
    c.discount = s.at("discount");
    c.lambda = s.at("lambda");
    c.clipRange = s.at("clip_range");
    c.valueClip = s.at("value_clip");
    c.valueCoef = s.at("value_coef");
    c.temperature = s.at("temperature");
    if (!(c.temperature > 0 && c.valueCoef > 0))
      throw Error((folder / "rollout.json").string() + ": temperature and value_coef must be above 0");
    const auto queries = numbers<Ids>(json.at("queries")), responses = numbers<Ids>(json.at("responses"));
    const auto lengths = numbers<int>(json.at("lengths"));
    const std::vector<float> scores = json.contains("scores")
                                          ? numbers<float>(json.at("scores"))
                                          : SafetensorsFile(folder / "expected.safetensors").read("scores").data;
    const int32_t pad = s.at("pad");
    if (responses.size() != queries.size() || lengths.size() != queries.size() || scores.size() != queries.size())
      throw Error((folder / "rollout.json").string() + ": queries, responses, lengths and scores must be as many");
    for (size_t i = 0; i < queries.size(); ++i) {
      Episode episode;
      for (int32_t id : queries[i]) // padded on the left
        if (id != pad || !episode.prompt.empty()) episode.prompt.push_back(id);
      if (lengths[i] < 1 || size_t(lengths[i]) > responses[i].size())
        throw Error((folder / "rollout.json").string() + ": a length of " + std::to_string(lengths[i]) +
                    " does not fit its response");
      episode.reply.assign(responses[i].begin(), responses[i].begin() + lengths[i]);
      episode.score = scores[i];
      c.width = std::max(c.width, responses[i].size());
      c.episodes.push_back(std::move(episode));
    }
  });
  return c;
}

} // namespace

ObjectiveTensors ppoObjective(const std::shared_ptr<vulkan::Device>& device, const Path& folder) {
  PpoCase c = readPpoCase(folder);
  std::vector<Episode>& episodes = c.episodes;
  ObjectiveTensors out;
  const auto take = [&](const std::string& name, const std::vector<double> Episode::*field) {
    HostTensor tensor{{int64_t(episodes.size()), int64_t(c.width)},
                      std::vector<float>(episodes.size() * c.width, 0.0f)};
    for (size_t i = 0; i < episodes.size(); ++i)
      for (size_t t = 0; t < episodes[i].length(); ++t) tensor.data[i * c.width + t] = float((episodes[i].*field)[t]);
    out[name] = std::move(tensor);
  };
  WithGradients updated(device, folder / "updated"), updatedValue(device, folder / "updated_value");
  const int64_t context = updated.model->config().nCtx;
  size_t counted = 0;
  for (const Episode& episode : episodes) counted += episode.length();
  Batch batch = batchOf(episodes, context, 1.0 / double(counted));
  TokenRows rows{batch.rows, batch.length, batch.ids, {}};
  const auto old = PolicyPasses(Model::load(device, folder / "policy"), nullptr, c.temperature).forward(batch);
  const auto reference = PolicyPasses(Model::load(device, folder / "reference"), nullptr, c.temperature).forward(batch);
  const auto values = ScorePasses(Model::load(device, folder / "value"), nullptr).values(rows);
  std::vector<float> scores;
  for (size_t i = 0; i < episodes.size(); ++i) {
    Episode& episode = episodes[i];
    episode.old = replyPart(batch, old.logProbabilities, int(i), episode);
    episode.reference = replyPart(batch, reference.logProbabilities, int(i), episode);
    episode.values = replyPart(batch, values, int(i), episode);
    giveRewards(episode, c.klCoef);
    estimateAdvantages(episode, c.discount, c.lambda);
    scores.push_back(float(episode.score));
  }
  take("logprobs", &Episode::old);
  take("reference_logprobs", &Episode::reference);
  take("values", &Episode::values);
  out["scores"] = vectorOf(scores);
  take("kl", &Episode::kl);
  take("rewards", &Episode::rewards);
  take("advantages", &Episode::advantages);
  take("returns", &Episode::returns);
  whiten(episodes, &Episode::rewards, false);
  take("rewards_whitened", &Episode::rewards);
  whiten(episodes, &Episode::advantages);
  take("advantages_whitened", &Episode::advantages);

  PolicyPasses policy(updated.model, &updated.gradients, c.temperature);
  const auto clipped = policy.clippedBackward(batch, asRows(batch, episodes, &Episode::old),
                                              asRows(batch, episodes, &Episode::advantages), c.clipRange);
  ScorePasses value(updatedValue.model, &updatedValue.gradients);
  std::vector<float> weights = batch.weights; // the value loss counts value_coef times
  for (float& weight : weights) weight *= float(c.valueCoef);
  const auto valued = value.valueBackward(rows, asRows(batch, episodes, &Episode::values),
                                          asRows(batch, episodes, &Episode::returns), weights, c.valueClip);
  const Moved moved = movement(batch, episodes, clipped.now.logProbabilities, clipped.now.entropies, c.clipRange);
  out["policy_loss"] = scalar(clipped.loss);
  out["value_loss"] = scalar(valued.loss / c.valueCoef);
  out["entropy"] = scalar(moved.entropy);
  out["clip_fraction"] = scalar(moved.clipFraction);
  out["approximate_kl"] = scalar(moved.approximateKl);
  for (size_t i = 0; i < episodes.size(); ++i) {
    episodes[i].old = replyPart(batch, clipped.now.logProbabilities, int(i), episodes[i]);
    episodes[i].values = replyPart(batch, valued.values, int(i), episodes[i]);
  }
  take("new_logprobs", &Episode::old);
  take("new_values", &Episode::values);
  updated.takeGradients(out, "grad.policy.");
  updatedValue.takeGradients(out, "grad.value.");
  return out;
}

} // namespace attune
