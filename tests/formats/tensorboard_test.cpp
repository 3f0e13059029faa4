#include "catch.h"
#include "error.h"
#include "formats/file.h"
#include "formats/tensorboard.h"
#include "python.h"
#include "scratch.h"

#include <bit>
#include <cstring>
#include <map>
#include <vector>

using namespace attune;
using namespace attune::test;
namespace fs = std::filesystem;

namespace {

// A reader of its own: records, then the few protobuf fields, bit by bit, not with the writer's functions.
struct Event {
  double time = 0;
  int64_t step = 0;
  std::string version;
  std::vector<std::pair<std::string, float>> values;
};

uint32_t bitwiseCrc(const std::string& bytes) {
  uint32_t crc = 0xffffffffu;
  for (unsigned char byte : bytes)
    for (int bit = 0; bit < 8; ++bit) {
      const bool odd = ((crc ^ (byte >> bit)) & 1) != 0;
      crc = (crc >> 1) ^ (odd ? 0x82f63b78u : 0u);
    }
  return crc ^ 0xffffffffu;
}

template <class Number> Number numberAt(const std::string& bytes, size_t at) {
  Number number;
  REQUIRE(at + sizeof number <= bytes.size());
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

struct Field {
  int number = 0;
  uint64_t value = 0;
  std::string bytes;
};

std::vector<Field> fieldsOf(const std::string& message) {
  std::vector<Field> fields;
  size_t at = 0;
  const auto varint = [&] {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      REQUIRE(at < message.size());
      const uint8_t byte = uint8_t(message[at++]);
      value |= uint64_t(byte & 127) << shift;
      if (!(byte & 128)) return value;
    }
  };
  while (at < message.size()) {
    const uint64_t key = varint();
    Field field{int(key >> 3), 0, {}};
    switch (key & 7) {
    case 0:
      field.value = varint();
      break;
    case 1:
      field.value = numberAt<uint64_t>(message, at), at += 8;
      break;
    case 5:
      field.value = numberAt<uint32_t>(message, at), at += 4;
      break;
    case 2: {
      const uint64_t length = varint();
      REQUIRE(at + length <= message.size());
      field.bytes = message.substr(at, length);
      at += length;
      break;
    }
    default:
      FAIL("wire type");
    }
    fields.push_back(field);
  }
  return fields;
}

std::vector<Event> eventsOf(const std::string& bytes) {
  std::vector<Event> events;
  for (size_t at = 0; at < bytes.size();) {
    const uint64_t length = numberAt<uint64_t>(bytes, at);
    const auto check = [&](const std::string& covered, size_t place) {
      const uint32_t crc = bitwiseCrc(covered);
      REQUIRE(numberAt<uint32_t>(bytes, place) == uint32_t(((crc >> 15) | (crc << 17)) + 0xa282ead8u));
    };
    check(bytes.substr(at, 8), at + 8);
    const std::string message = bytes.substr(at + 12, length);
    check(message, at + 12 + length);
    at += 16 + length;
    Event event;
    for (const Field& field : fieldsOf(message)) {
      if (field.number == 1) event.time = std::bit_cast<double>(field.value);
      if (field.number == 2) event.step = int64_t(field.value);
      if (field.number == 3) event.version = field.bytes;
      if (field.number != 5) continue;
      for (const Field& value : fieldsOf(field.bytes)) {
        REQUIRE(value.number == 1);
        const auto parts = fieldsOf(value.bytes);
        REQUIRE(parts.size() == 2);
        event.values.emplace_back(parts[0].bytes, std::bit_cast<float>(uint32_t(parts[1].value)));
      }
    }
    events.push_back(event);
  }
  return events;
}

using Values = std::vector<std::pair<std::string, float>>;

} // namespace

TEST_CASE("CRC-32C gives the published values") {
  CHECK(crc32c("123456789") == 0xe3069283u);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aau);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43u);
  CHECK(crc32c("") == 0);
}

TEST_CASE("events are read back, go on after a kill, and are the same bytes for the same times") {
  const Scratch scratch;
  const Values first{{"train/loss", 2.5f}, {"train/learning_rate", 1e-3f}}, second{{"train/loss", -0.f}};
  fs::path file;
  {
    TensorBoardWriter writer(scratch.path(), 1700000000.25);
    writer.scalars(1, first, 1700000001);
    file = writer.path();
  }
  CHECK(file.filename().string().starts_with("events.out.tfevents.1700000000."));
  { // a torn record at the end
    const std::string whole = readFile(file);
    writeFileAtomically(file, whole + whole.substr(0, 20));
    TensorBoardWriter writer(scratch.path(), 1800000000);
    CHECK(writer.path() == file);
    writer.scalars(300, second, 1800000001);
  }
  const auto events = eventsOf(readFile(file));
  REQUIRE(events.size() == 3);
  CHECK(events[0].version == "brain.Event:2");
  CHECK(events[0].time == 1700000000.25);
  CHECK(events[1].step == 1);
  CHECK(events[1].values == first);
  CHECK(events[2].step == 300);
  CHECK(events[2].time == 1800000001);
  CHECK(events[2].values == second);

  const Scratch other;
  TensorBoardWriter a(other.path(), 1700000000.25);
  a.scalars(1, first, 1700000001);
  a.scalars(300, second, 1800000001);
  CHECK(readFile(a.path()) == readFile(file));
  CHECK_THROWS_AS(TensorBoardWriter(other / "none", 1), Error);
}

TEST_CASE("TensorBoard itself reads the events") {
  if (!hasPython("tensorboard")) return;
  const Scratch scratch;
  TensorBoardWriter writer(scratch.path(), 1700000000);
  writer.scalars(7, Values{{"train/loss", 2.5f}, {"train/lr", 0.25f}}, 1700000001);
  CHECK(pythonAgrees("read_tensorboard.py",
                     {scratch.path().string(), "train/loss", "7", "2.5", "train/lr", "7", "0.25"}));
}
