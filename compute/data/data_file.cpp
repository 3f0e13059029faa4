#include "data/data_file.h"
#include "error.h"
#include "formats/file.h"
#include "sha256.h"
#include "text/utf8.h"

#include <nlohmann/json.hpp>
#include <zlib.h>

namespace attune {

namespace {

std::string gunzip(const std::string& packed, const std::string& name) {
  constexpr size_t most = size_t(1) << 34;
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) throw Error(name + " cannot be uncompressed: zlib has no memory.");
  std::string text;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  size_t left = packed.size();
  char buffer[1 << 16];
  int state = Z_OK;
  while (state == Z_OK) {
    if (stream.avail_in == 0) {
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data() + (packed.size() - left)));
      stream.avail_in = uInt(std::min(left, size_t(1) << 30));
      left -= stream.avail_in;
    }
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    state = inflate(&stream, Z_NO_FLUSH);
    text.append(buffer, sizeof buffer - stream.avail_out);
    if (text.size() > most) state = Z_MEM_ERROR;
    if (state == Z_STREAM_END && stream.avail_in + left > 0)
      state = inflateReset(&stream); // a gzip file may be several in a row
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END)
    throw Error(name + (state == Z_BUF_ERROR ? " is cut short: its gzip stream has no end."
                                             : " is no whole gzip file; compress it again."));
  return text;
}

DataLayout layoutOf(std::filesystem::path path, const std::string& text) {
  if (path.extension() == ".gz") path.replace_extension();
  const std::string extension = path.extension().string();
  if (extension == ".txt") return DataLayout::Text;
  if (extension == ".tsv") return DataLayout::TabSeparated;
  const size_t first = text.find_first_not_of(" \t\r\n");
  const char begin = first == text.npos ? 0 : text[first];
  if (extension == ".jsonl" || extension == ".ndjson") return DataLayout::JsonLines;
  if (extension == ".json") {
    if (begin == '[') return DataLayout::JsonList;
    // An object a line, or one object alone.
    const size_t end = text.find('\n', first);
    return end != text.npos && text.find('{', end) != text.npos && Json::accept(text.substr(first, end - first))
               ? DataLayout::JsonLines
               : DataLayout::JsonList;
  }
  return begin == '{' ? DataLayout::JsonLines : DataLayout::Text;
}

} // namespace

DataFile readDataFile(const std::filesystem::path& path) {
  DataFile file;
  file.path = path;
  file.text = readFile(path);
  file.sha256 = sha256Hex(file.text);
  if (file.text.size() > 2 && file.text[0] == '\x1F' && file.text[1] == '\x8B')
    file.text = gunzip(file.text, path.string());
  if (file.text.compare(0, 3, "\xEF\xBB\xBF") == 0) file.text.erase(0, 3);
  if (file.text.find_first_not_of(" \t\r\n") == std::string::npos)
    throw Error(path.string() + " is empty; choose a file with text or JSON Lines.");
  requireUtf8(file.text, path.string());
  file.layout = layoutOf(path, file.text);
  return file;
}

void forEachRecord(const DataFile& file, const std::function<void(const Json&, const std::string&)>& action) {
  const std::string name = file.path.string();
  if (file.layout == DataLayout::JsonList) {
    const Json list = parseJson(file.text, name);
    if (!list.is_array()) return action(list, name);
    size_t number = 0;
    for (const Json& record : list) action(record, name + ": item " + std::to_string(++number));
    return;
  }
  size_t line = 0;
  for (size_t start = 0; start < file.text.size();) {
    const size_t end = std::min(file.text.find('\n', start), file.text.size());
    const std::string_view one = std::string_view(file.text).substr(start, end - start);
    start = end + 1;
    ++line;
    if (one.find_first_not_of(" \t\r") == one.npos) continue;
    action(parseJson(one, name, line), name + ": line " + std::to_string(line));
  }
}

} // namespace attune
