// What Attune reads from files of others, each with good files to begin from.
//
// A reader that is given broken files must read them as far as they make sense, or throw attune::Error with one
// sentence that names a file of them. Anything else (another exception, a crash, a sanitizer's report, more than
// `secondsAtMost`, files left behind) is a finding.
#pragma once

#include "mutator.h"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace attune::fuzz {

using Path = std::filesystem::path;

constexpr unsigned secondsAtMost = 20;

struct GoodFile {
  std::string name; // in the folder; may hold slashes
  std::string bytes;
  Kind kind = Kind::Bytes;
};

struct Reader {
  std::string name;
  std::vector<std::vector<GoodFile>> seeds; // each a folder of files
  // Reads the files in `folder`. What it writes, it writes into `out` (empty before; must be empty again when it
  // throws).
  std::function<void(const Path& folder, const Path& out)> read;
};

std::vector<Reader> formatReaders(); // safetensors, model folders, llama2.c, TensorBoard
std::vector<Reader> textReaders();   // tokenizers, chat templates
std::vector<Reader> dataReaders();   // examples, texts
std::vector<Reader> runReaders();    // run.json, checkpoints, metrics.jsonl
std::vector<Reader> storeReaders();  // JSON Lines into the store and out again, a damaged store
std::vector<Reader> allReaders();

// Damages one of the reader's seeds and has it read in `place` (a folder of the caller's own, emptied first). Returns
// what is wrong, if anything is. The files stay in place/files.
std::optional<std::string> tryDamaged(const Reader& reader, uint64_t seed, uint64_t index, const Path& place);

// The undamaged seeds must be read without an Error.
std::optional<std::string> tryGood(const Reader& reader, const Path& place);

} // namespace attune::fuzz
