#include "engine/reply_job.h"

#include "error.h"
#include <chrono>

namespace attune {
namespace {

double secondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

PromptTokens promptOf(const ModelText& text, const ReplyRequest& request) {
  PromptTokens prompt;
  if (!request.ids.empty())
    prompt.ids = request.ids;
  else
    prompt = promptTokens(text, request.messages, promptRoom(text, request.maxTokens));
  prompt.ids.insert(prompt.ids.end(), request.prefix.begin(), request.prefix.end());
  return prompt;
}

// A reply's text as it grows.
struct Words {
  Words(const ModelText& text, const std::vector<int32_t>& prefix)
      : decoder(text.tokenizer) {
    for (const int32_t id : prefix) all += decoder.add(id);
  }
  std::string add(int32_t id) {
    std::string piece = decoder.add(id);
    all += piece;
    return piece;
  }
  StreamDecoder decoder;
  std::string all;
};

} // namespace

void ReplyStream::put(ReplyPiece piece) {
  const std::lock_guard lock(mutex);
  waiting.push_back(std::move(piece));
}

std::vector<ReplyPiece> ReplyStream::take() {
  const std::lock_guard lock(mutex);
  return std::exchange(waiting, {});
}

ReplyEnd runReply(LoadedModel& model, const ReplyRequest& request, const Interrupt& interrupt, ReplyStream& stream,
                  const std::function<void(const ReplyStart&)>& started) {
  const auto asked = std::chrono::steady_clock::now();
  ReplyEnd end;
  end.replies.resize(size_t(std::max(1, request.replies)));
  if (interrupt.wanted()) {
    for (auto& one : end.replies) one.finish = Finish::Cancelled;
    return end;
  }
  const ModelText& text = *model.text;
  PromptTokens prompt = promptOf(text, request);
  started({prompt.ids, text.context, prompt.dropped, text.continuesText()});

  GenerateRequest generate;
  generate.prompt = std::move(prompt.ids);
  generate.sampler = request.sampler;
  generate.maxTokens = std::max(0, request.maxTokens - int(request.prefix.size()));
  generate.seed = request.seed;
  generate.stopIds = text.stopIds;
  generate.replies = request.replies;
  generate.views = request.views;

  std::vector<Words> words(end.replies.size(), Words(text, request.prefix));
  std::chrono::steady_clock::time_point first;
  int count = 0;
  Generator& generator = request.replies > 1 ? model.several : model.one;
  const std::vector<Reply> replies = generator.generate(generate, [&](const GeneratedToken& token) {
    if (++count == 1) {
      first = std::chrono::steady_clock::now();
      end.firstSeconds = secondsSince(asked);
    }
    const std::string piece = words[size_t(token.reply)].add(token.view.id);
    stream.put({token.reply, token.view, QString::fromStdString(piece)});
    return !interrupt.wanted();
  });
  if (count > 1) end.tokensPerSecond = (count - 1) / std::max(1e-9, secondsSince(first));
  for (size_t i = 0; i < replies.size(); ++i) {
    words[i].all += words[i].decoder.finish();
    end.replies[i].text = QString::fromStdString(words[i].all);
    end.replies[i].ids = request.prefix;
    end.replies[i].ids.insert(end.replies[i].ids.end(), replies[i].ids.begin(), replies[i].ids.end());
    end.replies[i].finish = replies[i].finish;
  }
  return end;
}

void warmUp(LoadedModel& model, const Interrupt& interrupt) {
  // A short question and a longer one, each with a word of an answer.
  for (const size_t length : {size_t(16), size_t(40)}) {
    GenerateRequest generate;
    generate.prompt.assign(std::min(length, size_t(std::max(1, model.text->context - 3))), 0);
    generate.prompt.front() = int32_t(length) % int32_t(model.model->config().vocabSize); // shares nothing with others
    generate.maxTokens = 2;
    generate.sampler.greedy = true;
    if (!interrupt.wanted()) model.one.generate(generate, [&](const GeneratedToken&) { return !interrupt.wanted(); });
  }
}

} // namespace attune
