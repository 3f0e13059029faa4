#include "model/initialize.h"

#include "error.h"
#include "formats/model_folder.h"
#include "random.h"
#include "text/tokenizer.h"

namespace attune {

std::vector<float> initialValues(const TensorEntry& entry, size_t index, uint64_t seed) {
  std::vector<float> values(size_t(entry.elements()), entry.init == TensorInit::Ones ? 1.0f : 0.0f);
  if (entry.init != TensorInit::Normal) return values;
  const Random random(seed, RandomStream::Weights, index);
  for (size_t i = 0; i < values.size(); ++i) values[i] = float(entry.std * random.normal(i));
  return values;
}

void initializeModel(ModelConfig config, const std::filesystem::path& tokenizerFolder, const std::filesystem::path& out,
                     uint64_t seed) {
  const auto tokenizer = Tokenizer::load(tokenizerFolder);
  config.vocabSize = tokenizer->size();
  config.bos = tokenizer->bos() ? std::optional<int64_t>(*tokenizer->bos()) : std::nullopt;
  config.pad = tokenizer->pad() ? std::optional<int64_t>(*tokenizer->pad()) : std::nullopt;
  config.eos.clear();
  if (tokenizer->eos()) config.eos.push_back(*tokenizer->eos());
  checkConfig(config, "the new model");
  ModelFolderWriter writer(out, config);
  const std::vector<TensorEntry> table = tensorTable(config);
  for (size_t i = 0; i < table.size(); ++i) writer.write(table[i].name, initialValues(table[i], i, seed));
  tokenizer->save(writer.path());
  Lineage lineage;
  lineage.createdBy = "attune " ATTUNE_VERSION;
  lineage.job = "init";
  lineage.seed = seed;
  writer.setLineage(lineage);
  writer.commit();
}

} // namespace attune
