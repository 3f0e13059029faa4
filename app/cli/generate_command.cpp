#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/loading.h"
#include "cli/output.h"
#include "cli/sampling.h"
#include "error.h"
#include "formats/model_folder.h"
#include "generate/batch_generator.h"
#include "generate/generator.h"
#include "train/reward_source.h"

#include <climits>
#include <cmath>
#include <nlohmann/json.hpp>

namespace attune::cli {
namespace {

std::string idsText(const std::vector<int32_t>& ids) {
  std::string text;
  for (const int32_t id : ids) text += (text.empty() ? "" : " ") + std::to_string(id);
  return text;
}

// The text that `ids` add to a prompt.
std::string addedText(const std::shared_ptr<const Tokenizer>& tokenizer, bool startOfText,
                      const std::vector<int32_t>& ids) {
  StreamDecoder decoder(tokenizer, true, startOfText);
  std::string text;
  for (const int32_t id : ids) text += decoder.add(id);
  return text + decoder.finish();
}

Json replyJson(const Reply& reply, const std::shared_ptr<const Tokenizer>& tokenizer, bool startOfText) {
  Json json{{"ids", reply.ids}, {"text", Json()}, {"finish", finishName(reply.finish)}};
  if (tokenizer) json["text"] = addedText(tokenizer, startOfText, reply.ids);
  return json;
}

// Streams the only reply to standard output as it comes.
void stream(Generator& generator, const GenerateRequest& request, const std::shared_ptr<const Tokenizer>& tokenizer,
            bool startOfText) {
  Interrupt interrupt;
  StreamDecoder decoder(tokenizer, true, startOfText);
  std::string last;
  const auto say = [&](const std::string& text) {
    if (!text.empty()) print(last = text);
  };
  const auto replies = generator.generate(request, [&](const GeneratedToken& token) {
    say(decoder.add(token.view.id));
    return !interrupt.raised();
  });
  say(decoder.finish());
  if (outputIsTerminal() && !last.ends_with('\n')) print("\n");
  if (replies[0].finish == Finish::Cancelled) throw Error("The reply was stopped before its end.");
}

// Writes many replies and shows the one that the judge likes best.
int bestOf(const Arguments& arguments, const GenerateRequest& request, const std::filesystem::path& folder,
           const std::shared_ptr<const Tokenizer>& tokenizer, bool startOfText) {
  const size_t count = size_t(arguments.whole("best-of", 1, 1, 1024));
  if (!tokenizer) throw Error(folder.string() + " has no tokenizer (tokenizer.json), which judging replies needs");
  const ModelConfig config = readConfig(folder / "config.json");
  const int64_t context = std::min<int64_t>(config.nCtx, int64_t(request.prompt.size()) + request.maxTokens);
  RewardSource judge(arguments.text("reward-model"), tokenizer, context);
  const auto model = loadModel(arguments, folder);
  judge.open(model->sharedDevice());
  BatchRequest batch{std::vector<std::vector<int32_t>>(count, request.prompt),
                     request.sampler,
                     request.maxTokens,
                     request.stopIds,
                     request.seed,
                     0};
  Interrupt interrupt;
  const std::vector<BatchReply> replies = BatchGenerator(model).generate(batch, [&] { return !interrupt.raised(); });
  if (interrupt.raised()) throw Error("The generation was stopped before its end.");
  std::vector<Episode> episodes(count);
  for (size_t i = 0; i < count; ++i) {
    episodes[i].prompt = request.prompt;
    episodes[i].reply = replies[i].ids;
  }
  judge.score(episodes, 16);
  size_t best = 0;
  Json candidates = Json::array();
  for (size_t i = 0; i < count; ++i) {
    if (episodes[i].score > episodes[best].score) best = i;
    Reply reply{replies[i].ids, replies[i].ended ? Finish::Stop : Finish::Length};
    if (replies[i].ended) reply.ids.pop_back(); // the end is no part of what was said
    candidates.push_back(replyJson(reply, tokenizer, startOfText));
    candidates.back()["score"] = episodes[i].score;
  }
  if (arguments.json()) {
    Json result = candidates[best];
    const double n = double(count);
    result["best_of"] = count;
    result["kl_bound"] = std::log(n) - (n - 1) / n;
    result["candidates"] = std::move(candidates);
    printJson(result);
  } else {
    for (size_t i = 0; i < count; ++i)
      tell((i == best ? "* " : "  ") + rounded(episodes[i].score, 4) + "  " + candidates[i]["text"].get<std::string>());
    print(candidates[best]["text"].get<std::string>() + "\n");
  }
  return 0;
}

int generate(const Arguments& arguments) {
  checkTextOrIds(arguments, "prompt");
  if (arguments.has("best-of") != arguments.has("reward-model"))
    arguments.wrong("--best-of N and --reward-model DIR|RULE belong together");
  if (arguments.has("best-of") && arguments.has("replies")) arguments.wrong("--best-of takes the place of --replies");
  GenerateRequest request;
  request.sampler = samplerOf(arguments);
  request.maxTokens = int(arguments.whole("max-tokens", 256, 1, INT_MAX));
  request.replies = int(arguments.whole("replies", 1, 1, 64));
  request.seed = arguments.seed();

  const std::filesystem::path folder = modelFolder(arguments);
  const ModelConfig config = readConfig(folder / "config.json");
  const auto tokenizer = tokenizerIn(folder);
  request.prompt = idsOf(arguments, "prompt", tokenizer, folder);
  checkIds(request.prompt, config);
  if (!arguments.has("ignore-eos")) request.stopIds = stopIdsOf(folder, config, tokenizer);
  const bool startOfText = tokenizer && request.prompt.size() == 1 && tokenizer->bos() == request.prompt[0];

  if (arguments.has("best-of")) return bestOf(arguments, request, folder, tokenizer, startOfText);
  Generator generator(loadModel(arguments, folder));
  if (tokenizer && request.replies == 1 && !arguments.json()) {
    stream(generator, request, tokenizer, startOfText);
    return 0;
  }
  Interrupt interrupt;
  const auto replies = generator.generate(request, [&](const GeneratedToken&) { return !interrupt.raised(); });
  if (interrupt.raised()) throw Error("The generation was stopped before its end.");
  if (arguments.json()) {
    Json result = replyJson(replies[0], tokenizer, startOfText);
    if (replies.size() > 1) {
      result["replies"] = Json::array();
      for (const Reply& reply : replies) result["replies"].push_back(replyJson(reply, tokenizer, startOfText));
    }
    printJson(result);
    return 0;
  }
  for (size_t i = 0; i < replies.size(); ++i) {
    if (replies.size() > 1) print((i ? "\n" : "") + std::string("--- ") + std::to_string(i + 1) + "\n");
    print((tokenizer ? addedText(tokenizer, startOfText, replies[i].ids) : idsText(replies[i].ids)) + "\n");
  }
  return 0;
}

} // namespace

std::vector<Command> generateCommands() {
  std::vector<Option> options = {modelOption(),
                                 {"prompt", "TEXT", "the text to continue; empty: from the start token"},
                                 {"ids", "1,2,3", "the token ids to continue, in place of --prompt", "", true}};
  for (Option& option : samplingOptions(256)) options.push_back(std::move(option));
  options.push_back({"ignore-eos", "", "go on where the model would end"});
  options.push_back({"best-of", "N", "write N replies and give the one that --reward-model likes best"});
  options.push_back({"reward-model", "DIR|RULE", "a reward model with the same tokenizer, or a rule's JSON file"});
  options.push_back({"replies", "N", "how many replies to the same prompt", "1"});
  return {{"generate",
           "Continues a text. --json gives the new ids, the text and whether it ended by \"eos\" or \"length\".", "", 0,
           0, options, generate}};
}

} // namespace attune::cli
