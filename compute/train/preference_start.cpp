#include "train/preference_start.h"

#include "error.h"
#include "formats/model_folder.h"
#include "model/initialize.h"
#include "text/chat_template.h"

#include <cmath>
#include <set>

namespace attune {
namespace {

// A tensor of a layer that is added: with projections back into the residual stream of zeros the layer begins by
// passing on what it gets, and the others are large enough to be of use to a training of one epoch (deviation
// 1/√width).
std::vector<float> addedValues(TensorEntry entry, size_t index, uint64_t seed) {
  for (const char* end : {"attn.c_proj.weight", "mlp.c_proj.weight", "self_attn.o_proj.weight", "mlp.down_proj.weight"})
    if (entry.name.ends_with(end)) entry.init = TensorInit::Zeros;
  if (entry.init == TensorInit::Normal) entry.std = 1 / std::sqrt(double(std::min(entry.shape[0], entry.shape[1])));
  return initialValues(entry, index, seed);
}

} // namespace

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
    if (checkpoint.empty()) start.config.nLayer += settings.reward.addLayers;
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
  std::set<std::string> known;
  for (const TensorEntry& entry : tensorTable(folder.config())) known.insert(entry.name);
  for (size_t i = 0; i < table.size(); ++i) {
    const TensorEntry& entry = table[i];
    std::vector<float> values = known.contains(entry.name) ? folder.read(entry.name).data : std::vector<float>();
    if (values.empty() && entry.name != "score.weight")
      values = addedValues(entry, i, seed);
    else if (values.size() < size_t(entry.elements())) {
      const std::vector<float> fresh = initialValues(entry, i, seed);
      values.insert(values.end(), fresh.begin() + long(values.size()), fresh.end());
    }
    model.weights().upload(entry.name, values);
  }
}

} // namespace attune
