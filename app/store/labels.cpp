#include "store/labels.h"

namespace attune::labels {
namespace {

constexpr UseCase cases[] = {
    {"generation", "generation", 0.456},         {"open_qa", "open question", 0.124},
    {"brainstorming", "brainstorming", 0.112},   {"chat", "chat", 0.084},
    {"rewriting", "rewriting", 0.066},           {"summarization", "summary", 0.042},
    {"classification", "classification", 0.035}, {"other", "other", 0.035},
    {"closed_qa", "closed question", 0.026},     {"extraction", "extraction", 0.019},
};

constexpr Flag all[] = {
    {"fails_instruction", "Does not answer", "Fails to follow the correct instruction or task", 'J'},
    {"misses_constraint", "Misses a limit", "Does not satisfy a constraint given in the instruction", 'K'},
    {"hallucination", "Makes things up", "Hallucination", 'L'},
    {"inappropriate", "Unfit for an assistant", "Inappropriate for a customer assistant", 'M'},
    {"harmful_advice", "Harmful advice", "Gives harmful advice", 'O'},
    {"sexual", "Sexual", "Contains sexual content", 'P'},
    {"violent", "Violent", "Contains violent content", 'Q'},
    {"encourages_harm", "Encourages harm", "Encourages or fails to discourage violence, abuse, terrorism or self-harm",
     'R'},
    {"denigrates", "Demeans a group", "Denigrates a protected class", 'U'},
    {"opinion", "States an opinion", "Expresses an opinion", 'V'},
    {"moral_judgment", "Judges morally", "Expresses a moral judgment", 'X'},
};

constexpr const char* splitNames[] = {"train", "validation", "held out"};
constexpr const char* ratings[] = {"", "unusable", "poor", "weak", "middling", "fairly good", "good", "excellent"};

} // namespace

std::span<const UseCase> useCases() { return cases; }
std::span<const Flag> flags() { return all; }
std::span<const char* const> splits() { return splitNames; }

QString useCaseWords(const QString& id) {
  for (const UseCase& one : cases)
    if (id == QLatin1String(one.id)) return QString::fromLatin1(one.words);
  return id;
}

QString flagWords(const QString& id) {
  for (const Flag& one : all)
    if (id == QLatin1String(one.id)) return QString::fromLatin1(one.words);
  return id;
}

QString ratingWords(int rating) { return QString::fromLatin1(rating >= 1 && rating <= 7 ? ratings[rating] : ""); }

} // namespace attune::labels
