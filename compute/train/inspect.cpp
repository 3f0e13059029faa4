#include "train/inspect.h"

#include "error.h"
#include "model/capture.h"
#include "ops/linear.h"
#include "train/trainer.h"

namespace attune {
namespace {

// The mean next-token loss and its gradients.
void addGradients(const std::shared_ptr<Model>& model, std::span<const int32_t> ids,
                  std::map<std::string, HostTensor>& out) {
  if (ids.size() < 2) throw Error("gradients of the next-token loss need a text of at least 2 tokens");
  Batch batch;
  batch.rows = 1;
  batch.length = int(ids.size()) - 1;
  batch.ids.assign(ids.begin(), ids.end() - 1);
  batch.targets.assign(ids.begin() + 1, ids.end());
  batch.weights.assign(size_t(batch.length), 1.0f);
  Trainer trainer(model, {});
  out["loss"] = {{1}, {float(trainer.gradients(std::span(&batch, 1)))}};
  for (const auto& [name, place] : model->layout()->places())
    out["grad." + name] = {place.entry.shape, trainer.optimizer().gradients().download(name)};
}

} // namespace

std::map<std::string, HostTensor> inspect(const std::shared_ptr<Model>& model, std::span<const int32_t> ids,
                                          bool gradients) {
  const ModelConfig& config = model->config();
  checkTokens(config, ids);
  if (gradients && config.classifier)
    throw Error("a reward model predicts no next token, so there is no such loss to differentiate; leave --gradients out");
  const int64_t length = int64_t(ids.size());
  Graph graph;
  const std::map<std::string, Tensor> parameters = parameterTensors(graph, config);
  const TokenInputs inputs = tokenInputs(graph, length, false);
  const HeadShape shape{1, length, config.nHead, config.nKvHead, config.headDim};
  std::map<std::string, Tensor> wanted;
  const Attend attend = [&](Graph& g, int64_t layer, const QueryKeyValue& input) {
    wanted["attention." + std::to_string(layer)] = attentionProbabilities(g, input, shape);
    return attention(g, input, shape);
  };
  const Transformer transformer{config, parameters};
  std::vector<Tensor> states;
  const Tensor hidden = transformer.hidden(graph, inputs, attend, &states);
  states.push_back(hidden);
  for (size_t i = 0; i < states.size(); ++i) wanted["hidden." + std::to_string(i)] = states[i];
  wanted["logits"] = linear(graph, hidden, transformer.head(), WeightLayout::OutIn);
  for (const auto& [name, tensor] : wanted) graph.keep(tensor);

  vulkan::Device& device = model->device();
  const uint64_t stride = (uint64_t(length) * 4 + 255) / 256 * 256;
  const auto memory = device.allocate(2 * stride, vulkan::Memory::Upload, "tokens to look into");
  auto* numbers = reinterpret_cast<int32_t*>(memory->mapped());
  for (int64_t i = 0; i < length; ++i) {
    numbers[i] = ids[size_t(i)];
    numbers[stride / 4 + uint64_t(i)] = int32_t(i);
  }
  Bindings bindings = model->bindings();
  bindings["ids"] = {memory.get(), 0, stride};
  bindings["positions"] = {memory.get(), stride, stride};
  std::shared_ptr<vulkan::Buffer> arena;
  Executable executable(device, std::move(graph), bindings, arena);
  executable.submit();
  std::map<std::string, HostTensor> out;
  for (const auto& [name, tensor] : wanted) out[name] = {executable.graph().shape(tensor), executable.read(tensor)};
  if (config.classifier) out["logits"] = {{1}, {out["logits"].data.back()}}; // it scores the last token
  if (gradients) addGradients(model, ids, out);
  return out;
}

} // namespace attune
