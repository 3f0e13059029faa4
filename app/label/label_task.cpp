#include "label/label_task.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <algorithm>

namespace attune {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("attune::LabelTask", text); }

} // namespace

QString answers::refusal(int count) {
  if (count >= fewest && count <= most) return {};
  return tr("K is how many answers are ranked, a whole number from %1 to %2, not %3; choose one of these.")
      .arg(fewest)
      .arg(most)
      .arg(count);
}

QString LabelTask::draftKey() const {
  return comparison ? QStringLiteral("label/comparison/%1").arg(comparison)
                    : QStringLiteral("label/task/%1").arg(prompt.id);
}

void LabelTask::addAnswers(const QList<Answer>& more) {
  QList<int> ranks;
  for (int i = 0; i < answers.size(); ++i) ranks << ranking.rankOf(i);
  for (int i = 0; i < more.size(); ++i) ranks << 0;
  answers += more;
  ranking = Ranking::fromRanks(ranks);
  if (chosen < 0 && !answers.isEmpty()) chosen = 0;
}

bool LabelTask::toggleFlag(int answer, const QString& flag) {
  if (answer < 0 || answer >= answers.size()) return false;
  if (!answers[answer].flags.removeOne(flag)) answers[answer].flags << flag;
  return true;
}

bool LabelTask::rate(int answer, int rating) {
  if (answer < 0 || answer >= answers.size()) return false;
  int& now = answers[answer].rating;
  now = now == rating ? 0 : rating;
  return true;
}

QString LabelTask::unready() const {
  if (answers.isEmpty()) return tr("No answers yet");
  if (!saved() && answers.size() < least)
    return tr("%1 of at least %2 answers").arg(answers.size()).arg(least);
  const int left = int(ranking.unranked().size());
  if (left == 1) return tr("1 answer has no rank");
  if (left > 1) return tr("%1 answers have no rank").arg(left);
  return {};
}

Comparison LabelTask::toComparison(const QString& labeler) const {
  Comparison c;
  c.id = comparison;
  c.promptId = prompt.id;
  c.prompt = prompt.text;
  c.history = prompt.history;
  c.useCase = prompt.useCase;
  c.split = prompt.split;
  c.source = prompt.source;
  c.labeler = labeler;
  c.scripted = false; // a person made this order
  c.note = note;
  c.tookMs = tookMs;
  c.answers = answers;
  for (int i = 0; i < c.answers.size(); ++i) c.answers[i].rank = ranking.rankOf(i);
  return c;
}

LabelTask LabelTask::fromComparison(const Comparison& c) {
  LabelTask task;
  task.prompt.id = c.promptId;
  task.prompt.text = c.prompt;
  task.prompt.history = c.history;
  task.prompt.useCase = c.useCase;
  task.prompt.split = c.split;
  task.prompt.source = c.source;
  task.comparison = c.id;
  task.scripted = c.scripted;
  task.answers = c.answers;
  QList<int> ranks;
  for (const Answer& answer : c.answers) ranks << answer.rank;
  task.ranking = Ranking::fromRanks(ranks);
  task.note = c.note;
  task.tookMs = c.tookMs;
  const QList<int> order = task.ranking.order();
  task.chosen = order.isEmpty() ? -1 : order.first();
  return task;
}

QByteArray LabelTask::toDraft() const {
  QJsonArray list;
  for (int i = 0; i < answers.size(); ++i) {
    const Answer& a = answers[i];
    list << QJsonObject{{QStringLiteral("text"), a.text},
                        {QStringLiteral("model"), a.model},
                        {QStringLiteral("sampler"), a.sampler.toJson()},
                        {QStringLiteral("finish"), a.finish},
                        {QStringLiteral("rank"), ranking.rankOf(i)},
                        {QStringLiteral("rating"), a.rating},
                        {QStringLiteral("flags"), QJsonArray::fromStringList(a.flags)}};
  }
  return QJsonDocument(QJsonObject{{QStringLiteral("answers"), list},
                                   {QStringLiteral("chosen"), chosen},
                                   {QStringLiteral("note"), note},
                                   {QStringLiteral("least"), least},
                                   {QStringLiteral("took"), double(tookMs)}})
      .toJson(QJsonDocument::Compact);
}

bool LabelTask::readDraft(const QByteArray& draft, LabelTask& task) {
  const QJsonObject object = QJsonDocument::fromJson(draft).object();
  if (!object.contains(QStringLiteral("answers"))) return false;
  QList<Answer> list;
  QList<int> ranks;
  for (const QJsonValue& value : object.value(QStringLiteral("answers")).toArray()) {
    const QJsonObject one = value.toObject();
    Answer a;
    a.text = one.value(QStringLiteral("text")).toString();
    a.model = one.value(QStringLiteral("model")).toString();
    a.sampler = StoredSampler::fromJson(one.value(QStringLiteral("sampler")).toObject());
    a.finish = one.value(QStringLiteral("finish")).toString();
    a.rating = std::clamp(one.value(QStringLiteral("rating")).toInt(), 0, 7);
    for (const QJsonValue& flag : one.value(QStringLiteral("flags")).toArray()) a.flags << flag.toString();
    list << a;
    ranks << one.value(QStringLiteral("rank")).toInt();
  }
  task.answers = list;
  task.ranking = Ranking::fromRanks(ranks);
  task.chosen = std::clamp(object.value(QStringLiteral("chosen")).toInt(-1), -1, int(list.size()) - 1);
  task.note = object.value(QStringLiteral("note")).toString();
  task.least = std::clamp(object.value(QStringLiteral("least")).toInt(answers::fewest), 2, answers::fewest);
  task.tookMs = qint64(object.value(QStringLiteral("took")).toDouble());
  return true;
}

} // namespace attune
