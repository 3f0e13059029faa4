#include "train/compare.h"

#include "error.h"
#include "formats/lineage.h"
#include "formats/model_folder.h"
#include "generate/batch_generator.h"
#include "text/chat_template.h"
#include "train/end_tokens.h"
#include "train/rule.h"
#include "train/score_passes.h"

#include <algorithm>
#include <optional>

namespace attune {
namespace {

namespace fs = std::filesystem;

constexpr size_t atOnce = 16; // replies written or scored together

std::shared_ptr<const Tokenizer> tokenizerOf(const fs::path& folder) {
  if (!Tokenizer::isIn(folder))
    throw Error(folder.string() + " has no tokenizer (tokenizer.json); a comparison needs one");
  return Tokenizer::load(folder);
}

// Prompt as a model reads it.
std::vector<int32_t> promptIds(const std::optional<ChatTemplate>& chat, const Tokenizer& tokenizer,
                               const std::vector<Message>& messages) {
  if (chat) return chat->encode(messages, true).ids;
  std::vector<int32_t> ids = tokenizer.encode(messages.back().content, SpecialTokens::AsText);
  if (ids.empty()) ids = {tokenizer.startToken()};
  return ids;
}

class Judge {
public:
  Judge(const std::shared_ptr<vulkan::Device>& device, const fs::path& path) {
    if (fs::is_regular_file(path)) {
      rule_ = Rule::load(path);
      return;
    }
    folder_ = resolveModelPath(path);
    const auto model = Model::load(device, folder_);
    if (!model->config().classifier)
      throw Error(folder_.string() +
                  " is a language model; a reward model or a rule's JSON file was expected as the judge");
    context_ = model->config().nCtx;
    shift_ = readLineage(folder_).rewardShift.value_or(0);
    tokenizer_ = tokenizerOf(folder_);
    if (tokenizer_->chatTemplate()) chat_.emplace(tokenizer_);
    passes_.emplace(model, nullptr);
  }

  void score(std::vector<ModelComparison::Row>& rows, size_t model) {
    for (size_t first = 0; first < rows.size(); first += atOnce) {
      const size_t count = std::min(atOnce, rows.size() - first);
      if (rule_) {
        for (size_t i = first; i < first + count; ++i)
          rows[i].replies[model].score = rule_->score(rows[i].replies[model].text, rows[i].prompt.messages);
        continue;
      }
      std::vector<std::vector<int32_t>> read;
      for (size_t i = first; i < first + count; ++i) read.push_back(rowOf(rows[i], model));
      const std::vector<float> scores = passes_->scores(padRows(read, context_, int(atOnce)));
      for (size_t i = 0; i < count; ++i) rows[first + i].replies[model].score = scores[i] + shift_;
    }
  }

private:
  std::vector<int32_t> rowOf(const ModelComparison::Row& row, size_t model) const {
    std::vector<Message> messages = row.prompt.messages;
    const std::string& text = row.replies[model].text;
    std::vector<int32_t> ids;
    if (chat_) {
      messages.push_back({"assistant", text});
      ids = chat_->encode(messages, false).ids;
    } else {
      ids = tokenizer_->encode(messages.back().content + text, SpecialTokens::AsText);
    }
    if (ids.size() > size_t(context_))
      throw Error(folder_.string() + " reads at most " + std::to_string(context_) +
                  " tokens, a prompt and its reply have " + std::to_string(ids.size()) +
                  "; choose a smaller --max-tokens or shorter prompts");
    return ids;
  }

  std::shared_ptr<const Rule> rule_;
  fs::path folder_;
  std::shared_ptr<const Tokenizer> tokenizer_;
  std::optional<ChatTemplate> chat_;
  std::optional<ScorePasses> passes_;
  int64_t context_ = 0;
  double shift_ = 0;
};

Match matchOf(const std::vector<ModelComparison::Row>& rows, size_t first, size_t second) {
  Match match{first, second, 0, 0, 0, {}};
  for (const ModelComparison::Row& row : rows) {
    const double a = row.replies[first].score, b = row.replies[second].score;
    ++(a > b ? match.wins : a < b ? match.losses : match.ties);
  }
  const double decided = match.wins + match.losses;
  match.share = wilsonInterval(decided > 0 ? match.wins / decided : 0, decided);
  return match;
}

} // namespace

ModelComparison compareModels(const std::shared_ptr<vulkan::Device>& device, const CompareRequest& request,
                              const std::function<bool(const std::string&, double)>& tell) {
  if (request.models.size() < 2) throw Error("a comparison needs two models or more");
  check(request.sampler);
  const auto go = [&](const std::string& doing, double share) {
    if (tell && !tell(doing, share)) throw Error("The comparison was stopped before its end.");
  };
  Judge judge(device, request.judge);
  ModelComparison made;
  for (const PromptExample& prompt : readExamples(request.prompts).allPrompts()) {
    if (request.most && int(made.rows.size()) == request.most) break;
    made.rows.push_back({prompt, std::vector<ModelComparison::Reply>(request.models.size())});
  }
  if (made.rows.empty()) throw Error(request.prompts.string() + " holds no prompt.");
  for (size_t m = 0; m < request.models.size(); ++m) {
    const fs::path folder = resolveModelPath(request.models[m]);
    const auto tokenizer = tokenizerOf(folder);
    const auto model = Model::load(device, folder);
    std::optional<ChatTemplate> chat;
    if (tokenizer->chatTemplate()) chat.emplace(tokenizer);
    BatchGenerator generator(model);
    for (size_t first = 0; first < made.rows.size(); first += atOnce) {
      const double share = (double(m) + double(first) / double(made.rows.size())) / double(request.models.size());
      const std::string doing =
          "Model " + std::to_string(m + 1) + " of " + std::to_string(request.models.size()) + " answers";
      go(doing, share);
      BatchRequest batch;
      for (size_t i = first; i < std::min(first + atOnce, made.rows.size()); ++i)
        batch.prompts.push_back(promptIds(chat, *tokenizer, made.rows[i].prompt.messages));
      batch.sampler = request.sampler;
      batch.maxTokens = request.maxTokens;
      batch.stopIds = endTokens(model->config(), tokenizer);
      batch.seed = request.seed;
      batch.first = first;
      const std::vector<BatchReply> replies = generator.generate(batch, [&] {
        go(doing, share);
        return true;
      });
      for (size_t i = 0; i < replies.size(); ++i)
        made.rows[first + i].replies[m] = {tokenizer->decode(replies[i].ids, true), 0, replies[i].ended};
    }
    judge.score(made.rows, m);
    double sum = 0;
    for (const ModelComparison::Row& row : made.rows) sum += row.replies[m].score;
    made.meanScores.push_back(sum / double(made.rows.size()));
  }
  for (size_t a = 0; a < request.models.size(); ++a)
    for (size_t b = a + 1; b < request.models.size(); ++b) made.matches.push_back(matchOf(made.rows, a, b));
  return made;
}

} // namespace attune
