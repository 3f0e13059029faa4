#include "attention/attention_data.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace attune {

void digestHeads(AttentionData& data, int threads) {
  const int count = data.nLayer * data.nHead;
  data.heads.assign(std::size_t(count), HeadDigest());
  const HeadDigester digester(data.ids, data.tokens, data.causal);
  std::atomic<int> next = 0;
  const auto work = [&] {
    for (int i = next++; i < count; i = next++)
      data.heads[std::size_t(i)] = digester.digest(data.numbers->weights(i / data.nHead, i % data.nHead));
  };
  if (threads <= 0) threads = int(std::max(1u, std::thread::hardware_concurrency()));
  threads = std::min(threads, count);
  std::vector<std::thread> others;
  for (int t = 1; t < threads; t++) others.emplace_back(work);
  work();
  for (auto& thread : others) thread.join();
}

QString shownToken(const QString& token) {
  if (token.isEmpty()) return QStringLiteral("∅");
  QString shown = token;
  for (int i = 0; i < shown.size() && shown[i] == u' '; i++) shown[i] = QChar(0xB7);
  shown.replace(u'\n', QChar(0x23CE));
  shown.replace(u'\t', QChar(0x2192));
  shown.replace(u'\r', QChar(0x240D));
  return shown;
}

QString percentWords(double weight) {
  if (weight > 0 && weight < 0.0005) return QStringLiteral("under 0.1 %");
  return QStringLiteral("%1 %").arg(100 * weight, 0, 'f', 1);
}

QString headName(int layer, int head) { return QStringLiteral("L%1 H%2").arg(layer).arg(head); }
QString headTitle(int layer, int head) { return QStringLiteral("Layer %1, head %2").arg(layer).arg(head); }

} // namespace attune
