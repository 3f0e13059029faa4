#include "model/capture.h"

#include "error.h"

namespace attune {
namespace {

// Appends `width` columns of every row of a matrix.
void append(std::vector<float>& to, const std::vector<float>& matrix, int64_t columns, int64_t first, int64_t width) {
  for (size_t row = 0; row < matrix.size(); row += size_t(columns)) {
    const auto begin = matrix.begin() + std::ptrdiff_t(row) + first;
    to.insert(to.end(), begin, begin + width);
  }
}

} // namespace

void checkTokens(const ModelConfig& config, std::span<const int32_t> ids) {
  if (ids.empty()) throw Error("there is nothing to look into: the text has no tokens");
  if (int64_t(ids.size()) > config.nCtx)
    throw Error("the text has " + std::to_string(ids.size()) + " tokens, the model's context is " +
                std::to_string(config.nCtx) + "; shorten it");
  for (int32_t id : ids)
    if (id < 0 || id >= config.vocabSize)
      throw Error("token id " + std::to_string(id) + " is out of range: the model knows 0 to " +
                  std::to_string(config.vocabSize - 1));
}

CapturedAttention captureAttention(const Model& model, std::span<const int32_t> ids) {
  const ModelConfig& config = model.config();
  checkTokens(config, ids);
  const int64_t length = int64_t(ids.size());
  Graph graph;
  const std::map<std::string, Tensor> parameters = parameterTensors(graph, config);
  const TokenInputs inputs = tokenInputs(graph, length, false);
  const HeadShape shape{1, length, config.nHead, config.nKvHead, config.headDim};
  std::vector<QueryKeyValue> layers;
  const Attend attend = [&](Graph& g, int64_t, const QueryKeyValue& input) {
    layers.push_back(input);
    for (const Columns& part : {input.q, input.k, input.v}) g.keep(part.tensor);
    return attention(g, input, shape);
  };
  Transformer{config, parameters}.hidden(graph, inputs, attend); // the plan drops what nothing kept depends on

  vulkan::Device& device = model.device();
  const uint64_t stride = (uint64_t(length) * 4 + 255) / 256 * 256;
  const auto memory = device.allocate(2 * stride, vulkan::Memory::Upload, "tokens to look into");
  auto* numbers = reinterpret_cast<int32_t*>(memory->mapped());
  for (int64_t i = 0; i < length; ++i) {
    numbers[i] = ids[size_t(i)];
    numbers[stride / 4 + uint64_t(i)] = int32_t(i);
  }
  Bindings bindings = model.bindings();
  bindings["ids"] = {memory.get(), 0, stride};
  bindings["positions"] = {memory.get(), stride, stride};
  std::shared_ptr<vulkan::Buffer> arena;
  Executable executable(device, std::move(graph), bindings, arena);
  executable.submit();

  CapturedAttention out;
  out.q.reserve(size_t(config.nLayer * length * config.attentionWidth()));
  out.k.reserve(size_t(config.nLayer * length * config.keyValueWidth()));
  out.v.reserve(out.k.capacity());
  Tensor at; // queries, keys and values that lie side by side in one matrix are read once
  std::vector<float> matrix;
  const auto take = [&](std::vector<float>& to, const Columns& part, int64_t width) {
    if (!(part.tensor == at)) matrix = executable.read(at = part.tensor);
    append(to, matrix, executable.graph().columns(part.tensor), part.first, width);
  };
  for (const QueryKeyValue& layer : layers) {
    at = {};
    take(out.q, layer.q, config.attentionWidth());
    take(out.k, layer.k, config.keyValueWidth());
    take(out.v, layer.v, config.keyValueWidth());
  }
  return out;
}

} // namespace attune
