#include "store/records.h"

#include <QJsonArray>
#include <algorithm>
#include <numeric>

namespace attune {

QJsonObject StoredSampler::toJson() const {
  QJsonObject object{{QStringLiteral("temperature"), temperature},
                     {QStringLiteral("top_k"), topK},
                     {QStringLiteral("top_p"), topP},
                     {QStringLiteral("min_p"), minP},
                     {QStringLiteral("repetition_penalty"), repetitionPenalty},
                     {QStringLiteral("max_tokens"), maxTokens},
                     {QStringLiteral("seed"), QString::number(seed)}}; // 64 bits do not fit a JSON number
  if (greedy) object.insert(QStringLiteral("greedy"), true);
  return object;
}

StoredSampler StoredSampler::fromJson(const QJsonObject& o) {
  StoredSampler s;
  s.temperature = o.value(QStringLiteral("temperature")).toDouble(s.temperature);
  s.topK = o.value(QStringLiteral("top_k")).toInt(s.topK);
  s.topP = o.value(QStringLiteral("top_p")).toDouble(s.topP);
  s.minP = o.value(QStringLiteral("min_p")).toDouble(s.minP);
  s.repetitionPenalty = o.value(QStringLiteral("repetition_penalty")).toDouble(s.repetitionPenalty);
  s.maxTokens = o.value(QStringLiteral("max_tokens")).toInt(s.maxTokens);
  s.seed = o.value(QStringLiteral("seed")).toString().toULongLong();
  s.greedy = o.value(QStringLiteral("greedy")).toBool();
  return s;
}

QJsonObject CandidateSet::toJson() const {
  QJsonArray all;
  for (const Candidate& one : list)
    all << QJsonObject{{QStringLiteral("text"), one.text},
                       {QStringLiteral("finish"), one.finish},
                       {QStringLiteral("score"), one.score},
                       {QStringLiteral("tokens"), one.tokens}};
  QJsonObject object{{QStringLiteral("judge"), judge},
                     {QStringLiteral("rule"), rule},
                     {QStringLiteral("chosen"), chosen},
                     {QStringLiteral("candidates"), all}};
  if (!unscored.isEmpty()) object.insert(QStringLiteral("unscored"), unscored);
  return object;
}

CandidateSet CandidateSet::fromJson(const QJsonObject& object) {
  CandidateSet set;
  set.judge = object.value(QStringLiteral("judge")).toString();
  set.rule = object.value(QStringLiteral("rule")).toBool();
  set.unscored = object.value(QStringLiteral("unscored")).toString();
  for (const QJsonValue& value : object.value(QStringLiteral("candidates")).toArray()) {
    const QJsonObject one = value.toObject();
    set.list << Candidate{one.value(QStringLiteral("text")).toString(), one.value(QStringLiteral("finish")).toString(),
                          one.value(QStringLiteral("score")).toDouble(), one.value(QStringLiteral("tokens")).toInt()};
  }
  set.chosen = std::clamp(object.value(QStringLiteral("chosen")).toInt(), 0, std::max(0, int(set.list.size()) - 1));
  return set;
}

QString orderText(const Comparison& comparison) {
  std::vector<int> places(size_t(comparison.answers.size()));
  std::iota(places.begin(), places.end(), 0);
  auto rank = [&](int place) { return comparison.answers[place].rank; };
  std::erase_if(places, [&](int place) { return rank(place) <= 0; });
  std::stable_sort(places.begin(), places.end(), [&](int a, int b) { return rank(a) < rank(b); });
  QString text;
  for (size_t i = 0; i < places.size(); ++i) {
    if (i > 0) text += rank(places[i]) == rank(places[i - 1]) ? QStringLiteral(" = ") : QStringLiteral(" > ");
    text += QChar(u'A' + places[i]);
  }
  return text;
}

int pairCount(const Comparison& comparison) {
  int pairs = 0;
  for (qsizetype i = 0; i < comparison.answers.size(); ++i)
    for (qsizetype j = i + 1; j < comparison.answers.size(); ++j) {
      const int a = comparison.answers[i].rank, b = comparison.answers[j].rank;
      pairs += a > 0 && b > 0 && a != b;
    }
  return pairs;
}

} // namespace attune
