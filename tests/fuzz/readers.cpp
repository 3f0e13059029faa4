#include "readers.h"

#include "error.h"
#include "sentence.h"
#include "text/utf8.h"

#include <fstream>

namespace attune::fuzz {

namespace fs = std::filesystem;

namespace {

void writeAll(const std::vector<GoodFile>& files, const Path& folder) {
  for (const GoodFile& file : files) {
    fs::create_directories((folder / file.name).parent_path());
    std::ofstream(folder / file.name, std::ios::binary) << file.bytes;
  }
}

// What is wrong with the sentence of an Error; empty: nothing.
std::string faultOf(const std::string& sentence, const std::vector<GoodFile>& files, const Path& folder) {
  if (sentence.size() < 12) return "says too little";
  if (sentence.size() > 2000) return "is longer than a person reads";
  if (firstInvalidUtf8(sentence)) return "is no UTF-8";
  for (const char c : sentence)
    if (static_cast<unsigned char>(c) < 32) return "is more than one line or holds control characters";
  bool named = sentence.find(folder.string()) != sentence.npos;
  for (const GoodFile& file : files) named = named || sentence.find(Path(file.name).filename()) != sentence.npos;
  return named ? "" : "names none of the files";
}

std::optional<std::string> readIn(const Reader& reader, const std::vector<GoodFile>& files, const Path& place,
                                  bool mayRefuse) {
  const Path folder = place / "files", out = place / "out";
  try {
    reader.read(folder, out);
    return {};
  } catch (const Error& error) {
    const std::string sentence = sentenceOf(error);
    if (!mayRefuse) return "refused a good file: " + sentence;
    if (const std::string fault = faultOf(sentence, files, folder); !fault.empty())
      return "the sentence " + fault + ": \"" + validUtf8(sentence.substr(0, 3000)) + "\"";
    if (!fs::is_empty(out)) return "left " + fs::directory_iterator(out)->path().string() + " after: " + sentence;
    return {};
  } catch (const std::exception& other) {
    return std::string("threw what is no attune::Error: ") + other.what();
  }
}

void prepare(const Path& place) {
  fs::remove_all(place / "files");
  fs::remove_all(place / "out");
  fs::create_directories(place / "files");
  fs::create_directories(place / "out");
}

} // namespace

std::vector<Reader> allReaders() {
  std::vector<Reader> all;
  for (const auto& group : {formatReaders, textReaders, dataReaders, runReaders, storeReaders})
    for (Reader& reader : group()) all.push_back(std::move(reader));
  return all;
}

std::optional<std::string> tryDamaged(const Reader& reader, uint64_t seed, uint64_t index, const Path& place) {
  Mutator mutator(seed, index);
  std::vector<GoodFile> files = reader.seeds[mutator.below(reader.seeds.size())];
  GoodFile& damaged = files[mutator.below(files.size())];
  damaged.bytes = mutator.mutate(std::move(damaged.bytes), damaged.kind);
  if (mutator.oneIn(10)) { // a second one, or one that is gone
    const size_t other = mutator.below(files.size());
    if (mutator.oneIn(2) && files.size() > 1)
      files.erase(files.begin() + std::ptrdiff_t(other));
    else
      files[other].bytes = mutator.mutate(std::move(files[other].bytes), files[other].kind);
  }
  prepare(place);
  writeAll(files, place / "files");
  return readIn(reader, files, place, true);
}

std::optional<std::string> tryGood(const Reader& reader, const Path& place) {
  for (const auto& files : reader.seeds) {
    prepare(place);
    writeAll(files, place / "files");
    if (const auto wrong = readIn(reader, files, place, false)) return wrong;
  }
  return {};
}

} // namespace attune::fuzz
