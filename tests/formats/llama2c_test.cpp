#include "catch.h"
#include "error.h"
#include "formats/file.h"
#include "formats/llama2c.h"
#include "golden.h"
#include "model/tensor_table.h"
#include "scratch.h"

#include <cmath>
#include <cstring>

using namespace attune;
using namespace attune::test;

namespace {

struct Header {
  int32_t dim = 8, hidden = 6, layers = 2, heads = 2, kvHeads = 1, vocab = 5, context = 3;
};

// A checkpoint whose floats count upwards: 0, 1, 2, ...
std::string checkpoint(Header h, int extra = 0) {
  const int kv = h.dim / h.heads * h.kvHeads, vocab = std::abs(h.vocab);
  const int layer = 2 * h.dim + 2 * h.dim * h.dim + 2 * kv * h.dim + 3 * h.hidden * h.dim;
  const int count =
      vocab * h.dim * (h.vocab < 0 ? 2 : 1) + h.layers * layer + h.dim + h.context * (h.dim / h.heads) + extra;
  std::string bytes(sizeof h + size_t(count) * 4, '\0');
  std::memcpy(bytes.data(), &h, sizeof h);
  for (int i = 0; i < count; ++i) {
    const float value = float(i);
    std::memcpy(bytes.data() + sizeof h + size_t(i) * 4, &value, 4);
  }
  return bytes;
}

Llama2cModel imported(const std::string& bytes) {
  const Scratch scratch;
  writeFileAtomically(scratch / "m.bin", bytes);
  return readLlama2c(scratch / "m.bin");
}

} // namespace

TEST_CASE("a llama2.c checkpoint has every tensor of the table with its shape") {
  for (int vocab : {5, -5}) {
    Header header;
    header.vocab = vocab;
    const Llama2cModel model = imported(checkpoint(header));
    CHECK(model.config.tied == (vocab > 0));
    CHECK(model.config.vocabSize == 5);
    CHECK(model.config.eps == 1e-5);
    const auto table = tensorTable(model.config);
    CHECK(table.size() == model.tensors.size());
    for (const TensorEntry& entry : table) {
      INFO(entry.name);
      REQUIRE(model.tensors.contains(entry.name));
      CHECK(model.tensors.at(entry.name).shape == entry.shape);
      CHECK(int64_t(model.tensors.at(entry.name).data.size()) == entry.elements());
    }
    // Where each begins: embedding 40 floats, 2 · 8 of norms, then the queries of both layers.
    const auto first = [&](const char* name) { return model.tensors.at(name).data[0]; };
    CHECK(first("model.embed_tokens.weight") == 0);
    CHECK(first("model.layers.1.input_layernorm.weight") == 48);
    CHECK(first("model.layers.0.self_attn.q_proj.weight") == 56);
    CHECK(first("model.layers.0.self_attn.k_proj.weight") == 56 + 128);
    CHECK(first("model.layers.0.self_attn.v_proj.weight") == 184 + 64);
    CHECK(first("model.layers.0.self_attn.o_proj.weight") == 248 + 64);
    CHECK(first("model.layers.0.post_attention_layernorm.weight") == 312 + 128);
    CHECK(first("model.layers.0.mlp.gate_proj.weight") == 440 + 16);
    CHECK(first("model.layers.0.mlp.down_proj.weight") == 456 + 96);
    CHECK(first("model.layers.0.mlp.up_proj.weight") == 552 + 96);
    CHECK(first("model.norm.weight") == 648 + 96);
    if (vocab < 0) CHECK(first("lm_head.weight") == 744 + 8 + 12);
    // Rows 0..3 of a head of 4: even ones first.
    const auto& q = model.tensors.at("model.layers.0.self_attn.q_proj.weight").data;
    CHECK(q[8] == 56 + 16);
    CHECK(q[16] == 56 + 8);
    CHECK(q[24] == 56 + 24);
    CHECK(q[32] == 56 + 32);
    CHECK(q[40] == 56 + 48);
  }
}

TEST_CASE("after reordering, transformers' rotation of halves gives llama2.c's scores") {
  // One head of 4: q = Wq x at position 3, k = Wk x at position 1, each rotated its own way.
  const Llama2cModel model = imported(checkpoint({}));
  const std::string bytes = checkpoint({});
  const auto stored = [&](int at) {
    float value;
    std::memcpy(&value, bytes.data() + 28 + at * 4, 4);
    return double(value);
  };
  const double x[8] = {0.3, -0.1, 0.2, 0.5, -0.4, 0.6, 0.1, -0.2};
  const auto& wq = model.tensors.at("model.layers.0.self_attn.q_proj.weight").data;
  const auto& wk = model.tensors.at("model.layers.0.self_attn.k_proj.weight").data;
  double theirs[2][4] = {}, ours[2][4] = {};
  for (int row = 0; row < 4; ++row)
    for (int c = 0; c < 8; ++c) {
      theirs[0][row] += stored(56 + row * 8 + c) * x[c];
      theirs[1][row] += stored(184 + row * 8 + c) * x[c];
      ours[0][row] += wq[size_t(row * 8 + c)] * x[c];
      ours[1][row] += wk[size_t(row * 8 + c)] * x[c];
    }
  const auto rotate = [](double& a, double& b, double angle) {
    const double real = a * std::cos(angle) - b * std::sin(angle),
                 imaginary = a * std::sin(angle) + b * std::cos(angle);
    a = real, b = imaginary;
  };
  const int positions[2] = {3, 1};
  double theirScore = 0, ourScore = 0;
  for (int which = 0; which < 2; ++which)
    for (int i = 0; i < 2; ++i) {
      const double angle = positions[which] * std::pow(10000.0, -2.0 * i / 4);
      rotate(theirs[which][2 * i], theirs[which][2 * i + 1], angle);
      rotate(ours[which][i], ours[which][i + 2], angle);
    }
  for (int i = 0; i < 4; ++i) theirScore += theirs[0][i] * theirs[1][i], ourScore += ours[0][i] * ours[1][i];
  CHECK(std::abs(theirScore - ourScore) < 1e-9 * std::abs(theirScore));
}

TEST_CASE("a file that is no llama2.c checkpoint is refused") {
  Header header;
  CHECK_THROWS_WITH(imported("abc"), Contains("too few"));
  CHECK_THROWS_WITH(imported(checkpoint(header, 1)), Contains("its header asks for"));
  CHECK_THROWS_WITH(imported(checkpoint(header, -1)), Contains("cut short"));
  header.layers = 0;
  CHECK_THROWS_WITH(imported(checkpoint(header)), Contains("n_layers 0"));
  header = {.heads = 3};
  CHECK_THROWS_WITH(imported(checkpoint(header)), Contains("divisible"));
  header = {.heads = 8, .kvHeads = 8};
  CHECK_THROWS_WITH(imported(checkpoint(header)), Contains("odd"));
  const Header huge{1 << 28, 1 << 28, 1 << 28, 1, 1, 1 << 28, 1 << 28};
  std::string bytes(100, '\0');
  std::memcpy(bytes.data(), &huge, sizeof huge);
  CHECK_THROWS_AS(imported(bytes), Error);
  const Header magic{0x616b3432};
  std::memcpy(bytes.data(), &magic, sizeof magic);
  CHECK_THROWS_WITH(imported(bytes), Contains("newer version"));
}

TEST_CASE("the published story model is read") {
  const auto file = sharedData("stories260K/stories260K.bin");
  if (file.empty()) return;
  const Llama2cModel model = readLlama2c(file);
  CHECK(model.config.nLayer == 5);
  CHECK(model.config.nKvHead == 4);
  CHECK(model.config.tied);
  CHECK(parameterCount(model.config) == 260032);
}
