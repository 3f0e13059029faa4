// A rule in place of a reward model: a JSON file that says what a reply is worth.
//
//   {"rules": [{"words": ["sun", "moon"], "score": 1},              any of the words is there; "each": true: times how
//   often
//              {"pattern": "^[A-Z]", "score": 0.5},                 the regular expression (ICU's) is found
//              {"least": 5, "most": 40, "unit": "words", "score": 1}, the length; in words, characters or bytes
//              {"unit": "words", "score": -0.01}]}                  without bounds: a score a word
//
// A file with "world" is the starter world's judge instead, which reads the prompt too.
// A reply's worth is the sum of the scores of what holds. Words are compared without case, as whole words.
#pragma once

#include "formats/json.h"
#include "text/message.h"

#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace attune {

class Rule {
public:
  // Throws Error naming the file and what in it is malformed.
  static std::shared_ptr<const Rule> load(const std::filesystem::path& file);
  static std::shared_ptr<const Rule> parse(const Json& json, const std::string& where);
  virtual ~Rule() = default;

  virtual double score(const std::string& reply) const = 0;

  // The same where the prompt is known: of a rule that reads it (the starter world's judge: judge/world_judge.h).
  virtual double score(const std::string& reply, std::span<const Message> /*prompt*/) const { return score(reply); }
  virtual bool readsPrompt() const { return false; }
};

} // namespace attune
