// What a person is told when something cannot be done: one sentence that names the thing, what was expected, what to do.
#pragma once

#include <stdexcept>
#include <string>

namespace attune {

class Error : public std::runtime_error {
public:
  explicit Error(const std::string& sentence) : std::runtime_error(sentence) {}
};

} // namespace attune
