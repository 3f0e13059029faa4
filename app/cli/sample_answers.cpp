#include "cli/interrupt.h"
#include "cli/labeling.h"
#include "cli/loading.h"
#include "cli/output.h"
#include "cli/qt.h"
#include "cli/sampling.h"
#include "data/examples.h"
#include "engine/different_answers.h"
#include "engine/model_text.h"
#include "engine/sampler_settings.h"
#include "error.h"
#include "generate/batch_generator.h"
#include "generate/generator.h"
#include "random.h"
#include "store/store.h"
#include "text/utf8.h"

#include <algorithm>
#include <climits>
#include <nlohmann/json.hpp>
#include <span>

namespace attune::cli {
namespace {

QString wide(const std::string& text) { return QString::fromStdString(text); }

QList<Prompt> promptsFrom(const Arguments& arguments, Store& store) {
  const int limit = int(arguments.whole("limit", INT_MAX, 1, INT_MAX));
  QList<Prompt> prompts;
  if (arguments.has("prompt")) {
    requireUtf8(arguments.text("prompt"), "--prompt");
    Prompt prompt;
    prompt.text = wide(arguments.text("prompt"));
    if (prompt.text.trimmed().isEmpty()) arguments.refuse("prompt", "a text");
    prompts << prompt;
  } else if (arguments.has("prompts")) {
    for (const PromptExample& example : readExamples(arguments.text("prompts")).allPrompts()) {
      if (prompts.size() >= limit) break;
      Prompt prompt;
      for (size_t i = 0; i + 1 < example.messages.size(); ++i)
        prompt.history << StoredMessage{wide(example.messages[i].role), wide(example.messages[i].content)};
      prompt.text = wide(example.messages.back().content);
      prompt.source = wide(std::filesystem::path(arguments.text("prompts")).filename().string());
      prompts << prompt;
    }
    if (prompts.isEmpty()) throw Error(arguments.text("prompts") + " holds no prompt; a prompt a line was expected.");
  } else {
    RecordId set = 0;
    for (const PromptSet& one : store.promptSets())
      if (one.name == wide(arguments.text("set"))) set = one.id;
    if (!set)
      throw Error("There is no prompt set \"" + arguments.text("set") +
                  "\" in the store; attune-cli data list names them.");
    prompts = store.promptsToRank(set, limit == INT_MAX ? -1 : limit);
    if (prompts.isEmpty())
      throw Error("Every prompt of the set \"" + arguments.text("set") + "\" has been ranked; choose another set.");
  }
  return prompts;
}

std::vector<Message> messagesOf(const Prompt& prompt) {
  std::vector<Message> messages;
  for (const StoredMessage& one : prompt.history)
    messages.push_back({one.role.toStdString(), one.content.toStdString()});
  messages.push_back({"user", prompt.text.toStdString()});
  return messages;
}

// The answers in an order that says nothing of how they were made.
QList<Answer> shuffled(const QList<Answer>& answers, uint64_t seed, uint64_t number) {
  QList<Answer> shown;
  for (const uint32_t at : permutation(uint32_t(answers.size()), seed, RandomStream::Shuffle, number))
    shown << answers[at];
  return shown;
}

// How many prompts are answered at once: a wide step costs little more than a narrow one, as long as the cache of keys
// and values stays small beside the model.
int promptsAtOnce(const ModelConfig& config, int64_t context, int answers) {
  constexpr int64_t cache = 256 << 20, most = 16;
  const int64_t prompt = config.nLayer * 2 * config.keyValueWidth() * 4 * context * answers;
  return int(std::clamp<int64_t>(cache / std::max<int64_t>(1, prompt), 1, most));
}

// A prompt, and the answers to it that differ.
struct Asked {
  Prompt prompt;
  std::vector<int32_t> ids;
  StoredSampler sampler; // as it was asked for, with a seed of its own
  DifferentAnswers answers;
};

Answer answerOf(const BatchReply& reply, const ModelText& text, const std::string& model, const StoredSampler& used) {
  StreamDecoder decoder(text.tokenizer);
  std::string words;
  for (size_t i = 0; i + size_t(reply.ended) < reply.ids.size(); ++i) words += decoder.add(reply.ids[i]);
  Answer answer;
  answer.text = wide(words + decoder.finish());
  answer.model = wide(model);
  answer.sampler = used;
  answer.finish = QString::fromLatin1(finishName(reply.ended ? Finish::Stop : Finish::Length));
  return answer;
}

// Fills in the answers, try by try for those that lack some. False: interrupted.
bool answer(std::span<Asked> asked, const ModelText& text, const std::string& model, int answers,
            BatchGenerator& generator, const Interrupt& interrupt) {
  for (int attempt = 0; attempt <= DifferentAnswers::tries; ++attempt) {
    BatchRequest request;
    std::vector<std::pair<Asked*, StoredSampler>> drawn;
    for (Asked& one : asked)
      if (one.answers.missing()) {
        drawn.push_back({&one, DifferentAnswers::settings(one.sampler, attempt)});
        request.prompts.push_back(one.ids);
        request.seeds.push_back(drawn.back().second.seed);
      }
    if (drawn.empty()) return true;
    request.replies = answers;
    request.sampler = engineSampler(drawn.front().second); // they differ in their seeds alone
    request.maxTokens = drawn.front().second.maxTokens;
    request.stopIds = text.stopIds;
    const auto replies = generator.generate(request, [&] { return !interrupt.raised(); });
    if (interrupt.raised()) return false;
    for (size_t i = 0; i < replies.size(); ++i) {
      auto& [one, used] = drawn[i / size_t(answers)];
      one->answers.add(answerOf(replies[i], text, model, used));
    }
  }
  return true;
}

} // namespace

int sampleAnswers(const Arguments& arguments) {
  if (int(arguments.has("prompt")) + int(arguments.has("prompts")) + int(arguments.has("set")) != 1)
    arguments.wrong("One of --prompt TEXT, --prompts FILE and --set NAME was expected");
  const int count = int(arguments.whole("answers", 4, 4, 9));
  StoredSampler sampler = storedSampler(samplerOf(arguments));
  sampler.maxTokens = int(arguments.whole("max-tokens", 256, 1, INT_MAX));
  const std::filesystem::path folder = modelFolder(arguments);
  const ModelTextPtr text = ModelText::read(folder);
  const auto store = openStore(arguments, true);
  std::vector<Asked> asked;
  size_t longest = 0;
  for (const Prompt& prompt : promptsFrom(arguments, *store)) {
    sampler.seed = arguments.seed() + asked.size();
    asked.push_back({prompt, promptTokens(*text, messagesOf(prompt), promptRoom(*text, sampler.maxTokens)).ids, sampler,
                     DifferentAnswers(count)});
    longest = std::max(longest, asked.back().ids.size());
  }

  Interrupt interrupt;
  const std::shared_ptr<Model> model = loadModel(arguments, folder);
  const int64_t context = std::min<int64_t>(model->config().nCtx, int64_t(longest) + sampler.maxTokens);
  BatchGenerator generator(model, context);
  const auto atOnce = size_t(promptsAtOnce(model->config(), context, count));
  Json ids = Json::array();
  int64_t fewer = 0, leftOut = 0;
  {
    Progress progress;
    for (size_t first = 0; first < asked.size() && !interrupt.raised(); first += atOnce) {
      const std::span<Asked> some = std::span(asked).subspan(first, std::min(atOnce, asked.size() - first));
      progress.show(double(first) / double(asked.size()),
                    "Answering prompt " + grouped(int64_t(first + 1)) + " of " + grouped(int64_t(asked.size())));
      if (!answer(some, *text, arguments.text("model"), count, generator, interrupt)) break;
      QList<Comparison> made;
      for (size_t i = 0; i < some.size(); ++i) {
        const DifferentAnswers& answers = some[i].answers;
        if (answers.missing()) ++(answers.answers().size() < 2 ? leftOut : fewer);
        if (answers.answers().size() < 2) continue;
        const Prompt& prompt = some[i].prompt;
        Comparison comparison;
        comparison.promptId = prompt.id;
        comparison.prompt = prompt.text;
        comparison.history = prompt.history;
        comparison.useCase = prompt.useCase;
        comparison.split = prompt.split;
        comparison.source = prompt.source;
        comparison.answers = shuffled(answers.answers(), arguments.seed(), first + i);
        made << comparison;
      }
      for (const RecordId id : store->addComparisons(made)) ids.push_back(id);
    }
  }
  if (arguments.json()) {
    printJson({{"comparisons", ids}, {"fewer_answers", fewer}, {"left_out", leftOut}});
    return 0;
  }
  print("Stored " + grouped(int64_t(ids.size())) + (ids.size() == 1 ? " comparison" : " comparisons") +
        " to be ranked: attune-cli labels rank, or the Label panel.\n");
  if (fewer)
    print(grouped(fewer) + (fewer == 1 ? " has" : " have") + " fewer than " + std::to_string(count) +
          " answers: the others came out the same, however hot they were sampled.\n");
  if (leftOut)
    print(grouped(leftOut) + (leftOut == 1 ? " prompt was" : " prompts were") +
          " left out: all answers came out the same, so there is nothing to rank.\n");
  return 0;
}

} // namespace attune::cli
