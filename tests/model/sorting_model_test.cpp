// A trained GPT-2 that others published with every intermediate of one batch: step by step the same numbers.
#include "catch.h"
#include "model/transformer.h"
#include "nano_sort.h"
#include "ops/add.h"
#include "ops/linear.h"
#include "ops/norm.h"
#include "run_graph.h"

#include <cmath>

using namespace attune;
using namespace attune::test;

namespace {

// [B, T, heads * d] in the columns first ... of `rows`, as [B, heads, T, d].
std::vector<float> byHead(const std::vector<float>& rows, int width, int first, int batch, int length, int heads,
                          int d) {
  std::vector<float> out;
  for (int b = 0; b < batch; ++b)
    for (int h = 0; h < heads; ++h)
      for (int t = 0; t < length; ++t)
        for (int i = 0; i < d; ++i) out.push_back(rows[size_t((b * length + t) * width + first + h * d + i)]);
  return out;
}

} // namespace

TEST_CASE("every intermediate of the published sorting model") {
  const NanoSort sort = nanoSort();
  if (sort.tensors.empty()) return;
  const int batch = 3, length = 11, heads = 3, d = 16, width = 48;
  std::vector<int32_t> ids, positions;
  for (float id : sort.partials.at("idx").data) ids.push_back(int32_t(id));
  for (int i = 0; i < batch * length; ++i) positions.push_back(i % length);
  Values values{{"ids", ints(ids)}, {"positions", ints(positions)}};
  for (const auto& [name, tensor] : sort.tensors) values[name] = tensor.data;

  std::vector<std::string> names;
  const auto results = runGraph(
      [&](Graph& g) {
        const auto parameters = parameterTensors(g, sort.config);
        const TokenInputs inputs = tokenInputs(g, batch * length, false);
        const HeadShape shape{batch, length, heads, heads, d};
        std::vector<Tensor> wanted;
        const auto want = [&](const std::string& name, Tensor tensor) {
          names.push_back(name);
          wanted.push_back(tensor);
          return tensor;
        };
        const auto p = [&](const std::string& name) { return parameters.at(name); };
        const auto conv = [&](Tensor x, const std::string& name, bool gelu = false) {
          return linear(g, x, p("transformer.h.0." + name + ".weight"), WeightLayout::InOut,
                        {.bias = p("transformer.h.0." + name + ".bias"), .gelu = gelu});
        };
        const auto norm = [&](Tensor x, const std::string& name) {
          return layerNorm(g, x, p("transformer.h.0." + name + ".weight"), p("transformer.h.0." + name + ".bias"),
                           1e-5f);
        };
        // The first block, operation by operation.
        want("tok_emb", embed(g, p("transformer.wte.weight"), inputs.ids, {}, {}));
        const Tensor x =
            want("x", embed(g, p("transformer.wte.weight"), inputs.ids, p("transformer.wpe.weight"), inputs.positions));
        const Tensor qkv = want("qkv", conv(want("ln1", norm(x, "ln_1")), "attn.c_attn"));
        const QueryKeyValue parts{{qkv, 0}, {qkv, width}, {qkv, 2 * width}};
        want("attSm", attentionProbabilities(g, parts, shape));
        const Tensor y = want("y", attention(g, parts, shape));
        const Tensor residual = want("attnResid", add(g, x, want("yProj", conv(y, "attn.c_proj"))));
        const Tensor n = want("ln2", norm(residual, "ln_2"));
        want("fc", conv(n, "mlp.c_fc"));
        const Tensor mlp = want("mlp", conv(want("gelu", conv(n, "mlp.c_fc", true)), "mlp.c_proj"));
        want("mlpResid", add(g, residual, mlp));
        // The whole model, as Attune runs it.
        std::vector<Tensor> states;
        const Transformer model{sort.config, parameters};
        const Tensor last = model.hidden(
            g, inputs, [&](Graph& graph, int64_t, const QueryKeyValue& in) { return attention(graph, in, shape); },
            &states);
        for (int i = 0; i < 3; ++i) want("block" + std::to_string(i), states[size_t(i + 1)]);
        want("ln_f", last);
        want("lm_head", linear(g, last, model.head(), WeightLayout::OutIn));
        return wanted;
      },
      values);

  for (size_t i = 0; i < names.size(); ++i) {
    INFO(names[i]);
    const std::vector<float>& expected = sort.partials.at(names[i]).data;
    if (names[i] == "attSm") { // of the first sequence
      CHECK(relativeError(results[i],
                          std::vector<float>(expected.begin(), expected.begin() + long(results[i].size()))) <= 1e-5);
      continue;
    }
    REQUIRE(results[i].size() == expected.size());
    CHECK(relativeError(results[i], expected) <= 1e-5);
    if (names[i] == "qkv") {
      int first = 0;
      for (const char* part : {"q", "k", "v"}) {
        CHECK(relativeError(byHead(results[i], 3 * width, first, batch, length, heads, d),
                            sort.partials.at(part).data) <= 1e-5);
        first += width;
      }
    }
    if (names[i] == "lm_head") {
      std::vector<float> probabilities;
      for (size_t row = 0; row < results[i].size(); row += 3) {
        double sum = 0;
        for (size_t c = 0; c < 3; ++c) sum += std::exp(double(results[i][row + c]));
        for (size_t c = 0; c < 3; ++c) probabilities.push_back(float(std::exp(double(results[i][row + c])) / sum));
      }
      CHECK(relativeError(probabilities, sort.partials.at("probs").data) <= 1e-5);
    }
  }
}
