// The safetensors format: 8 bytes of header length, a JSON header with every tensor's type, shape and place, the data.
//
// A reader trusts nothing: lengths, types, shapes and places are all checked against the file's size before anything is
// used, so a broken or hostile file gives an Error naming file and tensor. It reads on demand through a file descriptor
// (not a mapping: a file that shrinks while open must be an error and not a signal), whole tensors or parts, so a
// model of any size passes through a small buffer. A writer lays the file out first and then takes tensors in any
// order; the same tensors give the same bytes.
#pragma once

#include "formats/files.h"

#include <map>
#include <memory>
#include <vector>

namespace attune {

// Numbers in host memory, row-major.
struct HostTensor {
  std::vector<int64_t> shape;
  std::vector<float> data;
};

// In the order of the format's own library, which lays the wider ones of a file first.
enum class DType { Bool, U8, I8, F8E5M2, F8E4M3, F8E8M0, I16, U16, F16, BF16, I32, U32, F32, C64, F64, I64, U64 };

const char* dtypeName(DType dtype);           // "BF16", as in the file
size_t dtypeBytes(DType dtype);               // of one element
DType parseFloatDType(std::string_view name); // F32, F16, BF16 (or float32, float16, bfloat16); throws Error

// "[2, 3]"
std::string shapeText(std::span<const int64_t> shape);

struct TensorInfo {
  std::string name;
  DType dtype = DType::F32;
  std::vector<int64_t> shape;
  int64_t elements = 0;
  uint64_t offset = 0; // in the file
  uint64_t bytes = 0;
};

class SafetensorsFile {
public:
  explicit SafetensorsFile(const std::filesystem::path& file);
  ~SafetensorsFile();
  SafetensorsFile(SafetensorsFile&& other) noexcept;
  SafetensorsFile& operator=(SafetensorsFile&& other) noexcept;

  const std::filesystem::path& path() const { return file; }
  const std::vector<TensorInfo>& tensors() const { return infos; } // sorted by name
  const TensorInfo* find(std::string_view name) const;             // null when absent
  const TensorInfo& at(std::string_view name) const;               // throws Error
  const std::map<std::string, std::string>& metadata() const { return words; }

  // F32, F16 and BF16 as float32, exactly; other types throw Error. `first` counts elements.
  HostTensor read(std::string_view name) const;
  void read(const TensorInfo& tensor, std::span<float> out, int64_t first = 0) const;
  // The stored bytes of any type.
  std::vector<std::byte> readRaw(std::string_view name) const;

private:
  void readAt(uint64_t offset, std::span<std::byte> out, const std::string& what) const;
  void parse(std::string_view header, uint64_t dataStart, uint64_t dataBytes);

  std::filesystem::path file;
  int descriptor = -1;
  std::vector<TensorInfo> infos;
  std::map<std::string, std::string> words;
};

struct TensorSpec {
  std::string name;
  std::vector<int64_t> shape;
  DType dtype = DType::F32;
};

class SafetensorsWriter {
public:
  using Metadata = std::map<std::string, std::string>;

  // Lays out the file (wider types first, then by name) and takes its disk space. Throws Error.
  SafetensorsWriter(const std::filesystem::path& file, std::vector<TensorSpec> tensors,
                    Metadata metadata = {{"format", "pt"}});
  ~SafetensorsWriter();

  // Tensors come in any order; each one's elements in order, in as many parts as wanted. float32 is narrowed to the
  // tensor's F32, F16 or BF16.
  void write(std::string_view name, std::span<const float> values);
  void writeRaw(std::string_view name, std::span<const std::byte> bytes);

  // Checks that every tensor is whole, then syncs and renames. Without it nothing of the file remains.
  void commit();

private:
  struct Place {
    TensorSpec spec;
    uint64_t offset = 0, bytes = 0, written = 0;
  };
  Place& placeOf(std::string_view name, uint64_t bytes);

  AtomicFile file;
  std::map<std::string, Place, std::less<>> places;
};

// A whole file from host tensors.
void writeSafetensors(const std::filesystem::path& file, const std::map<std::string, HostTensor>& tensors,
                      DType dtype = DType::F32, SafetensorsWriter::Metadata metadata = {{"format", "pt"}});

} // namespace attune
