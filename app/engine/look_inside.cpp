#include "engine/look_inside.h"

#include "attention/attention_vectors.h"
#include "model/capture.h"
#include "text/utf8.h"

namespace attune {
namespace {

// A token's text; bytes that are a part of a character only are written as numbers.
QString tokenText(const Tokenizer& tokenizer, int32_t id) {
  const std::string bytes = tokenizer.bytesOf(id);
  if (!firstInvalidUtf8(bytes)) return QString::fromStdString(bytes);
  QString text;
  for (const char byte : bytes) text += QStringLiteral("⟨%1⟩").arg(uint8_t(byte), 2, 16, QLatin1Char('0')).toUpper();
  return text;
}

} // namespace

void lookInside(AttentionData& data, const Model& model, const Tokenizer* tokenizer, std::span<const int32_t> ids,
                bool digest, const std::function<bool()>& stopped) {
  const ModelConfig& config = model.config();
  CapturedAttention captured = captureAttention(model, ids);
  if (stopped && stopped()) return;
  data.nLayer = int(config.nLayer);
  data.nHead = int(config.nHead);
  data.headSize = int(config.headDim);
  data.ids.assign(ids.begin(), ids.end());
  data.tokens.clear();
  for (const int32_t id : ids)
    data.tokens << (tokenizer && id < tokenizer->size() ? tokenText(*tokenizer, id) : QString::number(id));
  const AttentionVectors::Shape shape{data.nLayer, data.nHead, int(config.nKvHead), int(ids.size()), data.headSize};
  data.numbers =
      std::make_shared<AttentionVectors>(shape, std::move(captured.q), std::move(captured.k), std::move(captured.v));
  if (digest) digestHeads(data);
}

} // namespace attune
