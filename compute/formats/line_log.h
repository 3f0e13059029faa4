// A file of lines that only grows (metrics.jsonl, samples.jsonl): each line is one write, and a line torn by a kill or
// a full disk is cut off, so that whoever reads sees whole lines.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace attune {

class LineLog {
public:
  // Opens or makes the file; a last line without its end is cut off. Throws Error.
  explicit LineLog(const std::filesystem::path& file);
  ~LineLog();
  LineLog(const LineLog&) = delete;
  LineLog& operator=(const LineLog&) = delete;

  // `line` holds no line end. When it cannot be written whole, nothing of it stays and Error says why.
  void append(std::string_view line);

  uint64_t bytes() const { return size; } // what a checkpoint notes
  // Cuts the file back to what a checkpoint noted; Error when it is shorter than that or not a line's end.
  void cutTo(uint64_t bytes);

  // Makes what was appended durable.
  void sync();

private:
  std::filesystem::path path;
  int descriptor = -1;
  uint64_t size = 0;
};

} // namespace attune
