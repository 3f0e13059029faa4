#include "train/rollout_maker.h"

#include "error.h"

#include <algorithm>
#include <cmath>

namespace attune {
namespace {

void checkNumbers(const std::vector<double>& values, Learner& model, const std::string& what) {
  if (std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); })) return;
  const std::string bad = model.firstBadWeight();
  throw Error(
      what + " are not numbers any more" +
      (bad.empty() ? std::string(": its weights have grown too large") : "; the first bad tensor is '" + bad + "'") +
      "; go on from the last checkpoint with a lower learning rate or a smaller --clip");
}

} // namespace

RolloutMaker::RolloutMaker(Learner& policy, Learner& value, std::shared_ptr<Model> reference, RewardSource& source,
                           const PpoSettings& settings, std::vector<int32_t> ends, int atOnce, int64_t longest)
    : policy_(policy)
    , value_(value)
    , source_(source)
    , settings_(settings)
    , ends_(std::move(ends))
    , atOnce_(size_t(atOnce))
    , context_(policy.model().config().nCtx)
    , policyPasses_(policy.sharedModel(), nullptr, settings.temperature)
    , referencePasses_(std::move(reference), nullptr, settings.temperature)
    , valuePasses_(value.sharedModel(), nullptr)
    , generator_(policy.sharedModel(), longest) {}

std::vector<Episode> RolloutMaker::write(const std::vector<const EncodedPrompt*>& prompts, uint64_t seed,
                                         uint64_t first, const JobWatch& watch, const std::string& doing) {
  watch.tell(doing);
  BatchRequest request;
  for (const EncodedPrompt* prompt : prompts) request.prompts.push_back(prompt->ids);
  request.sampler.temperature = float(settings_.temperature);
  request.maxTokens = settings_.maxTokens;
  request.stopIds = ends_;
  request.seed = seed;
  request.first = first;
  const std::vector<BatchReply> replies = generator_.generate(request, [&] {
    watch.check();
    return true;
  });
  std::vector<Episode> episodes(prompts.size());
  for (size_t i = 0; i < episodes.size(); ++i) {
    episodes[i].prompt = prompts[i]->ids;
    episodes[i].reply = replies[i].ids;
    episodes[i].ended = replies[i].ended;
  }
  look(episodes, watch);
  source_.score(episodes, int(atOnce_));
  return episodes;
}

void RolloutMaker::look(std::span<Episode> episodes, const JobWatch& watch) {
  for (size_t first = 0; first < episodes.size(); first += atOnce_) {
    watch.check();
    const std::span<Episode> some = episodes.subspan(first, std::min(atOnce_, episodes.size() - first));
    const Batch batch = batchOf(some, context_, 1, int(atOnce_));
    const auto old = policyPasses_.forward(batch), reference = referencePasses_.forward(batch);
    const auto values = valuePasses_.values({batch.rows, batch.length, batch.ids, {}});
    for (size_t i = 0; i < some.size(); ++i) {
      some[i].old = replyPart(batch, old.logProbabilities, int(i), some[i]);
      some[i].reference = replyPart(batch, reference.logProbabilities, int(i), some[i]);
      some[i].values = replyPart(batch, values, int(i), some[i]);
      checkNumbers(some[i].old, policy_, "the policy's probabilities");
      checkNumbers(some[i].values, value_, "the value model's values");
    }
  }
}

} // namespace attune
