#include "sentence.h"

#include "error.h"
#include "formats/files.h"
#include "text/utf8.h"

#include <filesystem>
#include <new>

namespace attune {

namespace {

std::string oneLine(std::string line) {
  constexpr size_t most = 1200, kept = 500; // bytes
  if (line.size() > most) line = line.substr(0, kept) + " … " + line.substr(line.size() - kept);
  line = validUtf8(line);
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = ' ';
  return line;
}

} // namespace

std::string sentenceOf(const std::exception& problem) {
  if (dynamic_cast<const Error*>(&problem)) return oneLine(problem.what());
  if (dynamic_cast<const std::bad_alloc*>(&problem))
    return "There is not enough memory for this; close other programs or choose a smaller model or batch.";
  if (const auto* file = dynamic_cast<const std::filesystem::filesystem_error*>(&problem))
    return oneLine(file->path1().string() + " cannot be used: " + reasonOf(file->code().value()) + ".");
  return oneLine(std::string("Something unexpected happened: ") + problem.what());
}

} // namespace attune
