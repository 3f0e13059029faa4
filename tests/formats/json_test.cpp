#include "catch.h"
#include "error.h"
#include "formats/file.h"
#include "formats/json.h"

#include <functional>
#include <nlohmann/json.hpp>
#include <unistd.h>

using namespace attune;

namespace {

std::string errorOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::filesystem::path scratch(const char* name) {
  const auto folder = std::filesystem::temp_directory_path() / ("attune-json-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  return folder / name;
}

} // namespace

TEST_CASE("JSON errors name file, line and column") {
  CHECK(errorOf([] {
          parseJson("{\n  \"a\": 1,\n  \"b\" 2}", "x.json");
        }).rfind("x.json: line 3, column 7 is no JSON: ", 0) == 0);
  CHECK(errorOf([] { parseJson("{\"a\": [1, 2", "x.json"); }).rfind("x.json: line 1, column 12 is no JSON", 0) == 0);
  CHECK(errorOf([] { parseJson(" \n", "x.json"); }) == "x.json is empty, but JSON was expected.");
  CHECK(errorOf([] { parseJson("{\"a\": \"\xff\"}", "x.json"); }).find("UTF-8") != std::string::npos);
  CHECK(errorOf([] { readJson("/nowhere/x.json"); }) == "/nowhere/x.json cannot be read: No such file or directory.");
  CHECK(errorOf([] { readJson("/"); }) == "/ is a folder, but a file was expected.");
}

TEST_CASE("deep JSON is refused, brackets in strings are not counted") {
  CHECK(errorOf([] { parseJson(std::string(100000, '['), "deep.json"); }).find("nested more than 512 deep") !=
        std::string::npos);
  CHECK(parseJson("\"" + std::string(1000, '[') + "\\\"" + std::string(1000, '{') + "\"", "x").is_string());
  CHECK(parseJson(std::string(512, '[') + std::string(512, ']'), "x").is_array());
}

TEST_CASE("typed fields say what was expected and what was found") {
  const Json value = parseJson(
      R"({"n": 4, "f": 1.5, "whole": 512.0, "s": "x", "b": true, "nothing": null, "list": [1, 2], "in": {"q": []}, "big": 18446744073709551615})",
      "x");
  const JsonFields fields(value, "config.json");
  CHECK(fields.integer("n") == 4);
  CHECK(fields.integer("whole") == 512);
  CHECK(fields.integer("nothing", 7) == 7);
  CHECK(fields.number("f") == 1.5);
  CHECK(fields.number("n") == 4);
  CHECK(fields.boolean("b"));
  CHECK(fields.integers("list") == std::vector<int64_t>{1, 2});
  CHECK_FALSE(fields.has("nothing"));
  CHECK(errorOf([&] { fields.integer("s"); }) == "config.json: \"s\" must be a whole number, found a string.");
  CHECK(errorOf([&] { fields.integer("f"); }) == "config.json: \"f\" must be a whole number, found the number 1.5.");
  CHECK(errorOf([&] { fields.integer("gone"); }) == "config.json: \"gone\" is missing.");
  CHECK(errorOf([&] { fields.integer("big"); }) == "config.json: \"big\" is too large.");
  CHECK(errorOf([&] { fields.integerIn("n", 5, 9); }) == "config.json: \"n\" must lie between 5 and 9, found 4.");
  CHECK(errorOf([&] { fields.object("in").integer("q"); }) ==
        "config.json: in: \"q\" must be a whole number, found a list.");
  CHECK(errorOf([&] { JsonFields(value["n"], "y.json"); }) ==
        "y.json must be an object ({…}), found the whole number 4.");
}

TEST_CASE("files are replaced whole") {
  const auto file = scratch("a.json");
  writeJson(file, Json{{"b", 1}, {"a", "\xff"}});
  CHECK(readFile(file) == "{\n  \"a\": \"\xEF\xBF\xBD\",\n  \"b\": 1\n}\n");
  writeFileAtomically(file, "");
  CHECK(readFile(file).empty());
  CHECK(std::distance(std::filesystem::directory_iterator(file.parent_path()), {}) == 1);
  CHECK(errorOf([&] { writeFileAtomically("/nowhere/x", "y"); }).find("/nowhere/x") != std::string::npos);
  CHECK(errorOf([&] { readFile(file.parent_path()); }).find("is a folder") != std::string::npos);
  writeFileAtomically(file, "four");
  CHECK(errorOf([&] { readFile(file, 3); }).find("at most 3") != std::string::npos);
  std::filesystem::remove_all(file.parent_path());
}
