// Runs a small graph on the test device with given inputs, and checks gradients against finite differences.
#pragma once

#include "graph/differentiate.h"
#include "graph/recorder.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace attune::test {

std::shared_ptr<vulkan::Device> device();

// Values of external tensors by name; integers are stored as their bits (see `ints`).
using Values = std::map<std::string, std::vector<float>>;
std::vector<float> ints(const std::vector<int32_t>& values);
std::vector<float> randomValues(size_t count, uint64_t seed, double deviation = 1);

// Builds a graph, binds `values`, runs it once. `build` returns the tensors to read back (each is kept). External
// tensors without values are zero; they can be read back by name through `after`.
std::vector<std::vector<float>> runGraph(const std::function<std::vector<Tensor>(Graph&)>& build, const Values& values,
                                         Values* after = nullptr);

// ‖a − b‖ / max(‖b‖, 1e-30)
double relativeError(const std::vector<float>& a, const std::vector<double>& b);
double relativeError(const std::vector<float>& a, const std::vector<float>& b);

// Compares the gradients of `loss` (built from `values`) for the inputs `wanted` with central differences of `reference`,
// the same loss in double precision. Returns the largest relative error of the norm.
double gradientError(const std::function<Tensor(Graph&)>& loss, const Values& values, const std::vector<std::string>& wanted,
                     const std::function<double(const std::map<std::string, std::vector<double>>&)>& reference);

} // namespace attune::test
