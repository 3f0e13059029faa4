// A source of attention with real arithmetic on made-up vectors, for tests and pictures of the Attention panel.
#pragma once

#include "attention/attention_source.h"
#include "attention/attention_vectors.h"

#include <QRegularExpression>
#include <cmath>
#include <random>

namespace attune::test {

// Words of a text as tokens, each with its leading space; punctuation alone.
inline QStringList wordsOf(const QString& text) {
  QStringList tokens;
  static const QRegularExpression word(QStringLiteral(" ?[\\w’]+| ?[^\\w\\s]|\\s"));
  for (auto match = word.globalMatch(text); match.hasNext();) tokens << match.next().captured();
  return tokens;
}

// Vectors whose heads do recognisable things: every head mixes noise with one of several habits, made by keys and
// queries that carry the place or the token.
inline AttentionPtr fakeAttention(const QStringList& tokens, int nLayer, int nHead, int headSize = 16) {
  auto data = std::make_shared<AttentionData>();
  const int T = int(tokens.size());
  data->modelId = QStringLiteral("starter");
  data->modelName = QStringLiteral("starter");
  data->nLayer = nLayer;
  data->nHead = nHead;
  data->headSize = headSize;
  data->tokens = tokens;
  QStringList known;
  for (const auto& token : tokens) {
    if (!known.contains(token)) known << token;
    data->ids.push_back(int(known.indexOf(token)));
  }
  std::mt19937 random(7);
  std::normal_distribution<float> noise(0, 1);
  std::vector<float> code(std::size_t(known.size()) * headSize), q, k, v;
  for (float& x : code) x = noise(random);
  for (int layer = 0; layer < nLayer; layer++)
    for (int place = 0; place < T; place++)
      for (int part = 0; part < 3; part++)
        for (int head = 0; head < nHead; head++) {
          std::mt19937 own(unsigned(((layer * nHead + head) * T + place) * 3 + part));
          const int habit = (layer * 5 + head * 3) % 7;
          // Two turning waves let q at i meet k at i − shift.
          const auto wave = [&](int at, int c) {
            const double angle = at * (c < headSize / 2 ? 1.7 : 0.31) + (c % 2 ? 1.5707963 : 0);
            return float(std::sin(angle));
          };
          for (int c = 0; c < headSize; c++) {
            float x = 0.8f * noise(own);
            const float word = code[std::size_t(data->ids[place]) * headSize + c];
            const float before = place > 0 ? code[std::size_t(data->ids[place - 1]) * headSize + c] : 0;
            if (part == 0) {
              if (habit == 0) x += 2.6f * wave(place - 1, c);
              if (habit == 1) x += c == 0 ? 9 : 0;
              if (habit == 2 || habit == 3) x += 1.6f * word;
              if (habit == 4) x += 2.6f * wave(place, c);
              q.push_back(x);
            } else if (part == 1) {
              if (habit == 0 || habit == 4) x += 2.6f * wave(place, c);
              if (habit == 1 && c == 0 && place == 0) x += 4;
              if (habit == 2) x += 1.6f * word;
              if (habit == 3) x += 1.6f * before;
              if (habit == 5) x *= 0.1f;
              k.push_back(x);
            } else {
              v.push_back(x);
            }
          }
        }
  data->numbers = std::make_shared<AttentionVectors>(AttentionVectors::Shape{nLayer, nHead, nHead, T, headSize},
                                                     std::move(q), std::move(k), std::move(v));
  data->milliseconds = 14;
  digestHeads(*data, 2);
  return data;
}

class FakeAttentionSource : public AttentionSource {
public:
  QList<Model> list{{QStringLiteral("starter"), QStringLiteral("starter"), QStringLiteral("fine-tuned")}};
  QString asked;
  std::vector<int> askedIds;
  QString refusal;

  QList<Model> models() const override { return list; }
  void request(const QString&, const QString& text) override {
    asked = text;
    if (!refusal.isEmpty()) return Q_EMIT failed(refusal);
    Q_EMIT ready(fakeAttention(wordsOf(text), 6, 8));
  }
  void requestIds(const QString&, const std::vector<int>& ids, const QString& origin) override {
    askedIds = ids;
    auto data = std::make_shared<AttentionData>(*fakeAttention(QStringList{"The", " ferry", " waits"}, 2, 2));
    data->origin = origin;
    Q_EMIT ready(data);
  }
};

} // namespace attune::test
