#include "catch.h"
#include "error.h"
#include "formats/file.h"
#include "formats/half.h"
#include "formats/safetensors.h"
#include "golden.h"
#include "scratch.h"

#include <cmath>
#include <cstring>
#include <limits>

using namespace attune;
using namespace attune::test;
namespace fs = std::filesystem;

namespace {

std::string framed(const std::string& header, size_t dataBytes, uint64_t said = UINT64_MAX) {
  const uint64_t length = said == UINT64_MAX ? header.size() : said;
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += char(length >> (8 * i));
  return bytes + header + std::string(dataBytes, '\0');
}

// The sentence that opening these bytes ends with.
std::string refusal(const std::string& bytes) {
  const Scratch scratch;
  writeFileAtomically(scratch / "m.safetensors", bytes);
  try {
    SafetensorsFile file(scratch / "m.safetensors");
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

std::string one(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"w":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
}

void checkRefusal(const std::string& bytes, const std::string& part) {
  const std::string said = refusal(bytes);
  INFO(said);
  CHECK(said.find(part) != std::string::npos);
  CHECK(said.find("m.safetensors") != std::string::npos);
}

} // namespace

TEST_CASE("a broken or hostile file is refused with a sentence") {
  CHECK(refusal(framed(one("F32", "[2]", "[0,8]"), 8)) == "accepted");
  CHECK(refusal(framed("{}", 0)) == "accepted");
  CHECK(refusal(framed(one("F32", "[]", "[0,4]"), 4)) == "accepted");
  CHECK(refusal(framed(one("F32", "[3,0]", "[0,0]"), 0)) == "accepted");
  checkRefusal("abc", "too few");
  checkRefusal(framed("{}", 0, uint64_t(4) << 30), "header has 4294967296 bytes");
  checkRefusal(framed("{}", 0, UINT64_MAX - 1), "cut short");
  checkRefusal(framed("", 0), "no JSON object");
  checkRefusal(framed("[1]", 0), "no JSON object");
  checkRefusal(framed("{\"w\":", 0), "no JSON");
  checkRefusal(framed("{\"w\":" + std::string(100000, '['), 0), "nested");
  checkRefusal(framed("{\"w\":3}", 0), "tensor \"w\"");
  checkRefusal(framed("{\"__metadata__\":{\"format\":3}}", 0), "__metadata__");
  checkRefusal(framed("{\"w\":{\"shape\":[2],\"data_offsets\":[0,8]}}", 8), "dtype");
  checkRefusal(framed(one("F31", "[2]", "[0,8]"), 8), "F31");
  checkRefusal(framed(one("F32", "[-2]", "[0,8]"), 8), "negative");
  checkRefusal(framed(one("F32", "[2.5]", "[0,8]"), 8), "whole numbers");
  checkRefusal(framed(one("F32", "\"2\"", "[0,8]"), 8), "list");
  checkRefusal(framed(one("F32", "[4294967296,4294967296]", "[0,8]"), 8), "more elements");
  checkRefusal(framed(one("F32", "[9223372036854775807]", "[0,8]"), 8), "more elements");
  checkRefusal(framed(one("F32", "[18446744073709551615]", "[0,8]"), 8), "negative");
  checkRefusal(framed(one("F32", "[2]", "[8,0]"), 8), "begin");
  checkRefusal(framed(one("F32", "[2]", "[0]"), 8), "two numbers");
  checkRefusal(framed(one("F32", "[2]", "[0,8]"), 7), "cut short");
  checkRefusal(framed(one("F32", "[2]", "[0,8]"), 9), "belong to no tensor");
  checkRefusal(framed(one("F32", "[2]", "[4,12]"), 12), "after the tensor before it");
  checkRefusal(framed(one("F32", "[2]", "[0,4]"), 8), "needs 8");
  const std::string overlap =
      R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})";
  checkRefusal(framed(overlap, 12), "overlaps");
  const std::string hole =
      R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})";
  checkRefusal(framed(hole, 12), "tensor \"b\"");
}

TEST_CASE("a file that is absent, a folder or cut while open is refused") {
  const Scratch scratch;
  CHECK_THROWS_WITH(SafetensorsFile(scratch / "none"), Contains("does not exist"));
  CHECK_THROWS_WITH(SafetensorsFile(scratch.path()), Contains("no regular file"));
  writeSafetensors(scratch / "w", {{"w", {{300}, std::vector<float>(300, 1.f)}}});
  const SafetensorsFile file(scratch / "w");
  fs::resize_file(scratch / "w", 100);
  CHECK_THROWS_WITH(file.read("w"), Contains("became shorter"));
  CHECK_THROWS_WITH(file.read("v"), Contains("has no tensor \"v\""));
}

TEST_CASE("other types are listed and read raw only") {
  const Scratch scratch;
  SafetensorsWriter writer(scratch / "x", {{"ids", {2}, DType::I64}, {"flags", {3}, DType::Bool}});
  const int64_t ids[2] = {7, -1};
  const uint8_t flags[3] = {1, 0, 1};
  writer.writeRaw("flags", std::as_bytes(std::span(flags)));
  writer.writeRaw("ids", std::as_bytes(std::span(ids)));
  writer.commit();
  const SafetensorsFile file(scratch / "x");
  CHECK(file.at("ids").dtype == DType::I64);
  const auto bytes = file.readRaw("ids");
  REQUIRE(bytes.size() == 16);
  CHECK(std::memcmp(bytes.data(), ids, 16) == 0);
  CHECK_THROWS_WITH(file.read("ids"), Contains("I64"));
}

TEST_CASE("a file is the same bytes as the format's own library writes") {
  for (const char* name :
       {"gpt2-tiny/model.safetensors", "llama-tiny/expected.safetensors", "gpt2-half/model.safetensors"}) {
    const fs::path original = golden(name);
    if (original.empty()) return;
    const Scratch scratch;
    const SafetensorsFile file(original);
    std::vector<TensorSpec> specs;
    for (const TensorInfo& info : file.tensors()) specs.push_back({info.name, info.shape, info.dtype});
    SafetensorsWriter writer(scratch / "copy", specs, file.metadata());
    for (const TensorInfo& info : file.tensors()) writer.write(info.name, file.read(info.name).data);
    writer.commit();
    CHECK(readFile(scratch / "copy") == readFile(original));
  }
}

TEST_CASE("a tensor is read and written in parts") {
  const Scratch scratch;
  std::vector<float> values(1 << 20);
  for (size_t i = 0; i < values.size(); ++i) values[i] = float(i % 2048);
  for (DType dtype : {DType::F32, DType::F16, DType::BF16}) {
    SafetensorsWriter writer(scratch / "w", {{"w", {1024, 1024}, dtype}});
    writer.write("w", std::span(values).first(777));
    writer.write("w", std::span(values).subspan(777));
    CHECK_THROWS_WITH(writer.write("w", std::span(values).first(1)), Contains("too many"));
    writer.commit();
    const SafetensorsFile file(scratch / "w");
    std::vector<float> part(5000);
    file.read(file.at("w"), part, 1000);
    for (size_t i = 0; i < part.size(); ++i) {
      const float expected = dtype == DType::BF16 ? bf16ToFloat(floatToBf16(values[1000 + i])) : values[1000 + i];
      REQUIRE(part[i] == expected);
    }
    CHECK_THROWS_WITH(file.read(file.at("w"), part, (1 << 20) - 4999), Contains("asked for"));
  }
}

TEST_CASE("a writer that is not finished leaves nothing") {
  const Scratch scratch;
  {
    SafetensorsWriter writer(scratch / "w", {{"w", {4}}, {"v", {1}}});
    writer.write("w", std::vector<float>(4));
    CHECK_THROWS_WITH(writer.commit(), Contains("\"v\""));
    CHECK_THROWS_WITH(writer.write("u", std::vector<float>(1)), Contains("\"u\""));
  }
  CHECK(fs::is_empty(scratch.path()));
  CHECK_THROWS_WITH(SafetensorsWriter(scratch / "w", {{"w", {4}}, {"w", {4}}}), Contains("two tensors"));
  CHECK_THROWS_WITH(SafetensorsWriter(scratch / "w", {{"w", {-1}}}), Contains("shape"));
  CHECK_THROWS_WITH(SafetensorsWriter(scratch / "no" / "w", {{"w", {1}}}), Contains("folder"));
}

TEST_CASE("halves widen exactly and round to the nearest even") {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const uint16_t half = uint16_t(bits);
    const int exponent = half >> 10 & 31, mantissa = half & 1023;
    double value = exponent == 31  ? (mantissa ? NAN : INFINITY)
                   : exponent == 0 ? std::ldexp(mantissa, -24)
                                   : std::ldexp(1024 + mantissa, exponent - 25);
    if (half & 0x8000) value = -value;
    const float wide = f16ToFloat(half);
    if (std::isnan(value)) {
      REQUIRE(std::isnan(wide));
      REQUIRE(std::isnan(f16ToFloat(floatToF16(wide))));
      REQUIRE(std::isnan(bf16ToFloat(floatToBf16(wide))));
      continue;
    }
    REQUIRE(double(wide) == value);
    REQUIRE(std::signbit(wide) == bool(half & 0x8000));
    REQUIRE(floatToF16(wide) == half);
    const float brain = bf16ToFloat(half);
    if (!std::isnan(brain)) REQUIRE(floatToBf16(brain) == half);
    // Just below, at and just above the middle to the next larger magnitude.
    if ((half & 0x7fff) < 0x7bff) {
      const float next = f16ToFloat(uint16_t(half + 1)), middle = wide / 2 + next / 2;
      REQUIRE(floatToF16(middle) == (half & 1 ? half + 1 : half));
      REQUIRE(floatToF16(std::nextafter(middle, wide)) == half);
      REQUIRE(floatToF16(std::nextafter(middle, next)) == half + 1);
    }
  }
  CHECK(floatToF16(65519.996f) == 0x7bff);
  CHECK(floatToF16(65520.f) == 0x7c00);
  CHECK(floatToF16(-1e30f) == 0xfc00);
  CHECK(floatToF16(0x1p-25f) == 0);
  CHECK(floatToF16(std::nextafter(0x1p-25f, 1.f)) == 1);
  CHECK(floatToBf16(std::numeric_limits<float>::max()) == 0x7f80);
  CHECK(floatToBf16(1.00390625f) == 0x3f80); // a tie: to even
  CHECK(floatToBf16(1.01171875f) == 0x3f82);
}
