#include "cli/commands.h"

#include "cli/output.h"
#include "sentence.h"

#include <algorithm>
#include <cstdio>

namespace attune::cli {
namespace {

constexpr const char* version = ATTUNE_VERSION;

int fail(int code, std::string sentence) {
  if (!sentence.empty() && sentence.find_last_of(".!?") != sentence.size() - 1) sentence += '.';
  std::fflush(stdout);
  std::fprintf(stderr, "attune-cli: %s\n", sentence.c_str());
  return code;
}

std::string overview(const std::string& group) {
  std::string text = "Usage: attune-cli COMMAND [OPTION...]\n\n";
  if (group.empty()) text += "Train a chat model, rank its answers, look inside it.\n\n";
  text += "Commands:\n";
  for (const Command& command : commands()) {
    if (!group.empty() && !command.name.starts_with(group + " ")) continue;
    std::string line = "  " + command.name;
    line.resize(std::max<size_t>(line.size() + 2, 22), ' ');
    text +=
        line +
        command.summary.substr(0, command.summary.find(". ") == std::string::npos ? std::string::npos
                                                                                  : command.summary.find(". ") + 1) +
        "\n";
  }
  return text + "\nattune-cli COMMAND --help says what a command takes.\n";
}

bool isGroup(const std::string& word) {
  return std::any_of(commands().begin(), commands().end(),
                     [&](const Command& command) { return command.name.starts_with(word + " "); });
}

// How many of the words name `command`; 0: they name another.
size_t namedBy(const Command& command, const std::vector<std::string>& words) {
  const size_t space = command.name.find(' ');
  if (space == std::string::npos) return words[0] == command.name ? 1 : 0;
  return words.size() > 1 && words[0] == command.name.substr(0, space) && words[1] == command.name.substr(space + 1)
             ? 2
             : 0;
}

int run(const Command& command, const std::vector<std::string>& words) {
  const Arguments arguments(command, words);
  if (arguments.helpWanted()) {
    print(helpOf(command));
    return 0;
  }
  return command.run(arguments);
}

int dispatch(const std::vector<std::string>& words) {
  if (words.empty()) throw WrongUsage("No command was given; see attune-cli --help.");
  const bool help = words[0] == "--help" || words[0] == "-h" || words[0] == "help";
  if (help && words.size() == 1) {
    print(overview({}));
    return 0;
  }
  if (words[0] == "--version") {
    print(std::string("attune ") + version + "\n");
    return 0;
  }
  for (const Command& command : commands())
    if (const size_t count = namedBy(command, words)) return run(command, {words.begin() + long(count), words.end()});
  if (isGroup(words[0])) {
    if (words.size() > 1 && (words[1] == "--help" || words[1] == "-h")) {
      print(overview(words[0]));
      return 0;
    }
    throw WrongUsage(words.size() == 1
                         ? "The command " + words[0] + " needs another word; see attune-cli " + words[0] + " --help."
                         : "The command \"" + words[0] + " " + words[1] + "\" is unknown; see attune-cli " + words[0] +
                               " --help.");
  }
  throw WrongUsage("The command \"" + words[0] + "\" is unknown; see attune-cli --help.");
}

} // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> all = [] {
    std::vector<Command> list;
    for (const auto& group : {deviceCommands, tokenizerCommands, modelInitCommands, modelCommands, trainCommands,
                              preferenceCommands, evaluateCommands, compareCommands, proxyGoldCommands, generateCommands, inspectCommands,
                              chatCommands, labelsCommands, dataCommands, attentionCommands, benchCommands})
      for (Command& command : group()) list.push_back(std::move(command));
    return list;
  }();
  return all;
}

int runCommandLine(const std::vector<std::string>& words) {
  try {
    const int code = dispatch(words);
    finishOutput();
    return code;
  } catch (const WrongUsage& usage) {
    return fail(2, usage.what());
  } catch (const std::exception& problem) {
    return fail(1, sentenceOf(problem));
  }
}

} // namespace attune::cli
