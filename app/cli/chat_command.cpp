#include "cli/chat.h"
#include "cli/commands.h"
#include "cli/sampling.h"

#include <climits>

namespace attune::cli {
namespace {

int chat(const Arguments& arguments) {
  GenerateRequest request;
  request.sampler = samplerOf(arguments);
  request.maxTokens = int(arguments.whole("max-tokens", 256, 1, INT_MAX));
  request.seed = arguments.seed();
  return runChat(arguments, request);
}

} // namespace

std::vector<Command> chatCommands() {
  std::vector<Option> options = {
      {"model", "DIR", "a model folder, a checkpoint, or a run", "the starter model that comes with Attune"},
      {"system", "TEXT", "a system prompt: how the model should behave", "none"}};
  for (Option& option : samplingOptions(256)) options.push_back(std::move(option));
  return {{"chat", "Talks with a model on the terminal; a base model continues the text.", "", 0, 0, options, chat,
           "In the chat: /reset begins anew, /system TEXT sets the system prompt, /save keeps the conversation in the\n"
           "store (/save FILE.md or FILE.json writes it), /help lists these. Ctrl+C stops a reply, Ctrl+D ends."}};
}

} // namespace attune::cli
