// `inspect --objective` as a script meets it.
#include "agreement.h"
#include "golden.h"
#include "run_cli.h"
#include "scratch.h"

#include <nlohmann/json.hpp>

using namespace attune;
using namespace attune::test;

TEST_CASE("inspect --objective writes the tensors of a case, and wrong usage is told") {
  const auto folder = golden("reward-gpt2");
  if (folder.empty()) return;
  const Scratch scratch;
  const std::string out = (scratch / "reward.safetensors").string();
  const CliResult result =
      runCli(scratch / "home", {"inspect", "--objective", "reward", "--case", folder.string(), "--out", out, "--json"});
  INFO(result.err);
  REQUIRE(result.code == 0);
  const SafetensorsFile written(out), expected(folder / "expected.safetensors");
  CHECK(result.json()["tensors"] == expected.tensors().size());
  for (const auto& tensor : expected.tensors()) CHECK(written.at(tensor.name).shape == tensor.shape);
  const auto refused = [&](std::vector<std::string> words, int code, const std::string& part) {
    words.insert(words.begin(), "inspect");
    words.insert(words.end(), {"--out", (scratch / "no.safetensors").string()});
    const CliResult no = runCli(scratch / "home", words);
    CHECK(no.code == code);
    CHECK_THAT(no.err, Contains(part));
    CHECK(!std::filesystem::exists(scratch / "no.safetensors"));
  };
  refused({"--objective", "joy", "--case", folder.string()}, 2, "--objective");
  refused({"--objective", "reward"}, 2, "--case");
  refused({"--objective", "reward", "--case", (scratch / "absent").string()}, 1, "rows.json");
  refused({"--objective", "dpo", "--case", folder.string()}, 1, "pairs.json");
  refused({"--text", "a"}, 2, "--model");
  refused({"--model", folder.string(), "--ids", "1,2", "--gradients"}, 1, "reward model");
  const CliResult score =
      runCli(scratch / "home", {"inspect", "--model", folder.string(), "--ids", "38,55,32,21,6", "--out", out});
  REQUIRE(score.code == 0);
  CHECK(SafetensorsFile(out).read("logits").data.size() == 1);
  CHECK(SafetensorsFile(out).read("logits").data[0] == Approx(expected.read("rewards").data[2]).epsilon(1e-4));
  const CliResult words = runCli(scratch / "home", {"generate", "--model", folder.string(), "--ids", "1,2"});
  CHECK(words.code == 1);
  CHECK_THAT(words.err, Contains("reward model"));
}
