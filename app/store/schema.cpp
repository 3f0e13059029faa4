#include "store/schema.h"

#include "error.h"
#include "store/database.h"

namespace attune {
namespace {

// Texts of all kinds in one index; the row is id * 8 + kind (RecordKind), so that a row finds its record.
QStringList indexTriggers(const QString& table, int kind, const QString& body, const QString& columns) {
  const QString row = QStringLiteral("%1.id * 8 + %2");
  const QString fresh = row.arg(QStringLiteral("new")).arg(kind), old = row.arg(QStringLiteral("old")).arg(kind);
  return {QStringLiteral("CREATE TRIGGER %1_text_in AFTER INSERT ON %1 BEGIN "
                         "INSERT INTO texts(rowid, body) VALUES(%2, %3); END")
              .arg(table, fresh, body),
          QStringLiteral("CREATE TRIGGER %1_text_change AFTER UPDATE OF %4 ON %1 BEGIN "
                         "UPDATE texts SET body = %3 WHERE rowid = %2; END")
              .arg(table, fresh, body, columns),
          QStringLiteral("CREATE TRIGGER %1_text_out AFTER DELETE ON %1 BEGIN "
                         "DELETE FROM texts WHERE rowid = %2; END")
              .arg(table, old)};
}

QStringList firstStep(bool fullText) {
  const QString labels = QStringLiteral("labeler TEXT NOT NULL DEFAULT '', use_case TEXT NOT NULL DEFAULT '', "
                                        "split TEXT NOT NULL DEFAULT 'train', source TEXT NOT NULL DEFAULT '', "
                                        "created INTEGER NOT NULL, updated INTEGER NOT NULL, deleted INTEGER");
  const QString moderation = QStringLiteral("moderation TEXT, moderation_action TEXT, moderated INTEGER");
  QStringList sql{
      QStringLiteral("CREATE TABLE conversations(id INTEGER PRIMARY KEY, title TEXT NOT NULL, model TEXT NOT NULL, "
                     "system_prompt TEXT NOT NULL, settings TEXT NOT NULL, created INTEGER NOT NULL, "
                     "updated INTEGER NOT NULL, deleted INTEGER)"),
      QStringLiteral("CREATE TABLE turns(id INTEGER PRIMARY KEY, "
                     "conversation INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE, "
                     "parent INTEGER REFERENCES turns(id) ON DELETE CASCADE, role TEXT NOT NULL, body TEXT NOT NULL, "
                     "model TEXT NOT NULL, sampler TEXT NOT NULL, finish TEXT NOT NULL, tokens BLOB, "
                     "shown INTEGER NOT NULL, created INTEGER NOT NULL, deleted INTEGER, %1)")
          .arg(moderation),
      QStringLiteral("CREATE INDEX turns_of ON turns(conversation, parent)"),
      QStringLiteral("CREATE INDEX turns_under ON turns(parent)"),
      QStringLiteral("CREATE TABLE prompt_sets(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
                     "created INTEGER NOT NULL, deleted INTEGER)"),
      QStringLiteral("CREATE TABLE prompts(id INTEGER PRIMARY KEY, set_id INTEGER REFERENCES prompt_sets(id) ON DELETE "
                     "CASCADE, body TEXT NOT NULL, history TEXT NOT NULL, %1)")
          .arg(labels),
      QStringLiteral("CREATE INDEX prompts_of ON prompts(set_id)"),
      QStringLiteral("CREATE TABLE demonstrations(id INTEGER PRIMARY KEY, body TEXT NOT NULL, history TEXT NOT NULL, "
                     "answer TEXT NOT NULL, scripted INTEGER NOT NULL, took INTEGER NOT NULL, %1, %2)")
          .arg(labels, moderation),
      QStringLiteral("CREATE TABLE comparisons(id INTEGER PRIMARY KEY, prompt_id INTEGER REFERENCES prompts(id) ON "
                     "DELETE SET NULL, body TEXT NOT NULL, history TEXT NOT NULL, note TEXT NOT NULL, "
                     "scripted INTEGER NOT NULL, took INTEGER NOT NULL, %1, %2)")
          .arg(labels, moderation),
      QStringLiteral("CREATE INDEX comparisons_of ON comparisons(prompt_id)"),
      QStringLiteral("CREATE TABLE answers(comparison INTEGER NOT NULL REFERENCES comparisons(id) ON DELETE CASCADE, "
                     "place INTEGER NOT NULL, body TEXT NOT NULL, model TEXT NOT NULL, sampler TEXT NOT NULL, "
                     "finish TEXT NOT NULL, rank INTEGER NOT NULL, rating INTEGER NOT NULL, flags TEXT NOT NULL, %1, "
                     "PRIMARY KEY(comparison, place)) WITHOUT ROWID")
          .arg(moderation),
      QStringLiteral("CREATE TABLE drafts(name TEXT PRIMARY KEY, body BLOB NOT NULL, updated INTEGER NOT NULL)"),
      textIndexSql(fullText)};
  sql += indexTriggers(QStringLiteral("conversations"), 0, QStringLiteral("new.title"), QStringLiteral("title"));
  sql += indexTriggers(QStringLiteral("turns"), 1, QStringLiteral("new.body"), QStringLiteral("body"));
  sql += indexTriggers(QStringLiteral("prompts"), 2, QStringLiteral("new.body"), QStringLiteral("body"));
  sql += indexTriggers(QStringLiteral("demonstrations"), 3, QStringLiteral("new.body || char(10) || new.answer"),
                       QStringLiteral("body, answer"));
  sql += indexTriggers(QStringLiteral("comparisons"), 4, QStringLiteral("new.body || char(10) || new.note"),
                       QStringLiteral("body, note"));
  // A comparison is found by its answers too.
  sql << QStringLiteral(
      "CREATE TRIGGER answers_text_in AFTER INSERT ON answers BEGIN "
      "UPDATE texts SET body = body || char(10) || new.body WHERE rowid = new.comparison * 8 + 4; END");
  return sql;
}

// Lists are shown by time, newest first, a page at a time.
QStringList secondStep() {
  return {QStringLiteral("CREATE INDEX comparisons_by_time ON comparisons(created DESC, id DESC)"),
          QStringLiteral("CREATE INDEX demonstrations_by_time ON demonstrations(created DESC, id DESC)")};
}

// The replies that a best-of-n reply was chosen from, as JSON.
QStringList thirdStep() { return {QStringLiteral("ALTER TABLE turns ADD COLUMN candidates TEXT NOT NULL DEFAULT ''")}; }

} // namespace

QString textIndexSql(bool fullText) {
  return fullText ? QStringLiteral("CREATE VIRTUAL TABLE texts USING fts5(body, tokenize = 'trigram')")
                  : QStringLiteral("CREATE TABLE texts(body TEXT NOT NULL)");
}

void runSchemaStep(Database& database, int from) {
  if (from < 0 || from > 2) throw Error("There is no step from store version " + std::to_string(from) + ".");
  for (const QString& sql : from == 0 ? firstStep(database.hasFullText()) : from == 1 ? secondStep() : thirdStep())
    database.change(sql);
}

} // namespace attune
