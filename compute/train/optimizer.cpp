#include "train/optimizer.h"

#include "ops/dispatch.h"

#include <cmath>
#include <cstring>
#include <functional>

namespace attune {
namespace {

// Calls `each` with parts of [0, bytes) that one storage binding can hold.
void inParts(const vulkan::Limits& limits, uint64_t bytes,
             const std::function<void(uint64_t first, uint64_t count)>& each) {
  const uint64_t part = limits.maxStorageRange / 4096 * 4096;
  for (uint64_t first = 0; first < bytes; first += part) each(first, std::min(part, bytes - first));
}

vulkan::Slice partOf(vulkan::Slice all, uint64_t first, uint64_t count) {
  return {all.buffer, all.offset + first, count};
}

} // namespace

Optimizer::Optimizer(std::shared_ptr<Model> model, const OptimizerSettings& settings)
    : model_(std::move(model))
    , settings_(settings)
    , gradients_(model_->device(), model_->layout(), "gradients")
    , first_(model_->device(), model_->layout(), "the optimizer's first moments")
    , second_(model_->device(), model_->layout(), "the optimizer's second moments") {
  vulkan::Device& device = model_->device();
  const vulkan::Limits& limits = device.limits();
  const uint64_t bytes = model_->layout()->floats() * 4;
  clipping_ = device.allocate(16, vulkan::Memory::Download, "gradient norm");
  hyper_ = device.allocate(32, vulkan::Memory::Upload, "optimizer settings");

  zero_ = vulkan::Recording::begin(device);
  zero_->fill(gradients_.all(), 0);
  zero_->finish();

  uint32_t sums = 0;
  inParts(limits, bytes, [&](uint64_t, uint64_t count) { sums += spreadFlat(limits, count / 16).groups.x; });
  partial_ = device.allocate((sums * 4 + 15) / 16 * 16, vulkan::Memory::Device, "gradient norm");
  norm_ = vulkan::Recording::begin(device);
  uint32_t begun = 0;
  inParts(limits, bytes, [&](uint64_t first, uint64_t count) {
    const Spread spread = spreadFlat(limits, count / 16);
    struct {
      uint32_t count4, first;
    } push{uint32_t(count / 16), begun};
    norm_->dispatch(device.program("square_sum", spread.specialization),
                    {partOf(gradients_.all(), first, count), {partial_.get(), 0, partial_->size()}}, push,
                    spread.groups);
    begun += spread.groups.x;
  });
  const Spread one = spreadRows(limits, 1);
  struct {
    uint32_t count;
    float limit;
  } push{begun, float(settings_.clip)};
  norm_->dispatch(device.program("clip_coefficient", one.specialization),
                  {{partial_.get(), 0, partial_->size()}, {clipping_.get(), 0, 16}}, push, one.groups);
  norm_->finish();

  update_ = vulkan::Recording::begin(device);
  inParts(limits, bytes, [&](uint64_t first, uint64_t count) {
    const Spread spread = spreadFlat(limits, count / 16);
    const uint64_t decayed = std::clamp<uint64_t>(model_->layout()->decayed() * 4, first, first + count) - first;
    struct {
      uint32_t count4, decayed4;
    } push{uint32_t(count / 16), uint32_t(decayed / 16)};
    const auto weights = partOf(model_->weights().all(), first, count);
    const auto m = partOf(first_.all(), first, count), v = partOf(second_.all(), first, count);
    update_->dispatch(device.program("adamw", spread.specialization),
                      {partOf(gradients_.all(), first, count),
                       weights,
                       m,
                       v,
                       weights,
                       m,
                       v,
                       {clipping_.get(), 0, 16},
                       {hyper_.get(), 0, 32}},
                      push, spread.groups);
  });
  update_->finish();
}

void Optimizer::zeroGradients() { model_->device().submit(*zero_); }

double Optimizer::gradientNorm() {
  model_->device().submit(*norm_);
  model_->device().wait();
  float norm = 0;
  model_->device().download({clipping_.get(), 0, 4}, std::as_writable_bytes(std::span(&norm, 1)));
  return norm;
}

void Optimizer::update(double rate) {
  ++steps_;
  const float hyper[8] = {float(rate),
                          float(settings_.beta1),
                          float(settings_.beta2),
                          float(settings_.epsilon),
                          float(settings_.weightDecay),
                          float(1 - std::pow(settings_.beta1, double(steps_))),
                          float(1 - std::pow(settings_.beta2, double(steps_))),
                          0};
  model_->device().wait(); // the last update may still read these
  std::memcpy(hyper_->mapped(), hyper, sizeof hyper);
  model_->device().submit(*update_);
}

std::string Optimizer::firstBadGradient() const {
  std::string largest;
  float most = 0;
  for (const auto& [name, place] : model_->layout()->places())
    for (float value : gradients_.download(name)) {
      if (!std::isfinite(value)) return name;
      if (std::abs(value) > most) most = std::abs(value), largest = name;
    }
  return largest; // its square is too large
}

} // namespace attune
