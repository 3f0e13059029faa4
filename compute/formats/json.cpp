#include "formats/json.h"
#include "error.h"
#include "formats/file.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace attune {

namespace {

// "line 3, column 7" of the byte at `offset`, both counted from 1.
std::string placeOf(std::string_view text, size_t offset, size_t line) {
  offset = std::min(offset, text.size());
  size_t start = 0;
  for (size_t i = 0; i < offset; ++i)
    if (text[i] == '\n') ++line, start = i + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(offset - start + 1);
}

// Brackets are counted before parsing, outside of strings, so that no deep value is ever built (or destroyed).
void checkDepth(std::string_view text, const std::string& name, size_t firstLine) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > maximumJsonDepth)
        throw Error(name + ": " + placeOf(text, i, firstLine) + ": nested more than " +
                    std::to_string(maximumJsonDepth) + " deep; no file that Attune reads is.");
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
}

// nlohmann's sentence without its "[json.exception.parse_error.101] parse error at line 1, column 2: " beginning.
std::string withoutPrefix(const std::string& what) {
  const size_t place = what.find("column");
  const size_t colon = what.find(": ", place == std::string::npos ? 0 : place);
  return colon == std::string::npos ? what : what.substr(colon + 2);
}

} // namespace

Json parseJson(std::string_view text, const std::string& name, size_t firstLine) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    throw Error(name + " is empty, but JSON was expected.");
  checkDepth(text, name, firstLine);
  try {
    return Json::parse(text.begin(), text.end());
  } catch (const Json::parse_error& error) {
    throw Error(name + ": " + placeOf(text, error.byte ? error.byte - 1 : 0, firstLine) +
                " is no JSON: " + withoutPrefix(error.what()) + ".");
  } catch (const Json::exception& error) { // a number beyond every range
    throw Error(name + " is no JSON: " + withoutPrefix(error.what()) + ".");
  }
}

Json readJson(const std::filesystem::path& file) { return parseJson(readFile(file, uint64_t(1) << 30), file.string()); }

void writeJson(const std::filesystem::path& file, const Json& value) {
  writeFileAtomically(file, value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::string jsonLine(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string jsonKind(const Json& value) {
  switch (value.type()) {
  case Json::value_t::null:
    return "null";
  case Json::value_t::object:
    return "an object";
  case Json::value_t::array:
    return "a list";
  case Json::value_t::string:
    return "a string";
  case Json::value_t::boolean:
    return value.get<bool>() ? "true" : "false";
  case Json::value_t::number_integer:
  case Json::value_t::number_unsigned:
    return "the whole number " + value.dump();
  case Json::value_t::number_float:
    return "the number " + value.dump();
  default:
    return "something else";
  }
}

JsonFields::JsonFields(const Json& object, std::string where)
    : value(&object)
    , place(std::move(where)) {
  if (!object.is_object()) throw Error(place + " must be an object ({…}), found " + jsonKind(object) + ".");
}

const Json* JsonFields::find(const char* key) const {
  const auto found = value->find(key);
  return found == value->end() || found->is_null() ? nullptr : &*found;
}

void JsonFields::fail(const char* key, const std::string& what) const {
  throw Error(place + ": \"" + key + "\" " + what);
}

void JsonFields::failKind(const char* key, const char* expected, const Json& found) const {
  fail(key, std::string("must be ") + expected + ", found " + jsonKind(found) + ".");
}

bool JsonFields::has(const char* key) const { return find(key) != nullptr; }

const Json& JsonFields::at(const char* key) const {
  if (const Json* found = find(key)) return *found;
  fail(key, "is missing.");
}

int64_t JsonFields::integer(const char* key) const {
  const Json& found = at(key);
  if (found.is_number_unsigned() && found.get<uint64_t>() > uint64_t(INT64_MAX)) fail(key, "is too large.");
  if (found.is_number_integer()) return found.get<int64_t>();
  if (found.is_number_float()) { // 1e4 and 512.0 are whole numbers too
    const double number = found.get<double>();
    if (number == std::floor(number) && std::abs(number) < 9e15) return int64_t(number);
  }
  failKind(key, "a whole number", found);
}

int64_t JsonFields::integer(const char* key, int64_t fallback) const { return has(key) ? integer(key) : fallback; }

int64_t JsonFields::integerIn(const char* key, int64_t low, int64_t high) const {
  const int64_t number = integer(key);
  if (number < low || number > high)
    fail(key, "must lie between " + std::to_string(low) + " and " + std::to_string(high) + ", found " +
                  std::to_string(number) + ".");
  return number;
}

int64_t JsonFields::integerIn(const char* key, int64_t low, int64_t high, int64_t fallback) const {
  return has(key) ? integerIn(key, low, high) : fallback;
}

double JsonFields::number(const char* key) const {
  const Json& found = at(key);
  if (!found.is_number()) failKind(key, "a number", found);
  const double number = found.get<double>();
  if (!std::isfinite(number)) fail(key, "must be a finite number.");
  return number;
}

double JsonFields::number(const char* key, double fallback) const { return has(key) ? number(key) : fallback; }

bool JsonFields::boolean(const char* key) const {
  const Json& found = at(key);
  if (!found.is_boolean()) failKind(key, "true or false", found);
  return found.get<bool>();
}

bool JsonFields::boolean(const char* key, bool fallback) const { return has(key) ? boolean(key) : fallback; }

std::string JsonFields::text(const char* key) const {
  const Json& found = at(key);
  if (!found.is_string()) failKind(key, "a string", found);
  return found.get<std::string>();
}

std::string JsonFields::text(const char* key, const std::string& fallback) const {
  return has(key) ? text(key) : fallback;
}

std::vector<int64_t> JsonFields::integers(const char* key) const {
  std::vector<int64_t> numbers;
  for (const Json& item : array(key)) {
    if (!item.is_number_integer()) fail(key, "must be a list of whole numbers, found " + jsonKind(item) + " in it.");
    numbers.push_back(item.get<int64_t>());
  }
  return numbers;
}

std::vector<std::string> JsonFields::texts(const char* key) const {
  std::vector<std::string> strings;
  for (const Json& item : array(key)) {
    if (!item.is_string()) fail(key, "must be a list of strings, found " + jsonKind(item) + " in it.");
    strings.push_back(item.get<std::string>());
  }
  return strings;
}

const Json& JsonFields::array(const char* key) const {
  const Json& found = at(key);
  if (!found.is_array()) failKind(key, "a list", found);
  return found;
}

JsonFields JsonFields::object(const char* key) const {
  const Json& found = at(key);
  if (!found.is_object()) failKind(key, "an object ({…})", found);
  return JsonFields(found, place + ": " + key);
}

} // namespace attune
