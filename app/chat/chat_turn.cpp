#include "chat/chat_turn.h"

#include <QDataStream>
#include <QIODevice>

namespace attune {
namespace {

constexpr quint32 draftMark = 0x61743031; // "at01"

}

std::vector<TokenPlace> tokenPlaces(const ModelText& text, const std::vector<TokenTrace>& tokens,
                                    const QString& words) {
  StreamDecoder decoder(text.tokenizer);
  std::vector<TokenPlace> places;
  QString all;
  for (const TokenTrace& token : tokens) {
    if (token.id < 0 || token.id >= text.tokenizer->size()) return {};
    const QString piece = QString::fromStdString(decoder.add(token.id));
    places.push_back({int(all.size()), int(piece.size())});
    all += piece;
  }
  all += QString::fromStdString(decoder.finish());
  if (all != words) return {};
  return places;
}

TokenTrace traceOf(const TokenView& view) {
  TokenTrace trace;
  trace.id = view.id;
  trace.probability = view.probability;
  trace.entropy = view.entropy;
  trace.rank = view.rank;
  for (const auto& [id, probability] : view.likeliest) trace.likeliest.push_back({id, probability});
  return trace;
}

int tokenAt(const std::vector<TokenPlace>& places, int at) {
  for (size_t i = 0; i < places.size(); ++i)
    if (at >= places[i].start && at < places[i].start + places[i].length) return int(i);
  return -1;
}

QByteArray draftOf(const Turn& turn) {
  QByteArray bytes;
  QDataStream out(&bytes, QIODevice::WriteOnly);
  out.setFloatingPointPrecision(QDataStream::SinglePrecision);
  out << draftMark << qint64(turn.id) << turn.text << quint32(turn.tokens.size());
  for (const TokenTrace& token : turn.tokens) {
    out << qint32(token.id) << token.probability << token.entropy << qint32(token.rank)
        << quint32(token.likeliest.size());
    for (const auto& likely : token.likeliest) out << qint32(likely.id) << likely.probability;
  }
  return bytes;
}

bool readDraft(const QByteArray& bytes, Turn& turn) {
  QDataStream in(bytes);
  in.setFloatingPointPrecision(QDataStream::SinglePrecision);
  quint32 mark = 0, count = 0;
  qint64 id = 0;
  in >> mark >> id >> turn.text >> count;
  if (mark != draftMark) return false;
  turn.id = id;
  turn.tokens.clear();
  for (quint32 i = 0; i < count && in.status() == QDataStream::Ok; ++i) {
    TokenTrace token;
    quint32 likely = 0;
    in >> token.id >> token.probability >> token.entropy >> token.rank >> likely;
    for (quint32 k = 0; k < likely && in.status() == QDataStream::Ok; ++k) {
      TokenTrace::Likely one;
      in >> one.id >> one.probability;
      token.likeliest.push_back(one);
    }
    turn.tokens.push_back(std::move(token));
  }
  return in.status() == QDataStream::Ok;
}

} // namespace attune
