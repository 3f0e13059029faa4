#include "formats/tensorboard.h"
#include "error.h"
#include "formats/files.h"

#include <array>
#include <bit>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace attune {

namespace fs = std::filesystem;

namespace {

constexpr std::array<uint32_t, 256> crcTable = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value & 1 ? value >> 1 ^ 0x82f63b78u : value >> 1;
    table[i] = value;
  }
  return table;
}();

// The checksum as a record stores it: rotated and shifted, so that checksums of checksums stay good.
uint32_t masked(std::string_view bytes) { return std::rotr(crc32c(bytes), 15) + 0xa282ead8u; }

template <class Number> void put(std::string& out, Number number) { // little-endian
  for (size_t i = 0; i < sizeof number; ++i) out += char(uint64_t(number) >> (8 * i));
}

// Protobuf: a key (field number and wire type), then the value.
enum Wire { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

void putVarint(std::string& out, uint64_t value) {
  for (; value >= 128; value >>= 7) out += char(value | 128);
  out += char(value);
}
void putKey(std::string& out, int field, Wire wire) { putVarint(out, uint64_t(field) << 3 | wire); }
void putBytes(std::string& out, int field, std::string_view bytes) {
  putKey(out, field, Bytes);
  putVarint(out, bytes.size());
  out += bytes;
}
void putTime(std::string& out, double seconds) { // Event.wall_time
  putKey(out, 1, Fixed64);
  put(out, std::bit_cast<uint64_t>(seconds));
}

// Bytes up to which the file is whole records.
uint64_t wholeRecords(std::string_view bytes) {
  const auto number = [&](uint64_t at, int count) {
    uint64_t value = 0;
    for (int i = count - 1; i >= 0; --i) value = value << 8 | uint8_t(bytes[at + i]);
    return value;
  };
  uint64_t at = 0;
  while (bytes.size() - at >= 16) {
    const uint64_t length = number(at, 8);
    if (number(at + 8, 4) != masked(bytes.substr(at, 8)) || length > bytes.size() - at - 16) break;
    if (number(at + 12 + length, 4) != masked(bytes.substr(at + 12, length))) break;
    at += 16 + length;
  }
  return at;
}

fs::path newestEvents(const fs::path& folder) {
  fs::path newest;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().filename().string().starts_with("events.out.tfevents.") &&
        (newest.empty() || entry.path() > newest))
      newest = entry.path();
  return newest;
}

} // namespace

uint32_t crc32c(std::string_view bytes) {
  uint32_t crc = ~0u;
  for (char byte : bytes) crc = crc >> 8 ^ crcTable[(crc ^ uint8_t(byte)) & 255];
  return ~crc;
}

TensorBoardWriter::TensorBoardWriter(const fs::path& folder, double time)
    : file(newestEvents(folder)) {
  if (file.empty()) {
    char host[256] = "localhost";
    ::gethostname(host, sizeof host - 1);
    file = folder / ("events.out.tfevents." + std::to_string(int64_t(time)) + "." + host + "." +
                     std::to_string(::getpid()) + ".0");
  }
  descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) throw Error(file.string() + " cannot be written: " + reasonOf(errno) + ".");
  std::string bytes(fs::file_size(file), '\0');
  const ssize_t count = ::pread(descriptor, bytes.data(), bytes.size(), 0);
  bytes.resize(count < 0 ? 0 : size_t(count));
  size = wholeRecords(bytes);
  if (::ftruncate(descriptor, off_t(size)) != 0) {
    const int error = errno;
    ::close(descriptor);
    throw Error(file.string() + " cannot be written: " + reasonOf(error) + ".");
  }
  if (size > 0) return;
  std::string event;
  putTime(event, time);
  putBytes(event, 3, "brain.Event:2"); // Event.file_version
  append(event);
}

TensorBoardWriter::~TensorBoardWriter() { ::close(descriptor); }

void TensorBoardWriter::scalars(int64_t step, std::span<const std::pair<std::string, float>> values, double time) {
  std::string summary;
  for (const auto& [tag, value] : values) {
    std::string one;
    putBytes(one, 1, tag);   // Summary.Value.tag
    putKey(one, 2, Fixed32); // simple_value
    put(one, std::bit_cast<uint32_t>(value));
    putBytes(summary, 1, one);
  }
  std::string event;
  putTime(event, time);
  putKey(event, 2, Varint); // step
  putVarint(event, uint64_t(step));
  putBytes(event, 5, summary);
  append(event);
}

void TensorBoardWriter::append(std::string_view event) {
  std::string record;
  put(record, uint64_t(event.size()));
  put(record, masked(record));
  record += event;
  put(record, masked(event));
  for (size_t written = 0; written < record.size();) {
    const ssize_t taken = ::pwrite(descriptor, record.data() + written, record.size() - written, off_t(size + written));
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0) {
      const int error = errno;
      if (::ftruncate(descriptor, off_t(size)) != 0) {
      } // the next opening cuts the torn record off
      throw Error(file.string() + " cannot be written: " + reasonOf(error) + ".");
    }
    written += size_t(taken);
  }
  size += record.size();
}

} // namespace attune
