// Data: what comes from files and goes into them, in the background.
#include "data/data_panel.h"

#include "data/record_sets.h"
#include "data/record_side.h"
#include "data/record_table.h"
#include "in_pool.h"
#include "sentence.h"
#include "store/import_examples.h"
#include "store/store.h"
#include "widgets/message_strip.h"
#include "widgets/word_progress.h"
#include "workbench.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMimeData>

namespace attune {

void DataPanel::startJob(const QString& words) {
  ++jobs;
  strip->clear();
  progress->report(words);
  bench.setWork({QStringLiteral("data"), words, QStringLiteral("data"), true});
}

void DataPanel::endJob() {
  if (--jobs > 0) return;
  progress->finish();
  bench.setWork({QStringLiteral("data"), {}, {}, false});
}

void DataPanel::askImport() {
  const QStringList files = QFileDialog::getOpenFileNames(
      this, tr("Import"), {}, tr("Data (*.jsonl *.json *.txt *.tsv *.csv *.gz);;All files (*)"));
  for (const QString& file : files) importFrom(file);
}

void DataPanel::importFrom(const QString& file) {
  const QString name = QFileInfo(file).fileName();
  startJob(tr("Reading %1").arg(name));
  struct Result {
    ImportResult got;
    QString error;
  };
  inPool(
      this,
      [store = bench.store, file, name]() -> Result {
        try {
          ImportDefaults defaults;
          defaults.source = name;
          return {importExamples(*store, file.toStdString(), defaults), {}};
        } catch (const std::exception& error) {
          return {{}, QString::fromUtf8(error.what())};
        }
      },
      [this, name](const Result& result) {
        endJob();
        if (!result.error.isEmpty()) {
          strip->show(MessageStrip::Error, tr("Nothing of %1 was imported.").arg(name), result.error);
          return;
        }
        const ImportCounts& counts = result.got.counts;
        QStringList words;
        if (counts.demonstrations) words << kindCount(RecordKind::Demonstration, counts.demonstrations);
        if (counts.comparisons) words << kindCount(RecordKind::Comparison, counts.comparisons);
        if (counts.prompts) words << kindCount(RecordKind::Prompt, counts.prompts);
        QString rest;
        if (result.got.skipped)
          rest = tr("%L1 records were left out: both sides the same, or an empty answer.").arg(result.got.skipped);
        strip->show(MessageStrip::Success, tr("%1: %2.").arg(name, words.join(QStringLiteral(", "))), rest);
        settle.start();
      });
}

void DataPanel::fillExport(QMenu* menu) {
  menu->clear();
  menu->addSection(tr("What the table shows, as JSON Lines"));
  switch (records->records()->kind()) {
  case RecordKind::Comparison:
    menu->addAction(tr("Rankings (prompt, completions, ranks)…"), this,
                    [this] { askExport(ExchangeKind::Rankings, QStringLiteral("rankings.jsonl")); });
    menu->addAction(tr("Pairs (prompt, chosen, rejected)…"), this,
                    [this] { askExport(ExchangeKind::Pairs, QStringLiteral("pairs.jsonl")); });
    break;
  case RecordKind::Demonstration:
    menu->addAction(tr("Demonstrations (messages)…"), this,
                    [this] { askExport(ExchangeKind::Demonstrations, QStringLiteral("demonstrations.jsonl")); });
    break;
  default:
    menu->addAction(tr("Prompts…"), this,
                    [this] { askExport(ExchangeKind::Prompts, QStringLiteral("prompts.jsonl")); });
  }
}

void DataPanel::askExport(ExchangeKind kind, const QString& name) {
  const QString file = QFileDialog::getSaveFileName(this, tr("Export"), name, tr("JSON Lines (*.jsonl)"));
  if (!file.isEmpty()) exportTo(file, kind);
}

void DataPanel::exportTo(const QString& file, ExchangeKind kind) {
  beside->commit();
  const QString name = QFileInfo(file).fileName();
  startJob(tr("Writing %1").arg(name));
  struct Result {
    int lines = 0;
    QString error;
  };
  inPool(
      this,
      [store = bench.store, file, kind, filter = records->records()->filter()]() -> Result {
        try {
          return {exportJsonLines(*store, kind, file.toStdString(), filter), {}};
        } catch (const std::exception& error) {
          return {0, QString::fromStdString(sentenceOf(error))};
        }
      },
      [this, file](const Result& result) {
        endJob();
        if (result.error.isEmpty())
          strip->show(MessageStrip::Success,
                      result.lines == 1 ? tr("1 line was exported.") : tr("%L1 lines were exported.").arg(result.lines),
                      QDir::toNativeSeparators(file));
        else
          strip->show(MessageStrip::Error, tr("Nothing was exported."), result.error);
      });
}

void DataPanel::dragEnterEvent(QDragEnterEvent* event) {
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile() && QFileInfo(url.toLocalFile()).isFile()) return event->acceptProposedAction();
}

void DataPanel::dropEvent(QDropEvent* event) {
  event->acceptProposedAction();
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile()) importFrom(url.toLocalFile());
}

} // namespace attune
