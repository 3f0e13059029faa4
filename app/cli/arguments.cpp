#include "cli/arguments.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace attune::cli {
namespace {

bool isNegativeNumber(const std::string& word) {
  return word.size() > 1 && word[0] == '-' && (std::isdigit(static_cast<unsigned char>(word[1])) || word[1] == '.');
}

// A word that must be an option, or else is a slip.
bool looksLikeOption(const std::string& word) { return word.size() > 1 && word[0] == '-' && !isNegativeNumber(word); }

const Option* findIn(const std::vector<Option>& options, const std::string& name) {
  const auto found =
      std::find_if(options.begin(), options.end(), [&](const Option& option) { return option.name == name; });
  return found == options.end() ? nullptr : &*found;
}

const Option* findOption(const Command& command, const std::string& name) {
  if (const Option* own = findIn(command.options, name)) return own;
  return findIn(commonOptions(), name);
}

// Whether a word that stands where a value should is one of the command's options instead.
bool isOptionOf(const Command& command, const std::string& word) {
  return word == "--" || word == "-h" ||
         (word.starts_with("--") && findOption(command, word.substr(2, word.find('=') - 2)));
}

} // namespace

const std::vector<Option>& commonOptions() {
  static const std::vector<Option> options = {
      {"json", "", "write exactly one JSON object to standard output", ""},
      {"device", "N|NAME", "the device to compute on, by number or part of its name", "the fastest usable"},
      {"store", "FILE", "the store of prompts, demonstrations and rankings",
       "attune.sqlite in the data folder, which ATTUNE_HOME moves"},
      {"seed", "N", "of everything random", "0"},
      {"help", "", "say what the command does and what it takes", ""},
  };
  return options;
}

Arguments::Arguments(const Command& owner, const std::vector<std::string>& words)
    : command(owner) {
  size_t at = 0;
  for (; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (word == "--") {
      rest.insert(rest.end(), words.begin() + long(at) + 1, words.end());
      break;
    }
    if (word == "-h" || word == "--help") {
      help = true;
      return;
    }
    if (!looksLikeOption(word)) {
      rest.push_back(word);
      continue;
    }
    const size_t equals = word.find('=');
    const std::string name = word.starts_with("--") ? word.substr(2, equals == word.npos ? word.npos : equals - 2) : "";
    const Option* option = name.empty() ? nullptr : findOption(command, name);
    if (!option) wrong("The option " + word.substr(0, equals) + " is unknown");
    std::vector<std::string>& list = values[name];
    if (option->value.empty()) {
      if (equals != word.npos) wrong("The option --" + name + " takes no value");
      continue;
    }
    if (equals != word.npos) {
      list.push_back(word.substr(equals + 1));
      continue;
    }
    const size_t before = list.size();
    while (at + 1 < words.size() && !isOptionOf(command, words[at + 1])) {
      if (list.size() > before && looksLikeOption(words[at + 1])) break;
      list.push_back(words[++at]);
      if (!option->many) break;
    }
    if (list.size() == before) wrong("The option --" + name + " needs a value, " + option->value);
  }
  check();
}

void Arguments::check() const {
  for (const Option& option : command.options)
    if (option.required && !has(option.name)) wrong("The option --" + option.name + " " + option.value + " is missing");
  for (const char* name : {"device", "store", "model", "out", "data"})
    if (has(name))
      for (const std::string& value : all(name))
        if (value.empty()) refuse(name, find(name).value);
  if (int(rest.size()) < command.leastOperands) wrong("Expected " + command.operands + " after " + command.name);
  if (int(rest.size()) > command.mostOperands)
    wrong("\"" + rest[size_t(command.mostOperands)] + "\" is one word too many" +
          (command.mostOperands == 0 ? "" : " after " + command.operands));
  seed();
}

const Option& Arguments::find(const std::string& name) const {
  const Option* option = findOption(command, name);
  if (!option) throw std::logic_error("The command " + command.name + " has no option --" + name);
  return *option;
}

std::string Arguments::text(const std::string& name, const std::string& fallback) const {
  find(name);
  const auto found = values.find(name);
  return found == values.end() || found->second.empty() ? fallback : found->second.back();
}

const std::vector<std::string>& Arguments::all(const std::string& name) const {
  static const std::vector<std::string> none;
  find(name);
  const auto found = values.find(name);
  return found == values.end() ? none : found->second;
}

int64_t Arguments::whole(const std::string& name, int64_t fallback, int64_t least, int64_t most) const {
  if (!has(name)) return fallback;
  const std::string word = text(name);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || value < least || value > most)
    refuse(name, most == INT64_MAX ? "a whole number of " + std::to_string(least) + " or more"
                                   : "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return value;
}

double Arguments::number(const std::string& name, double fallback) const {
  if (!has(name)) return fallback;
  const std::string word = text(name);
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || !std::isfinite(value)) refuse(name, "a number");
  return value;
}

uint64_t Arguments::seed() const { return uint64_t(whole("seed", 0, 0)); }

void Arguments::refuse(const std::string& name, const std::string& expected) const {
  wrong("--" + name + " is \"" + text(name) + "\", but " + expected + " was expected");
}

void Arguments::wrong(const std::string& sentence) const {
  throw WrongUsage(sentence + "; see attune-cli " + command.name + " --help.");
}

std::vector<int32_t> parseIds(const Arguments& arguments, const std::vector<std::string>& words,
                              const std::string& what) {
  std::vector<int32_t> ids;
  for (const std::string& word : words) {
    size_t at = 0;
    while (true) {
      const size_t comma = std::min(word.find(',', at), word.size());
      const char* first = word.data() + at;
      while (first < word.data() + comma && *first == ' ') ++first;
      int32_t id = 0;
      const auto [end, error] = std::from_chars(first, word.data() + comma, id);
      if (error != std::errc() || end != word.data() + comma)
        arguments.wrong(what + " is \"" + word + "\", but token ids such as 1,2,3 were expected");
      ids.push_back(id);
      if (comma == word.size()) break;
      at = comma + 1;
    }
  }
  return ids;
}

std::string helpOf(const Command& command) {
  std::string usage = "Usage: attune-cli " + command.name;
  if (!command.operands.empty()) usage += " " + command.operands;
  for (const Option& option : command.options)
    if (option.required) usage += " --" + option.name + " " + option.value + (option.many ? "..." : "");
  std::string text = usage + " [OPTION...]\n\n" + command.summary + "\n\nOptions:\n";
  std::vector<Option> options = command.options;
  for (const Option& common : commonOptions())
    if (!findIn(command.options, common.name)) options.push_back(common);
  size_t width = 0;
  const auto head = [](const Option& option) {
    return "--" + option.name + (option.value.empty() ? "" : " " + option.value + (option.many ? "..." : ""));
  };
  for (const Option& option : options) width = std::max(width, head(option).size());
  for (const Option& option : options) {
    std::string line = "  " + head(option);
    line.resize(width + 4, ' ');
    text += line + option.help;
    if (option.required)
      text += " (required)";
    else if (!option.fallback.empty())
      text += " (default: " + option.fallback + ")";
    text += "\n";
  }
  if (!command.notes.empty()) text += "\n" + command.notes + "\n";
  return text;
}

} // namespace attune::cli
