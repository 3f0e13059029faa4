#include "catch.h"
#include "formats/file.h"
#include "formats/json.h"
#include "golden.h"
#include "run_cli.h"
#include "scratch.h"
#include "tiny_models.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace attune;
using namespace attune::test;
namespace fs = std::filesystem;

namespace {

void writeText(const fs::path& file, int lines) {
  std::string text;
  for (int i = 0; i < lines; ++i)
    text += "The ferry waits for hen number " + std::to_string(i * 7919 % 97) + ", and the hen waits for rain.\n";
  writeFileAtomically(file, text);
}

size_t linesOf(const std::string& text) { return size_t(std::count(text.begin(), text.end(), '\n')); }

// metrics.jsonl without its clocks.
std::string metricsOf(const fs::path& run) {
  std::istringstream lines(readFile(run / "metrics.jsonl"));
  std::string all;
  for (std::string line; std::getline(lines, line);) {
    Json row = Json::parse(line);
    for (auto field = row.begin(); field != row.end();)
      field = field.key().starts_with("time_") ? row.erase(field) : std::next(field);
    all += row.dump() + "\n";
  }
  return all;
}

void sameRun(const fs::path& a, const fs::path& b, const std::string& last) {
  CHECK(metricsOf(a) == metricsOf(b));
  CHECK(readFile(a / "samples.jsonl") == readFile(b / "samples.jsonl"));
  for (const char* file : {"model.safetensors", "optimizer.safetensors", "state.json"})
    CHECK(readFile(a / "checkpoints" / last / file) == readFile(b / "checkpoints" / last / file));
}

struct Bench {
  Bench() {
    makeTinyModel(model, false, 64);
    writeText(text, 120);
  }
  std::vector<std::string> pretrain(const std::string& run, const std::string& steps) const {
    return {"pretrain",
            "--model",
            model.string(),
            "--data",
            text.string(),
            "--out",
            (scratch / run).string(),
            "--steps",
            steps,
            "--batch",
            "2",
            "--context",
            "16",
            "--lr",
            "1e-2",
            "--held-out",
            "0.2",
            "--checkpoint-every",
            "4",
            "--evaluate-every",
            "5",
            "--json"};
  }
  Scratch scratch;
  fs::path home = scratch / "home", model = scratch / "model", text = scratch / "text.txt";
};

} // namespace

TEST_CASE("pretrain lowers the loss, and what it wrote can be evaluated, told of and continued") {
  const Bench bench;
  const CliResult result = runCli(bench.home, bench.pretrain("run", "12"));
  INFO(result.err);
  REQUIRE(result.code == 0);
  const Json end = result.json();
  CHECK(end["end"] == "done");
  CHECK(end["step"] == 12);
  const fs::path run = bench.scratch / "run";
  CHECK(end["checkpoint"] == (run / "checkpoints" / "step-12").string());
  CHECK(fs::exists(run / "checkpoints" / "step-4"));
  CHECK(readJson(run / "run.json")["seed"] == 0);
  std::istringstream lines(readFile(run / "metrics.jsonl"));
  std::vector<Json> rows;
  for (std::string line; std::getline(lines, line);) rows.push_back(Json::parse(line));
  REQUIRE(rows.size() == 12);
  CHECK(rows.back()["loss"].get<double>() < rows.front()["loss"].get<double>() - 0.3);

  const std::vector<std::string> before = {
      "evaluate", "--model", bench.model.string(), "--data", bench.text.string(), "--context", "16", "--json"};
  std::vector<std::string> after = before;
  after[2] = run.string(); // a run stands for its newest checkpoint
  const Json fresh = runCli(bench.home, before).json(), trained = runCli(bench.home, after).json();
  CHECK(trained["loss"].get<double>() < fresh["loss"].get<double>());
  CHECK(std::abs(trained["perplexity"].get<double>() - std::exp(trained["loss"].get<double>())) < 1e-6);
  // Every token but the first of each window counts.
  const int64_t tokens = int64_t(
      runCli(bench.home, {"tokenizer", "encode", "--model", bench.model.string(), "--json"}, readFile(bench.text))
          .json()["ids"]
          .size());
  const int64_t left = tokens % 16;
  CHECK(trained["tokens"] == tokens / 16 * 15 + (left > 1 ? left - 1 : 0));

  const Json info = runCli(bench.home, {"model", "info", run.string(), "--json"}).json();
  CHECK(info["lineage"]["job"] == "pretrain");
  CHECK(info["lineage"]["step"] == 12);
  CHECK(info["lineage"]["data"].size() == 1);
  CHECK(runCli(bench.home, {"generate", "--model", (run / "checkpoints" / "step-8").string(), "--prompt", "The",
                            "--max-tokens", "3", "--json"})
            .code == 0);

  const CliResult again = runCli(bench.home, {"resume", run.string()});
  CHECK(again.code == 0);
  CHECK_THAT(again.out, Contains("finished"));
  const CliResult twice = runCli(bench.home, bench.pretrain("run", "12"));
  CHECK(twice.code == 1);
  CHECK_THAT(twice.err, Contains(run.string()));
}

TEST_CASE("a run that is killed, stopped and paused on its way ends with the same bytes") {
  const Bench bench;
  const auto pretrain = [&](const std::string& run) {
    std::vector<std::string> words = bench.pretrain(run, "240");
    words.insert(words.end(), {"--checkpoint-every", "90", "--evaluate-every", "0"});
    return words;
  };
  REQUIRE(runCli(bench.home, pretrain("whole")).code == 0);
  const fs::path broken = bench.scratch / "broken";
  const auto lines = [&] {
    return fs::exists(broken / "metrics.jsonl") ? int(linesOf(readFile(broken / "metrics.jsonl"))) : 0;
  };
  const std::vector<std::string> resume = {"resume", broken.string()};
  bool begun = false;
  int from = 0;
  for (const int signal : {0, SIGKILL, SIGTERM}) {
    INFO(signal);
    CliProcess process(bench.home, begun ? resume : pretrain("broken"));
    REQUIRE(waitUntil(200, [&] { return lines() >= from + 6 || !process.running(); }));
    REQUIRE(process.running());
    if (signal == SIGTERM) { // meanwhile a second writer is refused and told who holds the run
      const CliResult second = runCli(bench.home, resume);
      CHECK(second.code == 1);
      CHECK_THAT(second.err, Contains(std::to_string(process.id())));
    }
    if (signal == 0)
      CHECK(runCli(bench.home, {"pause", broken.string()}).code == 0);
    else
      process.send(signal);
    const CliResult result = process.finish();
    INFO(result.err);
    CHECK(result.code == (signal == SIGKILL ? 128 + SIGKILL : 0));
    if (signal == SIGTERM) CHECK_THAT(result.out, Contains("attune-cli resume"));
    begun = true;
    from = lines();
    CHECK(from < 240);
  }
  REQUIRE(runCli(bench.home, resume).code == 0);
  sameRun(bench.scratch / "whole", broken, "step-240");
  CHECK(runCli(bench.home, {"pause", broken.string()}).code == 1); // nobody trains it
}

TEST_CASE("sft gives a base model Attune's template, and chat then speaks") {
  const Bench bench;
  const fs::path data = bench.scratch / "talk.jsonl";
  std::string lines;
  for (int i = 0; i < 20; ++i)
    lines += R"({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello hen."}]})"
             "\n";
  writeFileAtomically(data, lines);
  const std::string run = (bench.scratch / "sft").string();
  const CliResult result = runCli(bench.home, {"sft", "--model", bench.model.string(), "--data", data.string(), "--out",
                                               run, "--steps", "4", "--batch", "2", "--json"});
  INFO(result.err);
  REQUIRE(result.code == 0);
  CHECK(runCli(bench.home, {"model", "info", run, "--json"}).json()["tokenizer"]["chat_template"] == true);
  const CliResult chat = runCli(bench.home, {"chat", "--model", run, "--max-tokens", "4", "--greedy", "--json"},
                                "Hi\n/system Be brief.\nAgain\n");
  INFO(chat.err);
  REQUIRE(chat.code == 0);
  const Json messages = chat.json()["messages"];
  REQUIRE(messages.size() == 5);
  CHECK(messages[0]["role"] == "system");
  CHECK(messages[1]["content"] == "Hi");
  CHECK(messages[4]["role"] == "assistant");

  writeFileAtomically(data, R"({"messages": [{"role": "oracle", "content": "Hi"}]})"
                            "\n");
  const CliResult wrong = runCli(bench.home, {"sft", "--model", bench.model.string(), "--data", data.string(), "--out",
                                              (bench.scratch / "no").string()});
  CHECK(wrong.code == 1);
  CHECK_THAT(wrong.err, Contains("talk.jsonl"));
  CHECK(!fs::exists(bench.scratch / "no"));
}

TEST_CASE("a base model continues the text in chat, says so, and keeps the conversation") {
  const Bench bench;
  const fs::path saved = bench.scratch / "talk.json";
  const CliResult chat = runCli(bench.home, {"chat", "--model", bench.model.string(), "--max-tokens", "4"},
                                "The ferry\n/save\n/save " + saved.string() + "\n/reset\nThe hen\n");
  INFO(chat.err);
  REQUIRE(chat.code == 0);
  CHECK_THAT(chat.err, Contains("base model") && Contains("begins anew"));
  CHECK(readJson(saved)["messages"].size() == 2);
  CHECK(fs::exists(bench.home / "attune.sqlite"));
  const CliResult wrong = runCli(bench.home, {"chat", "--model", bench.model.string()}, "/fly\n");
  CHECK(wrong.code == 1);
  CHECK_THAT(wrong.err, Contains("/fly"));
}
