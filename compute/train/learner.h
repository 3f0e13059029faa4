// A model that learns, with its optimizer, and how both are kept: the weights in a model folder or a file of their own,
// the optimizer's moments in a file beside them.
#pragma once

#include "formats/model_folder.h"
#include "train/optimizer.h"

namespace attune {

class Learner {
public:
  using Path = std::filesystem::path;

  Learner(std::shared_ptr<Model> model, const OptimizerSettings& settings);

  Model& model() { return *model_; }
  const std::shared_ptr<Model>& sharedModel() const { return model_; }
  Optimizer& optimizer() { return optimizer_; }
  ParameterBlock* gradients() { return &optimizer_.gradients(); }

  // An optimizer step with the gradients gathered so far; returns their norm before clipping. A loss or gradient that
  // is not finite throws Error naming the first bad tensor and leaves the weights as they were. `name` of the loss, for
  // that.
  double step(double loss, double rate, const std::string& name = "the loss");
  // The first tensor of weights that holds a NaN or an infinity; empty: none does.
  std::string firstBadWeight() const;

  // Every weight in turn, checked to be finite (Error); a large one in parts.
  void writeWeights(const std::function<void(const std::string& name, std::span<const float> values)>& write) const;
  void writeWeights(const Path& file) const; // safetensors, of a second model in a checkpoint
  void readWeights(const Path& file);

  void writeMoments(const Path& file); // safetensors, under PyTorch's names
  void readMoments(const Path& file, int64_t steps);

private:
  std::shared_ptr<Model> model_;
  Optimizer optimizer_;
};

} // namespace attune
