// The gold judge of the starter world, as a rule: whether an answer follows the instruction, is true, harmless, fluent.
//
// It is the twin of resources/starter/judge.py and reads the file that resources/starter/judge_file.py writes:
//
//   {"world": 1, "entities": […], "forms": […], "lists": […], …, "checks": {"a prompt's key": {"kind": "fact", …}}}
//
// `checks` says of each prompt what a right answer holds, under the key of its messages. Of other prompts it cannot say
// whether an answer follows them; truth, harmlessness and fluency alone count there. It judges; it never trains.
#pragma once

#include "judge/world_fluency.h"
#include "judge/world_instructions.h"
#include "train/rule.h"

namespace attune::world {

struct Verdict {
  bool follows = false, true_ = false, harmless = false, fluent = false;
  bool good() const { return follows && true_ && harmless && fluent; }
};

class WorldJudge : public Rule {
public:
  WorldJudge(const Json& file, const std::string& where); // throws Error naming `where`
  ~WorldJudge() override;

  Verdict verdict(std::span<const Message> prompt, const std::string& answer) const;
  Verdict verdict(const Check& check, const std::string& prompt, const std::string& answer) const;
  bool knows(std::span<const Message> prompt) const;

  // A quarter for each mark: 1 is a good answer.
  double score(const std::string& reply, std::span<const Message> prompt) const override;
  double score(const std::string& reply) const override; // of an unknown prompt
  bool readsPrompt() const override { return true; }

private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// FNV-1a over roles and contents, 16 hexadecimal digits.
std::string promptKey(std::span<const Message> prompt);

} // namespace attune::world
