#include "train/checkpoint.h"

#include "formats/json.h"
#include "formats/model_folder.h"

#include <nlohmann/json.hpp>

namespace attune {

void writeCheckpoint(const std::filesystem::path& run, Trainer& trainer, const Tokenizer& tokenizer,
                     const Lineage& lineage, const RunPosition& state) {
  const std::filesystem::path folder = run / "checkpoints" / ("step-" + std::to_string(state.step));
  std::filesystem::create_directories(folder.parent_path());
  Learner& learner = trainer.learner();
  ModelFolderWriter writer(folder, learner.model().config(), DType::F32, true);
  learner.writeWeights([&](const std::string& name, std::span<const float> values) { writer.write(name, values); });
  learner.writeMoments(writer.path() / "optimizer.safetensors");
  Json json{{"step", state.step},
            {"seed", state.seed},
            {"optimizer_steps", learner.optimizer().steps()},
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
  RunPosition state{fields.integerIn("step", 0, most),
                    uint64_t(fields.integerIn("seed", 0, INT64_MAX)),
                    fields.integerIn("metrics_lines", 0, most),
                    fields.integerIn("samples_lines", 0, most),
                    {}};
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
  const Json json = readJson(checkpoint / "state.json");
  const JsonFields fields(json, (checkpoint / "state.json").string());
  trainer.learner().readMoments(checkpoint / "optimizer.safetensors",
                                fields.integerIn("optimizer_steps", 0, int64_t(1) << 53, state.step));
  return state;
}

} // namespace attune
