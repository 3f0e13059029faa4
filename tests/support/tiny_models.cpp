#include "tiny_models.h"

#include "random.h"

namespace attune::test {

namespace {

void makeModel(const std::filesystem::path& folder, bool chat, int context, double scale, bool classifier) {
  std::shared_ptr<const Tokenizer> tokenizer = Tokenizer::trainBytePairsOnText(
      "The ferry waits in the harbour. The lamp is warm, the bread is fresh, and the keeper sings at night. "
      "Where does the ferry go when the wind is strong? The keeper waits for the ferry and the bread is warm. "
      "Nora sings in the harbour and the wind is fresh at night. The lamp waits when the keeper sings.",
      420);
  if (chat) tokenizer = withAttuneTemplate(tokenizer);
  ModelConfig config = defaultConfig(Architecture::Gpt2);
  config.nLayer = 2;
  config.nHead = config.nKvHead = 2;
  config.nEmbd = 32;
  config.headDim = 16;
  config.nInner = 64;
  config.nCtx = context;
  config.vocabSize = tokenizer->size();
  config.eos = {*tokenizer->eos()};
  config.classifier = classifier;
  ModelFolderWriter writer(folder, config);
  uint64_t seed = 0;
  for (const TensorEntry& tensor : tensorTable(config)) {
    const Random random(++seed, RandomStream::Weights);
    std::vector<float> values(size_t(tensor.elements()));
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = tensor.init == TensorInit::Ones    ? 1.f
                  : tensor.init == TensorInit::Zeros ? 0.f
                                                     : float(scale * random.normal(i));
    // Tokens of letters lie along one direction, which the final norm adds: the model says readable things.
    constexpr float along = 1.0f;
    if (tensor.name.ends_with("wte.weight"))
      for (int32_t id = 0; id < tokenizer->size(); ++id) {
        const std::string bytes = tokenizer->bytesOf(id);
        bool readable = bytes.size() > 1 && !tokenizer->isSpecial(id);
        for (const char c : bytes) readable = readable && c >= ' ' && c <= 'z';
        if (readable) values[size_t(id) * size_t(config.nEmbd)] += along;
      }
    if (tensor.name.ends_with("ln_f.bias")) values[0] = 6;
    writer.write(tensor.name, values);
  }
  tokenizer->save(writer.path());
  writer.commit();
}

} // namespace

void makeTinyModel(const std::filesystem::path& folder, bool chat, int context, double scale) {
  makeModel(folder, chat, context, scale, false);
}

void makeTinyRewardModel(const std::filesystem::path& folder, int context) {
  makeModel(folder, true, context, 0.15, true);
}

} // namespace attune::test
