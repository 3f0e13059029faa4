#include "train/preference_start.h"

#include "error.h"
#include "formats/model_folder.h"
#include "model/initialize.h"
#include "text/chat_template.h"

namespace attune {

std::optional<int64_t> paddingToken(const Tokenizer& tokenizer) {
  if (const auto pad = tokenizer.pad(); pad && pad != tokenizer.eos()) return *pad;
  // Of Attune's template: what the system says never comes last.
  if (const auto role = tokenizer.idOf("<|system|>")) return *role;
  for (const char* name : {"<pad>", "<|pad|>", "<unk>", "<|im_start|>"})
    if (const auto id = tokenizer.idOf(name)) return *id;
  return {};
}

PreferenceStart preferenceStart(const RunSettings& settings, const std::filesystem::path& checkpoint, bool scores) {
  PreferenceStart start;
  start.folder = resolveModelPath(checkpoint.empty() ? settings.model : checkpoint);
  const ModelFolder folder(start.folder);
  start.config = folder.config();
  if (checkpoint.empty())
    start.parentHash = folder.sha256();
  else if (const Lineage lineage = readLineage(checkpoint); !lineage.parents.empty())
    start.parentHash = lineage.parents[0].sha256;
  if (!scores && start.config.classifier)
    throw Error(start.folder.string() + " is a reward model; a language model was expected");
  if (!Tokenizer::isIn(start.folder))
    throw Error(start.folder.string() + " has no tokenizer (tokenizer.json); training on text needs one");
  start.tokenizer = Tokenizer::load(start.folder);
  if (!start.tokenizer->chatTemplate()) {
    start.tokenizer = withAttuneTemplate(start.tokenizer);
    start.config.eos = {*start.tokenizer->eos()};
    start.config.vocabSize = std::max<int64_t>(start.config.vocabSize, start.tokenizer->size());
  }
  if (start.tokenizer->size() > start.config.vocabSize)
    throw Error(start.folder.string() + ": the tokenizer has " + std::to_string(start.tokenizer->size()) +
                " tokens, the model knows " + std::to_string(start.config.vocabSize) + "; they do not belong together");
  if (scores) {
    start.config.classifier = true;
    if (!start.config.pad || *start.config.pad == ChatTemplate(start.tokenizer).endOfTurn())
      start.config.pad = paddingToken(*start.tokenizer);
  }
  if (settings.context > start.config.nCtx)
    throw Error("--context is " + std::to_string(settings.context) + ", the model's is " +
                std::to_string(start.config.nCtx) + "; choose at most that");
  start.context = settings.context ? settings.context : int(start.config.nCtx);
  return start;
}

void loadPreferenceWeights(const PreferenceStart& start, Model& model, uint64_t seed) {
  const ModelFolder folder(start.folder);
  const std::vector<TensorEntry> table = tensorTable(start.config);
  for (size_t i = 0; i < table.size(); ++i) {
    const bool isNew = table[i].name == "score.weight" && !folder.config().classifier;
    std::vector<float> values = isNew ? std::vector<float>() : folder.read(table[i].name).data;
    if (values.size() < size_t(table[i].elements())) {
      const std::vector<float> fresh = initialValues(table[i], i, seed);
      values.insert(values.end(), fresh.begin() + long(values.size()), fresh.end());
    }
    model.weights().upload(table[i].name, values);
  }
}

} // namespace attune
