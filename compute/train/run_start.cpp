#include "train/run_start.h"

#include "data/sft_data.h"
#include "error.h"
#include "formats/model_folder.h"
#include "model/initialize.h"
#include "text/chat_template.h"

namespace attune {

RunStart startOf(const RunSettings& settings, const std::filesystem::path& path) {
  RunStart start;
  start.model = resolveModelPath(path);
  const ModelFolder folder(start.model);
  start.config = folder.config();
  start.parentHash = folder.sha256();
  if (start.config.classifier)
    throw Error(start.model.string() + " is a reward model; text needs a language model to train on");
  if (!Tokenizer::isIn(start.model))
    throw Error(start.model.string() + " has no tokenizer (tokenizer.json); training on text needs one");
  start.tokenizer = Tokenizer::load(start.model);
  if (settings.kind == RunKind::Sft && !start.tokenizer->chatTemplate() && SftData::needTemplate(settings.data)) {
    start.tokenizer = withAttuneTemplate(start.tokenizer);
    start.config.eos = {*start.tokenizer->eos()};
    start.config.vocabSize = std::max<int64_t>(start.config.vocabSize, start.tokenizer->size());
  }
  if (start.tokenizer->size() > start.config.vocabSize)
    throw Error(start.model.string() + ": the tokenizer has " + std::to_string(start.tokenizer->size()) +
                " tokens, the model knows " + std::to_string(start.config.vocabSize) + "; they do not belong together");
  if (settings.context > start.config.nCtx)
    throw Error("--context is " + std::to_string(settings.context) + ", the model's is " +
                std::to_string(start.config.nCtx) + "; choose at most that");
  start.context = settings.context ? settings.context : int(start.config.nCtx);
  return start;
}

void loadWeights(const RunStart& start, Model& model, uint64_t seed) {
  const ModelFolder folder(start.model);
  const std::vector<TensorEntry> table = tensorTable(start.config);
  for (size_t i = 0; i < table.size(); ++i) {
    std::vector<float> values = folder.read(table[i].name).data;
    if (values.size() < size_t(table[i].elements())) {
      const std::vector<float> fresh = initialValues(table[i], i, seed);
      values.insert(values.end(), fresh.begin() + long(values.size()), fresh.end());
    }
    model.weights().upload(table[i].name, values);
  }
}

} // namespace attune
