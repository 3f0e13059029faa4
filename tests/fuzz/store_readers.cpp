#include "error.h"
#include "formats/file.h"
#include "readers.h"
#include "scratch.h"
#include "store/exchange.h"
#include "store/store.h"

namespace attune::fuzz {

namespace {

namespace fs = std::filesystem;

QString text(const Path& path) { return QString::fromStdString(path.string()); }

const char* const records =
    R"({"prompt": "Who?", "use_case": "qa", "split": "train", "source": "s"}
{"messages": [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Nora."}], "labeler": "Ada", "scripted": false}
{"prompt": "Where?", "completion": "At sea."}
{"prompt": "Why?", "completions": ["x", "y", "z"], "ranks": [1, 2, 2], "ratings": [7, 0, 1], "flags": [["wrong"], [], []], "note": "n", "models": ["a", "b", "c"]}
{"prompt": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes"}, {"role": "user", "content": "No"}], "chosen": [{"role": "assistant", "content": "a"}], "rejected": [{"role": "assistant", "content": "b"}]}
)";

// One store for all, emptied between; opening a new one each time would be mostly waiting for the disk.
Store& sharedStore() {
  static const test::Scratch scratch;
  static Store store(text(scratch / "store.sqlite"));
  return store;
}

int countOf(Store& store) {
  return store.count(RecordKind::Prompt) + store.count(RecordKind::Demonstration) + store.count(RecordKind::Comparison);
}

void importAndExport(const Path& folder, const Path& out) {
  Store& store = sharedStore();
  const int before = countOf(store);
  const Path file = fs::directory_iterator(folder)->path();
  ImportCounts counts;
  try {
    counts = importJsonLines(store, file);
  } catch (const Error&) {
    if (countOf(store) != before) throw std::logic_error("a refused file left records in the store");
    throw;
  }
  if (countOf(store) != before + counts.prompts + counts.demonstrations + counts.comparisons)
    throw std::logic_error("the counts told are not those of the store");
  for (const ExchangeKind kind :
       {ExchangeKind::Prompts, ExchangeKind::Demonstrations, ExchangeKind::Rankings, ExchangeKind::Pairs})
    exportJsonLines(store, kind, out / "all.jsonl");
  fs::remove_all(out / "all.jsonl");
  for (const RecordKind kind : {RecordKind::Prompt, RecordKind::Demonstration, RecordKind::Comparison}) {
    QList<RecordId> ids;
    if (kind == RecordKind::Prompt)
      for (const Prompt& one : store.prompts()) ids << one.id;
    if (kind == RecordKind::Demonstration)
      for (const Demonstration& one : store.demonstrations()) ids << one.id;
    if (kind == RecordKind::Comparison)
      for (const Comparison& one : store.comparisons()) ids << one.id;
    store.setDeleted(kind, ids, true);
  }
  store.purge(INT64_MAX);
}

std::vector<GoodFile> storeSeed() {
  const test::Scratch scratch;
  const Path lines = scratch / "a.jsonl", file = scratch / "store.sqlite";
  writeFileAtomically(lines, records);
  {
    Store store(text(file));
    importJsonLines(store, lines);
    const RecordId talk = store.addConversation({0, QStringLiteral("Hello"), QStringLiteral("starter"), {}, {}, 1, 2});
    Turn turn;
    turn.conversation = talk;
    turn.role = QStringLiteral("assistant");
    turn.text = QStringLiteral("Hen.");
    turn.tokens = {{1, 0.5f, 0.1f, 1, {{2, 0.25f}}}};
    store.addTurn(turn);
    store.keepDraft(QStringLiteral("chat/1/typed"), "half");
    store.flushDrafts();
  }
  return {{"store.sqlite", readFile(file), Kind::Bytes}};
}

void readStore(const Path& folder, const Path& out) {
  Store store(text(folder / "store.sqlite"));
  for (const Conversation& talk : store.conversations()) {
    store.shownTurns(talk.id);
    store.allTurns(talk.id);
    conversationMarkdown(store, talk.id);
    conversationJson(store, talk.id);
  }
  store.conversations(QStringLiteral("hen"));
  for (const ExchangeKind kind : {ExchangeKind::Prompts, ExchangeKind::Demonstrations, ExchangeKind::Rankings}) {
    exportJsonLines(store, kind, out / "all.jsonl");
    fs::remove_all(out / "all.jsonl"); // whole; what a later, refused export leaves is to be seen
  }
  for (const QString& key : store.draftKeys()) store.draft(key);
}

} // namespace

std::vector<Reader> storeReaders() {
  return {{"exchange",
           {{{"a.jsonl", records, Kind::JsonLines}}, {{"b.txt", "Who?\nWhere?\n", Kind::Text}}},
           importAndExport},
          {"store", {storeSeed()}, readStore}};
}

} // namespace attune::fuzz
