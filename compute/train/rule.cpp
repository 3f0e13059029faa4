#include "train/rule.h"

#include "error.h"
#include "judge/world_judge.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <unicode/regex.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unordered_set>
#include <vector>

namespace attune {
namespace {

using icu::UnicodeString;

// Runs of letters, digits and apostrophes, in lower case.
std::vector<UnicodeString> wordsOf(const UnicodeString& text) {
  std::vector<UnicodeString> words;
  UnicodeString word;
  const auto end = [&] {
    if (!word.isEmpty()) words.push_back(word.foldCase());
    word.remove();
  };
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (u_isalnum(c) || c == '\'' || c == 0x2019)
      word.append(c);
    else
      end();
  }
  end();
  return words;
}

struct Part {
  virtual ~Part() = default;
  double score = 0;
  virtual double times(const UnicodeString& text, const std::string& bytes) const = 0;
};

struct WordsPart : Part {
  std::vector<std::vector<UnicodeString>> phrases; // each one word or several
  bool each = false;
  double times(const UnicodeString& text, const std::string&) const override {
    const std::vector<UnicodeString> words = wordsOf(text);
    double count = 0;
    for (const auto& phrase : phrases)
      for (size_t i = 0; i + phrase.size() <= words.size(); ++i)
        count += std::equal(phrase.begin(), phrase.end(), words.begin() + long(i));
    return each ? count : count > 0;
  }
};

struct PatternPart : Part {
  std::unique_ptr<icu::RegexPattern> pattern;
  double times(const UnicodeString& text, const std::string&) const override {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::RegexMatcher> matcher(pattern->matcher(text, status));
    if (U_FAILURE(status)) throw Error("a rule's pattern could not be used");
    matcher->setTimeLimit(1000, status); // steps of the engine: a pattern that explodes must not hang a run
    const bool found = matcher->find(0, status);
    if (U_FAILURE(status)) throw Error("a rule's pattern takes too long on a reply; make it simpler");
    return found;
  }
};

struct LengthPart : Part {
  std::string unit;
  double least = -1, most = INFINITY; // least below 0: times the length
  double times(const UnicodeString& text, const std::string& bytes) const override {
    const double length = unit == "words"        ? double(wordsOf(text).size())
                          : unit == "characters" ? double(text.countChar32())
                                                 : double(bytes.size());
    return least < 0 ? length : length >= least && length <= most;
  }
};

class Parts : public Rule {
public:
  using Rule::score;
  std::vector<std::unique_ptr<Part>> parts;
  double score(const std::string& reply) const override {
    const UnicodeString text = UnicodeString::fromUTF8(reply);
    double sum = 0;
    for (const auto& part : parts) sum += part->score * part->times(text, reply);
    return sum;
  }
};

std::unique_ptr<Part> wordsPart(const JsonFields& fields) {
  auto part = std::make_unique<WordsPart>();
  for (const std::string& phrase : fields.texts("words")) {
    part->phrases.push_back(wordsOf(UnicodeString::fromUTF8(phrase)));
    if (part->phrases.back().empty()) fields.fail("words", "holds \"" + phrase + "\", which has no letter.");
  }
  if (part->phrases.empty()) fields.fail("words", "must hold at least one word.");
  part->each = fields.boolean("each", false);
  return part;
}

std::unique_ptr<Part> patternPart(const JsonFields& fields) {
  auto part = std::make_unique<PatternPart>();
  UErrorCode status = U_ZERO_ERROR;
  UParseError place;
  part->pattern.reset(icu::RegexPattern::compile(UnicodeString::fromUTF8(fields.text("pattern")), place, status));
  if (U_FAILURE(status))
    fields.fail("pattern", "is no regular expression (" + std::string(u_errorName(status)) + " at character " +
                               std::to_string(place.offset) + ").");
  return part;
}

std::unique_ptr<Part> lengthPart(const JsonFields& fields) {
  auto part = std::make_unique<LengthPart>();
  part->unit = fields.text("unit", "words");
  if (part->unit != "words" && part->unit != "characters" && part->unit != "bytes")
    fields.fail("unit", "is \"" + part->unit + "\"; it must be words, characters or bytes.");
  if (fields.has("least") || fields.has("most")) {
    part->least = fields.number("least", 0);
    if (fields.has("most")) part->most = fields.number("most");
    if (part->least < 0 || part->most < part->least)
      fields.fail("most", "must be at least \"least\", and both 0 or more.");
  }
  return part;
}

} // namespace

std::shared_ptr<const Rule> Rule::parse(const Json& json, const std::string& where) {
  const JsonFields file(json, where);
  if (file.has("world")) return std::make_shared<world::WorldJudge>(json, where);
  auto rule = std::make_shared<Parts>();
  for (const Json& one : file.array("rules")) {
    const JsonFields fields(one, where + ": rules");
    std::unique_ptr<Part> part;
    if (fields.has("words"))
      part = wordsPart(fields);
    else if (fields.has("pattern"))
      part = patternPart(fields);
    else if (fields.has("unit") || fields.has("least") || fields.has("most"))
      part = lengthPart(fields);
    else
      throw Error(where + ": a rule has none of words, pattern, least, most and unit; say what it looks at.");
    part->score = fields.number("score", 1);
    rule->parts.push_back(std::move(part));
  }
  if (rule->parts.empty()) file.fail("rules", "must hold at least one rule.");
  return rule;
}

std::shared_ptr<const Rule> Rule::load(const std::filesystem::path& file) {
  return parse(readJson(file), file.string());
}

} // namespace attune
