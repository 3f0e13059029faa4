// Prompts, demonstrations and comparisons.
#include "error.h"
#include "store/database.h"
#include "store/query_parts.h"
#include "store/store.h"
#include <QDateTime>
#include <QElapsedTimer>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>

namespace attune {
namespace {

qint64 now() { return QDateTime::currentMSecsSinceEpoch(); }
QVariant idOrNull(RecordId id) { return id == 0 ? QVariant() : QVariant(qint64(id)); }
QVariant textOrNull(const QString& text) { return text.isEmpty() ? QVariant() : QVariant(text); }

const QString labelColumns = QStringLiteral("labeler, use_case, split, source, created, updated");

template <class Record> QVariantList labelValues(const Record& r, qint64 time) {
  return {r.labeler, r.useCase, r.split, r.source, r.created ? r.created : time, r.updated ? r.updated : time};
}

template <class Record> void readLabels(Record& r, const Rows& row, int from) {
  r.labeler = row.text(from);
  r.useCase = row.text(from + 1);
  r.split = row.text(from + 2);
  r.source = row.text(from + 3);
  r.created = row.integer(from + 4);
  r.updated = row.integer(from + 5);
}

QString listText(const QStringList& list) {
  return QString::fromUtf8(QJsonDocument(QJsonArray::fromStringList(list)).toJson(QJsonDocument::Compact));
}

QStringList listOf(const QString& text) {
  QStringList list;
  for (const QJsonValue& value : QJsonDocument::fromJson(text.toUtf8()).array()) list << value.toString();
  return list;
}

[[noreturn]] void missing(const char* what, RecordId id) {
  throw Error("There is no " + std::string(what) + " " + std::to_string(id) +
              " in the store; it may have been deleted.");
}

const QString promptColumns = QStringLiteral("id, set_id, body, history, ") + labelColumns;

Prompt promptIn(const Rows& row) {
  Prompt p;
  p.id = row.integer(0);
  p.set = row.integer(1);
  p.text = row.text(2);
  p.history = historyOf(row.text(3));
  readLabels(p, row, 4);
  return p;
}

const QString demonstrationColumns =
    QStringLiteral("id, body, history, answer, scripted, took, moderation, ") + labelColumns;

Demonstration demonstrationIn(const Rows& row) {
  Demonstration d;
  d.id = row.integer(0);
  d.prompt = row.text(1);
  d.history = historyOf(row.text(2));
  d.answer = row.text(3);
  d.scripted = row.integer(4) != 0;
  d.tookMs = row.integer(5);
  d.moderation = row.text(6);
  readLabels(d, row, 7);
  return d;
}

const QString comparisonColumns =
    QStringLiteral("id, prompt_id, body, history, note, scripted, took, moderation, ") + labelColumns;

Comparison comparisonIn(const Rows& row) {
  Comparison c;
  c.id = row.integer(0);
  c.promptId = row.integer(1);
  c.prompt = row.text(2);
  c.history = historyOf(row.text(3));
  c.note = row.text(4);
  c.scripted = row.integer(5) != 0;
  c.tookMs = row.integer(6);
  c.moderation = row.text(7);
  readLabels(c, row, 8);
  return c;
}

void check(const Comparison& c) {
  for (const Answer& answer : c.answers) {
    if (answer.rank < 0 || answer.rank > c.answers.size())
      throw Error("An answer has rank " + std::to_string(answer.rank) + "; ranks go from 1 to the number of answers, " +
                  std::to_string(c.answers.size()) + ".");
    if (answer.rating < 0 || answer.rating > 7)
      throw Error("An answer is rated " + std::to_string(answer.rating) + "; ratings go from 1 to 7.");
  }
}

void addAnswers(Database& db, RecordId comparison, const QList<Answer>& answers) {
  int place = 0;
  for (const Answer& a : answers)
    db.insert(
        QStringLiteral("INSERT INTO answers(comparison, place, body, model, sampler, finish, rank, rating, flags) "
                       "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        {qint64(comparison), place++, a.text, a.model, compactJson(a.sampler.toJson()), a.finish, a.rank, a.rating,
         listText(a.flags)});
}

void readAnswers(Database& db, QList<Comparison>& list) {
  for (Comparison& c : list) {
    Rows rows = db.run(QStringLiteral("SELECT body, model, sampler, finish, rank, rating, flags FROM answers WHERE "
                                      "comparison = ? ORDER BY place"),
                       {qint64(c.id)});
    while (rows.next())
      c.answers << Answer{rows.text(0),         rows.text(1),         StoredSampler::fromJson(jsonOf(rows.text(2))),
                          int(rows.integer(4)), int(rows.integer(5)), listOf(rows.text(6)),
                          rows.text(3)};
  }
}

RecordId insertPrompt(Database& db, const Prompt& p) {
  return db.insert(QStringLiteral("INSERT INTO prompts(set_id, body, history, %1) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)")
                       .arg(labelColumns),
                   QVariantList{idOrNull(p.set), p.text, historyText(p.history)} + labelValues(p, now()));
}

RecordId insertDemonstration(Database& db, const Demonstration& d) {
  return db.insert(
      QStringLiteral("INSERT INTO demonstrations(body, history, answer, scripted, took, moderation, %1) "
                     "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
          .arg(labelColumns),
      QVariantList{d.prompt, historyText(d.history), d.answer, d.scripted, d.tookMs, textOrNull(d.moderation)} +
          labelValues(d, now()));
}

RecordId insertComparison(Database& db, const Comparison& c) {
  const RecordId id =
      db.insert(QStringLiteral("INSERT INTO comparisons(prompt_id, body, history, note, scripted, took, "
                               "moderation, %1) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                    .arg(labelColumns),
                QVariantList{idOrNull(c.promptId), c.prompt, historyText(c.history), c.note, c.scripted, c.tookMs,
                             textOrNull(c.moderation)} +
                    labelValues(c, now()));
  addAnswers(db, id, c.answers);
  return id;
}

} // namespace

QList<PromptSet> Store::promptSets() {
  Rows rows =
      db->run(QStringLiteral("SELECT s.id, s.name, s.created, (SELECT count(*) FROM prompts p WHERE p.set_id = "
                             "s.id AND p.deleted IS NULL) FROM prompt_sets s WHERE s.deleted IS NULL ORDER BY s.id"));
  QList<PromptSet> sets;
  while (rows.next()) sets << PromptSet{rows.integer(0), rows.text(1), rows.integer(2), int(rows.integer(3))};
  return sets;
}

RecordId Store::promptSet(const QString& name) {
  RecordId id = 0;
  bool made = false;
  db->transaction([&] {
    {
      Rows rows = db->run(QStringLiteral("SELECT id, deleted IS NOT NULL FROM prompt_sets WHERE name = ?"), {name});
      if (rows.next()) id = rows.integer(0), made = rows.integer(1) != 0;
    }
    if (id == 0) {
      id = db->insert(QStringLiteral("INSERT INTO prompt_sets(name, created) VALUES(?, ?)"), {name, now()});
      made = true;
    } else if (made) { // a deleted one of this name comes back, without the prompts it had
      db->change(QStringLiteral("UPDATE prompts SET deleted = ? WHERE set_id = ? AND deleted IS NULL"),
                 {now(), qint64(id)});
      db->change(QStringLiteral("UPDATE prompt_sets SET deleted = NULL WHERE id = ?"), {qint64(id)});
    }
  });
  if (made) Q_EMIT changed(RecordKind::PromptSet);
  return id;
}

QList<Prompt> Store::prompts(const RecordFilter& filter) {
  QueryParts parts;
  parts.addFilter(*db, RecordKind::Prompt, filter);
  Rows rows = db->run(QStringLiteral("SELECT %1 FROM prompts").arg(promptColumns) + parts.where() +
                          QStringLiteral(" ORDER BY id") + limits(filter),
                      parts.values);
  QList<Prompt> list;
  while (rows.next()) list << promptIn(rows);
  return list;
}

std::optional<Prompt> Store::prompt(RecordId id) {
  Rows rows = db->run(QStringLiteral("SELECT %1 FROM prompts WHERE id = ? AND deleted IS NULL").arg(promptColumns),
                      {qint64(id)});
  if (!rows.next()) return std::nullopt;
  return promptIn(rows);
}

QList<RecordId> Store::addPrompts(const QList<Prompt>& prompts) {
  QList<RecordId> ids;
  db->transaction([&] {
    for (const Prompt& p : prompts) ids << insertPrompt(*db, p);
  });
  Q_EMIT changed(RecordKind::Prompt);
  return ids;
}

void Store::updatePrompt(const Prompt& p) {
  db->transaction([&] {
    if (db->change(QStringLiteral("UPDATE prompts SET set_id = ?, body = ?, history = ?, labeler = ?, use_case = ?, "
                                  "split = ?, source = ?, updated = ? WHERE id = ?"),
                   {idOrNull(p.set), p.text, historyText(p.history), p.labeler, p.useCase, p.split, p.source, now(),
                    qint64(p.id)}) == 0)
      missing("prompt", p.id);
  });
  Q_EMIT changed(RecordKind::Prompt);
}

QList<std::pair<RecordId, QString>> Store::promptTexts(RecordId set) {
  QueryParts parts;
  RecordFilter filter;
  filter.set = set;
  parts.addFilter(*db, RecordKind::Prompt, filter);
  Rows rows = db->run(QStringLiteral("SELECT id, substr(body, 1, 200) FROM prompts") + parts.where() +
                          QStringLiteral(" ORDER BY id"),
                      parts.values);
  QList<std::pair<RecordId, QString>> list;
  while (rows.next()) list << std::pair(rows.integer(0), rows.text(1));
  return list;
}

QList<Prompt> Store::promptsToRank(RecordId set, int limit, RecordId after) {
  QueryParts parts;
  RecordFilter filter;
  filter.set = set;
  filter.limit = limit;
  parts.addFilter(*db, RecordKind::Prompt, filter);
  if (after) parts.add(QStringLiteral("id > ?"), {qint64(after)});
  parts.add(
      QStringLiteral("NOT EXISTS (SELECT 1 FROM comparisons c WHERE c.prompt_id = prompts.id AND c.deleted IS NULL)"));
  Rows rows = db->run(QStringLiteral("SELECT %1 FROM prompts").arg(promptColumns) + parts.where() +
                          QStringLiteral(" ORDER BY id") + limits(filter),
                      parts.values);
  QList<Prompt> list;
  while (rows.next()) list << promptIn(rows);
  return list;
}

QList<Demonstration> Store::demonstrations(const RecordFilter& filter) {
  QueryParts parts;
  parts.addFilter(*db, RecordKind::Demonstration, filter);
  Rows rows = db->run(QStringLiteral("SELECT %1 FROM demonstrations").arg(demonstrationColumns) + parts.where() +
                          QStringLiteral(" ORDER BY created DESC, id DESC") + limits(filter),
                      parts.values);
  QList<Demonstration> list;
  while (rows.next()) list << demonstrationIn(rows);
  return list;
}

std::optional<Demonstration> Store::demonstration(RecordId id) {
  Rows rows = db->run(
      QStringLiteral("SELECT %1 FROM demonstrations WHERE id = ? AND deleted IS NULL").arg(demonstrationColumns),
      {qint64(id)});
  if (!rows.next()) return std::nullopt;
  return demonstrationIn(rows);
}

QList<RecordId> Store::addDemonstrations(const QList<Demonstration>& demonstrations) {
  QList<RecordId> ids;
  db->transaction([&] {
    for (const Demonstration& d : demonstrations) ids << insertDemonstration(*db, d);
  });
  Q_EMIT changed(RecordKind::Demonstration);
  return ids;
}

void Store::updateDemonstration(const Demonstration& d) {
  db->transaction([&] {
    if (db->change(QStringLiteral(
                       "UPDATE demonstrations SET body = ?, history = ?, answer = ?, scripted = ?, took = ?, "
                       "moderation = ?, labeler = ?, use_case = ?, split = ?, source = ?, updated = ? WHERE id = ?"),
                   {d.prompt, historyText(d.history), d.answer, d.scripted, d.tookMs, textOrNull(d.moderation),
                    d.labeler, d.useCase, d.split, d.source, now(), qint64(d.id)}) == 0)
      missing("demonstration", d.id);
  });
  Q_EMIT changed(RecordKind::Demonstration);
}

QList<Comparison> Store::comparisons(const RecordFilter& filter) {
  QueryParts parts;
  parts.addFilter(*db, RecordKind::Comparison, filter);
  QList<Comparison> list;
  {
    Rows rows = db->run(QStringLiteral("SELECT %1 FROM comparisons").arg(comparisonColumns) + parts.where() +
                            QStringLiteral(" ORDER BY created DESC, id DESC") + limits(filter),
                        parts.values);
    while (rows.next()) list << comparisonIn(rows);
  }
  readAnswers(*db, list);
  return list;
}

std::optional<Comparison> Store::comparison(RecordId id) {
  QList<Comparison> list;
  {
    Rows rows =
        db->run(QStringLiteral("SELECT %1 FROM comparisons WHERE id = ? AND deleted IS NULL").arg(comparisonColumns),
                {qint64(id)});
    if (!rows.next()) return std::nullopt;
    list << comparisonIn(rows);
  }
  readAnswers(*db, list);
  return list.first();
}

QList<RecordId> Store::addComparisons(const QList<Comparison>& comparisons) {
  for (const Comparison& c : comparisons) check(c);
  QList<RecordId> ids;
  db->transaction([&] {
    for (const Comparison& c : comparisons) ids << insertComparison(*db, c);
  });
  Q_EMIT changed(RecordKind::Comparison);
  return ids;
}

// Hidden rows carry a time before all times: the store takes away what an import that was killed has left when it is
// opened next.
void Store::addInBulk(const QList<Prompt>& prompts, const QList<Demonstration>& demonstrations,
                      const QList<Comparison>& comparisons) {
  constexpr int longest = 8; // ms, then another writer may come between
  for (const Comparison& c : comparisons) check(c);
  const qint64 mark = -now();
  struct Range {
    RecordKind kind;
    RecordId first = 0, last = 0;
  };
  QList<Range> ranges;
  const auto add = [&](RecordKind kind, const auto& list, auto insert) {
    if (list.isEmpty()) return;
    Range range{kind};
    for (qsizetype at = 0; at < list.size();)
      db->transaction([&] {
        QElapsedTimer time;
        time.start();
        const RecordId from = insert(*db, list[at++]);
        RecordId to = from;
        while (at < list.size() && time.elapsed() < longest) to = insert(*db, list[at++]);
        db->change(QStringLiteral("UPDATE %1 SET deleted = ? WHERE id BETWEEN ? AND ?").arg(tableOf(kind)),
                   {mark, qint64(from), qint64(to)});
        if (!range.first) range.first = from;
        range.last = to;
      });
    ranges << range;
  };
  {
    const Database::Syncing hidden(*db, Database::Sync::Leave);
    add(RecordKind::Prompt, prompts, insertPrompt);
    add(RecordKind::Demonstration, demonstrations, insertDemonstration);
    add(RecordKind::Comparison, comparisons, insertComparison);
  }
  db->transaction([&] {
    for (const Range& range : ranges)
      db->change(QStringLiteral("UPDATE %1 SET deleted = NULL WHERE id BETWEEN ? AND ? AND deleted = ?")
                     .arg(tableOf(range.kind)),
                 {qint64(range.first), qint64(range.last), mark});
  });
  for (const Range& range : ranges) Q_EMIT changed(range.kind);
}

void Store::updateComparison(const Comparison& c) {
  check(c);
  db->transaction([&] {
    // Prompt and note first: their trigger writes the search text anew, and each answer then adds to it.
    if (db->change(
            QStringLiteral("UPDATE comparisons SET prompt_id = ?, body = ?, history = ?, note = ?, scripted = ?, "
                           "took = ?, moderation = ?, labeler = ?, use_case = ?, split = ?, source = ?, updated = ? "
                           "WHERE id = ?"),
            {idOrNull(c.promptId), c.prompt, historyText(c.history), c.note, c.scripted, c.tookMs,
             textOrNull(c.moderation), c.labeler, c.useCase, c.split, c.source, now(), qint64(c.id)}) == 0)
      missing("comparison", c.id);
    db->change(QStringLiteral("DELETE FROM answers WHERE comparison = ?"), {qint64(c.id)});
    addAnswers(*db, c.id, c.answers);
  });
  Q_EMIT changed(RecordKind::Comparison);
}

QHash<RecordId, RankedPrompt> Store::rankedPrompts() {
  Rows rows =
      db->run(QStringLiteral("SELECT prompt_id, id, scripted, took FROM comparisons WHERE prompt_id IS NOT NULL "
                             "AND deleted IS NULL ORDER BY created, id"));
  QHash<RecordId, RankedPrompt> ranked;
  while (rows.next()) ranked.insert(rows.integer(0), {rows.integer(1), rows.integer(2) != 0, rows.integer(3)});
  return ranked;
}

} // namespace attune
