// A file of training data or examples as it comes: plain or gzip, text, JSON Lines, one JSON list, or tab-separated
// lines.
#pragma once

#include "formats/json.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace attune {

enum class DataLayout { Text, JsonLines, JsonList, TabSeparated };

struct DataFile {
  std::filesystem::path path;
  std::string text;   // UTF-8, checked; uncompressed; without a byte-order mark
  std::string sha256; // of the file's bytes as they lie on the disk
  DataLayout layout = DataLayout::Text;
};

// Throws Error naming the file (and the byte that is no UTF-8, or what is broken in the gzip stream). An empty file is
// an error. The layout is told by the name (.jsonl, .json, .tsv, .txt, each also with .gz), else by the first
// character.
DataFile readDataFile(const std::filesystem::path& path);

// Every object of a JSON Lines or JSON list file, in order, with the place to name in errors ("x.jsonl: line 3",
// "x.json: item 3"). Blank lines are passed over.
void forEachRecord(const DataFile& file,
                   const std::function<void(const Json& record, const std::string& where)>& action);

} // namespace attune
