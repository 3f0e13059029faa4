// The names that labelers choose from: InstructGPT's use cases (with the share each had of its prompts), flags and the
// words of the 1 to 7 scale. Ids are what the store and the files keep; words are what the window shows.
#pragma once

#include <QString>
#include <span>

namespace attune::labels {

struct UseCase {
  const char* id;
  const char* words;
  double published; // share of the prompts in InstructGPT's table 1
};

struct Flag {
  const char* id;
  const char* words;    // short, as a tag
  const char* question; // what the labeler is asked
  char key;             // single key in Label
};

std::span<const UseCase> useCases();
std::span<const Flag> flags();
std::span<const char* const> splits(); // train, validation, held out
QString useCaseWords(const QString& id);
QString flagWords(const QString& id);
QString ratingWords(int rating); // 1 unusable ... 7 excellent; empty for 0

} // namespace attune::labels
