#include "catch.h"
#include "vulkan/device.h"
#include "vulkan/program.h"
#include "vulkan/recording.h"

#include <algorithm>
#include <bit>

using namespace attune;
using namespace attune::vulkan;

namespace {

struct AffinePush {
  uint32_t count;
  float add;
};

std::vector<float> read(Device& device, Buffer& buffer, size_t count) {
  std::vector<float> values(count);
  device.download({&buffer, 0, count * 4}, std::as_writable_bytes(std::span(values)));
  return values;
}

void write(Device& device, Buffer& buffer, const std::vector<float>& values) {
  device.upload({&buffer, 0, values.size() * 4}, std::as_bytes(std::span(values)));
}

Program& affine(Device& device, uint32_t localSize, float factor) {
  const uint32_t constants[] = {localSize, std::bit_cast<uint32_t>(factor)};
  return device.program("test_affine", constants);
}

constexpr uint32_t count = 1000;
constexpr uint64_t bytes = count * 4;

} // namespace

TEST_CASE("a shader tells its bindings, push constants and local size") {
  const auto device = Device::open();
  const Program& program = affine(*device, 32, 2);
  CHECK(program.name() == "test_affine");
  CHECK(program.localSize()[0] == 32);
  CHECK(program.localSize()[1] == 1);
  CHECK(program.pushConstantBytes() == 8);
  REQUIRE(program.bindings().size() == 2);
  CHECK_FALSE(program.bindings()[0].written);
  CHECK(program.bindings()[1].written);
  CHECK(&program == &affine(*device, 32, 2)); // made once
  CHECK(&program != &affine(*device, 64, 2));

  const Program& texels = device->program("test_texels");
  REQUIRE(texels.bindings().size() == 4);
  CHECK(texels.bindings()[0].number == 1);
  CHECK(texels.bindings()[0].kind == BindingKind::UniformTexelBuffer);
  CHECK(texels.bindings()[1].number == 3);
  CHECK(texels.bindings()[2].kind == BindingKind::UniformBuffer);
  CHECK(texels.bindings()[3].kind == BindingKind::StorageBuffer);
  CHECK(texels.bindings()[3].written);
  CHECK(texels.localSize()[1] == 2);
  CHECK(texels.pushConstantBytes() == 0);

  const Program& images = device->program("matmul_cpu_nn_32x2");
  CHECK(images.bindings()[0].kind == BindingKind::StorageTexelBuffer);
  CHECK_FALSE(images.bindings()[0].written);

  CHECK_THROWS_WITH(device->program("no_such_shader"), Contains("no_such_shader"));
  const uint32_t three[] = {32, 0, 0};
  CHECK_THROWS_AS(device->program("test_affine", three), Error);
  const uint32_t huge[] = {1u << 30};
  CHECK_THROWS_AS(device->program("test_affine", huge), Error);
}

TEST_CASE("fills, copies and dispatches that depend on each other come in order") {
  const auto device = Device::open();
  const auto x = device->allocate(bytes, Memory::Device, "x"), y = device->allocate(bytes, Memory::Device, "y"),
             z = device->allocate(bytes, Memory::Device, "z");
  Program& program = affine(*device, 64, 2);
  const Slice sx = {x.get(), 0, bytes}, sy = {y.get(), 0, bytes}, sz = {z.get(), 0, bytes};
  const auto submissions = [&] {
    const auto recording = Recording::begin(*device);
    recording->fill(sx, std::bit_cast<uint32_t>(1.5f));
    recording->fill(sy, 0); // touches other memory: no barrier
    CHECK(recording->barriers() == 0);
    for (int i = 0; i < 100; i++) // y = 2x + y + 1, a hundred times
      recording->dispatch(program, {sx, sy}, AffinePush{count, 1}, {(count + 63) / 64});
    CHECK(recording->barriers() == 100);
    recording->copy(sy, sz);
    CHECK(recording->barriers() == 101);
    CHECK(recording->dispatches() == 100);
    recording->finish();
    for (int replay = 0; replay < 5; replay++) {
      device->submit(*recording);
      device->submit(*recording); // before the first is done
      device->wait();
      CHECK(read(*device, *z, count) == std::vector<float>(count, 400));
    }
    return recording->submissions();
  };
  // Measured short, so they go together; on a busy machine not every time.
  int best = submissions();
  for (int again = 0; best > 1 && again < 20; again++) best = std::min(best, submissions());
  CHECK(best == 1);
}

TEST_CASE("independent dispatches get no barrier, also inside one buffer") {
  const auto device = Device::open();
  const uint64_t part = 1024;
  const auto arena = device->allocate(part * 8, Memory::Device, "an arena");
  Program& program = affine(*device, 64, 1);
  const auto recording = Recording::begin(*device);
  for (uint64_t i = 0; i < 4; i++)
    recording->dispatch(program, {{arena.get(), 2 * i * part, part}, {arena.get(), (2 * i + 1) * part, part}},
                        AffinePush{256, float(i)}, {4});
  CHECK(recording->barriers() == 0);
  recording->dispatch(program, {{arena.get(), part, part}, {arena.get(), 0, part}}, AffinePush{256, 0}, {4});
  CHECK(recording->barriers() == 1);
  recording->finish();
  device->submit(*recording);
  const std::vector<float> values = read(*device, *arena, part * 8 / 4);
  for (uint64_t i = 0; i < 4; i++) CHECK(values[(2 * i + 1) * 256 + 255] == float(i));
}

TEST_CASE("texel, integer texel and uniform bindings see their ranges") {
  const auto device = Device::open();
  const uint64_t alignment = std::max(device->limits().texelAlignment, device->limits().storageAlignment);
  const auto texels = device->allocate(alignment + 20 * 16, Memory::Upload, "texels"),
             ids = device->allocate(alignment + 20 * 4, Memory::Upload, "ids"),
             scale = device->allocate(16, Memory::Upload, "scale"),
             sums = device->allocate(20 * 4, Memory::Download, "sums");
  auto* t = reinterpret_cast<float*>(texels->mapped() + alignment);
  auto* d = reinterpret_cast<int32_t*>(ids->mapped() + alignment);
  for (int i = 0; i < 80; i++) t[i] = float(i);
  for (int i = 0; i < 20; i++) d[i] = -i;
  *reinterpret_cast<float*>(scale->mapped()) = 0.5f;
  const auto recording = Recording::begin(*device);
  const Slice slices[] = {
      {ids.get(), alignment, 80}, {texels.get(), alignment, 320}, {scale.get(), 0, 16}, {sums.get(), 0, 80}};
  recording->dispatch(device->program("test_texels"), slices, {}, {2});
  recording->finish();
  device->submit(*recording);
  device->wait();
  const auto* s = reinterpret_cast<const float*>(sums->mapped());
  for (int i = 0; i < 20; i++) CHECK(s[i] == float(16 * i + 6 - i) + 0.5f);
}

TEST_CASE("a dispatch that does not fit its shader or the device is refused by name") {
  const auto device = Device::open();
  const auto x = device->allocate(bytes, Memory::Device, "x");
  Program& program = affine(*device, 64, 1);
  const auto recording = Recording::begin(*device);
  const Slice all = {x.get(), 0, bytes};
  const AffinePush push = {1, 0};
  CHECK_THROWS_WITH(recording->dispatch(program, {all}, push, {1}), Contains("test_affine") && Contains("2 bindings"));
  CHECK_THROWS_WITH(recording->dispatch(program, {all, all}, uint32_t(1), {1}), Contains("push constants"));
  CHECK_THROWS_WITH(recording->dispatch(program, {all, {}}, push, {1}), Contains("binding 1"));
  CHECK_THROWS_WITH(recording->dispatch(program, {all, {x.get(), 256, bytes}}, push, {1}), Contains("inside a buffer"));
  CHECK_THROWS_WITH(recording->dispatch(program, {all, {x.get(), 4, 16}}, push, {1}), Contains("multiple"));
  CHECK_THROWS_AS(recording->dispatch(program, {all, all}, push, {0}), Error);
  CHECK_THROWS_AS(recording->dispatch(program, {all, all}, push, {1, 1, ~0u}), Error);
  CHECK_THROWS_AS(recording->fill({x.get(), 2, 4}, 0), Error);
  CHECK_THROWS_AS(recording->copy({x.get(), 0, 64}, {x.get(), 32, 64}), Error);
  CHECK_THROWS_AS(recording->copy({x.get(), 0, 64}, {x.get(), 128, 32}), Error);
  CHECK_THROWS_AS(device->submit(*recording), Error); // not finished
  recording->finish();
  CHECK_THROWS_AS(recording->fill(all, 0), Error);
  device->submit(*recording); // nothing was recorded: nothing happens
  CHECK_THROWS_AS(Device::open()->submit(*recording), Error);
}

TEST_CASE("replays read what the host wrote in between") {
  const auto device = Device::open();
  const auto x = device->allocate(bytes, Memory::Upload, "x"), y = device->allocate(bytes, Memory::Device, "y");
  const auto recording = Recording::begin(*device);
  recording->fill({y.get(), 0, bytes}, 0);
  recording->dispatch(affine(*device, 128, 3), {{x.get(), 0, bytes}, {y.get(), 0, bytes}}, AffinePush{count, 0},
                      {(count + 127) / 128});
  recording->finish();
  for (float value : {1.f, -2.f, 8.f}) {
    write(*device, *x, std::vector<float>(count, value));
    device->submit(*recording);
    CHECK(read(*device, *y, count) == std::vector<float>(count, 3 * value));
  }
}
