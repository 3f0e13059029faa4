// The contract's agreement between tensors computed here and those of a reference file.
#pragma once

#include "catch.h"
#include "formats/safetensors.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace attune::test {

inline double norm(const std::vector<float>& values) {
  double sum = 0;
  for (float v : values) sum += double(v) * v;
  return std::sqrt(sum);
}

// The difference's norm beside the larger of the expected norm and a thousandth of the largest norm of its kind in the
// file; the kind is what the names begin with.
inline void checkAgreement(const std::map<std::string, HostTensor>& got, const SafetensorsFile& expected,
                           const std::string& kind, double tolerance) {
  double largest = 0;
  for (const auto& tensor : expected.tensors())
    if (tensor.name.starts_with(kind)) largest = std::max(largest, norm(expected.read(tensor.name).data));
  int compared = 0;
  for (const auto& tensor : expected.tensors()) {
    if (!tensor.name.starts_with(kind)) continue;
    INFO(tensor.name);
    REQUIRE(got.count(tensor.name));
    const HostTensor want = expected.read(tensor.name);
    const HostTensor& have = got.at(tensor.name);
    CHECK(have.shape == want.shape);
    REQUIRE(have.data.size() == want.data.size());
    std::vector<float> difference(want.data.size());
    for (size_t i = 0; i < difference.size(); ++i) difference[i] = have.data[i] - want.data[i];
    CHECK(norm(difference) <= tolerance * std::max(norm(want.data), 1e-3 * largest));
    ++compared;
  }
  CHECK(compared > 0);
}

} // namespace attune::test
