#include "train/compare.h"

#include "error.h"
#include "formats/model_folder.h"
#include "generate/batch_generator.h"
#include "text/chat_template.h"
#include "train/end_tokens.h"
#include "train/judge.h"

#include <algorithm>
#include <optional>

namespace attune {
namespace {

namespace fs = std::filesystem;

constexpr size_t atOnce = 16; // replies written together

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
  std::optional<Judge> judge;
  if (!request.judge.empty()) judge.emplace(device, request.judge);
  ModelComparison made;
  made.judged = judge.has_value();
  for (const PromptExample& prompt :
       request.asked.empty() ? readExamples(request.prompts).allPrompts() : request.asked) {
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
    if (!judge) continue;
    std::vector<Judge::Reading> readings;
    for (const ModelComparison::Row& row : made.rows) readings.push_back({row.prompt.messages, row.replies[m].text});
    const std::string judging = "Judging the replies of model " + std::to_string(m + 1);
    const std::vector<double> scores = judge->scores(readings, [&] {
      go(judging, double(m + 1) / double(request.models.size()));
      return true;
    });
    double sum = 0;
    for (size_t i = 0; i < scores.size(); ++i) sum += made.rows[i].replies[m].score = scores[i];
    made.meanScores.push_back(sum / double(made.rows.size()));
  }
  if (!judge) return made;
  for (size_t a = 0; a < request.models.size(); ++a)
    for (size_t b = a + 1; b < request.models.size(); ++b) made.matches.push_back(matchOf(made.rows, a, b));
  return made;
}

} // namespace attune
