#include "catch.h"
#include "formats/file.h"
#include "formats/json.h"
#include "golden.h"
#include "run_cli.h"
#include "scratch.h"
#include "tiny_models.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace attune;
using namespace attune::test;
namespace fs = std::filesystem;

namespace {

std::vector<Json> linesOf(const fs::path& file) {
  std::istringstream text(readFile(file));
  std::vector<Json> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(Json::parse(line));
  return lines;
}

} // namespace

TEST_CASE("answers are sampled, ranked, listed and exported as rankings and pairs") {
  const Scratch scratch;
  const fs::path home = scratch / "home";
  const std::string model = (scratch / "model").string(), prompts = (scratch / "prompts.txt").string();
  makeTinyModel(model, false);
  writeFileAtomically(prompts, "Who waits?\nFor whom?\n");
  const CliResult sampled = runCli(home, {"labels", "sample", "--model", model, "--prompts", prompts, "--answers", "4",
                                          "--max-tokens", "6", "--json"});
  INFO(sampled.err);
  REQUIRE(sampled.code == 0);
  const Json ids = sampled.json()["comparisons"];
  REQUIRE(ids.size() == 2);
  CHECK(runCli(home, {"labels", "list", "--unranked", "--json"}).json()["comparisons"].size() == 2);

  const std::string id = std::to_string(ids[0].get<int>());
  REQUIRE(runCli(home, {"labels", "rank", "--comparison", id, "--ranks", "2,1,1,3", "--ratings", "4,6,6,0", "--labeler",
                        "Ada", "--note", "short"})
              .code == 0);
  const fs::path file = scratch / "ranks.jsonl";
  writeFileAtomically(file, "{\"comparison\": " + std::to_string(ids[1].get<int>()) + ", \"ranks\": [4, 3, 2, 1]}\n");
  REQUIRE(runCli(home, {"labels", "rank", "--file", file.string(), "--scripted", "--labeler", "rule"}).code == 0);

  const Json list = runCli(home, {"labels", "list", "--json"}).json()["comparisons"];
  for (const Json& one : list) {
    const bool first = one["id"] == ids[0];
    CHECK(one["ranks"] == (first ? Json{2, 1, 1, 3} : Json{4, 3, 2, 1}));
    CHECK(one["labeler"] == (first ? "Ada" : "rule"));
    CHECK(one["scripted"] == !first);
    CHECK(one["order"] == (first ? "B = C > A > D" : "D > C > B > A"));
    CHECK(one["pairs"] == (first ? 5 : 6));
  }
  const fs::path rankings = scratch / "rankings.jsonl", pairs = scratch / "pairs.jsonl";
  REQUIRE(runCli(home, {"labels", "export", "--out", rankings.string()}).code == 0);
  REQUIRE(runCli(home, {"labels", "export", "--pairs", "--out", pairs.string(), "--json"}).json()["lines"] == 11);
  CHECK(linesOf(rankings).size() == 2);
  CHECK(linesOf(pairs).size() == 11);
  for (const Json& pair : linesOf(pairs))
    CHECK((pair.contains("prompt") && pair.contains("chosen") && pair.contains("rejected")));

  // Into another store and out again: the same lines.
  const fs::path other = scratch / "other";
  REQUIRE(runCli(other, {"labels", "import", rankings.string()}).code == 0);
  REQUIRE(runCli(other, {"labels", "export", "--out", (scratch / "again.jsonl").string()}).code == 0);
  std::vector<Json> a = linesOf(rankings), b = linesOf(scratch / "again.jsonl");
  for (auto* lines : {&a, &b}) {
    for (Json& line : *lines) line.erase("source");
    std::sort(lines->begin(), lines->end());
  }
  CHECK(a == b);

  // What does not fit changes nothing.
  const auto refused = [&](const std::vector<std::string>& words, const std::string& named) {
    const CliResult result = runCli(home, words);
    INFO(result.err);
    CHECK(result.code == 1);
    CHECK_THAT(result.err, Contains(named));
  };
  refused({"labels", "rank", "--comparison", id, "--ranks", "1,2"}, "4 answers");
  refused({"labels", "rank", "--comparison", id, "--ranks", "1,2,3,9"}, "9");
  refused({"labels", "rank", "--comparison", "999", "--ranks", "1,2"}, "999");
  writeFileAtomically(file, "{\"comparison\": " + id + ", \"ranks\": [1, 1, 1, 1]}\n{\"comparison\": " + id +
                                ", \"ranks\": [1]}\n");
  refused({"labels", "rank", "--file", file.string()}, "ranks.jsonl");
  CHECK(runCli(home, {"labels", "list", "--json"}).json()["comparisons"] == list);
}

TEST_CASE("data of the published shapes goes into the store") {
  const Scratch scratch;
  const fs::path home = scratch / "home";
  struct Case {
    const char* file;
    int demonstrations, rankings;
  };
  for (const Case& one :
       {Case{"rasbt-preference/instruction-data.json", 1100, 0}, Case{"llama-factory-demo/alpaca_en_demo.json", 999, 0},
        Case{"llama-factory-demo/dpo_en_demo.json", 0, 300}}) {
    const fs::path file = sharedData(one.file);
    if (file.empty()) return;
    INFO(one.file);
    const CliResult result = runCli(home, {"data", "import", file.string(), "--json"});
    INFO(result.err);
    REQUIRE(result.code == 0);
    CHECK(result.json()["demonstrations"] == one.demonstrations);
    CHECK(result.json()["rankings"] == one.rankings);
  }
  const Json all = runCli(home, {"data", "list", "--json"}).json();
  CHECK(all["demonstrations"]["count"] == 2099);
  CHECK(all["rankings"]["splits"]["train"] == 300);
}

TEST_CASE("an import with a wrong line adds nothing, and a store in use is refused with the holder's process id") {
  const Scratch scratch;
  const fs::path home = scratch / "home", file = scratch / "data.jsonl";
  writeFileAtomically(file, "{\"prompt\": \"a\"}\n{\"prompt\": \"b\"}\n{\"prompt\": 5}\n");
  const CliResult wrong = runCli(home, {"data", "import", file.string()});
  CHECK(wrong.code == 1);
  CHECK_THAT(wrong.err, Contains("line 3"));
  CHECK(runCli(home, {"data", "list", "--json"}).json()["prompts"]["count"] == 0);

  writeFileAtomically(file, "{\"prompt\": \"a\"}\n{\"messages\": [{\"role\": \"user\", \"content\": \"q\"}, {\"role\": "
                            "\"assistant\", \"content\": \"r\"}]}\n");
  const std::string store = (scratch / "else.sqlite").string();
  REQUIRE(runCli(home, {"data", "import", file.string(), "--store", store, "--split", "validation"}).code == 0);
  const Json listed = runCli(home, {"data", "list", "--store", store, "--json"}).json();
  CHECK(listed["prompts"]["count"] == 1);
  CHECK(listed["demonstrations"]["splits"]["validation"] == 1);
  CHECK(runCli(home, {"data", "list", "--json"}).json()["prompts"]["count"] == 0);
  const fs::path out = scratch / "out.jsonl";
  REQUIRE(runCli(home, {"data", "export", "--store", store, "--kind", "demonstrations", "--out", out.string()}).code ==
          0);
  CHECK(linesOf(out)[0]["messages"][1]["content"] == "r");

  // A sampling that goes on holds the store.
  const std::string model = (scratch / "model").string(), many = (scratch / "many.txt").string();
  makeTinyModel(model, false);
  std::string lines;
  for (int i = 0; i < 2000; ++i) lines += "Prompt " + std::to_string(i) + "\n";
  writeFileAtomically(many, lines);
  CliProcess holder(home, {"labels", "sample", "--model", model, "--prompts", many, "--max-tokens", "30"});
  CliResult second;
  REQUIRE(waitUntil(60, [&] {
    second = runCli(home, {"data", "import", file.string()});
    return second.code == 1 || !holder.running();
  }));
  CHECK(second.code == 1);
  CHECK_THAT(second.err, Contains(std::to_string(holder.id())));
  CHECK(runCli(home, {"data", "list"}).code == 0); // reading is free
  holder.send(SIGINT);
  CHECK(holder.finish().code == 0);
}
