// Broken files made from good ones, the same ones for the same seed.
//
// Three kinds of damage: of bytes (flipped, cut, doubled, extreme numbers), of JSON (values of wrong kinds, missing or
// doubled keys, huge numbers, deep nesting, broken text), and of safetensors (its header as JSON, with a length that
// fits again or does not). JSON Lines are damaged a line at a time.
#pragma once

#include "formats/json.h"

#include <cstdint>
#include <string>
#include <vector>

namespace attune::fuzz {

enum class Kind { Bytes, Text, Json, JsonLines, Safetensors };

class Mutator {
public:
  Mutator(uint64_t seed, uint64_t index);

  uint64_t below(uint64_t count); // 0 … count − 1
  bool oneIn(uint64_t count) { return below(count) == 0; }

  // One to four damages.
  std::string mutate(std::string bytes, Kind kind);

private:
  std::string bytesDamage(std::string bytes);
  std::string textDamage(std::string text);
  std::string jsonDamage(const std::string& text);
  std::string linesDamage(const std::string& text);
  std::string safetensorsDamage(const std::string& bytes);
  void damage(Json& value, int depth);
  Json strange(const Json& was);
  uint64_t extreme();

  uint64_t state;
};

} // namespace attune::fuzz
