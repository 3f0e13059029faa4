#include "catch.h"
#include "cli/commands.h"
#include "errors.h"
#include "run_cli.h"
#include "scratch.h"

#include <nlohmann/json.hpp>

using namespace attune;
using namespace attune::test;

TEST_CASE("the commands of the contract are there, those that come later are not") {
  const Scratch scratch;
  for (const char* name : {"devices",
                           "tokenizer train",
                           "tokenizer encode",
                           "tokenizer decode",
                           "model init",
                           "model info",
                           "model import",
                           "model export",
                           "pretrain",
                           "sft",
                           "resume",
                           "pause",
                           "evaluate",
                           "generate",
                           "chat",
                           "inspect",
                           "labels sample",
                           "labels rank",
                           "labels import",
                           "labels export",
                           "labels list",
                           "data import",
                           "data export",
                           "data list",
                           "attention export",
                           "bench",
                           "reward",
                           "dpo",
                           "ppo",
                           "compare"}) {
    INFO(name);
    bool found = false;
    for (const cli::Command& command : cli::commands()) found |= command.name == name;
    CHECK(found);
  }
  for (const char* name : {"selftest", "nonsense"}) {
    const CliResult result = runCli(scratch.path(), {name});
    CHECK(result.code == 2);
    CHECK_THAT(result.err, Contains(name) && Contains("unknown"));
    CHECK(result.out.empty());
  }
}

TEST_CASE("every command says what it takes, with defaults") {
  const Scratch scratch;
  for (const cli::Command& command : cli::commands()) {
    const std::string help = cli::helpOf(command);
    INFO(command.name);
    CHECK_THAT(help, Contains("attune-cli " + command.name) && Contains(command.summary));
    for (const cli::Option& option : command.options) {
      CHECK_THAT(help, Contains("--" + option.name));
      if (!option.fallback.empty()) CHECK_THAT(help, Contains("(default: " + option.fallback + ")"));
    }
  }
  const CliResult pretrain = runCli(scratch.path(), {"pretrain", "--help"});
  CHECK(pretrain.code == 0);
  CHECK(pretrain.err.empty());
  for (const char* words : {"0.9,0.95", "1e-8", "(default: 0.1)", "--held-out FILE|SHARE", "--device N|NAME"})
    CHECK_THAT(pretrain.out, Contains(words));
  CHECK_THAT(runCli(scratch.path(), {"--help"}).out, Contains("tokenizer train") && Contains("attention export"));
  CHECK_THAT(runCli(scratch.path(), {"labels", "--help"}).out, Contains("labels rank"));
}

TEST_CASE("wrong usage ends with 2 and one sentence that names option and expectation") {
  const Scratch scratch;
  struct Case {
    std::vector<std::string> words;
    std::string names;
  };
  const Case cases[] = {
      {{}, "No command"},
      {{"model"}, "model"},
      {{"model", "bake"}, "model bake"},
      {{"generate"}, "--model DIR"},
      {{"generate", "--model"}, "--model"},
      {{"generate", "--model", "--json"}, "--model"},
      {{"generate", "--model", "x"}, "--prompt"},
      {{"generate", "--model", "x", "--prompt", "a", "--ids", "1"}, "--ids"},
      {{"generate", "--model", "x", "--prompt", "a", "--colour", "red"}, "--colour"},
      {{"generate", "--model", "x", "--prompt", "a", "--greedy=1"}, "--greedy"},
      {{"generate", "--model", "x", "--prompt", "a", "-x"}, "-x"},
      {{"generate", "--model", "x", "--prompt", "a", "more"}, "more"},
      {{"generate", "--model", "x", "--ids", "1,two"}, "--ids"},
      {{"generate", "--model", "x", "--prompt", "a", "--temperature", "0"}, "--temperature"},
      {{"generate", "--model", "x", "--prompt", "a", "--temperature", "-1"}, "--temperature"},
      {{"generate", "--model", "x", "--prompt", "a", "--temperature", "warm"}, "--temperature"},
      {{"generate", "--model", "x", "--prompt", "a", "--temperature", "nan"}, "--temperature"},
      {{"generate", "--model", "x", "--prompt", "a", "--top-k", "-1"}, "--top-k"},
      {{"generate", "--model", "x", "--prompt", "a", "--top-k", "1.5"}, "--top-k"},
      {{"generate", "--model", "x", "--prompt", "a", "--top-p", "0"}, "--top-p"},
      {{"generate", "--model", "x", "--prompt", "a", "--top-p", "1.01"}, "--top-p"},
      {{"generate", "--model", "x", "--prompt", "a", "--min-p", "1.5"}, "--min-p"},
      {{"generate", "--model", "x", "--prompt", "a", "--repetition-penalty", "0"}, "--repetition-penalty"},
      {{"generate", "--model", "x", "--prompt", "a", "--max-tokens", "many"}, "--max-tokens"},
      {{"generate", "--model", "x", "--prompt", "a", "--seed", "-3"}, "--seed"},
      {{"tokenizer", "train", "--vocab", "300", "--out", "t"}, "FILE..."},
      {{"tokenizer", "train", "f", "--vocab", "0", "--out", "t"}, "--vocab"},
      {{"tokenizer", "decode", "--model", "x", "one"}, "ID"},
      {{"model", "init", "--tokenizer", "t", "--out", "o"}, "--architecture"},
      {{"model", "init", "--architecture", "bert", "--tokenizer", "t", "--out", "o"}, "--architecture"},
      {{"model", "init", "--architecture", "gpt2", "--set", "n_layer", "--tokenizer", "t", "--out", "o"}, "KEY=VALUE"},
      {{"pretrain", "--model", "m", "--out", "r"}, "--data"},
      {{"pretrain", "--model", "m", "--data", "d", "--out", "r", "--steps", "0"}, "--steps"},
      {{"pretrain", "--model", "m", "--data", "d", "--out", "r", "--betas", "0.9"}, "--betas"},
      {{"pretrain", "--model", "m", "--data", "d", "--out", "r", "--betas", "0.9,1"}, "--betas"},
      {{"pretrain", "--model", "m", "--data", "d", "--out", "r", "--lr", "-1"}, "--lr"},
      {{"pretrain", "--model", "m", "--data", "d", "--out", "r", "--lr", "0.1", "--min-lr", "0.2"}, "--min-lr"},
      {{"pretrain", "--model", "m", "--data", "d", "--out", "r", "--dropout", "1"}, "--dropout"},
      {{"pretrain", "--model", "m", "--data", "d", "--out", "r", "--held-out", "1.5"}, "--held-out"},
      {{"inspect", "--model", "m", "--text", "a"}, "--out"},
      {{"inspect", "--objective", "joy", "--case", "c", "--out", "o"}, "--objective"},
      {{"inspect", "--objective", "ppo", "--out", "o"}, "--case"},
      {{"reward", "--model", "m", "--data", "d", "--out", "r", "--loss", "joy"}, "--loss"},
      {{"dpo", "--model", "m", "--data", "d", "--out", "r", "--beta", "0"}, "--beta"},
      {{"ppo", "--policy", "m", "--prompts", "p", "--out", "r"}, "--reward"},
      {{"ppo", "--policy", "m", "--reward", "x", "--prompts", "p", "--out", "r", "--lambda", "2"}, "--lambda"},
      {{"ppo", "--policy", "m", "--reward", "x", "--prompts", "p", "--out", "r", "--pretrain-coef", "1"},
       "--pretrain-data"},
      {{"compare", "--models", "a", "--prompts", "p", "--judge", "j"}, "--models"},
      {{"generate", "--model", "x", "--prompt", "a", "--best-of", "4"}, "--reward-model"},
      {{"labels", "sample", "--model", "m", "--prompt", "p", "--answers", "1"}, "--answers"},
      {{"labels", "sample", "--model", "m", "--prompt", "p", "--answers", "100"}, "--answers"},
      {{"labels", "rank"}, "--ranks"},
      {{"data", "export", "--kind", "wishes", "--out", "f"}, "--kind"},
      {{"attention", "export", "--model", "m", "--text", "a", "--out", "f.gif"}, "--out"},
      {{"attention", "export", "--model", "m", "--text", "a", "--out", "f.png", "--layer", "1"}, "--head"},
      {{"resume"}, "RUN"},
  };
  for (const Case& one : cases) {
    std::string line;
    for (const std::string& word : one.words) line += word + " ";
    INFO(line);
    const CliResult result = runCli(scratch.path(), one.words);
    CHECK(result.code == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, Contains(one.names));
    CHECK(result.err.find('\n') == result.err.size() - 1); // one sentence on one line
  }
}

TEST_CASE("options may be written with an equals sign, and words after -- are operands") {
  const cli::Command command{
      "test", "", "WORD...", 0, 9, {{"name", "TEXT", ""}, {"set", "KEY=VALUE", "", "", true}, {"flag", "", ""}}, {}};
  const cli::Arguments arguments(command,
                                 {"--name=a=b", "--set", "x=1", "y=2", "--flag", "one", "--set=z=3", "--", "--name"});
  CHECK(arguments.text("name") == "a=b");
  CHECK(arguments.all("set") == std::vector<std::string>{"x=1", "y=2", "z=3"});
  CHECK(arguments.has("flag"));
  CHECK(arguments.operands() == std::vector<std::string>{"one", "--name"});
  CHECK(cli::Arguments(command, {"--name", "--strange"}).text("name") == "--strange"); // no option of the command
  CHECK(cli::Arguments(command, {"--name", "-5", "-7"}).operands() == std::vector<std::string>{"-7"});
  CHECK_THROWS_AS(cli::Arguments(command, {"--name", "--flag"}), cli::WrongUsage);
}

TEST_CASE("devices are listed, and one that is not there is refused by name") {
  const Scratch scratch;
  const CliResult all = runCli(scratch.path(), {"devices", "--json"});
  REQUIRE(all.code == 0);
  const Json devices = all.json()["devices"];
  REQUIRE(!devices.empty());
  CHECK(devices[0].contains("refusal"));
  const CliResult wrong = runCli(scratch.path(), {"devices", "--device", "Voodoo 2"});
  CHECK(wrong.code == 1);
  CHECK_THAT(wrong.err, Contains("Voodoo 2"));
}
