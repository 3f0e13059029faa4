#include "catch.h"
#include "formats/file.h"
#include "run_cli.h"
#include "scratch.h"
#include "tiny_models.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

using namespace attune;
using namespace attune::test;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> namesIn(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace

// Each command is ended at random moments; ATTUNE_KILLS says how many times.
TEST_CASE("commands that are ended on their way leave nothing, or nothing after the next start") {
  const char* asked = std::getenv("ATTUNE_KILLS");
  const int kills = asked ? std::atoi(asked) : 6;
  const Scratch scratch;
  const std::string model = (scratch / "model").string(), text = (scratch / "text.txt").string(),
                    records = (scratch / "records.jsonl").string();
  makeTinyModel(model, false);
  std::string words, lines;
  for (int i = 0; i < 3000; ++i) words += "the ferry waits for hen " + std::to_string(i * 7919 % 997) + ", ";
  for (int i = 0; i < 500; ++i) lines += Json{{"prompt", "Who is hen " + std::to_string(i) + "?"}}.dump() + "\n";
  writeFileAtomically(text, words);
  writeFileAtomically(records, lines);
  const fs::path work = scratch / "work", home = scratch / "home";
  fs::create_directories(work);
  const std::string out = (work / "out").string(), file = (work / "out.jsonl").string();
  REQUIRE(runCli(home, {"data", "import", records}).code == 0);

  struct Case {
    std::vector<std::string> words;
    std::vector<std::string> result; // names in the work folder when it is done
  };
  const Case cases[] = {
      {{"tokenizer", "train", text, "--vocab", "600", "--out", out}, {"out"}},
      {{"model", "init", "--architecture", "llama", "--set", "n_layer=2", "n_head=4", "n_embd=256", "n_ctx=64",
        "--tokenizer", model, "--out", out},
       {"out"}},
      {{"model", "import", model, "--out", out}, {"out"}},
      {{"model", "export", model, "--out", out, "--dtype", "F16"}, {"out"}},
      {{"data", "export", "--kind", "prompts", "--out", file}, {"out.jsonl"}},
  };
  std::mt19937 random(1);
  for (const Case& one : cases) {
    INFO(one.words[0] + " " + one.words[1]);
    fs::remove_all(work);
    fs::create_directories(work);
    const auto begin = std::chrono::steady_clock::now();
    REQUIRE(runCli(home, one.words).code == 0);
    const auto took = std::chrono::steady_clock::now() - begin;
    for (int i = 0; i < kills; ++i) {
      fs::remove_all(work / "out");
      fs::remove(file);
      const int signal = i % 3 == 0 ? SIGTERM : i % 3 == 1 ? SIGINT : SIGKILL;
      INFO(signal);
      CliProcess process(home, one.words);
      std::this_thread::sleep_for(took * double(random() % 1000) / 1000);
      process.send(signal);
      process.finish();
      // What is told to end tidies up itself; what is killed is tidied up after.
      for (const std::string& name : namesIn(work))
        if (signal != SIGKILL) CHECK_THAT(name, !Contains(".new-"));
      fs::remove_all(work / "out"); // it may have been quicker than the signal
      REQUIRE(runCli(home, one.words).code == 0);
      CHECK(namesIn(work) == one.result);
    }
  }

  // An import is whole or not there.
  for (int i = 0; i < kills; ++i) {
    const fs::path own = scratch / ("home" + std::to_string(i));
    CliProcess process(own, {"data", "import", records});
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 200));
    process.send(SIGKILL);
    process.finish();
    const Json listed = runCli(own, {"data", "list", "--json"}).json();
    const int count = listed["prompts"]["count"].get<int>();
    CHECK((count == 0 || count == 500));
  }
}
