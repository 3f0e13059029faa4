// A tiny world to train in: a text, conversations, a tokenizer learned from them, and models of both families.
#pragma once

#include "formats/file.h"
#include "formats/json.h"
#include "model/initialize.h"
#include "scratch.h"
#include "text/tokenizer.h"
#include "train/run.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace attune::test {

inline const std::vector<std::pair<std::string, std::string>>& questions() {
  static const std::vector<std::pair<std::string, std::string>> all{
      {"Where?", "At sea."}, {"Who?", "Nora."}, {"When?", "Now."}};
  return all;
}

struct TrainingWorld {
  Scratch root;
  std::filesystem::path text, chat, tokenizer;

  TrainingWorld()
      : text(root / "tales.txt")
      , chat(root / "answers.jsonl")
      , tokenizer(root / "tokenizer") {
    std::string tales;
    for (int i = 0; i < 40; ++i)
      tales += "The ferry waits in the harbour until the wind is calm. Then the captain rings the bell, and bell " +
               std::to_string(i * 37 % 40) + " answers.\n";
    writeFileAtomically(text, tales);
    std::string lines;
    for (const auto& [question, answer] : questions())
      lines +=
          Json{{"messages", {{{"role", "user"}, {"content", question}}, {{"role", "assistant"}, {"content", answer}}}}}
              .dump() +
          "\n";
    writeFileAtomically(chat, lines);
    std::filesystem::create_directories(tokenizer);
    Tokenizer::trainBytePairs(std::span(&text, 1), 270)->save(tokenizer);
  }

  std::filesystem::path model(Architecture architecture) const {
    const std::filesystem::path folder = root / architectureName(architecture);
    if (!std::filesystem::exists(folder))
      initializeModel(
          withSettings(defaultConfig(architecture), {"n_layer=2", "n_head=2", "n_embd=32", "n_inner=64", "n_ctx=32"}),
          tokenizer, folder, 1);
    return folder;
  }

  // 24 steps, a checkpoint every 6, an evaluation every 5.
  RunSettings settings(Architecture architecture = Architecture::Gpt2) const {
    RunSettings s;
    s.model = model(architecture);
    s.data = {text};
    s.heldOut = "0.1";
    s.steps = 24;
    s.batch = 4;
    s.context = 16;
    s.rate = 1e-2;
    s.leastRate = 1e-3;
    s.warmup = 4;
    s.checkpointEvery = 6;
    s.evaluateEvery = 5;
    s.seed = 7;
    return s;
  }
};

} // namespace attune::test
