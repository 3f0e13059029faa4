// A tiny world to learn preferences in.
#pragma once

#include "formats/file.h"
#include "formats/json.h"
#include "model/initialize.h"
#include "text/chat_template.h"
#include "training_world.h"

#include <nlohmann/json.hpp>
#include <sstream>

namespace attune::test {

// A tokenizer with a chat template, a model of it, rankings in which the answer with a bell is the better one.
struct PreferenceWorld : TrainingWorld {
  std::filesystem::path policy = root / "policy", rankings = root / "rankings.jsonl", prompts = root / "prompts.txt",
                        rule = root / "rule.json";

  explicit PreferenceWorld(Architecture architecture = Architecture::Gpt2) {
    const std::filesystem::path chatTokenizer = root / "chat-tokenizer";
    std::filesystem::create_directories(chatTokenizer);
    withAttuneTemplate(Tokenizer::load(tokenizer))->save(chatTokenizer);
    initializeModel(
        withSettings(defaultConfig(architecture), {"n_layer=1", "n_head=2", "n_embd=16", "n_inner=32", "n_ctx=32"}),
        chatTokenizer, policy, 1);
    std::string lines, asked;
    for (int i = 0; i < 16; ++i) {
      const std::string prompt = "hen " + std::to_string(i);
      std::vector<std::string> answers{"a bell", "the sea"};
      std::vector<int> ranks{1, 2};
      if (i % 4 == 0) answers.push_back("wind"), ranks.push_back(2);
      lines += Json{{"prompt", prompt}, {"completions", answers}, {"ranks", ranks}}.dump() + "\n";
      asked += prompt + "\n";
    }
    writeFileAtomically(rankings, lines);
    writeFileAtomically(prompts, asked);
    writeFileAtomically(rule, R"({"rules": [{"pattern": "e", "score": 1}, {"unit": "bytes", "score": -0.05}]})");
  }

  RunSettings preference(RunKind kind) const {
    RunSettings s;
    s.kind = kind;
    s.model = policy;
    s.data = {kind == RunKind::Ppo ? prompts : rankings};
    s.heldOut = "0.25";
    s.steps = 9;
    s.batch = kind == RunKind::Ppo ? 6 : 4;
    s.rate = 1e-2;
    s.leastRate = 1e-3;
    s.warmup = 1;
    s.checkpointEvery = 3;
    s.evaluateEvery = 4;
    s.seed = 5;
    if (kind != RunKind::Ppo) return s;
    s.ppo.reward = rule;
    s.ppo.maxTokens = 6;
    s.ppo.epochs = 2;
    s.ppo.minibatches = 2;
    s.ppo.klTarget = 1;
    s.ppo.normalizeScores = true;
    s.ppo.endPenalty = 0.1;
    return s;
  }
};

inline std::vector<Json> rowsOf(const std::filesystem::path& file) {
  std::vector<Json> rows;
  std::istringstream lines(readFile(file));
  for (std::string line; std::getline(lines, line);) rows.push_back(Json::parse(line));
  return rows;
}
inline std::vector<Json> metricsOf(const std::filesystem::path& run) { return rowsOf(run / "metrics.jsonl"); }

} // namespace attune::test
