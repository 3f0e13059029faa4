#include "formats/safetensors.h"
#include "error.h"
#include "formats/half.h"
#include "formats/json.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>
#include <utility>

namespace attune {

namespace {

constexpr uint64_t largestHeader = 100'000'000; // as the format's own library allows
constexpr size_t block = size_t(1) << 20;       // bytes converted at a time

struct DTypeRow {
  const char* name;
  size_t bytes;
};
constexpr std::array<DTypeRow, 17> dtypes{{{"BOOL", 1},
                                           {"U8", 1},
                                           {"I8", 1},
                                           {"F8_E5M2", 1},
                                           {"F8_E4M3", 1},
                                           {"F8_E8M0", 1},
                                           {"I16", 2},
                                           {"U16", 2},
                                           {"F16", 2},
                                           {"BF16", 2},
                                           {"I32", 4},
                                           {"U32", 4},
                                           {"F32", 4},
                                           {"C64", 8},
                                           {"F64", 8},
                                           {"I64", 8},
                                           {"U64", 8}}};

// Elements of a shape, or −1 when they overflow.
int64_t elementsOf(std::span<const int64_t> shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    if (__builtin_mul_overflow(count, size, &count)) return -1;
  return count;
}

void widen(DType dtype, const std::byte* from, std::span<float> to) {
  const auto half = [from](size_t i) {
    uint16_t bits;
    std::memcpy(&bits, from + 2 * i, 2);
    return bits;
  };
  if (dtype == DType::F16)
    for (size_t i = 0; i < to.size(); ++i) to[i] = f16ToFloat(half(i));
  else
    for (size_t i = 0; i < to.size(); ++i) to[i] = bf16ToFloat(half(i));
}

bool readsAsFloat(DType dtype) { return dtype == DType::F32 || dtype == DType::F16 || dtype == DType::BF16; }

} // namespace

const char* dtypeName(DType dtype) { return dtypes[size_t(dtype)].name; }
size_t dtypeBytes(DType dtype) { return dtypes[size_t(dtype)].bytes; }

DType parseFloatDType(std::string_view name) {
  if (name == "F32" || name == "float32") return DType::F32;
  if (name == "F16" || name == "float16") return DType::F16;
  if (name == "BF16" || name == "bfloat16") return DType::BF16;
  throw Error("The element type \"" + std::string(name) + "\" is unknown; choose F32, F16 or BF16.");
}

std::string shapeText(std::span<const int64_t> shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : file(path) {
  const std::string name = path.string();
  descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    throw Error(name + " cannot be read: " + (errno == ENOENT ? "it does not exist." : reasonOf(errno) + "."));
  try {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) throw Error(name + " cannot be read: " + reasonOf(errno) + ".");
    if (!S_ISREG(status.st_mode)) throw Error(name + " is no regular file; a safetensors file was expected.");
    const uint64_t size = uint64_t(status.st_size);
    if (size < 8)
      throw Error(name + " holds " + std::to_string(size) + " bytes, too few for a safetensors file; get it again.");
    uint8_t length[8];
    readAt(0, std::as_writable_bytes(std::span(length)), "header length");
    uint64_t header = 0;
    for (int i = 7; i >= 0; --i) header = header << 8 | length[i];
    if (header > size - 8)
      throw Error(name + " says its header has " + std::to_string(header) + " bytes, but only " +
                  std::to_string(size - 8) + " follow: it is cut short or no safetensors file; get it again.");
    if (header > largestHeader)
      throw Error(name + " says its header has " + std::to_string(header) + " bytes; at most " +
                  std::to_string(largestHeader) + " are allowed.");
    std::string text(header, '\0');
    readAt(8, std::as_writable_bytes(std::span(text)), "header");
    parse(text, 8 + header, size - 8 - header);
  } catch (...) {
    ::close(descriptor);
    throw;
  }
}

SafetensorsFile::~SafetensorsFile() {
  if (descriptor >= 0) ::close(descriptor);
}

SafetensorsFile::SafetensorsFile(SafetensorsFile&& other) noexcept
    : file(std::move(other.file))
    , descriptor(std::exchange(other.descriptor, -1))
    , infos(std::move(other.infos))
    , words(std::move(other.words)) {}

SafetensorsFile& SafetensorsFile::operator=(SafetensorsFile&& other) noexcept {
  std::swap(file, other.file);
  std::swap(descriptor, other.descriptor);
  std::swap(infos, other.infos);
  std::swap(words, other.words);
  return *this;
}

void SafetensorsFile::parse(std::string_view header, uint64_t dataStart, uint64_t dataBytes) {
  const std::string name = file.string();
  if (header.empty() || header[0] != '{')
    throw Error(name + " has a header that is no JSON object; it is no safetensors file.");
  const Json json = parseJson(header, name + " (header)");
  for (const auto& [key, value] : json.items()) {
    const std::string where = name + ": tensor \"" + key + "\"";
    if (key == "__metadata__") {
      const JsonFields metadata(value, name + ": __metadata__");
      for (const auto& [word, text] : value.items()) words[word] = metadata.text(word.c_str());
      continue;
    }
    const JsonFields fields(value, where);
    TensorInfo info;
    info.name = key;
    const std::string type = fields.text("dtype");
    const auto row =
        std::find_if(dtypes.begin(), dtypes.end(), [&](const DTypeRow& known) { return type == known.name; });
    if (row == dtypes.end()) fields.fail("dtype", "is \"" + type + "\", an element type that Attune does not know.");
    info.dtype = DType(row - dtypes.begin());
    info.shape = fields.integers("shape");
    for (int64_t size : info.shape)
      if (size < 0) fields.fail("shape", "is " + shapeText(info.shape) + "; sizes must not be negative.");
    info.elements = elementsOf(info.shape);
    if (info.elements < 0 || uint64_t(info.elements) > UINT64_MAX / 16)
      fields.fail("shape", "is " + shapeText(info.shape) + ", more elements than any file holds.");
    info.bytes = uint64_t(info.elements) * row->bytes;

    const std::vector<int64_t> place = fields.integers("data_offsets");
    if (place.size() != 2) fields.fail("data_offsets", "must hold two numbers, begin and end.");
    if (place[0] < 0 || place[1] < place[0])
      fields.fail("data_offsets", "are " + shapeText(place) + "; the end must not lie before the begin.");
    if (uint64_t(place[1]) > dataBytes)
      fields.fail("data_offsets", "end at " + std::to_string(place[1]) + ", but the file has " +
                                      std::to_string(dataBytes) + " bytes of data: it is cut short; get it again.");
    if (uint64_t(place[1] - place[0]) != info.bytes)
      fields.fail("data_offsets", "span " + std::to_string(place[1] - place[0]) + " bytes, but shape " +
                                      shapeText(info.shape) + " of " + type + " needs " + std::to_string(info.bytes) +
                                      ".");
    info.offset = dataStart + uint64_t(place[0]);
    infos.push_back(std::move(info));
  }
  // Sorted by place, tensors must follow each other without overlap or hole, to the end of the file.
  std::vector<const TensorInfo*> byPlace;
  for (const TensorInfo& info : infos) byPlace.push_back(&info);
  std::sort(byPlace.begin(), byPlace.end(), [](const TensorInfo* a, const TensorInfo* b) {
    return std::tie(a->offset, a->bytes) < std::tie(b->offset, b->bytes);
  });
  uint64_t end = dataStart;
  for (const TensorInfo* info : byPlace) {
    const std::string where = name + ": tensor \"" + info->name + "\" ";
    if (info->offset < end) throw Error(where + "overlaps the tensor before it; the file is broken, get it again.");
    if (info->offset > end)
      throw Error(where + "begins " + std::to_string(info->offset - end) +
                  " bytes after the tensor before it ends; the file is broken, get it again.");
    end += info->bytes;
  }
  if (end != dataStart + dataBytes)
    throw Error(name + " has " + std::to_string(dataStart + dataBytes - end) +
                " bytes that belong to no tensor; the file is broken, get it again.");
}

const TensorInfo* SafetensorsFile::find(std::string_view name) const {
  const auto found =
      std::lower_bound(infos.begin(), infos.end(), name,
                       [](const TensorInfo& info, std::string_view wanted) { return info.name < wanted; });
  return found != infos.end() && found->name == name ? &*found : nullptr;
}

const TensorInfo& SafetensorsFile::at(std::string_view name) const {
  if (const TensorInfo* info = find(name)) return *info;
  throw Error(file.string() + " has no tensor \"" + std::string(name) + "\".");
}

void SafetensorsFile::readAt(uint64_t offset, std::span<std::byte> out, const std::string& what) const {
  for (size_t done = 0; done < out.size();) {
    const ssize_t count = ::pread(descriptor, out.data() + done, out.size() - done, off_t(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Error(file.string() + ": " + what + " cannot be read: " + reasonOf(errno) + ".");
    if (count == 0)
      throw Error(file.string() + ": " + what + " cannot be read: the file became shorter; get it again.");
    done += size_t(count);
  }
}

HostTensor SafetensorsFile::read(std::string_view name) const {
  const TensorInfo& info = at(name);
  HostTensor tensor{info.shape, {}};
  if (readsAsFloat(info.dtype)) tensor.data.resize(size_t(info.elements));
  read(info, tensor.data);
  return tensor;
}

void SafetensorsFile::read(const TensorInfo& info, std::span<float> out, int64_t first) const {
  const std::string what = "tensor \"" + info.name + "\"";
  if (!readsAsFloat(info.dtype))
    throw Error(file.string() + ": " + what + " is stored as " + dtypeName(info.dtype) +
                "; only F32, F16 and BF16 can be read as numbers here.");
  if (first < 0 || first > info.elements || out.size() > uint64_t(info.elements - first))
    throw Error(file.string() + ": " + what + " has " + std::to_string(info.elements) + " elements; " +
                std::to_string(out.size()) + " from " + std::to_string(first) + " on were asked for.");
  const size_t bytes = dtypeBytes(info.dtype);
  const uint64_t start = info.offset + uint64_t(first) * bytes;
  if (info.dtype == DType::F32) return readAt(start, std::as_writable_bytes(out), what);
  std::vector<std::byte> buffer(std::min(block, out.size() * bytes));
  for (size_t done = 0; done < out.size();) {
    const size_t count = std::min(out.size() - done, block / bytes);
    readAt(start + done * bytes, std::span(buffer).first(count * bytes), what);
    widen(info.dtype, buffer.data(), out.subspan(done, count));
    done += count;
  }
}

std::vector<std::byte> SafetensorsFile::readRaw(std::string_view name) const {
  const TensorInfo& info = at(name);
  std::vector<std::byte> bytes(info.bytes);
  readAt(info.offset, bytes, "tensor \"" + info.name + "\"");
  return bytes;
}

} // namespace attune
