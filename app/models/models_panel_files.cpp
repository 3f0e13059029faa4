// Models: what changes them: import, export, rename, delete, in the background where it takes time.
#include "models/models_panel.h"

#include "engine/engine.h"
#include "error.h"
#include "formats/model_folder.h"
#include "in_pool.h"
#include "model/import.h"
#include "models/model_library.h"
#include "models/model_list.h"
#include "models/model_origins.h"
#include "sentence.h"
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
namespace {

// The file that a person can choose to name a whole model.
QString modelFilter() { return ModelsPanel::tr("Models (config.json *.safetensors *.bin);;All files (*)"); }

} // namespace

void ModelsPanel::startJob(const QString& words) {
  ++jobs;
  strip->clear();
  progress->report(words);
  bench.setWork({QStringLiteral("models"), words, QStringLiteral("models"), true});
}

void ModelsPanel::endJob() {
  if (--jobs > 0) return;
  progress->finish();
  bench.setWork({QStringLiteral("models"), {}, {}, false});
}

void ModelsPanel::askImport() {
  const QString file = QFileDialog::getOpenFileName(this, tr("Import a model"), {}, modelFilter());
  if (!file.isEmpty()) importFrom(file);
}

void ModelsPanel::importFrom(const QString& source, const QString& tokenizer) {
  const QString name = library::nameFor(source, folder);
  std::optional<std::filesystem::path> words;
  if (!tokenizer.isEmpty()) {
    words = tokenizer.toStdString();
  } else if (QFileInfo(source).isFile() && source.endsWith(QLatin1String(".bin"))) {
    words = library::tokenizerBeside(source);
  }
  startJob(tr("Importing %1").arg(name));
  const std::filesystem::path from = source.toStdString(), to = (folder + QLatin1Char('/') + name).toStdString();
  inPool(
      this,
      [from, words, to]() -> QString {
        try {
          importModel(from, words, to);
          return {};
        } catch (const std::exception& error) {
          return QString::fromStdString(sentenceOf(error));
        }
      },
      [this, name, source, speaks = words || !source.endsWith(QLatin1String(".bin"))](const QString& error) {
        endJob();
        if (!error.isEmpty()) {
          strip->show(MessageStrip::Error, tr("%1 was not imported.").arg(QFileInfo(source).fileName()), error);
          return;
        }
        chooseNext = QStringLiteral("models/") + name;
        engine.refreshModels();
        if (speaks) {
          strip->show(MessageStrip::Success, tr("%1 was imported.").arg(name));
          return;
        }
        strip->show(MessageStrip::Warning, tr("%1 was imported without a tokenizer.").arg(name),
                    tr("There is none beside the file, so nothing can be said to it."));
      });
}

void ModelsPanel::fillExport(QMenu* menu) {
  menu->clear();
  const ModelCard* card = chosenCard();
  if (!card) return;
  menu->addSection(tr("Element type"));
  for (const DType dtype : {DType::F32, DType::F16, DType::BF16}) {
    const QString words = dtype == DType::F32   ? QStringLiteral("float32")
                          : dtype == DType::F16 ? QStringLiteral("float16")
                                                : QStringLiteral("bfloat16");
    menu->addAction(words == card->dtype ? tr("%1, as it is…").arg(words) : tr("%1…").arg(words), this,
                    [this, dtype] { askExport(dtype); });
  }
}

void ModelsPanel::askExport(DType dtype) {
  const QString where = QFileDialog::getExistingDirectory(this, tr("Export into"));
  if (!where.isEmpty()) exportTo(where, dtype);
}

void ModelsPanel::exportTo(const QString& where, DType dtype) {
  const ModelCard* card = chosenCard();
  if (!card) return;
  const QString target = QDir(where).filePath(card->entry.name);
  startJob(tr("Exporting %1").arg(card->entry.name));
  inPool(
      this,
      [from = card->entry.path.toStdString(), to = target.toStdString(), dtype]() -> QString {
        try {
          exportModel(ModelFolder(from), to, dtype);
          return {};
        } catch (const std::exception& error) {
          return QString::fromStdString(sentenceOf(error));
        }
      },
      [this, name = card->entry.name, target](const QString& error) {
        endJob();
        if (error.isEmpty())
          strip->show(MessageStrip::Success, tr("%1 was exported.").arg(name), QDir::toNativeSeparators(target));
        else
          strip->show(MessageStrip::Error, tr("%1 was not exported.").arg(name), error);
      });
}

void ModelsPanel::rename(const QString& id, const QString& name) {
  const QString before = id.section(QLatin1Char('/'), 1);
  strip->clear();
  const auto call = [this, id](const QString& from, const QString& to) {
    library::rename(folder, from, to);
    follow(from, to);
  };
  try { // a wrong name is told here, beside the list
    library::rename(folder, before, name);
  } catch (const Error& error) {
    strip->show(MessageStrip::Error, tr("%1 keeps its name.").arg(before), QString::fromUtf8(error.what()));
    return;
  }
  bool first = true;
  bench.act(
      tr("rename %1").arg(before),
      [=, this]() mutable {
        if (!std::exchange(first, false)) return call(before, name);
        follow(before, name);
      },
      [=] { call(name, before); });
}

// What was said with the model, and what is open with it, goes by its new name.
void ModelsPanel::follow(const QString& before, const QString& name) {
  const QString from = QStringLiteral("models/") + before, to = QStringLiteral("models/") + name;
  chooseNext = to;
  engine.tellRenamed(from, to);
  if (!bench.store) return;
  inPool(
      this,
      [store = bench.store, from, to] {
        try {
          store->renameModel(from, to);
        } catch (const Error& error) {
          return QString::fromUtf8(error.what());
        }
        return QString();
      },
      [this](const QString& error) {
        if (!error.isEmpty()) strip->show(MessageStrip::Error, tr("Conversations keep the old name."), error);
      });
}

void ModelsPanel::removeChosen() {
  const ModelCard* card = chosenCard();
  if (!card || !(card->isOurs() || card->isRun())) return;
  QStringList children;
  for (const ModelCard& other : cards)
    for (const Lineage::Parent& parent : other.lineage.parents)
      if (const int place = parentOf(other, parent, cards); place >= 0 && cards[place].entry.id == card->entry.id)
        children << other.entry.name;
  children.removeDuplicates();
  const QString path = card->isRun() ? card->runFolder() : card->entry.path;
  const QString name = card->entry.name, id = card->entry.id;
  const bool run = card->isRun();
  auto where = std::make_shared<QString>();
  strip->clear();
  const bool done = bench.remove(
      run ? tr("run %1").arg(name) : name,
      [this, path, where] {
        *where = library::moveAway(path);
        engine.refreshModels();
      },
      [this, path, where, id] {
        library::moveBack(*where, path);
        chooseNext = id;
        engine.refreshModels();
      });
  if (done && !children.isEmpty())
    strip->show(MessageStrip::Info, tr("%1 was deleted.").arg(name),
                tr("%1 came from it and still works; its descent can no longer be checked.")
                    .arg(children.join(QStringLiteral(", "))));
}

void ModelsPanel::dragEnterEvent(QDragEnterEvent* event) {
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile()) return event->acceptProposedAction();
}

void ModelsPanel::dropEvent(QDropEvent* event) {
  event->acceptProposedAction();
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile()) importFrom(url.toLocalFile());
}

} // namespace attune
