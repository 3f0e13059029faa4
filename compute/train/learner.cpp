#include "train/learner.h"

#include "error.h"

#include <algorithm>
#include <cmath>

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

// A tensor of a checkpoint's file for a place in the model. Throws Error when the shapes differ.
std::vector<float> readFor(const SafetensorsFile& file, const std::string& name, const std::vector<int64_t>& shape) {
  if (file.at(name).shape != shape)
    throw Error(file.path().string() + ": the tensor '" + name + "' has another shape than the model's");
  return file.read(name).data;
}

} // namespace

Learner::Learner(std::shared_ptr<Model> model, const OptimizerSettings& settings)
    : model_(std::move(model))
    , optimizer_(model_, settings) {}

double Learner::step(double loss, double rate, const std::string& name) {
  const double norm = optimizer_.gradientNorm();
  if (!std::isfinite(loss) || !std::isfinite(norm)) {
    const std::string bad = optimizer_.firstBadGradient();
    throw Error(name + " is not a number any more" +
                (bad.empty() ? std::string() : "; the first bad gradient is that of '" + bad + "'") +
                "; go on from the last checkpoint with a lower learning rate or a smaller --clip");
  }
  optimizer_.update(rate);
  return norm;
}

std::string Learner::firstBadWeight() const {
  for (const auto& [name, place] : model_->layout()->places())
    for (const float value : model_->weights().download(name))
      if (!std::isfinite(value)) return name;
  return {};
}

void Learner::writeWeights(const std::function<void(const std::string&, std::span<const float>)>& write) const {
  for (const auto& [name, place] : model_->layout()->places())
    inParts(model_->weights(), name, [&, name = name](const std::vector<float>& weights) {
      if (!std::all_of(weights.begin(), weights.end(), [](float value) { return std::isfinite(value); }))
        throw Error("the model cannot be saved: the tensor '" + name +
                    "' holds numbers that are not finite; go on from the last checkpoint with a lower learning rate "
                    "or a smaller --clip");
      write(name, weights);
    });
}

void Learner::writeWeights(const Path& file) const {
  std::vector<TensorSpec> specs;
  for (const auto& [name, place] : model_->layout()->places()) specs.push_back({name, place.entry.shape});
  SafetensorsWriter writer(file, specs);
  writeWeights([&](const std::string& name, std::span<const float> values) { writer.write(name, values); });
  writer.commit();
}

void Learner::readWeights(const Path& path) {
  const SafetensorsFile file(path);
  for (const auto& [name, place] : model_->layout()->places())
    model_->weights().upload(name, readFor(file, name, place.entry.shape));
}

void Learner::writeMoments(const Path& file) {
  std::vector<TensorSpec> specs;
  for (const auto& [name, place] : model_->layout()->places())
    for (const char* moment : {first, second}) specs.push_back({moment + name, place.entry.shape});
  SafetensorsWriter writer(file, specs);
  for (const auto& [name, place] : model_->layout()->places()) {
    const auto write = [&](const char* moment) {
      return [&, moment](const std::vector<float>& values) { writer.write(moment + name, values); };
    };
    inParts(optimizer_.firstMoments(), name, write(first));
    inParts(optimizer_.secondMoments(), name, write(second));
  }
  writer.commit();
}

void Learner::readMoments(const Path& path, int64_t steps) {
  const SafetensorsFile file(path);
  for (const auto& [name, place] : model_->layout()->places()) {
    optimizer_.firstMoments().upload(name, readFor(file, first + name, place.entry.shape));
    optimizer_.secondMoments().upload(name, readFor(file, second + name, place.entry.shape));
  }
  optimizer_.setSteps(steps);
}

} // namespace attune
