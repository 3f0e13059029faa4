// The WHERE of a question: conditions with their values, and the search over texts.
#pragma once

#include "store/records.h"
#include <QVariantList>

namespace attune {

class Database;

struct QueryParts {
  QStringList conditions;
  QVariantList values;

  void add(const QString& condition, const QVariantList& bound = {});
  // Every word of `search` must stand in the record's texts. A conversation is found by its turns too.
  void addSearch(const Database& database, RecordKind kind, const QString& search);
  // The common columns of prompts, demonstrations and comparisons.
  void addFilter(const Database& database, RecordKind kind, const RecordFilter& filter);
  QString where() const; // " WHERE a AND b", or empty
};

QString tableOf(RecordKind kind);
QString limits(const RecordFilter& filter); // " LIMIT n OFFSET m"

QString historyText(const QList<StoredMessage>& history); // as JSON
QList<StoredMessage> historyOf(const QString& text);
QString compactJson(const QJsonObject& object);
QJsonObject jsonOf(const QString& text);

} // namespace attune
