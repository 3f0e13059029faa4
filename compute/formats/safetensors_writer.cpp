#include "error.h"
#include "formats/half.h"
#include "formats/safetensors.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace attune {

namespace {

constexpr size_t block = size_t(1) << 20; // bytes narrowed at a time

// Bytes of a tensor, or −1 when its shape is impossible.
int64_t bytesOf(const TensorSpec& spec) {
  int64_t bytes = int64_t(dtypeBytes(spec.dtype));
  for (int64_t size : spec.shape)
    if (size < 0 || __builtin_mul_overflow(bytes, size, &bytes)) return -1;
  return bytes;
}

} // namespace

SafetensorsWriter::SafetensorsWriter(const std::filesystem::path& path, std::vector<TensorSpec> tensors,
                                     Metadata metadata)
    : file(path) {
  std::sort(tensors.begin(), tensors.end(), [](const TensorSpec& a, const TensorSpec& b) {
    return a.dtype != b.dtype ? a.dtype > b.dtype : a.name < b.name;
  });
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  int64_t end = 0;
  for (TensorSpec& spec : tensors) {
    const int64_t bytes = bytesOf(spec);
    if (bytes < 0)
      throw Error(path.string() + ": tensor \"" + spec.name + "\" cannot have the shape " + shapeText(spec.shape) +
                  ".");
    header[spec.name] = {{"dtype", dtypeName(spec.dtype)}, {"shape", spec.shape}, {"data_offsets", {end, end + bytes}}};
    std::string name = spec.name;
    if (name == "__metadata__" ||
        !places.emplace(name, Place{std::move(spec), uint64_t(end), uint64_t(bytes), 0}).second)
      throw Error(path.string() + ": two tensors are called \"" + name + "\".");
    end += bytes;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' '); // the data begins at a multiple of 8
  std::array<std::byte, 8> length;
  for (size_t i = 0; i < 8; ++i) length[i] = std::byte(text.size() >> (8 * i));
  file.reserve(8 + text.size() + uint64_t(end));
  file.append(length);
  file.append(text);
  for (auto& [name, place] : places) place.offset += 8 + text.size();
}

SafetensorsWriter::~SafetensorsWriter() = default;

SafetensorsWriter::Place& SafetensorsWriter::placeOf(std::string_view name, uint64_t bytes) {
  const auto found = places.find(name);
  if (found == places.end())
    throw Error(file.path().string() + ": no tensor \"" + std::string(name) + "\" is to be written.");
  Place& place = found->second;
  if (bytes > place.bytes - place.written)
    throw Error(file.path().string() + ": tensor \"" + std::string(name) + "\" of shape " +
                shapeText(place.spec.shape) + " was given too many elements.");
  return place;
}

void SafetensorsWriter::write(std::string_view name, std::span<const float> values) {
  const auto found = places.find(name);
  const DType dtype = found == places.end() ? DType::F32 : found->second.spec.dtype;
  if (dtype != DType::F32 && dtype != DType::F16 && dtype != DType::BF16)
    throw Error(file.path().string() + ": tensor \"" + std::string(name) + "\" is no float tensor.");
  Place& place = placeOf(name, values.size() * dtypeBytes(dtype));
  if (dtype == DType::F32) {
    file.writeAt(place.offset + place.written, std::as_bytes(values));
    place.written += values.size_bytes();
    return;
  }
  std::vector<uint16_t> narrow;
  for (size_t done = 0; done < values.size(); done += narrow.size()) {
    narrow.resize(std::min(values.size() - done, block / 2));
    for (size_t i = 0; i < narrow.size(); ++i)
      narrow[i] = dtype == DType::F16 ? floatToF16(values[done + i]) : floatToBf16(values[done + i]);
    file.writeAt(place.offset + place.written, std::as_bytes(std::span(narrow)));
    place.written += narrow.size() * 2;
  }
}

void SafetensorsWriter::writeRaw(std::string_view name, std::span<const std::byte> bytes) {
  Place& place = placeOf(name, bytes.size());
  file.writeAt(place.offset + place.written, bytes);
  place.written += bytes.size();
}

void SafetensorsWriter::commit() {
  for (const auto& [name, place] : places)
    if (place.written != place.bytes)
      throw Error(file.path().string() + ": tensor \"" + name + "\" was given " + std::to_string(place.written) +
                  " of " + std::to_string(place.bytes) + " bytes.");
  file.commit();
}

void writeSafetensors(const std::filesystem::path& file, const std::map<std::string, HostTensor>& tensors, DType dtype,
                      SafetensorsWriter::Metadata metadata) {
  std::vector<TensorSpec> specs;
  for (const auto& [name, tensor] : tensors) specs.push_back({name, tensor.shape, dtype});
  SafetensorsWriter writer(file, std::move(specs), std::move(metadata));
  for (const auto& [name, tensor] : tensors) writer.write(name, tensor.data);
  writer.commit();
}

} // namespace attune
