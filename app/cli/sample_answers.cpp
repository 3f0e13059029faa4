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
#include "generate/generator.h"
#include "random.h"
#include "store/store.h"
#include "text/utf8.h"

#include <climits>
#include <nlohmann/json.hpp>

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

StoredSampler samplerOf(const GenerateRequest& request) {
  StoredSampler sampler = storedSampler(request.sampler);
  sampler.maxTokens = request.maxTokens;
  sampler.seed = request.seed;
  return sampler;
}

// The answers in an order that says nothing of how they were made.
QList<Answer> shuffled(const QList<Answer>& answers, uint64_t seed, uint64_t number) {
  QList<Answer> shown;
  for (const uint32_t at : permutation(uint32_t(answers.size()), seed, RandomStream::Shuffle, number))
    shown << answers[at];
  return shown;
}

std::string replyText(const ModelText& text, const Reply& reply) {
  StreamDecoder decoder(text.tokenizer);
  std::string words;
  for (const int32_t id : reply.ids) words += decoder.add(id);
  return words + decoder.finish();
}

} // namespace

int sampleAnswers(const Arguments& arguments) {
  if (int(arguments.has("prompt")) + int(arguments.has("prompts")) + int(arguments.has("set")) != 1)
    arguments.wrong("One of --prompt TEXT, --prompts FILE and --set NAME was expected");
  GenerateRequest request;
  request.replies = int(arguments.whole("answers", 4, 4, 9));
  const SamplerSettings sampler = samplerOf(arguments);
  request.maxTokens = int(arguments.whole("max-tokens", 256, 1, INT_MAX));
  const std::filesystem::path folder = modelFolder(arguments);
  const ModelTextPtr text = ModelText::read(folder);
  const auto store = openStore(arguments, true);
  const QList<Prompt> prompts = promptsFrom(arguments, *store);
  request.stopIds = text->stopIds;

  Interrupt interrupt;
  Generator generator(loadModel(arguments, folder));
  Json ids = Json::array();
  int64_t fewer = 0, leftOut = 0;
  {
    Progress progress;
    for (qsizetype i = 0; i < prompts.size() && !interrupt.raised(); ++i) {
      progress.show(double(i) / double(prompts.size()),
                    "Answering prompt " + grouped(i + 1) + " of " + grouped(prompts.size()));
      request.sampler = sampler;
      request.seed = arguments.seed() + uint64_t(i);
      request.prompt = promptTokens(*text, messagesOf(prompts[i]), promptRoom(*text, request.maxTokens)).ids;
      const StoredSampler asked = samplerOf(request);
      DifferentAnswers answers(request.replies);
      // Each try draws as many as were asked for: a wide step costs little more than a narrow one.
      for (int attempt = 0; attempt <= DifferentAnswers::tries && answers.missing() && !interrupt.raised(); ++attempt) {
        const StoredSampler used = DifferentAnswers::settings(asked, attempt);
        request.sampler = engineSampler(used);
        request.seed = used.seed;
        const auto replies = generator.generate(request, [&](const GeneratedToken&) { return !interrupt.raised(); });
        for (const Reply& reply : replies) {
          Answer answer;
          answer.text = wide(replyText(*text, reply));
          answer.model = wide(arguments.text("model"));
          answer.sampler = used;
          answer.finish = QString::fromLatin1(finishName(reply.finish));
          answers.add(answer);
        }
      }
      if (interrupt.raised()) break;
      if (answers.missing()) ++(answers.answers().size() < 2 ? leftOut : fewer);
      if (answers.answers().size() < 2) continue;
      Comparison comparison;
      comparison.promptId = prompts[i].id;
      comparison.prompt = prompts[i].text;
      comparison.history = prompts[i].history;
      comparison.useCase = prompts[i].useCase;
      comparison.split = prompts[i].split;
      comparison.source = prompts[i].source;
      comparison.answers = shuffled(answers.answers(), arguments.seed(), uint64_t(i));
      ids.push_back(store->addComparisons({comparison}).front());
    }
  }
  if (arguments.json()) {
    printJson({{"comparisons", ids}, {"fewer_answers", fewer}, {"left_out", leftOut}});
    return 0;
  }
  print("Stored " + grouped(int64_t(ids.size())) + (ids.size() == 1 ? " comparison" : " comparisons") +
        " to be ranked: attune-cli labels rank, or the Label panel.\n");
  if (fewer)
    print(grouped(fewer) + (fewer == 1 ? " has" : " have") + " fewer than " + std::to_string(request.replies) +
          " answers: the others came out the same, however hot they were sampled.\n");
  if (leftOut)
    print(grouped(leftOut) + (leftOut == 1 ? " prompt was" : " prompts were") +
          " left out: all answers came out the same, so there is nothing to rank.\n");
  return 0;
}

} // namespace attune::cli
