// One turn of a conversation.
#pragma once

#include <string>

namespace attune {

struct Message {
  std::string role; // "system", "user" or "assistant"
  std::string content;
  bool operator==(const Message&) const = default;
};

} // namespace attune
