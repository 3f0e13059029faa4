// Rankings and prompts as tokens: what is kept whole, what is left out, what is held out.
#include "catch.h"
#include "data/prompt_data.h"
#include "data/ranking_data.h"
#include "errors.h"
#include "formats/file.h"
#include "scratch.h"
#include "text/chat_template.h"
#include "text/tokenizer.h"

#include <nlohmann/json.hpp>
#include <set>

using namespace attune;
using namespace attune::test;

namespace {

struct World {
  Scratch root;
  std::filesystem::path file = root / "rankings.jsonl";
  std::shared_ptr<const Tokenizer> tokenizer =
      withAttuneTemplate(Tokenizer::trainBytePairsOnText("the hen and the sea and the bell", 270));

  void write(const std::vector<Json>& records) const {
    std::string lines;
    for (const Json& record : records) lines += record.dump() + "\n";
    writeFileAtomically(file, lines);
  }
  RankingData load(int context, const std::string& heldOut = "") const {
    return RankingData::load(std::span(&file, 1), tokenizer, context, HeldOut::parse(heldOut), 3);
  }
};

Json ranking(const std::string& prompt, const std::vector<std::string>& answers, const std::vector<int>& ranks) {
  return {{"prompt", prompt}, {"completions", answers}, {"ranks", ranks}};
}

} // namespace

TEST_CASE("a ranking's rows are the template's conversations, split where the answer begins") {
  const World world;
  world.write({ranking("the hen", {"the sea", "bell", "and"}, {2, 1, 2})});
  const RankingData data = world.load(64);
  REQUIRE(data.training().size() == 1);
  const EncodedRanking& one = data.training()[0];
  CHECK(one.pairs() == 2); // the tie makes none
  const ChatTemplate chat(world.tokenizer);
  const std::vector<Message> prompt{{"user", "the hen"}};
  CHECK(one.prompt == chat.encode(prompt, true).ids);
  CHECK(one.row(1) == chat.encode(std::vector<Message>{{"user", "the hen"}, {"assistant", "bell"}}, false).ids);
  CHECK(one.replies[0].back() == chat.endOfTurn());
}

TEST_CASE("a record says its use case and labeler, and a labeler can be held out") {
  const World world;
  std::vector<Json> records{ranking("the hen", {"the sea", "bell"}, {1, 2}),
                            ranking("the sea", {"hen", "bell"}, {1, 2}), ranking("the bell", {"hen", "sea"}, {2, 1})};
  records[0]["labeler"] = "ann";
  records[0]["use_case"] = "chat";
  records[0]["scripted"] = true;
  records[1]["labeler"] = "bob";
  records[2]["labeler"] = "ann";
  world.write(records);
  const auto load = [&](const std::vector<std::string>& out) {
    return RankingData::load(std::span(&world.file, 1), world.tokenizer, 64, {}, 3, out);
  };
  const RankingData all = load({});
  CHECK(all.training().size() == 3);
  CHECK(all.training()[0].text.useCase == "chat");
  CHECK(all.training()[0].text.labeler == "ann");
  CHECK(all.training()[0].text.scripted);
  CHECK_FALSE(all.training()[1].text.scripted);
  const RankingData withoutBob = load({"bob"});
  CHECK(withoutBob.training().size() == 2);
  REQUIRE(withoutBob.heldOut().size() == 1);
  CHECK(withoutBob.heldOut()[0].text.labeler == "bob");
  CHECK(contains(errorOf([&] { load({"eve"}); }), "ann, bob"));
  CHECK(contains(errorOf([&] { load({"ann", "bob"}); }), "no ranking is left"));
}

TEST_CASE("old turns go before a ranking is left out, and all its answers share what is left") {
  const World world;
  const std::string old(60, 'x');
  const Json turns = {{{"role", "user"}, {"content", old}},
                      {{"role", "assistant"}, {"content", old}},
                      {{"role", "user"}, {"content", "the hen"}}};
  world.write({{{"prompt", turns}, {"completions", {"the sea", "bell"}}, {"ranks", {1, 2}}},
               ranking(old, {"a", "b"}, {1, 2}),
               ranking("the sea", {"a", "a b"}, {1, 1})});
  const RankingData data = world.load(40);
  REQUIRE(data.training().size() == 1); // the second is too long, the third is all ties
  CHECK(data.leftOut() == 2);
  const ChatTemplate chat(world.tokenizer);
  CHECK(data.training()[0].prompt == chat.encode(std::vector<Message>{{"user", "the hen"}}, true).ids);
  world.write({ranking(old, {"a", "b"}, {1, 2})});
  CHECK(contains(errorOf([&] { world.load(40); }), "no ranking is left"));
  world.write({{{"text", "the hen"}}});
  CHECK(contains(errorOf([&] { world.load(40); }), "holds no ranking"));
}

TEST_CASE("a share is held out by prompt: no prompt is on both sides; batches go through all once an epoch") {
  const World world;
  std::vector<Json> records;
  for (int i = 0; i < 40; ++i)
    records.push_back(ranking("prompt " + std::to_string(i % 10), {"a" + std::to_string(i), "b"}, {1, 2}));
  world.write(records);
  const RankingData data = world.load(64, "0.3");
  std::set<std::vector<int32_t>> training, heldOut;
  for (const auto& one : data.training()) training.insert(one.prompt);
  for (const auto& one : data.heldOut()) heldOut.insert(one.prompt);
  CHECK(training.size() == 7);
  CHECK(heldOut.size() == 3);
  for (const auto& prompt : heldOut) CHECK(!training.contains(prompt));
  CHECK(data.training().size() == 28);
  std::set<const EncodedRanking*> seen;
  for (uint64_t index = 0; index < 7; ++index)
    for (const EncodedRanking* one : data.batch(5, index, 4)) seen.insert(one);
  CHECK(seen.size() == 28);
  CHECK(data.batch(5, 3, 4) == data.batch(5, 3, 4));
  CHECK(data.batch(5, 3, 4) != data.batch(6, 3, 4));
}

TEST_CASE("prompts with and without a template; those too long are left out") {
  const World world;
  writeFileAtomically(world.root / "prompts.txt", "the hen\nthe sea\n" + std::string(80, 'y') + "\nthe hen\n");
  const std::filesystem::path file = world.root / "prompts.txt";
  const PromptData chat = PromptData::load(std::span(&file, 1), world.tokenizer, 30, {}, 0);
  REQUIRE(chat.training().size() == 2); // each once
  CHECK(chat.leftOut() == 1);
  const ChatTemplate format(world.tokenizer);
  CHECK(chat.training()[0].ids == format.encode(std::vector<Message>{{"user", "the hen"}}, true).ids);
  const auto base = Tokenizer::trainBytePairsOnText("the hen and the sea", 270);
  const PromptData plain = PromptData::load(std::span(&file, 1), base, 30, {}, 0);
  CHECK(plain.training()[1].ids == base->encode("the sea", SpecialTokens::AsText));
  CHECK(contains(errorOf([&] { PromptData::load(std::span(&file, 1), base, 1, {}, 0); }), "no prompt is left"));
}
