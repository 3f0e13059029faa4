#include "train/checkpoint.h"

#include "error.h"
#include "formats/json.h"
#include "formats/model_folder.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace attune {
namespace {

constexpr const char* first = "exp_avg."; // PyTorch's names of Adam's moments
constexpr const char* second = "exp_avg_sq.";

// Passes a tensor on in parts, so that saving takes no room.
template <class Write> void inParts(const ParameterBlock& block, const std::string& name, const Write& write) {
  constexpr int64_t part = 1 << 20;
  const int64_t total = block.layout().places().at(name).entry.elements();
  std::vector<float> values;
  for (int64_t first = 0; first < total; first += part) {
    values.resize(size_t(std::min(part, total - first)));
    block.download(name, first, values);
    write(values);
  }
}

} // namespace

void writeCheckpoint(const std::filesystem::path& run, Trainer& trainer, const Tokenizer& tokenizer,
                     const Lineage& lineage, const RunPosition& state) {
  const std::filesystem::path folder = run / "checkpoints" / ("step-" + std::to_string(state.step));
  std::filesystem::create_directories(folder.parent_path());
  Model& model = trainer.model();
  ModelFolderWriter writer(folder, model.config(), DType::F32, true);
  std::vector<TensorSpec> specs;
  for (const auto& [name, place] : model.layout()->places()) {
    inParts(model.weights(), name, [&, name = name](const std::vector<float>& weights) {
      if (!std::all_of(weights.begin(), weights.end(), [](float value) { return std::isfinite(value); }))
        throw Error("step " + std::to_string(state.step) + " cannot be saved: the tensor '" + name +
                    "' holds numbers that are not finite; go on from the last checkpoint with a lower learning rate or "
                    "a smaller --clip");
      writer.write(name, weights);
    });
    for (const char* moment : {first, second}) specs.push_back({moment + name, place.entry.shape});
  }
  SafetensorsWriter moments(writer.path() / "optimizer.safetensors", specs);
  for (const auto& [name, place] : model.layout()->places()) {
    const auto write = [&](const std::string& moment) {
      return [&, moment](const std::vector<float>& values) { moments.write(moment, values); };
    };
    inParts(trainer.optimizer().firstMoments(), name, write(first + name));
    inParts(trainer.optimizer().secondMoments(), name, write(second + name));
  }
  moments.commit();
  Json json{{"step", state.step},
            {"seed", state.seed},
            {"optimizer_steps", trainer.optimizer().steps()},
            {"metrics_lines", state.metricsLines},
            {"samples_lines", state.samplesLines}};
  if (const auto& open = state.open)
    json["open_step"] = {{"loss", open->loss},
                         {"lr", open->rate},
                         {"grad_norm", open->gradientNorm},
                         {"time_step", open->seconds},
                         {"tokens", open->tokens},
                         {"held_out_batches", open->batches},
                         {"held_out_loss_sum", open->heldOutLoss},
                         {"held_out_count", open->heldOutCount}};
  writeJson(writer.path() / "state.json", json);
  tokenizer.save(writer.path());
  Lineage own = lineage;
  own.step = state.step;
  writer.setLineage(own);
  writer.commit();
}

RunPosition readCheckpointState(const std::filesystem::path& checkpoint) {
  const std::filesystem::path file = checkpoint / "state.json";
  const Json json = readJson(file);
  const JsonFields fields(json, file.string());
  constexpr int64_t most = int64_t(1) << 53;
  RunPosition state{fields.integerIn("step", 0, most), uint64_t(fields.integerIn("seed", 0, INT64_MAX)),
                    fields.integerIn("metrics_lines", 0, most), fields.integerIn("samples_lines", 0, most), {}};
  if (fields.has("open_step")) {
    const JsonFields open = fields.object("open_step");
    state.open = OpenStep{open.number("loss"),
                          open.number("lr"),
                          open.number("grad_norm"),
                          open.number("time_step"),
                          open.integerIn("tokens", 0, most),
                          open.integerIn("held_out_batches", 0, most),
                          open.number("held_out_loss_sum"),
                          open.number("held_out_count")};
  }
  return state;
}

RunPosition readCheckpoint(const std::filesystem::path& checkpoint, Trainer& trainer) {
  const RunPosition state = readCheckpointState(checkpoint);
  const SafetensorsFile moments(checkpoint / "optimizer.safetensors");
  for (const auto& [name, place] : trainer.model().layout()->places()) {
    for (const char* moment : {first, second})
      if (moments.at(moment + name).shape != place.entry.shape)
        throw Error(moments.path().string() + ": the tensor '" + moment + name +
                    "' has another shape than the model's");
    trainer.optimizer().firstMoments().upload(name, moments.read(first + name).data);
    trainer.optimizer().secondMoments().upload(name, moments.read(second + name).data);
  }
  const Json json = readJson(checkpoint / "state.json");
  trainer.optimizer().setSteps(JsonFields(json, (checkpoint / "state.json").string())
                                   .integerIn("optimizer_steps", 0, int64_t(1) << 53, state.step));
  return state;
}

} // namespace attune
