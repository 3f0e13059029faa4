#include "train/rollout_file.h"

#include "error.h"
#include "formats/file.h"
#include "formats/json.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <numeric>

namespace attune {
namespace {

namespace fs = std::filesystem;

constexpr size_t mostEpisodes = 32, filesKept = 4;

double short5(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.5g", value);
  return std::strtod(text, nullptr) + 0.0; // no −0
}

Json short5(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(short5(value));
  return list;
}

std::vector<double> exponentials(const std::vector<double>& logarithms) {
  std::vector<double> values;
  for (const double x : logarithms) values.push_back(std::exp(x));
  return values;
}

std::string trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \n\t"), end = text.find_last_not_of(" \n\t");
  return begin == text.npos ? std::string() : text.substr(begin, end - begin + 1);
}

// The step of 'step-12.jsonl'; below 0: another file.
int64_t stepOf(const fs::path& file) {
  const std::string name = file.filename().string();
  if (!name.starts_with("step-") || !name.ends_with(".jsonl")) return -1;
  const std::string digits = name.substr(5, name.size() - 11);
  if (digits.empty() || digits.size() > 15 || digits.find_first_not_of("0123456789") != digits.npos) return -1;
  return std::atoll(digits.c_str());
}

RolloutReply replyOf(const Json& json, const std::string& where) {
  const JsonFields fields(json, where);
  RolloutReply reply{fields.text("prompt"), fields.boolean("ended"), fields.number("score"), fields.number("kl"), {}};
  const Json& ids = fields.array("ids");
  reply.tokens.resize(ids.size());
  const auto numbers = [&](const char* key, double RolloutToken::*field) {
    const Json& list = fields.array(key);
    if (list.size() != ids.size()) fields.fail(key, "must have as many entries as \"ids\".");
    for (size_t t = 0; t < list.size(); ++t) {
      if (!list[t].is_number()) fields.fail(key, "must hold numbers.");
      reply.tokens[t].*field = list[t].get<double>();
    }
  };
  numbers("probability", &RolloutToken::probability);
  numbers("reference", &RolloutToken::reference);
  numbers("kl_token", &RolloutToken::kl);
  numbers("reward", &RolloutToken::reward);
  numbers("advantage", &RolloutToken::advantage);
  numbers("value", &RolloutToken::value);
  const std::vector<std::string> texts = fields.texts("tokens");
  if (texts.size() != ids.size()) fields.fail("tokens", "must have as many entries as \"ids\".");
  for (size_t t = 0; t < texts.size(); ++t) {
    if (!ids[t].is_number_integer()) fields.fail("ids", "must hold whole numbers.");
    reply.tokens[t].id = int32_t(ids[t].get<int64_t>());
    reply.tokens[t].text = texts[t];
  }
  return reply;
}

// The text of a prompt, each turn of a conversation on a line of its own: special tokens stand between them.
std::string turnsOf(const std::vector<int32_t>& ids, const Tokenizer& tokenizer) {
  std::string text;
  for (size_t i = 0; i < ids.size();) {
    size_t end = i;
    while (end < ids.size() && !tokenizer.isSpecial(ids[end])) ++end;
    if (const std::string turn = trimmed(tokenizer.decode({ids.data() + i, end - i}, true)); !turn.empty())
      text += (text.empty() ? "" : "\n") + turn;
    i = end + 1;
  }
  return text;
}

} // namespace

std::string rolloutText(int64_t step, double klCoef, std::span<const Episode> episodes, std::span<const double> scores,
                        const std::shared_ptr<const Tokenizer>& tokenizer) {
  std::string text = jsonLine({{"step", step}, {"kl_coef", klCoef}, {"episodes", episodes.size()}}) + "\n";
  for (size_t i = 0; i < std::min(mostEpisodes, episodes.size()); ++i) {
    const Episode& episode = episodes[i];
    Json tokens = Json::array();
    StreamDecoder decoder(tokenizer, false);
    for (const int32_t id : episode.reply) tokens.push_back(decoder.add(id));
    if (!tokens.empty()) tokens.back() = tokens.back().get<std::string>() + decoder.finish();
    std::vector<double> advantages;
    for (size_t t = 0; t < episode.length(); ++t) advantages.push_back(episode.returns[t] - episode.values[t]);
    Json row{{"prompt", turnsOf(episode.prompt, *tokenizer)},
             {"ended", episode.ended},
             {"score", short5(scores[i])},
             {"kl", short5(episode.klSum())},
             {"ids", episode.reply},
             {"tokens", tokens},
             {"probability", short5(exponentials(episode.old))},
             {"reference", short5(exponentials(episode.reference))},
             {"kl_token", short5(episode.kl)},
             {"reward", short5(episode.rewards)},
             {"advantage", short5(advantages)},
             {"value", short5(episode.values)}};
    text += row.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  }
  return text;
}

Rollouts readRollouts(const fs::path& file) {
  const std::string text = readFile(file);
  Rollouts made;
  size_t line = 0;
  for (size_t begin = 0; begin < text.size(); ++line) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string where = file.string() + ":" + std::to_string(line + 1);
    const Json json = parseJson(std::string_view(text).substr(begin, end - begin), file.string(), line + 1);
    if (line == 0) {
      const JsonFields fields(json, where);
      made.step = fields.integerIn("step", 0, int64_t(1) << 53);
      made.episodes = fields.integerIn("episodes", 0, int64_t(1) << 40);
      made.klCoef = fields.number("kl_coef");
    } else {
      made.replies.push_back(replyOf(json, where));
    }
    begin = end + 1;
  }
  if (line == 0) throw Error(file.string() + " is empty; a step's rollouts were expected");
  return made;
}

std::vector<fs::path> rolloutFiles(const fs::path& run) {
  std::vector<fs::path> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(run / "rollouts", none))
    if (stepOf(entry.path()) >= 0) files.push_back(entry.path());
  std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) { return stepOf(a) > stepOf(b); });
  return files;
}

void keepRollouts(const fs::path& run, int64_t step, const std::string& text) {
  fs::create_directories(run / "rollouts");
  writeFileAtomically(run / "rollouts" / ("step-" + std::to_string(step) + ".jsonl"), text);
  const std::vector<fs::path> files = rolloutFiles(run);
  std::error_code ignored;
  for (size_t i = filesKept; i < files.size(); ++i) fs::remove(files[i], ignored);
}

void forgetRolloutsAfter(const fs::path& run, int64_t step) {
  std::error_code ignored;
  for (const fs::path& file : rolloutFiles(run))
    if (stepOf(file) > step) fs::remove(file, ignored);
}

} // namespace attune
