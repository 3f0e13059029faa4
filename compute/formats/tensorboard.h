// TensorBoard event files: records framed by lengths and masked CRC-32C checksums, each a hand-written protobuf
// `Event`. Only what a training run writes: the file's version and scalar summaries. Two writers given the same times
// write the same bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace attune {

uint32_t crc32c(std::string_view bytes); // Castagnoli, reflected, as RFC 3720 has it

class TensorBoardWriter {
public:
  // Makes FOLDER/events.out.tfevents.SECONDS.HOST.PID.N, or goes on with the newest such file: what a kill tore off
  // its end is cut. `time` is seconds since 1970, of the file's first record.
  TensorBoardWriter(const std::filesystem::path& folder, double time);
  ~TensorBoardWriter();
  TensorBoardWriter(const TensorBoardWriter&) = delete;
  TensorBoardWriter& operator=(const TensorBoardWriter&) = delete;

  // One event with these values of one step, on disk for readers when it returns. Throws Error.
  void scalars(int64_t step, std::span<const std::pair<std::string, float>> values, double time);

  const std::filesystem::path& path() const { return file; }

private:
  void append(std::string_view event);

  std::filesystem::path file;
  int descriptor = -1;
  uint64_t size = 0;
};

} // namespace attune
