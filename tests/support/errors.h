// What an action complains about, for checks of its sentence.
#pragma once

#include "error.h"

#include <functional>
#include <string>

namespace attune::test {

inline std::string errorOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace attune::test
