#include "models/evaluation.h"

#include "error.h"
#include "formats/file.h"
#include "label/label_task.h"
#include "store/store.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <algorithm>
#include <cmath>

namespace attune {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("attune::ModelTrial", text); }

// The better one's is the higher.
double worth(const ModelTrial& evaluation, const ModelTrial::Reply& reply) {
  return evaluation.judge == ModelTrial::Judge::Person ? -reply.rank : reply.score;
}

bool counts(const ModelTrial& evaluation, const ModelTrial::Row& row, int model) {
  if (!row.judged || model >= row.replies.size()) return false;
  return evaluation.judge != ModelTrial::Judge::Person || row.replies[model].rank > 0;
}

QString judgeId(ModelTrial::Judge judge) {
  return judge == ModelTrial::Judge::Person ? QStringLiteral("person")
         : judge == ModelTrial::Judge::Rule ? QStringLiteral("rule")
                                            : QStringLiteral("reward model");
}

QString fileOf(const QString& folder, const QString& name) { return folder + u'/' + name + QStringLiteral(".json"); }

} // namespace

int ModelTrial::judged() const {
  return int(std::count_if(rows.begin(), rows.end(), [](const Row& row) { return row.judged; }));
}

QJsonObject ModelTrial::toJson() const {
  QJsonArray list;
  for (const Row& row : rows) {
    QJsonArray replies, history;
    for (const Reply& reply : row.replies)
      replies << QJsonObject{{QStringLiteral("text"), reply.text},
                             {QStringLiteral("score"), reply.score},
                             {QStringLiteral("rank"), reply.rank},
                             {QStringLiteral("rating"), reply.rating}};
    for (const StoredMessage& message : row.history)
      history << QJsonObject{{QStringLiteral("role"), message.role}, {QStringLiteral("content"), message.content}};
    list << QJsonObject{{QStringLiteral("prompt"), row.prompt},
                        {QStringLiteral("history"), history},
                        {QStringLiteral("judged"), row.judged},
                        {QStringLiteral("replies"), replies}};
  }
  return {{QStringLiteral("name"), name},
          {QStringLiteral("models"), QJsonArray::fromStringList(models)},
          {QStringLiteral("names"), QJsonArray::fromStringList(names)},
          {QStringLiteral("judge"), judgeId(judge)},
          {QStringLiteral("judge_name"), judgeName},
          {QStringLiteral("made"), double(made)},
          {QStringLiteral("rows"), list}};
}

ModelTrial ModelTrial::fromJson(const QJsonObject& object) {
  ModelTrial e;
  const auto list = [](const QJsonObject& from, const char* key) { return from.value(QLatin1String(key)).toArray(); };
  const auto text = [](const QJsonObject& from, const char* key) { return from.value(QLatin1String(key)).toString(); };
  e.name = text(object, "name");
  for (const QJsonValue& one : list(object, "models")) e.models << one.toString();
  for (const QJsonValue& one : list(object, "names")) e.names << one.toString();
  for (const Judge judge : {Judge::Person, Judge::Rule})
    if (text(object, "judge") == judgeId(judge)) e.judge = judge;
  e.judgeName = text(object, "judge_name");
  e.made = qint64(object.value(QStringLiteral("made")).toDouble());
  for (const QJsonValue& value : list(object, "rows")) {
    const QJsonObject from = value.toObject();
    Row row;
    row.prompt = text(from, "prompt");
    row.judged = from.value(QStringLiteral("judged")).toBool(true);
    for (const QJsonValue& one : list(from, "history"))
      row.history << StoredMessage{text(one.toObject(), "role"), text(one.toObject(), "content")};
    for (const QJsonValue& one : list(from, "replies")) {
      const QJsonObject reply = one.toObject();
      row.replies << Reply{text(reply, "text"), reply.value(QStringLiteral("score")).toDouble(),
                           reply.value(QStringLiteral("rank")).toInt(), reply.value(QStringLiteral("rating")).toInt()};
    }
    if (row.replies.size() == e.models.size()) e.rows << row;
  }
  return e;
}

ModelTrial evaluationOf(const ModelComparison& compared, const QStringList& ids, const QStringList& names,
                        ModelTrial::Judge judge, const QString& judgeName) {
  ModelTrial e;
  e.models = ids;
  e.names = names;
  e.judge = judge;
  e.judgeName = judgeName;
  e.made = QDateTime::currentMSecsSinceEpoch();
  for (const ModelComparison::Row& from : compared.rows) {
    ModelTrial::Row row;
    row.judged = compared.judged;
    for (size_t i = 0; i + 1 < from.prompt.messages.size(); ++i)
      row.history << StoredMessage{QString::fromStdString(from.prompt.messages[i].role),
                                   QString::fromStdString(from.prompt.messages[i].content)};
    row.prompt = QString::fromStdString(from.prompt.messages.back().content);
    for (const ModelComparison::Reply& reply : from.replies)
      row.replies << ModelTrial::Reply{QString::fromStdString(reply.text), reply.score};
    e.rows << row;
  }
  return e;
}

QList<IntervalBar> winBars(const ModelTrial& evaluation, int baseline) {
  QList<IntervalBar> bars;
  for (int model = 0; model < evaluation.models.size(); ++model) {
    if (model == baseline) continue;
    int wins = 0, losses = 0, ties = 0;
    for (const ModelTrial::Row& row : evaluation.rows) {
      if (!counts(evaluation, row, model) || !counts(evaluation, row, baseline)) continue;
      const double a = worth(evaluation, row.replies[model]), b = worth(evaluation, row.replies[baseline]);
      ++(a > b ? wins : a < b ? losses : ties);
    }
    const int decided = wins + losses;
    const ShareInterval share = wilsonInterval(decided ? double(wins) / decided : 0, decided);
    IntervalBar bar;
    bar.name = evaluation.names.value(model);
    bar.value = share.value;
    bar.low = share.low;
    bar.high = share.high;
    bar.known = decided > 0;
    bar.chosen = true;
    bar.of = decided ? tr("%1 won, %2 lost").arg(wins).arg(losses) : tr("nothing decided");
    if (ties) bar.of += tr(", %1 tied").arg(ties);
    bars << bar;
  }
  return bars;
}

QList<IntervalBar> meanBars(const ModelTrial& evaluation) {
  const bool person = evaluation.judge == ModelTrial::Judge::Person;
  QList<IntervalBar> bars;
  for (int model = 0; model < evaluation.models.size(); ++model) {
    QList<double> values;
    for (const ModelTrial::Row& row : evaluation.rows) {
      if (!row.judged || model >= row.replies.size()) continue;
      const ModelTrial::Reply& reply = row.replies[model];
      if (!person || reply.rating > 0) values << (person ? reply.rating : reply.score);
    }
    double mean = 0, spread = 0;
    for (const double value : values) mean += value / double(values.size());
    for (const double value : values) spread += (value - mean) * (value - mean);
    // Of one value nothing is known about how far others are.
    const double half =
        values.size() > 1 ? 1.96 * std::sqrt(spread / double(values.size() - 1) / double(values.size())) : 0;
    IntervalBar bar;
    bar.name = evaluation.names.value(model);
    bar.value = mean;
    bar.low = mean - half;
    bar.high = mean + half;
    bar.known = !values.isEmpty();
    bar.chosen = true;
    bar.of = person ? tr("%1 rated").arg(values.size()) : tr("%1 replies").arg(values.size());
    bars << bar;
  }
  return bars;
}

// --- files

QList<ModelTrial> evaluationsIn(const QString& folder) {
  QList<ModelTrial> all;
  for (const QString& name : QDir(folder).entryList({QStringLiteral("*.json")}, QDir::Files)) {
    QFile file(folder + u'/' + name);
    if (!file.open(QFile::ReadOnly)) continue;
    ModelTrial one = ModelTrial::fromJson(QJsonDocument::fromJson(file.readAll()).object());
    if (one.models.size() < 2) continue;
    one.name = name.chopped(5);
    all << one;
  }
  std::sort(all.begin(), all.end(), [](const ModelTrial& a, const ModelTrial& b) { return a.made > b.made; });
  return all;
}

QString freeName(const QString& folder, const ModelTrial& evaluation) {
  QString plain;
  for (const QChar c : evaluation.names.join(QStringLiteral(", ")))
    plain += c == u'/' || c == u'\\' || c == u':' ? QChar(u'-') : c;
  QString name = plain.left(80);
  for (int n = 2; QFile::exists(fileOf(folder, name)); ++n) name = QStringLiteral("%1 (%2)").arg(plain.left(80)).arg(n);
  return name;
}

void keepEvaluation(const QString& folder, ModelTrial& evaluation) {
  if (!QDir().mkpath(folder))
    throw Error("The folder " + folder.toStdString() + " cannot be made; comparisons are kept there.");
  if (evaluation.name.isEmpty()) evaluation.name = freeName(folder, evaluation);
  writeFileAtomically(fileOf(folder, evaluation.name).toStdString(),
                      QJsonDocument(evaluation.toJson()).toJson().toStdString());
}

void removeEvaluation(const QString& folder, const QString& name) { QFile::remove(fileOf(folder, name)); }

// --- by a person

RecordId giveToLabel(Store& store, const ModelTrial& evaluation) {
  const QString setName = tr("Compare: %1").arg(evaluation.name);
  const RecordId set = store.promptSet(setName);
  QList<Prompt> prompts;
  for (const ModelTrial::Row& row : evaluation.rows) {
    Prompt prompt;
    prompt.set = set;
    prompt.text = row.prompt;
    prompt.history = row.history;
    prompt.split = QStringLiteral("held out"); // what is compared trains nothing
    prompt.source = setName;
    prompts << prompt;
  }
  const QList<RecordId> ids = store.addPrompts(prompts);
  for (qsizetype i = 0; i < ids.size(); ++i) {
    LabelTask task;
    task.prompt.id = ids[i];
    QList<Answer> answers;
    for (int model = 0; model < evaluation.models.size(); ++model) {
      Answer answer;
      answer.text = evaluation.rows[i].replies[model].text;
      answer.model = evaluation.models[model];
      answers << answer;
    }
    std::shuffle(answers.begin(), answers.end(), *QRandomGenerator::global());
    task.least = std::min(int(answers.size()), answers::fewest);
    task.addAnswers(answers);
    store.keepDraft(task.draftKey(), task.toDraft());
  }
  store.flushDrafts();
  return set;
}

void readFromLabel(Store& store, ModelTrial& evaluation) {
  RecordFilter ours;
  ours.source = tr("Compare: %1").arg(evaluation.name);
  QList<Comparison> ranked = store.comparisons(ours);
  for (ModelTrial::Row& row : evaluation.rows) {
    row.judged = false;
    const auto found = std::find_if(ranked.begin(), ranked.end(), [&](const Comparison& c) {
      return c.prompt == row.prompt && c.history == row.history;
    });
    if (found == ranked.end()) continue;
    row.judged = true;
    for (int model = 0; model < row.replies.size(); ++model) {
      ModelTrial::Reply& reply = row.replies[model];
      reply.rank = reply.rating = 0;
      for (const Answer& answer : found->answers)
        if (answer.model == evaluation.models[model] && answer.text == reply.text) {
          reply.rank = answer.rank;
          reply.rating = answer.rating;
        }
    }
  }
}

} // namespace attune
