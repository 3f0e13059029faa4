#include "generate/batch_generator.h"

#include "error.h"
#include "random.h"

#include <algorithm>

namespace attune {
namespace {

constexpr size_t rowsAtOnce = 512; // tokens of prompts read in one step

struct Active {
  size_t reply = 0;
  std::vector<float> logits;
};

} // namespace

std::vector<BatchReply> BatchGenerator::generate(const BatchRequest& request, const std::function<bool()>& go) {
  check(request.sampler);
  const int64_t nCtx = model_->config().nCtx;
  size_t longest = 0;
  for (const auto& prompt : request.prompts) {
    if (prompt.empty()) throw Error("a prompt has no tokens; each needs at least one");
    longest = std::max(longest, prompt.size());
  }
  if (int64_t(longest) >= nCtx)
    throw Error("a prompt has " + std::to_string(longest) +
                " tokens, which leaves no room for a reply in the model's context of " + std::to_string(nCtx) +
                "; shorten it");
  const int replies = request.replies, slots = int(request.prompts.size()) * replies,
            context = int(std::min<int64_t>(nCtx, std::max(context_, int64_t(longest) + request.maxTokens)));
  if (!decoder_ || decoder_->slots() < slots || decoder_->context() < context) {
    decoder_.reset(); // frees before it takes
    decoder_ = std::make_unique<Decoder>(model_, slots, context);
  }
  const size_t vocabulary = size_t(model_->config().vocabSize);

  std::vector<Active> active;
  // Prompts, as many at once as fit; of each the logits after its last token.
  for (size_t from = 0; from < request.prompts.size();) {
    std::vector<Decoder::Row> rows;
    std::vector<int> wanted;
    const size_t begin = from;
    while (from < request.prompts.size() &&
           (rows.empty() || rows.size() + request.prompts[from].size() <= rowsAtOnce)) {
      const auto& prompt = request.prompts[from];
      for (size_t i = 0; i < prompt.size(); ++i) rows.push_back({int(from) * replies, int(i), prompt[i]});
      wanted.push_back(int(rows.size()) - 1);
      ++from;
    }
    const std::vector<float> logits = decoder_->run(rows, wanted);
    for (size_t i = 0; i < wanted.size(); ++i) {
      const size_t slot = (begin + i) * size_t(replies);
      decoder_->shareSlot(int(slot), replies - 1, int(request.prompts[begin + i].size()));
      for (size_t reply = slot; reply < slot + size_t(replies); ++reply)
        active.push_back({reply, {logits.begin() + long(i * vocabulary), logits.begin() + long((i + 1) * vocabulary)}});
    }
  }

  std::vector<BatchReply> made(static_cast<size_t>(slots));
  std::vector<std::vector<int32_t>> texts;
  for (const auto& prompt : request.prompts) texts.insert(texts.end(), size_t(replies), prompt);
  for (int step = 0; step < request.maxTokens && !active.empty(); ++step) {
    if (go && step > 0 && !go()) break;
    std::vector<Active> still;
    std::vector<Decoder::Row> rows;
    std::vector<int> wanted;
    for (Active& one : active) {
      std::vector<int32_t>& text = texts[one.reply];
      const auto probabilities = nextTokenProbabilities(one.logits, text, request.sampler);
      const size_t prompt = one.reply / size_t(replies), own = one.reply % size_t(replies);
      const Random random = request.seeds.empty()
                                ? Random(request.seed, RandomStream::Sampling, request.first + one.reply)
                                : Random(request.seeds[prompt], RandomStream::Sampling, own);
      const int32_t id = pick(probabilities, random.uniform(uint64_t(step)));
      BatchReply& reply = made[one.reply];
      reply.ids.push_back(id);
      reply.ended = std::find(request.stopIds.begin(), request.stopIds.end(), id) != request.stopIds.end();
      if (reply.ended || int(text.size()) + 1 > decoder_->context() || int64_t(text.size()) + 1 >= nCtx) continue;
      rows.push_back({int(one.reply), int(text.size()), id});
      text.push_back(id);
      wanted.push_back(int(wanted.size()));
      still.push_back({one.reply, {}});
    }
    active = std::move(still);
    if (active.empty() || step + 1 == request.maxTokens) break;
    const std::vector<float> logits = decoder_->run(rows, wanted);
    for (size_t i = 0; i < active.size(); ++i)
      active[i].logits.assign(logits.begin() + long(i * vocabulary), logits.begin() + long((i + 1) * vocabulary));
  }
  return made;
}

} // namespace attune
