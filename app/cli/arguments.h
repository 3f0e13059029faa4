// The words of a command line, checked against what a command takes.
//
// A command says once which options and operands it has; parsing, `--help` and the sentences about wrong usage all come
// from that. Written `--name VALUE` or `--name=VALUE`; after `--` everything is an operand. An option that takes
// several values takes the words up to the next option.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace attune::cli {

// Exit code 2: an unknown command or option, a missing or malformed value. One sentence.
class WrongUsage : public std::runtime_error {
public:
  explicit WrongUsage(const std::string& sentence)
      : std::runtime_error(sentence) {}
};

struct Option {
  std::string name;     // without the dashes
  std::string value;    // what stands for its value in the help; empty: a flag
  std::string help;     // one phrase
  std::string fallback; // the default in words, for the help; empty: none
  bool many = false;    // takes one or more values, and may be repeated
  bool required = false;
};

class Arguments;

struct Command {
  std::string name; // "model init"
  std::string summary;
  std::string operands; // "FILE..." as the usage line shows them
  int leastOperands = 0, mostOperands = 0;
  std::vector<Option> options;
  std::function<int(const Arguments&)> run; // the exit code
  std::string notes;                        // further paragraphs of the help
};

// What every command takes.
const std::vector<Option>& commonOptions();

class Arguments {
public:
  // Throws WrongUsage. `--help` stops the parsing; see helpWanted().
  Arguments(const Command& command, const std::vector<std::string>& words);

  bool helpWanted() const { return help; }
  const std::vector<std::string>& operands() const { return rest; }

  bool has(const std::string& name) const { return values.contains(name); }
  // The option's value (the last one given), or `fallback`.
  std::string text(const std::string& name, const std::string& fallback = {}) const;
  const std::vector<std::string>& all(const std::string& name) const;

  // Throw WrongUsage naming the option when the value is no number or out of range.
  int64_t whole(const std::string& name, int64_t fallback, int64_t least, int64_t most = INT64_MAX) const;
  double number(const std::string& name, double fallback) const; // finite
  uint64_t seed() const;
  bool json() const { return has("json"); }

  // WrongUsage: "--NAME is VALUE; EXPECTED was expected; see attune-cli COMMAND --help."
  [[noreturn]] void refuse(const std::string& name, const std::string& expected) const;
  [[noreturn]] void wrong(const std::string& sentence) const; // the same with a sentence of the caller's own

private:
  const Option& find(const std::string& name) const;
  void check() const;

  const Command& command;
  std::map<std::string, std::vector<std::string>> values;
  std::vector<std::string> rest;
  bool help = false;
};

// "1,2,3" or words of one id each. Throws WrongUsage through `arguments`; `what` names the option or operand.
std::vector<int32_t> parseIds(const Arguments& arguments, const std::vector<std::string>& words,
                              const std::string& what);

std::string helpOf(const Command& command);

} // namespace attune::cli
