#include "mutator.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <span>

namespace attune::fuzz {

namespace {

constexpr const char* strangeTexts[] = {"",
                                        " ",
                                        "\xff\xfe",
                                        "\xe2\x82",
                                        "\xed\xa0\x80",
                                        "\xf4\x90\x80\x80",
                                        "\n",
                                        "\"",
                                        "\\u0000",
                                        "[",
                                        "{\"a\":",
                                        "NaN",
                                        "-0",
                                        "1e999",
                                        "-9223372036854775808",
                                        "18446744073709551616",
                                        "../../etc/passwd",
                                        "/dev/zero",
                                        "%s%n",
                                        "<|endoftext|>",
                                        "{{",
                                        "{% for",
                                        "null",
                                        "\xc4\xa0",
                                        "\xf0\x9f\x98\x80",
                                        "\xef\xbb\xbf",
                                        "gpt2",
                                        "#version: 0.2",
                                        "a b c"};

template <class T> const T& pick(Mutator& mutator, std::span<const T> all) { return all[mutator.below(all.size())]; }

} // namespace

Mutator::Mutator(uint64_t seed, uint64_t index)
    : state(seed * 0x9E3779B97F4A7C15u + index * 0xD1B54A32D192ED03u + 1) {}

uint64_t Mutator::below(uint64_t count) { // SplitMix64
  uint64_t z = state += 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return (z ^ z >> 31) % count;
}

uint64_t Mutator::extreme() {
  constexpr uint64_t edges[] = {0,
                                1,
                                2,
                                7,
                                255,
                                256,
                                65535,
                                65536,
                                100'000'000,
                                (1u << 24) - 1,
                                1u << 24,
                                (1u << 31) - 1,
                                1u << 31,
                                UINT32_MAX,
                                uint64_t(1) << 32,
                                uint64_t(1) << 40,
                                uint64_t(1) << 53,
                                INT64_MAX,
                                uint64_t(1) << 63,
                                UINT64_MAX};
  const uint64_t value = pick(*this, std::span<const uint64_t>(edges));
  return oneIn(3) ? value + below(9) - 4 : value;
}

std::string Mutator::mutate(std::string bytes, Kind kind) {
  for (uint64_t left = 1 + below(4); left > 0; --left) {
    if (kind != Kind::Bytes && oneIn(6))
      bytes = oneIn(2) ? bytesDamage(std::move(bytes)) : textDamage(std::move(bytes));
    else if (kind == Kind::Json)
      bytes = jsonDamage(bytes);
    else if (kind == Kind::JsonLines)
      bytes = linesDamage(bytes);
    else if (kind == Kind::Safetensors)
      bytes = safetensorsDamage(bytes);
    else if (kind == Kind::Text)
      bytes = textDamage(std::move(bytes));
    else
      bytes = bytesDamage(std::move(bytes));
  }
  return bytes;
}

std::string Mutator::bytesDamage(std::string bytes) {
  if (bytes.empty()) return std::string(below(20), char(below(256)));
  const size_t at = below(bytes.size()), length = std::min<size_t>(bytes.size() - at, 1 + below(oneIn(4) ? 4096 : 16));
  switch (below(8)) {
  case 0:
    bytes[at] = char(bytes[at] ^ 1 << below(8));
    break;
  case 1:
    bytes[at] = char(below(256));
    break;
  case 2: // cut short
    bytes.resize(at);
    break;
  case 3:
    bytes.erase(at, length);
    break;
  case 4:
    bytes.insert(at, bytes.substr(below(bytes.size()), length));
    break;
  case 5:
    bytes.insert(at, std::string(1 + below(64), char(below(256))));
    break;
  case 6: { // a number at an extreme
    const uint64_t value = extreme();
    const size_t width = std::min<size_t>(size_t(1) << below(4), bytes.size());
    std::memcpy(&bytes[std::min(oneIn(2) ? at / width * width : at, bytes.size() - width)], &value, width);
    break;
  }
  default: // one near the beginning, where headers are
    bytes[std::min<size_t>(below(40), bytes.size() - 1)] = char(below(256));
  }
  return bytes;
}

std::string Mutator::textDamage(std::string text) {
  const size_t at = text.empty() ? 0 : below(text.size());
  switch (below(5)) {
  case 0:
    text.insert(at, pick(*this, std::span<const char* const>(strangeTexts)));
    break;
  case 1: { // a line twice, or gone
    const size_t begin = text.rfind('\n', at) + 1, end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(std::min(begin, end), end - std::min(begin, end)) + "\n";
    if (oneIn(2) && begin <= end)
      text.erase(begin, end - begin);
    else
      text.insert(std::min(begin, text.size()), line);
    break;
  }
  case 2: // a word elsewhere
    if (!text.empty()) text.insert(at, text.substr(below(text.size()), 1 + below(24)));
    break;
  case 3:
    for (const char c : {'"', ' ', '\n', ',', '{'})
      if (const size_t found = text.find(c, at); found != text.npos && oneIn(2)) {
        text.erase(found, 1);
        break;
      }
    break;
  default:
    return bytesDamage(std::move(text));
  }
  return text;
}

Json Mutator::strange(const Json& was) {
  switch (below(12)) {
  case 0:
    return nullptr;
  case 1:
    return oneIn(2);
  case 2:
    return extreme();
  case 3:
    return -int64_t(extreme() >> 1);
  case 4:
    return oneIn(2) ? 1e300 : 0.5;
  case 5:
    return std::string(pick(*this, std::span<const char* const>(strangeTexts)));
  case 6:
    return Json::array();
  case 7:
    return Json::object();
  case 8:
    return Json::array({was, was});
  case 9:
    return Json{{"a", was}};
  case 10:
    return std::string(1 + below(5000), 'x');
  default: { // nested deep
    Json deep = was;
    for (uint64_t i = 1 + below(300); i > 0; --i) deep = Json::array({std::move(deep)});
    return deep;
  }
  }
}

void Mutator::damage(Json& value, int depth) {
  if ((value.is_object() || value.is_array()) && !value.empty() && !oneIn(uint64_t(depth) + 3)) {
    auto child = value.begin();
    std::advance(child, std::ptrdiff_t(below(value.size())));
    const uint64_t what = below(12);
    if (what == 0) {
      value.erase(child);
    } else if (what == 1 && value.is_object()) { // another name, perhaps one that is there
      Json moved = *child;
      auto other = value.begin();
      std::advance(other, std::ptrdiff_t(below(value.size())));
      const std::string name =
          oneIn(2) ? other.key() : std::string(pick(*this, std::span<const char* const>(strangeTexts)));
      value.erase(child);
      value[name] = std::move(moved);
    } else if (what == 1) {
      value.push_back(Json(*child));
    } else if (what == 2) { // the value of a neighbour
      auto other = value.begin();
      std::advance(other, std::ptrdiff_t(below(value.size())));
      *child = Json(*other);
    } else {
      damage(*child, depth + 1);
    }
    return;
  }
  if (value.is_number_integer() && oneIn(2))
    value = oneIn(2) ? Json(int64_t(value.get<uint64_t>() + below(5) - 2)) : Json(extreme());
  else if (value.is_string() && oneIn(2))
    value = oneIn(2) ? textDamage(value.get<std::string>())
                     : value.get<std::string>() + std::string(pick(*this, std::span<const char* const>(strangeTexts)));
  else
    value = strange(value);
}

std::string Mutator::jsonDamage(const std::string& text) {
  if (oneIn(400)) return std::string(100000, oneIn(2) ? '[' : '{');
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return bytesDamage(text);
  damage(json, 0);
  return json.dump(oneIn(2) ? -1 : 1, ' ', oneIn(4), Json::error_handler_t::ignore);
}

std::string Mutator::linesDamage(const std::string& text) {
  const size_t at = text.empty() ? 0 : below(text.size());
  const size_t begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1, end = std::min(text.find('\n', at), text.size());
  if (begin > end) return textDamage(text);
  return text.substr(0, begin) + jsonDamage(text.substr(begin, end - begin)) + text.substr(end);
}

std::string Mutator::safetensorsDamage(const std::string& bytes) {
  uint64_t length = 0;
  if (bytes.size() < 8 || oneIn(5)) return bytesDamage(bytes);
  std::memcpy(&length, bytes.data(), 8);
  if (length > bytes.size() - 8) return bytesDamage(bytes);
  const std::string header = jsonDamage(bytes.substr(8, length));
  uint64_t size = oneIn(10) ? extreme() : header.size();
  std::string out(8, '\0');
  std::memcpy(out.data(), &size, 8);
  return out + header + bytes.substr(8 + length);
}

} // namespace attune::fuzz
