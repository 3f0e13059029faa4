#include "store/token_blob.h"

#include "error.h"
#include <QtEndian>
#include <bit>

namespace attune {
namespace {

constexpr char version = 1;

void put(QByteArray& out, uint32_t value) {
  const uint32_t little = qToLittleEndian(value);
  out.append(reinterpret_cast<const char*>(&little), 4);
}

struct Reader {
  const QByteArray& bytes;
  qsizetype at = 0;
  void need(qsizetype n) const {
    if (bytes.size() - at < n)
      throw Error("The token data of a reply ends after " + std::to_string(bytes.size()) +
                  " bytes, in the middle of a token; the store was changed by another program.");
  }
  uint32_t take() {
    need(4);
    const uint32_t value = qFromLittleEndian<uint32_t>(bytes.constData() + at);
    at += 4;
    return value;
  }
  uint8_t byte() {
    need(1);
    return uint8_t(bytes[at++]);
  }
};

} // namespace

QByteArray packTokens(const std::vector<TokenTrace>& tokens) {
  if (tokens.empty()) return {};
  QByteArray out;
  out.reserve(qsizetype(5 + tokens.size() * 97));
  out.append(version);
  put(out, uint32_t(tokens.size()));
  for (const TokenTrace& token : tokens) {
    put(out, uint32_t(token.id));
    put(out, std::bit_cast<uint32_t>(token.probability));
    put(out, std::bit_cast<uint32_t>(token.entropy));
    put(out, uint32_t(token.rank));
    const size_t count = std::min<size_t>(token.likeliest.size(), 255);
    out.append(char(uint8_t(count)));
    for (size_t i = 0; i < count; ++i) {
      put(out, uint32_t(token.likeliest[i].id));
      put(out, std::bit_cast<uint32_t>(token.likeliest[i].probability));
    }
  }
  return out;
}

std::vector<TokenTrace> unpackTokens(const QByteArray& bytes) {
  if (bytes.isEmpty()) return {};
  Reader in{bytes};
  if (in.byte() != version) throw Error("The token data of a reply is of a version that this Attune does not know.");
  const uint32_t count = in.take();
  in.need(qsizetype(count) * 17); // before anything of that size is made
  std::vector<TokenTrace> tokens(count);
  for (TokenTrace& token : tokens) {
    token.id = int32_t(in.take());
    token.probability = std::bit_cast<float>(in.take());
    token.entropy = std::bit_cast<float>(in.take());
    token.rank = int32_t(in.take());
    token.likeliest.resize(in.byte());
    for (TokenTrace::Likely& likely : token.likeliest) {
      likely.id = int32_t(in.take());
      likely.probability = std::bit_cast<float>(in.take());
    }
  }
  return tokens;
}

} // namespace attune
