#include "models/talking_copy.h"

#include "error.h"
#include "formats/model_folder.h"
#include "model/initialize.h"
#include "text/chat_template.h"
#include "text/tokenizer.h"

namespace attune {

void makeTalkingCopy(const std::filesystem::path& from, const std::filesystem::path& to) {
  const ModelFolder model(from);
  const std::shared_ptr<const Tokenizer> tokenizer = withAttuneTemplate(Tokenizer::load(from));
  ModelConfig config = model.config();
  if (config.classifier) throw Error(from.string() + " is a reward model; it scores and does not talk");
  config.eos = {*tokenizer->eos()};
  config.vocabSize = std::max<int64_t>(config.vocabSize, tokenizer->size());
  ModelFolderWriter writer(to, config, model.dtype());
  const std::vector<TensorEntry> table = tensorTable(config);
  for (size_t i = 0; i < table.size(); ++i) {
    std::vector<float> values = model.read(table[i].name).data;
    if (values.size() < size_t(table[i].elements())) {
      const std::vector<float> fresh = initialValues(table[i], i, 0);
      values.insert(values.end(), fresh.begin() + long(values.size()), fresh.end());
    }
    writer.write(table[i].name, values);
  }
  tokenizer->save(writer.path());
  Lineage lineage;
  lineage.job = "import";
  lineage.parents = {{from.string(), model.sha256(), "model"}};
  writer.setLineage(lineage);
  writer.commit();
}

} // namespace attune
