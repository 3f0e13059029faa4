#include "store/store.h"

#include "error.h"
#include "store/database.h"
#include "store/draft_writer.h"
#include "store/query_parts.h"
#include <QDateTime>

namespace attune {

Store::Store(const QString& file, Access access, QObject* parent)
    : QObject(parent) {
  qRegisterMetaType<SaveState>();
  qRegisterMetaType<RecordKind>();
  db = std::make_unique<Database>(file, access == Access::Write,
                                  [this](SaveState state, const QString& why) { setDisk(state, why); });
  if (access == Access::Read) return;
  drafts = std::make_unique<DraftWriter>(*db, [this](bool pending) { setPending(pending); });
  purge(QDateTime::currentMSecsSinceEpoch() - qint64(30) * 24 * 3600 * 1000);
}

Store::~Store() {
  drafts.reset(); // its thread has a connection of its own
  db.reset();
}

QString Store::file() const { return db->file(); }

std::shared_ptr<void> Store::answerSoon() { return std::make_shared<Database::Syncing>(*db, Database::Sync::Soon); }

void Store::setDisk(SaveState state, const QString& why) {
  {
    const std::lock_guard hold(stateMutex);
    const bool pending = state == SaveState::Saving;
    const QString now = pending ? trouble : why;
    if (trouble == now && commitsPending == pending) return;
    trouble = now;
    commitsPending = pending;
  }
  tellState();
}

void Store::setPending(bool pending) {
  {
    const std::lock_guard hold(stateMutex);
    if (draftsPending == pending) return;
    draftsPending = pending;
  }
  tellState();
}

void Store::tellState() {
  QString why;
  {
    const std::lock_guard hold(stateMutex);
    why = trouble;
  }
  Q_EMIT saveStateChanged(saveState(), why);
}

SaveState Store::saveState() const {
  const std::lock_guard hold(stateMutex);
  return !trouble.isEmpty()                ? SaveState::Failed
         : draftsPending || commitsPending ? SaveState::Saving
                                           : SaveState::Saved;
}

int Store::count(RecordKind kind, const RecordFilter& filter) {
  QueryParts parts;
  if (kind == RecordKind::Prompt || kind == RecordKind::Demonstration || kind == RecordKind::Comparison)
    parts.addFilter(*db, kind, filter);
  else {
    parts.add(QStringLiteral("deleted IS NULL"));
    if (kind != RecordKind::PromptSet) parts.addSearch(*db, kind, filter.search);
  }
  Rows rows = db->run(QStringLiteral("SELECT count(*) FROM ") + tableOf(kind) + parts.where(), parts.values);
  return rows.next() ? int(rows.integer(0)) : 0;
}

QList<ValueCount> Store::countBy(RecordKind kind, CountBy column) {
  static const char* names[] = {"split", "source", "use_case", "labeler"};
  const QString name = QLatin1String(names[int(column)]);
  if (kind != RecordKind::Prompt && kind != RecordKind::Demonstration && kind != RecordKind::Comparison)
    throw Error("Only prompts, demonstrations and comparisons have a " + name.toStdString() + ".");
  QueryParts parts;
  parts.addFilter(*db, kind, {});
  Rows rows = db->run(QStringLiteral("SELECT %1, count(*) FROM %2%3 GROUP BY %1 ORDER BY count(*) DESC, %1")
                          .arg(name, tableOf(kind), parts.where()),
                      parts.values);
  QList<ValueCount> counts;
  while (rows.next()) counts << ValueCount{rows.text(0), int(rows.integer(1))};
  return counts;
}

QList<Store::SplitSourceCount> Store::countBySplitAndSource(RecordKind kind) {
  QueryParts parts;
  parts.addFilter(*db, kind, {});
  Rows rows = db->run(QStringLiteral("SELECT split, source, count(*) FROM %1%2 GROUP BY split, source "
                                     "ORDER BY count(*) DESC, source")
                          .arg(tableOf(kind), parts.where()),
                      parts.values);
  QList<SplitSourceCount> counts;
  while (rows.next()) counts << SplitSourceCount{rows.text(0), rows.text(1), int(rows.integer(2))};
  return counts;
}

QHash<QString, QList<RecordId>> Store::alsoInTrain(RecordKind kind) {
  QueryParts parts;
  parts.addFilter(*db, kind, {});
  const QString table = tableOf(kind), where = parts.where();
  QVariantList values = parts.values;
  values += parts.values;
  Rows rows = db->run(QStringLiteral("SELECT id, split FROM %1%2 AND split != 'train' AND (body, history) IN "
                                     "(SELECT body, history FROM %1%2 AND split = 'train') ORDER BY id")
                          .arg(table, where),
                      values);
  QHash<QString, QList<RecordId>> found;
  while (rows.next()) found[rows.text(1)] << rows.integer(0);
  return found;
}

qint64 Store::roughSize() {
  Rows rows = db->run(QStringLiteral("SELECT ifnull((SELECT max(id) FROM prompts), 0) + ifnull((SELECT max(id) FROM "
                                     "demonstrations), 0) + ifnull((SELECT max(id) FROM comparisons), 0)"));
  return rows.next() ? rows.integer(0) : 0;
}

void Store::setDeleted(RecordKind kind, const QList<RecordId>& ids, bool deleted) {
  const QVariant when = deleted ? QVariant(QDateTime::currentMSecsSinceEpoch()) : QVariant();
  db->transaction([&] {
    for (RecordId id : ids)
      db->change(QStringLiteral("UPDATE %1 SET deleted = ? WHERE id = ?").arg(tableOf(kind)), {when, qint64(id)});
  });
  Q_EMIT changed(kind);
  if (kind == RecordKind::PromptSet) Q_EMIT changed(RecordKind::Prompt);
}

void Store::setSplit(RecordKind kind, const QList<RecordId>& ids, const QString& split) {
  db->transaction([&] {
    for (RecordId id : ids)
      db->change(QStringLiteral("UPDATE %1 SET split = ?, updated = ? WHERE id = ?").arg(tableOf(kind)),
                 {split, QDateTime::currentMSecsSinceEpoch(), qint64(id)});
  });
  Q_EMIT changed(kind);
}

int Store::purge(qint64 deletedBefore) {
  int gone = 0;
  QList<RecordKind> kinds{RecordKind::Conversation,  RecordKind::Turn,       RecordKind::Prompt,
                          RecordKind::Demonstration, RecordKind::Comparison, RecordKind::PromptSet};
  kinds.removeIf([&](RecordKind kind) { // a store where nothing is to go is not written to
    Rows rows =
        db->run(QStringLiteral("SELECT 1 FROM %1 WHERE deleted < ? LIMIT 1").arg(tableOf(kind)), {deletedBefore});
    return !rows.next();
  });
  if (kinds.isEmpty()) return 0;
  db->transaction([&] {
    for (RecordKind kind : kinds)
      gone += db->change(QStringLiteral("DELETE FROM %1 WHERE deleted < ?").arg(tableOf(kind)), {deletedBefore});
  });
  return gone;
}

void Store::atomically(const std::function<void()>& calls) { db->transaction(calls); }

void Store::keepDraft(const QString& key, const QByteArray& body) {
  if (drafts) drafts->keep(key, body);
}

void Store::dropDraft(const QString& key) {
  if (drafts) drafts->keep(key, std::nullopt);
}

QByteArray Store::draft(const QString& key) {
  if (drafts)
    if (const auto waiting = drafts->pending(key)) return waiting->value_or(QByteArray());
  Rows rows = db->run(QStringLiteral("SELECT body FROM drafts WHERE name = ?"), {key});
  return rows.next() ? rows[0].toByteArray() : QByteArray();
}

QStringList Store::draftKeys(const QString& prefix) {
  QMap<QString, bool> keys;
  {
    Rows rows =
        db->run(QStringLiteral("SELECT name FROM drafts WHERE substr(name, 1, ?) = ?"), {prefix.size(), prefix});
    while (rows.next()) keys.insert(rows.text(0), true);
  }
  if (drafts) keys.insert(drafts->pendingKeys(prefix));
  QStringList names;
  for (auto it = keys.constBegin(); it != keys.constEnd(); ++it)
    if (*it) names << it.key();
  return names;
}

void Store::flushDrafts() {
  if (drafts) drafts->flush();
}

} // namespace attune
