#include "store/import_examples.h"

#include "data/data_file.h"
#include "data/examples.h"
#include "error.h"
#include "store/store.h"
#include <nlohmann/json.hpp>

namespace attune {
namespace {

QString wide(const std::string& text) { return QString::fromStdString(text); }

// The messages without the last one, whose content becomes `last`.
QList<StoredMessage> historyOf(const std::vector<Message>& messages, QString& last) {
  QList<StoredMessage> history;
  for (size_t i = 0; i + 1 < messages.size(); ++i)
    history << StoredMessage{wide(messages[i].role), wide(messages[i].content)};
  if (!messages.empty()) last = wide(messages.back().content);
  return history;
}

template <class Record> void label(Record& record, const ImportDefaults& defaults) {
  record.useCase = defaults.useCase;
  record.split = defaults.split;
  record.source = defaults.source;
  record.labeler = defaults.labeler;
}

Demonstration storedOf(const DemonstrationExample& example, const ImportDefaults& defaults) {
  Demonstration d;
  std::vector<Message> asked = example.messages;
  d.answer = wide(asked.back().content);
  asked.pop_back();
  d.history = historyOf(asked, d.prompt);
  label(d, defaults);
  d.scripted = defaults.scripted;
  return d;
}

Comparison storedOf(const RankingExample& example, const ImportDefaults& defaults) {
  Comparison c;
  c.history = historyOf(example.prompt, c.prompt);
  for (size_t i = 0; i < example.completions.size(); ++i) {
    Answer answer;
    answer.text = wide(example.completions[i]);
    answer.rank = example.ranks[i];
    c.answers << answer;
  }
  label(c, defaults);
  c.scripted = defaults.scripted;
  return c;
}

Prompt storedOf(const PromptExample& example, const ImportDefaults& defaults) {
  Prompt p;
  p.history = historyOf(example.messages, p.text);
  label(p, defaults);
  return p;
}

// Whether every record is one of those that exchange.h writes and reads.
bool isOurSchema(const std::filesystem::path& file) {
  if (file.extension() != ".jsonl") return false;
  const DataFile data = readDataFile(file);
  if (data.layout != DataLayout::JsonLines) return false;
  bool ours = true;
  forEachRecord(data, [&](const Json& record, const std::string&) {
    if (!ours) return;
    const auto has = [&](const char* key) { return record.is_object() && record.contains(key); };
    ours = has("messages") || (has("prompt") && (record["prompt"].is_string() || record["prompt"].is_array()) &&
                               !has("instruction") && !has("conversations") && !has("turns"));
  });
  return ours;
}

} // namespace

ImportResult importExamples(Store& store, const std::filesystem::path& file, const ImportDefaults& given) {
  if (isOurSchema(file)) return {importJsonLines(store, file, given), 0};
  ImportDefaults defaults = given;
  if (defaults.source.isEmpty()) defaults.source = wide(file.filename().string());
  const Examples examples = readExamples(file);
  QList<Demonstration> demonstrations;
  QList<Comparison> comparisons;
  QList<Prompt> prompts;
  for (const auto& example : examples.demonstrations) demonstrations << storedOf(example, defaults);
  for (const auto& example : examples.rankings) comparisons << storedOf(example, defaults);
  for (const auto& example : examples.prompts) prompts << storedOf(example, defaults);
  if (demonstrations.isEmpty() && comparisons.isEmpty() && prompts.isEmpty())
    throw Error(file.string() +
                " holds no prompt, demonstration or ranking; TRL's schemas or another known shape were expected.");
  if (!prompts.isEmpty()) {
    const RecordId set = store.promptSet(defaults.set.isEmpty() ? wide(file.stem().string()) : defaults.set);
    for (Prompt& prompt : prompts) prompt.set = set;
  }
  store.addInBulk(prompts, demonstrations, comparisons);
  return {{int(prompts.size()), int(demonstrations.size()), int(comparisons.size())}, examples.skipped};
}

} // namespace attune
