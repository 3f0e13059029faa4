#include "catch.h"
#include "nano_sort.h"

#include <cmath>

using namespace attune;
using namespace attune::test;

namespace {

// x [rows, in] · w [in, out] + b, in double.
double largestGap(const HostTensor& x, const HostTensor& w, const HostTensor& b, const HostTensor& expected) {
  const size_t in = size_t(w.shape[0]), out = size_t(w.shape[1]), rows = x.data.size() / in;
  double gap = 0;
  for (size_t row = 0; row < rows; ++row)
    for (size_t column = 0; column < out; ++column) {
      double sum = b.data[column];
      for (size_t i = 0; i < in; ++i) sum += double(x.data[row * in + i]) * w.data[i * out + column];
      gap = std::max(gap, std::abs(sum - expected.data[row * out + column]));
    }
  return gap;
}

} // namespace

TEST_CASE("the sorting model has the table's tensors, and its linear layers give its intermediates") {
  const NanoSort sort = nanoSort();
  if (sort.tensors.empty()) return;
  const auto table = tensorTable(sort.config);
  CHECK(table.size() == sort.tensors.size());
  for (const TensorEntry& entry : table) {
    INFO(entry.name);
    REQUIRE(sort.tensors.contains(entry.name));
    CHECK(sort.tensors.at(entry.name).shape == entry.shape);
    CHECK(int64_t(sort.tensors.at(entry.name).data.size()) == entry.elements());
  }
  const auto& w = sort.tensors;
  const auto& p = sort.partials;
  const std::string h = "transformer.h.0.";
  CHECK(largestGap(p.at("ln1"), w.at(h + "attn.c_attn.weight"), w.at(h + "attn.c_attn.bias"), p.at("qkv")) < 1e-5);
  CHECK(largestGap(p.at("y"), w.at(h + "attn.c_proj.weight"), w.at(h + "attn.c_proj.bias"), p.at("yProj")) < 1e-5);
  CHECK(largestGap(p.at("ln2"), w.at(h + "mlp.c_fc.weight"), w.at(h + "mlp.c_fc.bias"), p.at("fc")) < 1e-5);
  CHECK(largestGap(p.at("gelu"), w.at(h + "mlp.c_proj.weight"), w.at(h + "mlp.c_proj.bias"), p.at("mlp")) < 1e-5);
  CHECK(largestGap(p.at("ln_f"), transposed(w.at("lm_head.weight")), {{3}, {0, 0, 0}}, p.at("lm_head")) < 1e-5);
}
