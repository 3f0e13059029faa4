#include "store/query_parts.h"

#include "store/database.h"
#include <QJsonArray>
#include <QJsonDocument>

namespace attune {

QString tableOf(RecordKind kind) {
  switch (kind) {
  case RecordKind::Conversation:
    return QStringLiteral("conversations");
  case RecordKind::Turn:
    return QStringLiteral("turns");
  case RecordKind::Prompt:
    return QStringLiteral("prompts");
  case RecordKind::Demonstration:
    return QStringLiteral("demonstrations");
  case RecordKind::Comparison:
    return QStringLiteral("comparisons");
  case RecordKind::PromptSet:
    return QStringLiteral("prompt_sets");
  }
  return {};
}

void QueryParts::add(const QString& condition, const QVariantList& bound) {
  conditions << condition;
  values += bound;
}

void QueryParts::addSearch(const Database& database, RecordKind kind, const QString& search) {
  for (const QString& word : search.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
    // The index knows runs of three letters; shorter words are looked for row by row.
    const bool indexed = database.hasFullText() && word.toUcs4().size() >= 3;
    QString value = word;
    if (indexed)
      value = QLatin1Char('"') + value.replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
    else {
      for (const char special : {'\\', '%', '_'})
        value.replace(QLatin1Char(special), QLatin1Char('\\') + QString(QLatin1Char(special)));
      value = QLatin1Char('%') + value + QLatin1Char('%');
    }
    const QString found =
        QStringLiteral("SELECT rowid / 8 FROM texts WHERE %1 AND rowid % 8 = ")
            .arg(indexed ? QStringLiteral("texts MATCH ?") : QStringLiteral("body LIKE ? ESCAPE '\\'"));
    if (kind == RecordKind::Conversation)
      add(QStringLiteral("id IN (%10 UNION SELECT conversation FROM turns WHERE deleted IS NULL AND id IN (%11))")
              .replace(QStringLiteral("%1"), found),
          {value, value});
    else
      add(QStringLiteral("id IN (%1%2)").arg(found).arg(int(kind)), {value});
  }
}

void QueryParts::addFilter(const Database& database, RecordKind kind, const RecordFilter& filter) {
  add(QStringLiteral("deleted IS NULL"));
  if (!filter.labeler.isEmpty()) add(QStringLiteral("labeler = ?"), {filter.labeler});
  if (!filter.split.isEmpty()) add(QStringLiteral("split = ?"), {filter.split});
  if (!filter.source.isEmpty()) add(QStringLiteral("source = ?"), {filter.source});
  if (!filter.useCase.isEmpty()) add(QStringLiteral("use_case = ?"), {filter.useCase});
  if (filter.set != 0 && kind == RecordKind::Prompt) add(QStringLiteral("set_id = ?"), {qint64(filter.set)});
  if (filter.scripted >= 0 && kind != RecordKind::Prompt) add(QStringLiteral("scripted = ?"), {filter.scripted});
  if (kind == RecordKind::Prompt)
    add(QStringLiteral("(set_id IS NULL OR set_id IN (SELECT id FROM prompt_sets WHERE deleted IS NULL))"));
  addSearch(database, kind, filter.search);
}

QString QueryParts::where() const {
  return conditions.isEmpty() ? QString() : QStringLiteral(" WHERE ") + conditions.join(QStringLiteral(" AND "));
}

QString limits(const RecordFilter& filter) {
  if (filter.limit < 0 && filter.offset <= 0) return {};
  return QStringLiteral(" LIMIT %1 OFFSET %2").arg(filter.limit).arg(filter.offset);
}

QString historyText(const QList<StoredMessage>& history) {
  QJsonArray array;
  for (const StoredMessage& message : history)
    array.append(QJsonObject{{QStringLiteral("role"), message.role}, {QStringLiteral("content"), message.content}});
  return QString::fromUtf8(QJsonDocument(array).toJson(QJsonDocument::Compact));
}

QList<StoredMessage> historyOf(const QString& text) {
  QList<StoredMessage> history;
  for (const QJsonValue& value : QJsonDocument::fromJson(text.toUtf8()).array())
    history << StoredMessage{value[QStringLiteral("role")].toString(), value[QStringLiteral("content")].toString()};
  return history;
}

QString compactJson(const QJsonObject& object) {
  return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

QJsonObject jsonOf(const QString& text) { return QJsonDocument::fromJson(text.toUtf8()).object(); }

} // namespace attune
