// Every shape that Attune imports, with the counts of the real files and the sentences of the broken ones.
#include "catch.h"
#include "data/data_file.h"
#include "data/examples.h"
#include "errors.h"
#include "formats/file.h"
#include "golden.h"
#include "scratch.h"

#include <nlohmann/json.hpp>
#include <zlib.h>

using namespace attune;
using namespace attune::test;

namespace {

Examples read(const std::string& text, const std::string& name = "x.jsonl") {
  Scratch scratch;
  writeFileAtomically(scratch / name, text);
  return readExamples(scratch / name);
}

std::string errorIn(const std::string& text, const std::string& name = "x.jsonl") {
  return errorOf([&] { read(text, name); });
}

struct Counts {
  size_t demonstrations, rankings, prompts, texts;
  int skipped;
  bool operator==(const Counts&) const = default;
};

void check(const char* name, const Counts& expected) {
  const auto file = sharedData(name);
  if (file.empty()) return;
  const Examples all = readExamples(file);
  INFO(name << ": " << all.demonstrations.size() << " demonstrations, " << all.rankings.size() << " rankings, "
            << all.prompts.size() << " prompts, " << all.texts.size() << " texts, " << all.skipped << " skipped");
  size_t ranked = 0;
  for (const RankingExample& ranking : all.rankings) ranked += ranking.completions.size();
  if (std::string(name).rfind("oasst", 0) == 0) CHECK(ranked == 641); // as its page says
  CHECK(Counts{all.demonstrations.size(), all.rankings.size(), all.prompts.size(), all.texts.size(), all.skipped} ==
        expected);
  for (const RankingExample& ranking : all.rankings) {
    CHECK(ranking.prompt.back().role == "user");
    CHECK(ranking.completions.size() == ranking.ranks.size());
  }
  for (const DemonstrationExample& demonstration : all.demonstrations)
    CHECK(demonstration.messages.back().role == "assistant");
}

} // namespace

TEST_CASE("real files give as many examples as they hold") {
  check("hh-rlhf/harmless-base_test.jsonl.gz", {0, 2303, 0, 0, 9});
  check("oasst/en_100_tree.jsonl", {546, 212, 0, 0, 0});
  check("rasbt-preference/instruction-data.json", {1100, 0, 0, 0, 0});
  check("rasbt-preference/instruction-data-with-preference.json", {0, 1094, 0, 0, 6});
  check("llama-factory-demo/alpaca_en_demo.json", {999, 0, 0, 0, 0});
  check("llama-factory-demo/identity.json", {91, 0, 0, 0, 0});
  check("llama-factory-demo/dpo_en_demo.json", {0, 300, 0, 0, 0});
  check("llama-factory-demo/kto_en_demo.json", {150, 0, 150, 0, 0});
  check("llama-factory-demo/c4_demo.jsonl", {0, 0, 0, 300, 0});
  check("self-instruct/seed_tasks.jsonl", {175, 0, 0, 0, 0});
  check("self-instruct/user_oriented_instructions.jsonl", {252, 0, 0, 0, 0});
  check("mt-bench/question.jsonl", {0, 0, 80, 0, 0});
  check("mt-bench/vicuna_question.jsonl", {0, 0, 80, 0, 0});
  check("dialogpt/dummy_data.tsv", {10000, 0, 0, 0, 0});
}

TEST_CASE("TRL's schemas") {
  using Messages = std::vector<Message>;
  Examples all = read("{\"text\": \"a\"}\n\n{\"prompt\": \"p\", \"completion\": \"c\"}\r\n{\"messages\": [{\"role\": "
                      "\"user\", \"content\": \"q\"}, "
                      "{\"role\": \"assistant\", \"content\": \"a\"}]}\n");
  CHECK(all.texts == std::vector<std::string>{"a"});
  REQUIRE(all.demonstrations.size() == 2);
  CHECK(all.demonstrations[0].plain);
  CHECK_FALSE(all.demonstrations[1].plain);
  CHECK(all.demonstrations[1].messages == Messages{{"user", "q"}, {"assistant", "a"}});
  all =
      read(R"({"prompt": [{"role": "user", "content": "p"}], "completion": [{"role": "assistant", "content": "c"}]})");
  CHECK_FALSE(all.demonstrations.at(0).plain);
  all = read(R"({"prompt": "p", "chosen": "c", "rejected": "r"})");
  CHECK(all.rankings.at(0).completions == std::vector<std::string>{"c", "r"});
  CHECK(all.rankings.at(0).ranks == std::vector<int>{1, 2});
  all = read(
      R"({"chosen": [{"role": "user", "content": "p"}, {"role": "assistant", "content": "c"}], "rejected": [{"role": "user", "content": "p"}, {"role": "assistant", "content": "r"}]})");
  CHECK(all.rankings.at(0).prompt == Messages{{"user", "p"}});
  all = read(R"({"prompt": "p", "completions": ["a", "b", "c"], "ranks": [2, 1, 2]})");
  CHECK(all.rankings.at(0).ranks == std::vector<int>{2, 1, 2});
  const auto pairs = pairsOf(all.rankings[0]);
  CHECK(pairs.size() == 2); // the tie gives none
  CHECK(pairs[0]["chosen"][0]["content"] == "b");
  all = read(R"({"prompt": "p", "chosen": "same", "rejected": "same"})"
             "\n"
             R"({"prompt": "", "chosen": "a", "rejected": "b"})");
  CHECK(all.skipped == 2);
  CHECK(read("one\ntwo\n\n", "prompts.txt").prompts.size() == 2);
  CHECK(read("[{\"prompt\": \"p\"}]", "x.json").prompts.size() == 1);
  CHECK(read("{\"prompt\": \"p\"}\n{\"prompt\": \"q\"}", "x.json").prompts.size() == 2);
  CHECK(read("{\n\"prompt\": \"p\"}", "x.json").prompts.size() == 1);
}

TEST_CASE("what is written is read again as it was") {
  const RankingExample ranking{{{"system", "s"}, {"user", "q"}}, {"a", "b"}, {1, 1}};
  const DemonstrationExample chat{{{"user", "q"}, {"assistant", "a"}}, false},
      plain{{{"user", "q"}, {"assistant", "a"}}, true};
  const PromptExample prompt{{{"user", "q"}}, {"more"}};
  const Examples all = read(jsonLine(toJson(ranking)) + "\n" + jsonLine(toJson(chat)) + "\n" + jsonLine(toJson(plain)) +
                            "\n" + jsonLine(toJson(prompt)) + "\n");
  CHECK(all.rankings.at(0).prompt == ranking.prompt);
  CHECK(all.rankings.at(0).ranks == ranking.ranks);
  CHECK(all.demonstrations.at(0).messages == chat.messages);
  CHECK(all.demonstrations.at(1).plain);
  CHECK(all.prompts.at(0).followUps == prompt.followUps);
  CHECK(all.allPrompts().size() == 2); // "q", and "q" under the system prompt
  const DemonstrationExample given{
      {{"user", "q"}, {"assistant", "bad"}, {"user", "no"}, {"assistant", "good"}}, false, 3};
  const Examples again = read(jsonLine(toJson(given)) + "\n");
  CHECK(again.demonstrations.at(0).messages == given.messages);
  CHECK(again.demonstrations.at(0).given == 3);
}

TEST_CASE("transcripts and message trees") {
  const Examples pair = read(
      R"({"chosen": "\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant: good", "rejected": "\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant: bad"})");
  CHECK(pair.rankings.at(0).prompt == std::vector<Message>{{"user", "a"}, {"assistant", "b"}, {"user", "c"}});
  CHECK(pair.rankings.at(0).completions == std::vector<std::string>{"good", "bad"});
  const Examples tree = read(
      R"({"prompt": {"text": "q", "role": "prompter", "replies": [{"text": "second", "role": "assistant", "rank": 1, "replies": []},
    {"text": "first", "role": "assistant", "rank": 0, "replies": [{"text": "more", "role": "prompter", "replies": [{"text": "end", "role": "assistant"}]}]}]}})",
      "x.json");
  CHECK(tree.rankings.at(0).completions == std::vector<std::string>{"first", "second"});
  CHECK(tree.rankings.at(0).ranks == std::vector<int>{1, 2});
  CHECK(tree.demonstrations.size() == 2);
  CHECK(tree.demonstrations.at(1).messages.size() == 4);
}

TEST_CASE("broken files name file and line") {
  CHECK(contains(errorIn("{\"text\": \"a\"}\n{\"text\" \"b\"}\n"), "x.jsonl: line 2, column 11 is no JSON"));
  CHECK(contains(errorIn("{\"text\": \"a\"}\n\n{\"foo\": 1}\n"),
                 "x.jsonl: line 3: the fields (foo) are none of the shapes"));
  CHECK(contains(errorIn("{\"text\": 3}"), "x.jsonl: line 1: \"text\" must be a string, found the whole number 3."));
  CHECK(contains(errorIn("[1]", "x.json"), "x.json: item 1 must be an object"));
  CHECK(contains(errorIn("{\"messages\": []}"), "must be a list of messages"));
  CHECK(contains(errorIn("{\"messages\": [{\"role\": \"bot\", \"content\": \"\"}]}"), "\"bot\""));
  CHECK(contains(errorIn("{\"prompt\": \"p\", \"completions\": [\"a\", \"b\"], \"ranks\": [1]}"),
                 "has 1 ranks for 2 completions"));
  CHECK(contains(errorIn("{\"prompt\": \"p\", \"completions\": [\"a\"], \"ranks\": [1]}"), "at least two"));
  CHECK(contains(errorIn("{\"prompt\": \"p\", \"completions\": [\"a\", \"b\"], \"ranks\": [0, 1]}"), "from 1"));
  CHECK(contains(errorIn(""), "is empty"));
  CHECK(contains(errorIn("ab\xff"), "byte 2 (0xFF)"));
  CHECK(contains(errorIn("no tab here", "x.tsv"), "line 1 has no tab"));
  CHECK(contains(errorIn(std::string(100000, '[')), "nested more than"));
  CHECK(contains(errorOf([] { readExamples("/nowhere.jsonl"); }), "/nowhere.jsonl cannot be read"));
}

TEST_CASE("gzip files") {
  Scratch scratch;
  const auto file = scratch / "x.jsonl.gz";
  gzFile out = gzopen(file.c_str(), "wb");
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "{\"prompt\": \"number " + std::to_string(i) + "\"}\n";
  gzwrite(out, text.data(), unsigned(text.size()));
  gzclose(out);
  CHECK(readExamples(file).prompts.size() == 20000);
  const std::string packed = readFile(file);
  writeFileAtomically(file, packed + packed);
  CHECK(readExamples(file).prompts.size() == 40000);
  writeFileAtomically(file, packed.substr(0, packed.size() / 2));
  CHECK(contains(errorOf([&] { readExamples(file); }), "cut short"));
  writeFileAtomically(file, packed.substr(0, 20) + "garbage" + packed.substr(20));
  CHECK(contains(errorOf([&] { readExamples(file); }), "no whole gzip file"));
}
