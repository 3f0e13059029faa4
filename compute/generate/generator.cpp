#include "generate/generator.h"

#include "error.h"
#include "random.h"

#include <algorithm>

namespace attune {

const char* finishName(Finish finish) {
  switch (finish) {
  case Finish::Stop: return "eos";
  case Finish::Length: return "length";
  case Finish::Cancelled: return "cancelled";
  }
  return "";
}

Decoder& Generator::decoderFor(int replies, int context) {
  if (decoder_ && decoder_->slots() == replies && decoder_->context() >= context) return *decoder_;
  // Room beyond what this reply needs, so that a conversation that grows does not begin anew each turn.
  const int room = int(std::min<int64_t>(model_->config().nCtx, std::max(2 * context, 512)));
  decoder_.reset();
  cached_.clear();
  decoder_ = std::make_unique<Decoder>(model_, replies, room);
  return *decoder_;
}

std::vector<Reply> Generator::generate(const GenerateRequest& request, const OnToken& onToken) {
  check(request.sampler);
  const std::vector<int32_t>& prompt = request.prompt;
  const int64_t nCtx = model_->config().nCtx;
  if (prompt.empty()) throw Error("the prompt has no tokens; give at least one");
  if (request.replies < 1) throw Error("at least one reply must be asked for");
  if (request.maxTokens < 0) throw Error("the longest reply must be 0 tokens or more");
  if (int64_t(prompt.size()) >= nCtx)
    throw Error("the prompt has " + std::to_string(prompt.size()) + " tokens, which leaves no room for a reply in the model's context of " +
                std::to_string(nCtx) + "; shorten it");
  const int most = int(std::min<int64_t>(request.maxTokens, nCtx - int64_t(prompt.size())));
  Decoder& decoder = decoderFor(request.replies, int(prompt.size()) + most);

  // Read the prompt, from where the cache does not know it; its last token always, for its logits.
  size_t known = 0;
  while (known + 1 < prompt.size() && known < cached_.size() && cached_[known] == prompt[known]) ++known;
  cached_.clear(); // not to be trusted if something throws
  std::vector<Decoder::Row> rows;
  for (size_t i = known; i < prompt.size(); ++i) rows.push_back({0, int(i), prompt[i]});
  const int lastRow = int(rows.size()) - 1;
  std::vector<float> logits = decoder.run(rows, std::span(&lastRow, 1));
  decoder.shareSlot(0, request.replies - 1, int(prompt.size()));

  const size_t vocabulary = size_t(model_->config().vocabSize);
  std::vector<Reply> replies(static_cast<size_t>(request.replies));
  std::vector<std::vector<int32_t>> texts(replies.size(), prompt);
  std::vector<int> active(replies.size());
  for (size_t i = 0; i < active.size(); ++i) active[i] = int(i);
  bool first = true, cancelled = false;
  for (int step = 0; step < most && !active.empty() && !cancelled; ++step) {
    rows.clear();
    std::vector<int> still;
    for (size_t a = 0; a < active.size(); ++a) {
      const int reply = active[a];
      const std::span<const float> own(logits.data() + (first ? 0 : a * vocabulary), vocabulary);
      std::vector<int32_t>& text = texts[size_t(reply)];
      const auto probabilities = nextTokenProbabilities(own, text, request.sampler);
      const int32_t id = pick(probabilities, Random(request.seed, RandomStream::Sampling, uint64_t(reply)).uniform(uint64_t(step)));
      if (std::find(request.stopIds.begin(), request.stopIds.end(), id) != request.stopIds.end()) {
        replies[size_t(reply)].finish = Finish::Stop;
        continue;
      }
      rows.push_back({reply, int(text.size()), id});
      text.push_back(id);
      replies[size_t(reply)].ids.push_back(id);
      still.push_back(reply);
      if (onToken) {
        GeneratedToken token{reply, {}};
        token.view.id = id;
        if (request.views) token.view = viewToken(own, id);
        if (!onToken(token)) {
          cancelled = true;
          break;
        }
      }
    }
    if (cancelled)
      for (size_t a = 0; a < active.size(); ++a)
        if (replies[size_t(active[a])].finish != Finish::Stop) replies[size_t(active[a])].finish = Finish::Cancelled;
    active = still;
    if (active.empty() || cancelled || step + 1 == most) break;
    std::vector<int> wanted(rows.size());
    for (size_t i = 0; i < wanted.size(); ++i) wanted[i] = int(i);
    logits = decoder.run(rows, wanted);
    first = false;
  }
  // Slot 0 holds the prompt and all of the first reply but its last token, which was never read.
  cached_ = texts[0];
  if (!replies[0].ids.empty()) cached_.pop_back();
  return replies;
}

} // namespace attune
