// Batches: what they hold, that they repeat, and what is counted.
#include "catch.h"
#include "data/sft_data.h"
#include "data/shuffled.h"
#include "errors.h"
#include "formats/file.h"
#include "golden.h"
#include "scratch.h"
#include "text/chat_template.h"
#include "text/tokenizer.h"

#include <set>

using namespace attune;
using namespace attune::test;

namespace {

std::shared_ptr<const Tokenizer> bytes() {
  static const auto tokenizer = Tokenizer::trainBytePairsOnText("a", 257);
  return tokenizer;
}

std::vector<int32_t> idsOf(const std::string& text) { return bytes()->encode(text, SpecialTokens::Recognise); }

struct Files {
  Scratch scratch;
  std::filesystem::path add(const std::string& name, const std::string& text) {
    writeFileAtomically(scratch / name, text);
    return scratch / name;
  }
};

} // namespace

TEST_CASE("text becomes one row of tokens, documents end with end-of-text") {
  Files files;
  const std::filesystem::path text[] = {files.add("a.txt", "ab"), files.add("b.txt", "cd")};
  CHECK(readTokens(text, *bytes()) == idsOf("ab<|endoftext|>cd"));
  const std::filesystem::path lines[] = {files.add("a.jsonl", "{\"text\": \"ab\"}\n{\"text\": \"c<|endoftext|>\"}\n")};
  CHECK(readTokens(lines, *bytes()) == idsOf("ab<|endoftext|>c<|endoftext|>"));
  const std::filesystem::path wrong[] = {files.add("w.jsonl", "{\"prompt\": \"ab\"}\n")};
  CHECK(contains(errorOf([&] { readTokens(wrong, *bytes()); }), "w.jsonl: line 1 has no \"text\""));
  CHECK(contains(errorOf([] { readTokens({}, *bytes()); }), "at least one"));
}

TEST_CASE("held-out shares and files") {
  Files files;
  const std::filesystem::path text[] = {files.add("a.txt", "0123456789")};
  const auto data = PretrainData::load(text, *bytes(), HeldOut::parse("0.2"));
  CHECK(data.training() == idsOf("01234567"));
  CHECK(data.heldOut() == idsOf("89"));
  CHECK(data.hashes().size() == 1);
  const auto other = PretrainData::load(text, *bytes(), HeldOut::parse(files.add("h.txt", "xy").string()));
  CHECK(other.training().size() == 10);
  CHECK(other.heldOut() == idsOf("xy"));
  CHECK(other.hashes().size() == 2);
  CHECK(contains(errorOf([] { HeldOut::parse("1.5"); }), "1.5"));
  CHECK(HeldOut::parse("0").share == 0);
  if (const auto play = sharedData("tinyshakespeare/input.txt"); !play.empty()) {
    const std::filesystem::path one[] = {play};
    CHECK(PretrainData::load(one, *bytes(), HeldOut::parse("0.1")).training().size() ==
          1003854); // as nanoGPT splits it
  }
}

TEST_CASE("pre-training batches are windows, the same for the same seed and index") {
  Files files;
  std::string text;
  for (int i = 0; i < 50; ++i) text += char('0' + i);
  const std::filesystem::path file[] = {files.add("a.txt", text)};
  const auto data = PretrainData::load(file, *bytes());
  const Batch batch = data.batch(7, 3, 4, 10);
  REQUIRE(batch.ids.size() == 40);
  for (size_t i = 0; i < 40; ++i) {
    CHECK(batch.weights[i] == 1);
    if (i % 10 < 9) CHECK(batch.targets[i] == batch.ids[i + 1]);
    CHECK(batch.targets[i] == batch.ids[i] + 1); // the text counts up
  }
  CHECK(data.batch(7, 3, 4, 10).ids == batch.ids);
  CHECK(data.batch(7, 4, 4, 10).ids != batch.ids);
  CHECK(data.batch(8, 3, 4, 10).ids != batch.ids);
  std::set<int32_t> starts;
  for (int index = 0; index < 200; ++index) starts.insert(data.batch(0, index, 4, 10).ids[0]);
  CHECK(starts.size() == 40); // every window, also the first and the last
  CHECK(data.batch(0, 0, 2, 49).ids == data.batch(1, 0, 2, 49).ids);
  CHECK(contains(errorOf([&] { data.batch(0, 0, 1, 50); }), "has 50 tokens, but a window of the context needs 51"));
}

TEST_CASE("evaluation counts every token but the first of each window") {
  std::vector<int32_t> tokens(23);
  for (int i = 0; i < 23; ++i) tokens[i] = i;
  const auto batches = evaluationBatches(tokens, 5, 2); // windows of 5, 5, 5, 5, 3
  REQUIRE(batches.size() == 3);
  double counted = 0;
  std::set<int32_t> predicted;
  for (const Batch& batch : batches) {
    CHECK(batch.rows == 2);
    CHECK(batch.length == 4);
    for (size_t i = 0; i < batch.ids.size(); ++i) {
      counted += batch.weights[i];
      if (batch.weights[i] > 0) {
        CHECK(batch.targets[i] == batch.ids[i] + 1);
        predicted.insert(batch.targets[i]);
      }
    }
  }
  CHECK(counted == 18);
  CHECK(predicted.size() == 18);
  for (const int first : {0, 5, 10, 15, 20}) CHECK_FALSE(predicted.count(first));
  CHECK(evaluationBatches(std::vector<int32_t>(11), 5, 8).at(0).rows == 2); // the last token alone predicts nothing
  CHECK(contains(errorOf([] { evaluationBatches(std::vector<int32_t>(1), 5, 8); }), "at least 2 tokens"));
}

TEST_CASE("only answers count in fine-tuning") {
  Files files;
  const std::filesystem::path file[] = {files.add(
      "a.jsonl",
      "{\"messages\": [{\"role\": \"user\", \"content\": \"qq\"}, {\"role\": \"assistant\", \"content\": \"yes\"}]}\n"
      "{\"prompt\": \"ab\", \"completion\": \"cd\"}\n")};
  CHECK(SftData::needTemplate(file));
  CHECK(contains(errorOf([&] { SftData::load(file, bytes(), 64); }), "no chat template"));
  const auto tokenizer = withAttuneTemplate(bytes());
  const auto data = SftData::load(file, tokenizer, 64);
  REQUIRE(data.training().size() == 2);
  const Batch batch = data.batch(0, 0, 2);
  CHECK(batch.rows == 2);
  CHECK(batch.length == 32);
  std::set<std::string> answers;
  for (int row = 0; row < 2; ++row) {
    std::vector<int32_t> counted;
    for (int i = 0; i < batch.length; ++i)
      if (batch.weights[row * batch.length + i] == 1) counted.push_back(batch.targets[row * batch.length + i]);
    answers.insert(tokenizer->decode(counted));
  }
  CHECK(answers == std::set<std::string>{"yes<|endoftext|>", "cd<|endoftext|>"});
}

TEST_CASE("answers in a prompt are history and are not learnt") {
  Files files;
  const std::string given =
      "[{\"role\": \"user\", \"content\": \"q\"}, {\"role\": \"assistant\", \"content\": \"bad\"}, "
      "{\"role\": \"user\", \"content\": \"no\"}]";
  const std::string answer = "[{\"role\": \"assistant\", \"content\": \"good\"}]";
  const std::filesystem::path file[] = {
      files.add("a.jsonl", "{\"prompt\": " + given + ", \"completion\": " + answer + "}\n")};
  const auto tokenizer = withAttuneTemplate(bytes());
  for (const int context : {64, 12}) { // whole, and without its oldest turn
    const auto data = SftData::load(file, tokenizer, context);
    CHECK(data.shortened() == (context == 64 ? 0 : 1));
    const SftData::Row& row = data.training().at(0);
    std::vector<int32_t> learnt;
    for (size_t i = 0; i < row.ids.size(); ++i)
      if (row.isAnswer[i]) learnt.push_back(row.ids[i]);
    CHECK(tokenizer->decode(learnt) == "good<|endoftext|>");
  }
}

TEST_CASE("fine-tuning sees every row once an epoch, in an order of its own") {
  Files files;
  std::string lines;
  for (int i = 0; i < 10; ++i)
    lines += "{\"prompt\": \"" + std::string(1, char('a' + i)) + "\", \"completion\": \"x\"}\n";
  const std::filesystem::path file[] = {files.add("a.jsonl", lines)};
  const auto data = SftData::load(file, bytes(), 64, HeldOut::parse("0.2"));
  CHECK(data.training().size() == 8);
  CHECK(data.heldOut().size() == 2);
  std::vector<int32_t> seen;
  for (int index = 0; index < 8; ++index) { // three rows a batch: three epochs
    const Batch batch = data.batch(5, index, 3);
    for (int row = 0; row < 3; ++row) seen.push_back(batch.ids[row * batch.length]);
  }
  const std::vector<int32_t> first(seen.begin(), seen.begin() + 8), second(seen.begin() + 8, seen.begin() + 16);
  CHECK(std::set<int32_t>(first.begin(), first.end()).size() == 8);
  CHECK(std::set<int32_t>(second.begin(), second.end()).size() == 8);
  CHECK(first != second);
  CHECK(data.batch(5, 7, 3).ids == data.batch(5, 7, 3).ids);
  const auto batches = data.batches(data.heldOut(), 4);
  REQUIRE(batches.size() == 1);
  double counted = 0;
  for (const float weight : batches[0].weights) counted += weight;
  CHECK(counted == 4); // "x" and end-of-text, twice; two empty rows
}

TEST_CASE("long conversations lose their oldest turns, long turns their end") {
  Files files;
  const auto tokenizer = withAttuneTemplate(bytes());
  const std::string turns =
      "{\"role\": \"system\", \"content\": \"S\"}, {\"role\": \"user\", \"content\": \"old old old\"}, {\"role\": "
      "\"assistant\", \"content\": \"older\"}, "
      "{\"role\": \"user\", \"content\": \"new\"}, {\"role\": \"assistant\", \"content\": \"newer\"}";
  const std::filesystem::path file[] = {files.add("a.jsonl", "{\"messages\": [" + turns + "]}\n")};
  const auto data = SftData::load(file, tokenizer, 20);
  CHECK(tokenizer->decode(data.training().at(0).ids) ==
        "<|system|>S<|endoftext|><|user|>new<|endoftext|><|assistant|>newer<|endoftext|>");
  CHECK(data.shortened() == 1);
  const auto shorter = SftData::load(file, tokenizer, 12);
  CHECK(tokenizer->decode(shorter.training().at(0).ids) ==
        "<|system|>S<|endoftext|><|user|>new<|endoftext|><|assistant|>newe");
  CHECK(shorter.shortened() == 1);
  CHECK(contains(errorOf([&] { SftData::load(file, tokenizer, 5); }), "no demonstration is left"));
  const std::filesystem::path none[] = {files.add("n.jsonl", "{\"text\": \"a\"}\n")};
  CHECK(contains(errorOf([&] { SftData::load(none, tokenizer, 5); }), "n.jsonl holds no demonstration"));
}

TEST_CASE("batches of like length: an epoch holds each example once, others of its length beside it") {
  std::vector<size_t> lengths;
  for (size_t i = 0; i < 203; ++i) lengths.push_back(10 + i * 37 % 101);
  constexpr uint64_t perEpoch = 51; // of 4
  for (const uint64_t epoch : {0, 1}) {
    std::multiset<size_t> seen;
    size_t apart = 0;
    for (uint64_t index = epoch * perEpoch; index < (epoch + 1) * perEpoch; ++index) {
      const std::vector<size_t> batch = batchOfLikeLength(3, index, 4, lengths);
      REQUIRE(batch.size() == 4);
      CHECK(batch == batchOfLikeLength(3, index, 4, lengths));
      for (const size_t place : batch) seen.insert(place);
      apart = std::max(apart, lengths[batch.back()] - lengths[batch.front()]);
    }
    // 51 batches hold 204: one comes twice, so that one may wait for the next epoch.
    CHECK(std::set(seen.begin(), seen.end()).size() >= (epoch == 0 ? 203 : 202));
    CHECK(apart < 60); // of 100; drawn anyhow it is more than 90
  }
  CHECK(batchOfLikeLength(3, 0, 4, lengths) != batchOfLikeLength(4, 0, 4, lengths));
  CHECK(batchOfLikeLength(3, 0, 4, lengths) != batchOfLikeLength(3, perEpoch, 4, lengths));
  bool shorterLater = false; // short ones do not always come first
  for (uint64_t index = 1; index < 16; ++index)
    shorterLater |=
        lengths[batchOfLikeLength(3, index, 4, lengths)[0]] < lengths[batchOfLikeLength(3, index - 1, 4, lengths)[0]];
  CHECK(shorterLater);
}
