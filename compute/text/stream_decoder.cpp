#include "text/tokenizer.h"
#include "text/utf8.h"

namespace attune {

StreamDecoder::StreamDecoder(std::shared_ptr<const Tokenizer> tokenizer, bool skipSpecial, bool startOfText)
    : tokenizer(std::move(tokenizer))
    , skipSpecial(skipSpecial)
    , atStart(startOfText) {}

std::string StreamDecoder::add(int32_t id) {
  std::string bytes = tokenizer->bytesOf(id);
  if (tokenizer->isSpecial(id)) {
    if (id == tokenizer->bos()) atStart = true;
    if (skipSpecial) return "";
  } else if (atStart && !bytes.empty()) {
    size_t strip = 0;
    while (strip < size_t(tokenizer->stripLeft()) && strip < bytes.size() && bytes[strip] == ' ') ++strip;
    bytes.erase(0, strip);
    atStart = false;
  }
  waiting += bytes;
  const size_t kept = incompleteUtf8Tail(waiting);
  std::string complete = validUtf8(std::string_view(waiting).substr(0, waiting.size() - kept));
  waiting.erase(0, waiting.size() - kept);
  return complete;
}

std::string StreamDecoder::finish() {
  std::string rest = validUtf8(waiting);
  waiting.clear();
  return rest;
}

} // namespace attune
