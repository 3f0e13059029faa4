// What Label takes in and gives out: typed prompts, ideal answers, files.
#include "engine/engine.h"
#include "error.h"
#include "in_pool.h"
#include "label/answer_board.h"
#include "label/label_list.h"
#include "label/label_panel.h"
#include "store/store.h"
#include "widgets/key_button.h"
#include "widgets/message_strip.h"
#include "workbench.h"
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QPlainTextEdit>

namespace attune {
namespace {

const QString typedKey = QStringLiteral("label/typed");
const QString ownSet = QStringLiteral("my prompts"), starterSet = QStringLiteral("starter");

} // namespace

bool LabelPanel::guarded(const std::function<void()>& call) {
  try {
    call();
    return true;
  } catch (const Error& error) {
    strip->show(MessageStrip::Error, QString::fromUtf8(error.what()));
    return false;
  }
}

// --- a prompt of one's own

void LabelPanel::typePrompt() {
  typed->setContent(
      LabelForm::Content::fromDraft(bench.store->draft(typedKey), {{}, {}, QStringLiteral("train"), tr("typed")}));
  setPage(Page::Type);
  typed->field()->setFocus();
}

void LabelPanel::addTyped() {
  const LabelForm::Content content = typed->content();
  Prompt prompt;
  prompt.text = content.text.trimmed();
  prompt.useCase = content.useCase;
  prompt.split = content.split;
  prompt.source = content.source;
  prompt.labeler = work->labeler();
  auto id = std::make_shared<RecordId>(0);
  const bool added = bench.act(
      tr("add a prompt"),
      [this, prompt, id]() mutable {
        if (*id) {
          bench.store->setDeleted(RecordKind::Prompt, {*id}, false);
        } else {
          prompt.set = work->set() ? work->set() : bench.store->promptSet(ownSet);
          *id = bench.store->addPrompts({prompt}).first();
        }
        list->reload();
        work->openPrompt(*id);
      },
      [this, id] {
        if (work->task().prompt.id == *id) work->close();
        bench.store->setDeleted(RecordKind::Prompt, {*id}, true);
        list->reload();
        settle();
      });
  if (!added) return;
  bench.store->dropDraft(typedKey);
  setPage(Page::Rank);
  cards->setFocus();
}

// --- the ideal answer

QString LabelPanel::idealKey() const {
  const LabelTask& task = work->task();
  return task.prompt.id ? QStringLiteral("label/ideal/%1").arg(task.prompt.id)
                        : QStringLiteral("label/ideal-comparison/%1").arg(task.comparison);
}

std::optional<Demonstration> LabelPanel::idealOf(const LabelTask& task) {
  RecordFilter filter;
  filter.search = task.prompt.text;
  filter.scripted = 0;
  for (const Demonstration& one : bench.store->demonstrations(filter))
    if (one.prompt == task.prompt.text && one.history == task.prompt.history && one.labeler == work->labeler())
      return one;
  return std::nullopt;
}

// Another prompt: its ideal answer and the draft of one, which opens the form by itself.
void LabelPanel::showIdeal() {
  const LabelTask& task = work->task();
  const QString key = task.open() ? idealKey() : QString();
  if (key == idealFor) return;
  idealFor = key;
  written = task.open() ? idealOf(task) : std::nullopt;
  const QByteArray draft = task.open() ? bench.store->draft(key) : QByteArray();
  ideal->setVisible(false);
  if (!draft.isEmpty()) writeIdeal();
}

void LabelPanel::writeIdeal() {
  const LabelTask& task = work->task();
  if (!task.open()) return;
  LabelForm::Content content{{}, task.prompt.useCase, task.prompt.split, task.prompt.source};
  if (written) content = {written->answer, written->useCase, written->split, written->source};
  ideal->setContent(LabelForm::Content::fromDraft(bench.store->draft(idealKey()), content));
  ideal->show();
  ideal->field()->setFocus();
}

void LabelPanel::closeIdeal() {
  ideal->hide();
  if (ideal->content().text.trimmed().isEmpty()) bench.store->dropDraft(idealKey());
  cards->setFocus();
}

void LabelPanel::saveIdeal() {
  const LabelTask& task = work->task();
  const LabelForm::Content content = ideal->content();
  const std::optional<Demonstration> before = written;
  Demonstration fresh = before.value_or(Demonstration{});
  fresh.prompt = task.prompt.text;
  fresh.history = task.prompt.history;
  fresh.answer = content.text.trimmed();
  fresh.useCase = content.useCase;
  fresh.split = content.split;
  fresh.source = content.source;
  fresh.labeler = work->labeler();
  fresh.scripted = false; // a person wrote it
  const QString key = idealKey();
  auto id = std::make_shared<RecordId>(fresh.id);
  const auto look = [this] {
    idealFor.clear();
    showTask();
  };
  const bool saved = bench.act(
      tr("save the ideal answer"),
      [this, fresh, before, id, key, look]() mutable {
        fresh.id = *id;
        if (before)
          bench.store->updateDemonstration(fresh);
        else if (*id)
          bench.store->setDeleted(RecordKind::Demonstration, {*id}, false);
        else
          *id = bench.store->addDemonstrations({fresh}).first();
        bench.store->dropDraft(key);
        look();
      },
      [this, before, id, look] {
        if (before)
          bench.store->updateDemonstration(*before);
        else
          bench.store->setDeleted(RecordKind::Demonstration, {*id}, true);
        look();
      });
  if (!saved) return;
  closeIdeal();
  strip->show(MessageStrip::Success, tr("The ideal answer is saved."), tr("It is a demonstration now; Data lists it."));
}

// --- files

void LabelPanel::useStarterPrompts() {
  QFile file(QStringLiteral(":/prompts.txt"));
  if (!file.open(QIODevice::ReadOnly)) return;
  QList<Prompt> prompts;
  for (const QString& line : QString::fromUtf8(file.readAll()).split(QLatin1Char('\n')))
    if (!line.trimmed().isEmpty()) {
      Prompt prompt;
      prompt.text = line.trimmed();
      prompt.source = starterSet;
      prompts << prompt;
    }
  auto ids = std::make_shared<QList<RecordId>>();
  bench.act(
      tr("take the starter's prompts"),
      [this, prompts, ids]() mutable {
        if (ids->isEmpty()) {
          bench.store->atomically([&] {
            const RecordId set = bench.store->promptSet(starterSet);
            for (Prompt& prompt : prompts) prompt.set = set;
            *ids = bench.store->addPrompts(prompts);
          });
        } else {
          bench.store->setDeleted(RecordKind::Prompt, *ids, false);
        }
        list->reload();
        if (!work->task().open()) work->openNext();
        settle();
      },
      [this, ids] {
        if (ids->contains(work->task().prompt.id)) work->close();
        bench.store->setDeleted(RecordKind::Prompt, *ids, true);
        list->reload();
        settle();
      });
  cards->setFocus();
}

void LabelPanel::askImport() {
  const QString file = QFileDialog::getOpenFileName(this, tr("Import prompts"), {},
                                                    tr("One prompt a line, or JSON Lines (*.txt *.jsonl *.json)"));
  if (!file.isEmpty()) importFile(file);
}

bool LabelPanel::importFile(const QString& path) {
  constexpr qint64 quick = 256 << 10; // bytes; a large file is read beside, where Data says how far it is
  if (QFileInfo(path).size() > quick) {
    bench.open(QStringLiteral("data"), {{QStringLiteral("import"), path}});
    return true;
  }
  ImportCounts counts;
  if (!guarded([&] { counts = importJsonLines(*bench.store, path.toStdString()); })) return false;
  // What came last is what came now.
  QList<RecordId> prompts, demonstrations, comparisons;
  RecordId set = 0;
  if (counts.prompts)
    for (const Prompt& prompt : bench.store->prompts().last(counts.prompts)) prompts << prompt.id, set = prompt.set;
  RecordFilter newest;
  newest.limit = counts.demonstrations;
  if (counts.demonstrations)
    for (const Demonstration& one : bench.store->demonstrations(newest)) demonstrations << one.id;
  newest.limit = counts.comparisons;
  if (counts.comparisons)
    for (const Comparison& one : bench.store->comparisons(newest)) comparisons << one.id;
  const auto mark = [this, prompts, demonstrations, comparisons](bool deleted) {
    if (deleted && prompts.contains(work->task().prompt.id)) work->close();
    bench.store->atomically([&] {
      bench.store->setDeleted(RecordKind::Prompt, prompts, deleted);
      bench.store->setDeleted(RecordKind::Demonstration, demonstrations, deleted);
      bench.store->setDeleted(RecordKind::Comparison, comparisons, deleted);
    });
    list->reload();
    if (!work->task().open()) work->openNext();
    settle();
  };
  bench.act(
      tr("import"), [mark] { mark(false); }, [mark] { mark(true); });
  if (set) {
    work->setSet(set);
    list->showPrompts(set);
    if (!prompts.contains(work->task().prompt.id)) guarded([&] { work->openNext(); });
  }
  settle();
  QStringList words;
  if (counts.prompts) words << (counts.prompts == 1 ? tr("1 prompt") : tr("%1 prompts").arg(counts.prompts));
  if (counts.demonstrations) words << tr("%1 demonstrations").arg(counts.demonstrations);
  if (counts.comparisons) words << tr("%1 rankings").arg(counts.comparisons);
  strip->show(MessageStrip::Success, tr("Imported %1.").arg(words.join(QStringLiteral(", "))));
  return true;
}

void LabelPanel::askExport(ExchangeKind kind) {
  const QString name = kind == ExchangeKind::Rankings         ? QStringLiteral("rankings.jsonl")
                       : kind == ExchangeKind::Demonstrations ? QStringLiteral("demonstrations.jsonl")
                                                              : QStringLiteral("pairs.jsonl");
  const QString file = QFileDialog::getSaveFileName(this, tr("Export as JSON Lines"), name, tr("JSON Lines (*.jsonl)"));
  if (!file.isEmpty()) exportFile(kind, file);
}

void LabelPanel::exportFile(ExchangeKind kind, const QString& file) {
  struct Result {
    int lines = 0;
    QString error;
  };
  inPool(
      this,
      [store = bench.store, kind, file]() -> Result {
        try {
          return {exportJsonLines(*store, kind, file.toStdString()), {}};
        } catch (const Error& error) {
          return {0, QString::fromUtf8(error.what())};
        }
      },
      [this, kind, file](const Result& result) {
        const QString what = kind == ExchangeKind::Rankings         ? tr("%1 rankings")
                             : kind == ExchangeKind::Demonstrations ? tr("%1 demonstrations")
                                                                    : tr("%1 pairs");
        if (result.error.isEmpty())
          strip->show(MessageStrip::Success, tr("Exported %1.").arg(what.arg(result.lines)), file);
        else
          strip->show(MessageStrip::Error, tr("Nothing was exported."), result.error);
      });
}

void LabelPanel::removeCurrent() {
  const LabelRow row = list->currentRow();
  if (!row.prompt && !row.comparison) return;
  const bool ranking = row.comparison != 0;
  const RecordKind kind = ranking ? RecordKind::Comparison : RecordKind::Prompt;
  const RecordId id = ranking ? row.comparison : row.prompt;
  bench.remove(
      ranking ? tr("ranking") : tr("prompt"),
      [this, kind, id, row] {
        const bool open = work->task().comparison == row.comparison && work->task().prompt.id == row.prompt;
        bench.store->setDeleted(kind, {id}, true);
        list->reload();
        if (open) work->openNext();
        settle();
      },
      [this, kind, id] {
        bench.store->setDeleted(kind, {id}, false);
        list->reload();
        if (kind == RecordKind::Comparison)
          work->openComparison(id);
        else
          work->openPrompt(id);
      });
}

// "text", "history" [[role, text]], "answers" [[text, how it ended, its model]], "model" of those that name none,
// "sampler", "set", "source", "use_case".
void LabelPanel::openAnswers(const QVariantMap& request) {
  const auto word = [&](const char* key) { return request.value(QLatin1String(key)).toString(); };
  Prompt prompt;
  prompt.text = word("text");
  prompt.source = word("source");
  prompt.useCase = word("use_case");
  for (const QVariant& value : request.value(QStringLiteral("history")).toList())
    prompt.history << StoredMessage{value.toList().value(0).toString(), value.toList().value(1).toString()};
  const StoredSampler sampler =
      StoredSampler::fromJson(QJsonObject::fromVariantMap(request.value(QStringLiteral("sampler")).toMap()));
  QList<Answer> answers;
  for (const QVariant& value : request.value(QStringLiteral("answers")).toList()) {
    const QVariantList one = value.toList();
    Answer answer;
    answer.text = one.value(0).toString();
    answer.finish = one.value(1).toString();
    answer.model = one.size() > 2 ? one[2].toString() : word("model");
    answer.sampler = sampler;
    answers << answer;
  }
  strip->clear();
  started = true; // what was open before is in the list
  const bool opened = guarded([&] {
    const QString set = word("set");
    work->openAnswers(set, prompt, answers);
    for (const PromptSet& one : bench.store->promptSets())
      if (one.name == set) list->showPrompts(one.id);
    work->setSet(list->set());
  });
  if (opened) settle();
}

void LabelPanel::open(const QVariantMap& request) {
  const RecordId prompt = request.value(QStringLiteral("prompt")).toLongLong();
  const RecordId comparison = request.value(QStringLiteral("comparison")).toLongLong();
  const QString text = request.value(QStringLiteral("text")).toString();
  if (request.contains(QStringLiteral("answers"))) return openAnswers(request);
  const RecordId set = request.value(QStringLiteral("set")).toLongLong();
  if (set) {
    started = true;
    list->forgetPrompts();
    list->showPrompts(set);
    work->setSet(set);
    guarded([&] { work->openNext(); });
    settle();
  }
  guarded([&] {
    if (comparison)
      work->openComparison(comparison);
    else if (prompt)
      work->openPrompt(prompt);
  });
  if (!text.isEmpty()) {
    bench.store->keepDraft(typedKey, LabelForm::Content{text, {}, QStringLiteral("train"), tr("typed")}.toDraft());
    typePrompt();
  }
}

} // namespace attune
