// JSON as Attune reads and writes it: a file or text becomes a value, or one sentence that names file, line and column.
//
// The parser is nlohmann's; what is added here is what strangers' files need: a limit on nesting (a file 100,000 deep
// is refused before anything is built from it), errors that a person can find in an editor, and typed access whose
// errors say which field of which file held what instead of what. Objects are sorted by key, so writing is
// deterministic.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune {

using Json = nlohmann::json;

// Deeper nesting than any format we read has.
inline constexpr int maximumJsonDepth = 512;

// `name` stands in errors ("config.json: line 3, column 7 is no JSON: …"); `firstLine` is the line of the file that
// `text` begins with. Text must be UTF-8; a byte-order mark is skipped.
Json parseJson(std::string_view text, const std::string& name, size_t firstLine = 1);

// Throws Error when the file is missing, a folder, empty, not JSON or nested too deep.
Json readJson(const std::filesystem::path& file);

// Indented by two spaces, ends with a line end, replaced atomically. Strings that are not UTF-8 get U+FFFD.
void writeJson(const std::filesystem::path& file, const Json& value);

// One line without a line end, for JSON Lines and `--json`.
std::string jsonLine(const Json& value);

// What a value is, in words: "a string", "a whole number", "null".
std::string jsonKind(const Json& value);

// The fields of one object of one file. `where` is the file's name (and the place in it, such as "config.json:
// rope_scaling"); every error begins with it. A field that is null counts as absent. The object must outlive this.
class JsonFields {
public:
  JsonFields(const Json& object, std::string where); // throws Error when `object` is no object

  bool has(const char* key) const; // there and not null
  const Json& at(const char* key) const;

  int64_t integer(const char* key) const;
  int64_t integer(const char* key, int64_t fallback) const;
  int64_t integerIn(const char* key, int64_t low, int64_t high) const;
  int64_t integerIn(const char* key, int64_t low, int64_t high, int64_t fallback) const;
  double number(const char* key) const; // finite
  double number(const char* key, double fallback) const;
  bool boolean(const char* key) const;
  bool boolean(const char* key, bool fallback) const;
  std::string text(const char* key) const;
  std::string text(const char* key, const std::string& fallback) const;
  std::vector<int64_t> integers(const char* key) const;
  std::vector<std::string> texts(const char* key) const;
  const Json& array(const char* key) const;
  JsonFields object(const char* key) const; // where becomes "file: key"

  const Json& json() const { return *value; }
  const std::string& where() const { return place; }

  // Error(where + ": \"key\" " + what), for checks of the caller's own.
  [[noreturn]] void fail(const char* key, const std::string& what) const;

private:
  const Json* find(const char* key) const;
  [[noreturn]] void failKind(const char* key, const char* expected, const Json& found) const;

  const Json* value;
  std::string place;
};

} // namespace attune
