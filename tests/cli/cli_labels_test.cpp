#include "catch.h"
#include "formats/file.h"
#include "formats/json.h"
#include "golden.h"
#include "run_cli.h"
#include "scratch.h"
#include "store/store.h"
#include "tiny_models.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
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
  const std::string model = (scratch / "model").string(), prompts = (scratch / "prompts.jsonl").string();
  makeTinyModel(model, false);
  const Json waits = Json::parse(R"([{"role": "user", "content": "Who waits?"}])");
  const Json talk = Json::parse(R"([{"role": "user", "content": "Tom waits."},
      {"role": "assistant", "content": "I see."}, {"role": "user", "content": "For whom?"}])");
  writeFileAtomically(prompts, Json{{"prompt", waits}}.dump() + "\n" + Json{{"prompt", talk}}.dump() + "\n");
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
    CHECK(one["messages"] == (first ? waits : talk));
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

TEST_CASE("answers that come out equal are drawn again, hotter each time, and what stays equal is counted") {
  const Scratch scratch;
  const fs::path home = scratch / "home";
  const std::string model = (scratch / "model").string(), prompts = (scratch / "prompts.txt").string();
  makeTinyModel(model, false);
  writeFileAtomically(prompts, "Who waits?\nFor whom?\n");
  const auto sample = [&](const char* store, const std::vector<std::string>& more) {
    std::vector<std::string> words = {"labels",    "sample", "--model", model, "--prompts", prompts,
                                      "--answers", "4",      "--seed",  "5",   "--store",   (scratch / store).string(),
                                      "--json"};
    words.insert(words.end(), more.begin(), more.end());
    const CliResult result = runCli(home, words);
    INFO(result.err);
    REQUIRE(result.code == 0);
    return result.json();
  };
  const auto list = [&](const char* store) {
    return runCli(home, {"labels", "list", "--store", (scratch / store).string(), "--json"}).json()["comparisons"];
  };
  // So cold that the first draws are all the likeliest text.
  const std::vector<std::string> cold = {"--temperature", "0.001", "--max-tokens", "6"};
  CHECK(sample("a.sqlite", cold)["fewer_answers"] == 0);
  sample("b.sqlite", cold);
  const Json once = list("a.sqlite");
  REQUIRE(once.size() == 2);
  for (const Json& one : once) {
    std::set<std::string> texts;
    for (const Json& text : one["answers"]) texts.insert(text.get<std::string>());
    CHECK(texts.size() == 4);
  }
  CHECK(list("b.sqlite") == once);
  REQUIRE(sample("g.sqlite", {"--greedy", "--max-tokens", "6"})["comparisons"].size() == 2);
  CHECK(list("g.sqlite")[0]["answers"].size() == 4);
  // Each answer keeps what it was drawn with: one is the first draw, the others came hotter and from other seeds.
  {
    Store store(QString::fromStdString((scratch / "a.sqlite").string()));
    for (const Comparison& comparison : store.comparisons({})) {
      int first = 0;
      for (const Answer& answer : comparison.answers) {
        const StoredSampler& used = answer.sampler;
        const bool asked = used.temperature < 0.01;
        first += asked;
        CHECK((asked ? used.seed < 10 : used.temperature > 0.1 && used.temperature < 1.31));
      }
      CHECK(first == 1);
    }
  }
  // What cannot differ: nothing to rank, and said so.
  const Json same = sample("c.sqlite", {"--top-k", "1", "--max-tokens", "6"});
  CHECK(same["comparisons"].empty());
  CHECK(same["left_out"] == 2);
  const CliResult told = runCli(home, {"labels", "sample", "--model", model, "--prompts", prompts, "--top-k", "2",
                                       "--max-tokens", "1", "--store", (scratch / "d.sqlite").string()});
  CHECK(told.code == 0);
  CHECK_THAT(told.out, Contains("2 have fewer than 4 answers"));
  for (const Json& one : list("d.sqlite")) CHECK(one["answers"].size() == 2);
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
  REQUIRE(waitUntil(120, [&] { // reading is free
    const CliResult seen = runCli(home, {"labels", "list", "--json"});
    return !holder.running() || (seen.code == 0 && !seen.json()["comparisons"].empty());
  }));
  REQUIRE(holder.running());
  const CliResult second = runCli(home, {"data", "import", file.string()});
  CHECK(second.code == 1);
  CHECK_THAT(second.err, Contains(std::to_string(holder.id())));
  holder.send(SIGINT);
  CHECK(holder.finish().code == 0);
}
