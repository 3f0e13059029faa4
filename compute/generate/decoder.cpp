#include "generate/decoder.h"

#include "error.h"
#include "ops/linear.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace attune {
namespace {

// Inputs lie side by side, each padded to the device's binding alignment.
constexpr int mostRows = 4096;
constexpr uint64_t inputBytes = mostRows * 4ull;

} // namespace

// A recording for up to `rows` rows, of which `wanted` give logits.
struct Decoder::Step {
  Tensor logits;
  std::unique_ptr<Executable> executable;
};

Decoder::Decoder(std::shared_ptr<Model> model, int slots, int context)
    : model_(std::move(model))
    , slots_(slots)
    , context_(int(std::min<int64_t>(context, model_->config().nCtx))) {
  if (model_->config().classifier) throw Error("a reward model scores texts and writes none; choose a language model");
  vulkan::Device& device = model_->device();
  const uint64_t bytes = uint64_t(slots_) * uint64_t(context_) * uint64_t(model_->config().keyValueWidth()) * 4;
  for (int64_t i = 0; i < 2 * model_->config().nLayer; ++i)
    caches_.push_back(device.allocate((bytes + 15) / 16 * 16, vulkan::Memory::Device, "key-value cache"));
  inputs_ = device.allocate(4 * inputBytes, vulkan::Memory::Upload, "tokens to read");
}

uint64_t Decoder::cacheBytes() const {
  uint64_t bytes = 0;
  for (const auto& cache : caches_) bytes += cache->size();
  return bytes;
}

Decoder::Step& Decoder::stepFor(int rows, int wanted, bool oneEach) {
  std::shared_ptr<Step>& step = steps_[{rows, wanted, oneEach}];
  if (step) return *step;
  const ModelConfig& config = model_->config();
  Graph graph;
  const std::map<std::string, Tensor> parameters = parameterTensors(graph, config);
  const TokenInputs inputs = tokenInputs(graph, rows, false);
  const Tensor slots = graph.external("slots", {rows}), chosen = graph.external("wanted", {wanted});
  Bindings bindings = model_->bindings();
  uint64_t offset = 0;
  for (const char* name : {"ids", "positions", "slots", "wanted"}) {
    bindings[name] = {inputs_.get(), offset, inputBytes};
    offset += inputBytes;
  }
  const HeadShape shape{1, rows, config.nHead, config.nKvHead, config.headDim};
  const Attend attend = [&](Graph& g, int64_t layer, const QueryKeyValue& input) {
    Tensor cache[2];
    for (int which : {0, 1}) {
      const std::string name = (which ? "values." : "keys.") + std::to_string(layer);
      vulkan::Buffer* buffer = caches_[size_t(2 * layer + which)].get();
      cache[which] = g.external(name, {slots_, context_, config.keyValueWidth()});
      bindings[name] = {buffer, 0, buffer->size()};
    }
    return cachedAttention(g, input, cache[0], cache[1], slots, inputs.positions.numbers, shape, oneEach);
  };
  const Transformer transformer{config, parameters};
  const Tensor hidden = transformer.hidden(graph, inputs, attend);
  const Tensor last = embed(graph, hidden, {chosen}, {}, {}); // the rows that are wanted
  step = std::make_shared<Step>();
  step->logits = linear(graph, last, transformer.head(), WeightLayout::OutIn);
  graph.keep(step->logits);
  step->executable = std::make_unique<Executable>(model_->device(), std::move(graph), bindings, arena_);
  return *step;
}

std::vector<float> Decoder::run(std::span<const Row> rows, std::span<const int> wanted) {
  const ModelConfig& config = model_->config();
  for (const Row& row : rows) {
    if (row.id < 0 || row.id >= config.vocabSize)
      throw Error("token id " + std::to_string(row.id) + " is out of range: the model knows 0 to " +
                  std::to_string(config.vocabSize - 1));
    if (row.slot < 0 || row.slot >= slots_) throw Error("there is no cache slot " + std::to_string(row.slot));
    if (row.position < 0 || row.position >= context_)
      throw Error("the text has more tokens than the model's context of " + std::to_string(context_) + "; shorten it");
  }
  // Long prompts go in pieces; only rows of the last piece can be wanted then.
  constexpr size_t piece = 512;
  if (rows.size() > piece && std::all_of(wanted.begin(), wanted.end(), [](int w) { return size_t(w) >= piece; })) {
    run(rows.first(piece), {});
    std::vector<int> later(wanted.begin(), wanted.end());
    for (int& w : later) w -= int(piece);
    return run(rows.subspan(piece), later);
  }
  if (rows.size() > size_t(mostRows)) throw Error("too many tokens in one step of decoding");
  const int bucket = int(std::bit_ceil(rows.size())),
            wantedBucket = int(std::bit_ceil(std::max<size_t>(wanted.size(), 1)));
  std::vector<bool> used(size_t(slots_), false);
  bool oneEach = true;
  for (const Row& row : rows) {
    oneEach = oneEach && !used[size_t(row.slot)];
    used[size_t(row.slot)] = true;
  }
  Step& step = stepFor(bucket, wantedBucket, oneEach);
  auto* input = reinterpret_cast<int32_t*>(inputs_->mapped());
  for (int i = 0; i < bucket; ++i) { // rows beyond the given ones are padding: slot -1
    const bool real = size_t(i) < rows.size();
    input[i] = real ? rows[size_t(i)].id : 0;
    input[mostRows + i] = real ? rows[size_t(i)].position : 0;
    input[2 * mostRows + i] = real ? rows[size_t(i)].slot : -1;
  }
  for (int i = 0; i < wantedBucket; ++i) input[3 * mostRows + i] = size_t(i) < wanted.size() ? wanted[size_t(i)] : 0;
  step.executable->submit();
  if (wanted.empty()) {
    model_->device().wait();
    return {};
  }
  std::vector<float> logits = step.executable->read(step.logits);
  logits.resize(wanted.size() * size_t(config.vocabSize));
  return logits;
}

void Decoder::shareSlot(int from, int others, int positions) {
  if (others == 0) return;
  const uint64_t slot = uint64_t(context_) * uint64_t(model_->config().keyValueWidth()) * 4;
  const uint64_t used = uint64_t(positions) * uint64_t(model_->config().keyValueWidth()) * 4;
  auto recording = vulkan::Recording::begin(model_->device());
  for (const auto& cache : caches_)
    for (int i = from + 1; i <= from + others; ++i)
      recording->copy({cache.get(), slot * uint64_t(from), used}, {cache.get(), slot * uint64_t(i), used});
  recording->finish();
  model_->device().submit(*recording);
  model_->device().wait();
}

} // namespace attune
