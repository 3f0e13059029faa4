// Conversations and their trees of turns.
#include "error.h"
#include "store/database.h"
#include "store/query_parts.h"
#include "store/store.h"
#include "store/token_blob.h"
#include <QDateTime>
#include <QHash>
#include <algorithm>

namespace attune {
namespace {

qint64 now() { return QDateTime::currentMSecsSinceEpoch(); }

QVariant idOrNull(RecordId id) { return id == 0 ? QVariant() : QVariant(qint64(id)); }

const QString conversationColumns = QStringLiteral("id, title, model, system_prompt, settings, created, updated");

Conversation conversationIn(const Rows& row) {
  Conversation c;
  c.id = row.integer(0);
  c.title = row.text(1);
  c.model = row.text(2);
  c.systemPrompt = row.text(3);
  c.settings = jsonOf(row.text(4));
  c.created = row.integer(5);
  c.updated = row.integer(6);
  return c;
}

const QString turnColumns =
    QStringLiteral("id, conversation, parent, role, body, model, sampler, finish, tokens, shown, created, candidates");

Turn turnIn(const Rows& row) {
  Turn t;
  t.id = row.integer(0);
  t.conversation = row.integer(1);
  t.parent = row.integer(2);
  t.role = row.text(3);
  t.text = row.text(4);
  t.model = row.text(5);
  t.sampler = StoredSampler::fromJson(jsonOf(row.text(6)));
  t.finish = row.text(7);
  t.tokens = unpackTokens(row[8].toByteArray());
  t.shown = row.integer(9) != 0;
  t.created = row.integer(10);
  if (const QString candidates = row.text(11); !candidates.isEmpty())
    t.candidates = CandidateSet::fromJson(jsonOf(candidates));
  return t;
}

QString candidatesText(const Turn& t) {
  return t.candidates.list.isEmpty() ? QStringLiteral("") : compactJson(t.candidates.toJson());
}

void missing(const char* what, RecordId id) {
  throw Error("There is no " + std::string(what) + " " + std::to_string(id) +
              " in the store; it may have been deleted.");
}

} // namespace

QList<Conversation> Store::conversations(const QString& search) {
  QueryParts parts;
  parts.add(QStringLiteral("deleted IS NULL"));
  parts.addSearch(*db, RecordKind::Conversation, search);
  Rows rows = db->run(QStringLiteral("SELECT %1 FROM conversations").arg(conversationColumns) + parts.where() +
                          QStringLiteral(" ORDER BY updated DESC, id DESC"),
                      parts.values);
  QList<Conversation> list;
  while (rows.next()) list << conversationIn(rows);
  return list;
}

std::optional<Conversation> Store::conversation(RecordId id) {
  Rows rows =
      db->run(QStringLiteral("SELECT %1 FROM conversations WHERE id = ? AND deleted IS NULL").arg(conversationColumns),
              {qint64(id)});
  if (!rows.next()) return std::nullopt;
  return conversationIn(rows);
}

RecordId Store::addConversation(const Conversation& c) {
  RecordId id = 0;
  const qint64 time = c.created ? c.created : now();
  db->transaction([&] {
    id = db->insert(QStringLiteral("INSERT INTO conversations(title, model, system_prompt, settings, created, updated) "
                                   "VALUES(?, ?, ?, ?, ?, ?)"),
                    {c.title, c.model, c.systemPrompt, compactJson(c.settings), time, c.updated ? c.updated : time});
  });
  Q_EMIT changed(RecordKind::Conversation);
  return id;
}

void Store::updateConversation(const Conversation& c) {
  db->transaction([&] {
    if (db->change(QStringLiteral("UPDATE conversations SET title = ?, model = ?, system_prompt = ?, settings = ? "
                                  "WHERE id = ?"),
                   {c.title, c.model, c.systemPrompt, compactJson(c.settings), qint64(c.id)}) == 0)
      missing("conversation", c.id);
  });
  Q_EMIT changed(RecordKind::Conversation);
}

void Store::renameConversation(RecordId id, const QString& title) {
  db->transaction([&] {
    if (db->change(QStringLiteral("UPDATE conversations SET title = ? WHERE id = ?"), {title, qint64(id)}) == 0)
      missing("conversation", id);
  });
  Q_EMIT changed(RecordKind::Conversation);
}

void Store::renameModel(const QString& from, const QString& to) {
  int touched = 0;
  db->transaction([&] {
    for (const char* table : {"conversations", "turns", "answers"})
      touched +=
          db->change(QStringLiteral("UPDATE %1 SET model = ? WHERE model = ?").arg(QLatin1String(table)), {to, from});
  });
  if (touched == 0) return;
  Q_EMIT changed(RecordKind::Conversation);
  Q_EMIT changed(RecordKind::Comparison);
}

RecordId Store::addTurn(const Turn& turn) {
  RecordId id = 0;
  const qint64 time = turn.created ? turn.created : now();
  db->transaction([&] {
    if (turn.parent != 0) {
      Rows rows = db->run(QStringLiteral("SELECT conversation FROM turns WHERE id = ?"), {qint64(turn.parent)});
      if (!rows.next() || rows.integer(0) != turn.conversation) missing("turn", turn.parent);
    }
    db->change(QStringLiteral("UPDATE turns SET shown = 0 WHERE conversation = ? AND parent IS ?"),
               {qint64(turn.conversation), idOrNull(turn.parent)});
    id = db->insert(
        QStringLiteral("INSERT INTO turns(conversation, parent, role, body, model, sampler, finish, tokens, "
                       "shown, created, candidates) VALUES(?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)"),
        {qint64(turn.conversation), idOrNull(turn.parent), turn.role, turn.text, turn.model,
         compactJson(turn.sampler.toJson()), turn.finish, packTokens(turn.tokens), time, candidatesText(turn)});
    db->change(QStringLiteral("UPDATE conversations SET updated = ? WHERE id = ?"), {time, qint64(turn.conversation)});
  });
  Q_EMIT changed(RecordKind::Turn);
  return id;
}

void Store::updateTurn(const Turn& turn) {
  db->transaction([&] {
    if (db->change(
            QStringLiteral("UPDATE turns SET body = ?, model = ?, sampler = ?, finish = ?, tokens = ?, candidates = ? "
                           "WHERE id = ?"),
            {turn.text, turn.model, compactJson(turn.sampler.toJson()), turn.finish, packTokens(turn.tokens),
             candidatesText(turn), qint64(turn.id)}) == 0)
      missing("turn", turn.id);
    db->change(QStringLiteral("UPDATE conversations SET updated = ? WHERE id = ?"), {now(), qint64(turn.conversation)});
  });
  Q_EMIT changed(RecordKind::Turn);
}

std::optional<Turn> Store::turn(RecordId id) {
  Rows rows =
      db->run(QStringLiteral("SELECT %1 FROM turns WHERE id = ? AND deleted IS NULL").arg(turnColumns), {qint64(id)});
  if (!rows.next()) return std::nullopt;
  return turnIn(rows);
}

QList<Turn> Store::allTurns(RecordId conversation) {
  Rows rows = db->run(
      QStringLiteral("SELECT %1 FROM turns WHERE conversation = ? AND deleted IS NULL ORDER BY id").arg(turnColumns),
      {qint64(conversation)});
  QList<Turn> turns;
  while (rows.next()) turns << turnIn(rows);
  return turns;
}

QList<Store::ShownTurn> Store::shownPath(RecordId conversation) {
  QHash<RecordId, QList<RecordId>> children; // by parent, oldest first
  QHash<RecordId, RecordId> next;            // by parent: the child that is shown, or else the newest
  {
    Rows rows = db->run(QStringLiteral("SELECT id, parent FROM turns WHERE conversation = ? AND deleted IS NULL "
                                       "ORDER BY shown, id"),
                        {qint64(conversation)});
    while (rows.next()) {
      next.insert(rows.integer(1), rows.integer(0)); // the last one stands
      children[rows.integer(1)] << rows.integer(0);
    }
  }
  QList<ShownTurn> path;
  for (RecordId parent = 0, id = next.value(0); id != 0; parent = id, id = next.value(id)) {
    QList<RecordId>& versions = children[parent];
    std::sort(versions.begin(), versions.end());
    path << ShownTurn{id, int(versions.indexOf(id)), int(versions.size())};
  }
  return path;
}

QList<Turn> Store::shownTurns(RecordId conversation) {
  QList<Turn> turns;
  for (const ShownTurn& one : shownPath(conversation))
    if (auto found = turn(one.id))
      turns << *found;
    else
      break;
  return turns;
}

QList<RecordId> Store::versions(RecordId turn) {
  Rows rows = db->run(QStringLiteral("SELECT s.id FROM turns t JOIN turns s ON s.conversation = t.conversation AND "
                                     "s.parent IS t.parent WHERE t.id = ? AND s.deleted IS NULL ORDER BY s.id"),
                      {qint64(turn)});
  QList<RecordId> ids;
  while (rows.next()) ids << rows.integer(0);
  return ids;
}

void Store::showVersion(RecordId id) {
  db->transaction([&] {
    // The turn and everything above it, so that it is reached from the first on.
    for (RecordId at = id; at != 0;) {
      RecordId parent = 0, conversation = 0;
      {
        Rows rows = db->run(QStringLiteral("SELECT parent, conversation FROM turns WHERE id = ?"), {qint64(at)});
        if (!rows.next()) missing("turn", at);
        parent = rows.integer(0);
        conversation = rows.integer(1);
      }
      db->change(QStringLiteral("UPDATE turns SET shown = (id = ?) WHERE conversation = ? AND parent IS ?"),
                 {qint64(at), qint64(conversation), idOrNull(parent)});
      at = parent;
    }
  });
  Q_EMIT changed(RecordKind::Turn);
}

} // namespace attune
