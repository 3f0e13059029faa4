// Matrices of token rows on a device for the tests of operations: parts of wider matrices, filled with random numbers.
#pragma once

#include "ops/attention_kernels.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <span>
#include <vector>

namespace attune {

inline std::vector<double> readFloats(vulkan::Device& device, vulkan::Buffer& buffer, size_t count) {
  std::vector<float> values(count);
  device.download({&buffer, 0, count * 4}, std::as_writable_bytes(std::span(values)));
  return {values.begin(), values.end()};
}

// The norm of the difference over the norm of what was expected, or over `least` where that is larger (some gradients
// are truly zero); infinite where a number is not finite.
inline double relativeError(const std::vector<double>& found, const std::vector<double>& expected,
                            double least = 1e-6) {
  if (found.size() != expected.size()) return INFINITY;
  double difference = 0, norm = 0;
  for (size_t i = 0; i < found.size(); i++) {
    if (!std::isfinite(found[i])) return INFINITY;
    difference += (found[i] - expected[i]) * (found[i] - expected[i]);
    norm += expected[i] * expected[i];
  }
  return std::sqrt(difference) / std::max(std::sqrt(norm), least);
}

// `width` floats of each row of a matrix.
class TestMatrix {
public:
  TestMatrix(vulkan::Device& device, std::shared_ptr<vulkan::Buffer> buffer, int count, int stride, int offset,
             int width, std::mt19937& random)
      : device_(device)
      , buffer_(std::move(buffer))
      , count_(count)
      , stride_(stride)
      , offset_(offset)
      , width_(width)
      , random_(random) {}

  HeadRows rows() const { return {{buffer_.get(), 0, size_t(count_) * stride_ * 4}, uint32_t(stride_), uint32_t(offset_)}; }

  std::vector<double> read() const { // [count, width]
    const std::vector<double> all = readFloats(device_, *buffer_, size_t(count_) * stride_);
    std::vector<double> values;
    for (int r = 0; r < count_; r++)
      values.insert(values.end(), all.begin() + r * stride_ + offset_, all.begin() + r * stride_ + offset_ + width_);
    return values;
  }

  void write(const std::vector<float>& values) { // leaves the rest of the rows as it is
    std::vector<float> all(size_t(count_) * stride_);
    const vulkan::Slice slice = {buffer_.get(), 0, all.size() * 4};
    device_.download(slice, std::as_writable_bytes(std::span(all)));
    for (int r = 0; r < count_; r++)
      std::copy_n(values.begin() + r * width_, width_, all.begin() + r * stride_ + offset_);
    device_.upload(slice, std::as_bytes(std::span(all)));
  }

  std::vector<double> randomize(float deviation) {
    std::normal_distribution<float> normal(0, deviation);
    std::vector<float> values(size_t(count_) * width_);
    for (float& value : values) value = normal(random_);
    write(values);
    return {values.begin(), values.end()};
  }

private:
  vulkan::Device& device_;
  std::shared_ptr<vulkan::Buffer> buffer_;
  int count_, stride_, offset_, width_;
  std::mt19937& random_;
};

// Makes them. Memory around the parts holds 1e30, so that reading beside them shows.
class TestRows {
public:
  TestRows(vulkan::Device& device, unsigned seed)
      : device_(device)
      , random_(seed) {}

  TestMatrix matrix(int count, int stride, int offset, int width) {
    return {device_, buffer(size_t(count) * stride), count, stride, offset, width, random_};
  }
  // Parts of one matrix, until nextMatrix().
  TestMatrix part(int count, int stride, int offset, int width) {
    if (!shared_) shared_ = buffer(size_t(count) * stride);
    return {device_, shared_, count, stride, offset, width, random_};
  }
  void nextMatrix() { shared_.reset(); }

private:
  std::shared_ptr<vulkan::Buffer> buffer(size_t floats) {
    std::shared_ptr<vulkan::Buffer> made = device_.allocate(floats * 4, vulkan::Memory::Device, "a test");
    const std::vector<float> poison(floats, 1e30f);
    device_.upload({made.get(), 0, floats * 4}, std::as_bytes(std::span(poison)));
    return made;
  }

  vulkan::Device& device_;
  std::mt19937 random_;
  std::shared_ptr<vulkan::Buffer> shared_;
};

} // namespace attune
