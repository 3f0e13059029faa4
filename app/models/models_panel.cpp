#include "models/models_panel.h"

#include "engine/engine.h"
#include "in_pool.h"
#include "models/device_table.h"
#include "models/evaluate_page.h"
#include "models/evaluate_setup.h"
#include "models/evaluation.h"
#include "models/model_library.h"
#include "models/model_list.h"
#include "models/model_origins.h"
#include "models/model_side.h"
#include "models/origin_list.h"
#include "models/starter_results.h"
#include "widgets/empty_state.h"
#include "widgets/icons.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/message_strip.h"
#include "widgets/results_page.h"
#include "widgets/word_progress.h"
#include "workbench.h"

#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QStackedWidget>
#include <QThreadPool>
#include <QVBoxLayout>

namespace attune {
namespace {

enum Page { List, Empty };

} // namespace

ModelsPanel::ModelsPanel(Workbench& bench, Engine& engine, const QString& folder, QWidget* parent)
    : Panel(bench, QStringLiteral("models"), tr("Models"), QStringLiteral("models"), parent)
    , engine(engine)
    , folder(folder) {
  sides = new QStackedWidget;
  sides->addWidget(beside = new ModelSide);
  sides->addWidget(setup = new EvaluateSetup(bench.store));
  setPanes(nullptr, makeContent(), sides, 0, 300);
  setSearchField(search);
  setAcceptDrops(true);

  connect(beside->chatButton(), &QPushButton::clicked, this, [this] {
    this->bench.open(QStringLiteral("chat"), {{QStringLiteral("model"), models->chosen()}});
  });
  connect(beside->ppoButton(), &QPushButton::clicked, this, [this] {
    if (const ModelCard* card = chosenCard())
      this->bench.open(QStringLiteral("train"),
                       {{QStringLiteral("new"), QStringLiteral("ppo")}, {QStringLiteral("reward"), card->entry.path}});
  });
  connect(beside->lookButton(), &QPushButton::clicked, this, [this] {
    this->bench.open(QStringLiteral("attention"), {{QStringLiteral("model"), models->chosen()}});
  });
  connect(models, &ModelList::opened, this, [this] {
    if (const ModelCard* card = chosenCard(); card && card->entry.speaks()) beside->chatButton()->click();
  });
  connect(models, &ModelList::chosenChanged, this, &ModelsPanel::showChosen);
  connect(models->models(), &ModelListModel::renameWanted, this, &ModelsPanel::rename, Qt::QueuedConnection);
  connect(search, &QLineEdit::textChanged, this, &ModelsPanel::showCards);
  connect(&engine, &Engine::modelsChanged, this, &ModelsPanel::refresh);
  const auto devices = [this] {
    deviceTable->refresh(this->engine.deviceTrouble());
    const QString trouble = this->engine.deviceTrouble();
    devicesHeader->setDetail(trouble.isEmpty() ? tr("what Attune may compute on; a click chooses") : trouble);
  };
  connect(&bench, &Workbench::devicesChanged, this, devices);
  connect(&bench, &Workbench::deviceChanged, this, devices);
  connect(&bench, &Workbench::deviceChosen, this, devices);
  connect(&engine, &Engine::deviceChanged, this, devices);
  devices();
  QThreadPool::globalInstance()->start([folder] { library::purge(folder); });
  refresh();
}

QWidget* ModelsPanel::makeContent() {
  whole = new QStackedWidget;
  whole->addWidget(makeList());
  whole->addWidget(evaluation = new EvaluatePage(bench, engine, setup, comparisonsFolder()));
  connect(evaluation, &EvaluatePage::left, this, [this] { showComparison(false); });
  connect(evaluation, &EvaluatePage::keptChanged, this, &ModelsPanel::refresh);
  whole->addWidget(results = new StarterResults);
  connect(results, &StarterResults::left, this, &ModelsPanel::escape);
  connect(beside->resultsButton(), &QPushButton::clicked, this, [this] {
    const ModelCard* card = chosenCard();
    if (!card || !results->setFile(resultsFile(*card))) return;
    whole->setCurrentWidget(results);
    results->page()->setFocus();
  });
  return whole;
}

QString ModelsPanel::comparisonsFolder() const { return folder + QStringLiteral("/../comparisons"); }

QWidget* ModelsPanel::makeList() {
  auto* pane = new QWidget;
  auto* column = new QVBoxLayout(pane);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* bar = new BarRow;
  bar->add(importButton = new KeyButton(tr("Import"), QStringLiteral("in"), QKeySequence(Qt::CTRL | Qt::Key_O)));
  bar->add(exportButton = new KeyButton(tr("Export"), QStringLiteral("out"), QKeySequence(Qt::CTRL | Qt::Key_E)));
  bar->add(renameButton =
               new KeyButton(tr("Rename"), QStringLiteral("pencil"), QKeySequence(Qt::Key_F2), KeyButton::Flat));
  bar->add(deleteButton = new KeyButton(tr("Delete"), QStringLiteral("trash"), QKeySequence::Delete, KeyButton::Flat));
  bar->add(compare = new KeyButton(tr("Compare"), QStringLiteral("half"), {}, KeyButton::Flat));
  compare->setToolTip(tr("Several models on the same prompts: win rates, ratings, replies side by side. Ctrl+click "
                         "chooses several."));
  connect(compare, &QPushButton::clicked, this, &ModelsPanel::askComparison);
  bar->add(progress = new WordProgress, 1);
  bar->addStretch();
  search = new QLineEdit;
  search->setObjectName(QStringLiteral("modelSearch"));
  search->setPlaceholderText(tr("Name, kind or hash"));
  search->setAccessibleName(tr("Search models"));
  search->setClearButtonEnabled(true);
  search->addAction(Icons::icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
  search->setMinimumWidth(120);
  search->setMaximumWidth(220);
  bar->add(search, 8); // before the empty part of the bar
  column->addWidget(bar);
  column->addWidget(strip = new MessageStrip);

  auto* menu = new QMenu(exportButton);
  exportButton->setMenuArrow(true);
  connect(menu, &QMenu::aboutToShow, this, [this, menu] { fillExport(menu); });
  connect(exportButton, &QPushButton::clicked, this,
          [this, menu] { menu->popup(exportButton->mapToGlobal(QPoint(0, exportButton->height()))); });
  connect(importButton, &QPushButton::clicked, this, &ModelsPanel::askImport);
  connect(renameButton, &QPushButton::clicked, this, [this] { models->editName(); });
  connect(deleteButton, &QPushButton::clicked, this, &ModelsPanel::removeChosen);

  pages = new QStackedWidget;
  auto* listPage = new QWidget;
  auto* listColumn = new QVBoxLayout(listPage);
  listColumn->setContentsMargins(0, 0, 0, 0);
  listColumn->setSpacing(0);
  listColumn->addWidget(models = new ModelList, 1);
  hint = new QLabel(tr("Drop a model folder or file here to import it."));
  hint->setProperty("role", "small");
  hint->setContentsMargins(metric::edge, metric::space, metric::edge, metric::space);
  listColumn->addWidget(hint);
  pages->addWidget(listPage);
  auto* empty = new EmptyState(QStringLiteral("models"), tr("No models yet"),
                               tr("Import one, or drop its folder here: a model of transformers (config.json with "
                                  "safetensors) or a llama2.c checkpoint. Or train a new one."));
  auto* first = empty->addButton(new KeyButton(tr("Import"), KeyButton::Primary));
  first->showKey(QKeySequence(Qt::CTRL | Qt::Key_O));
  connect(first, &QPushButton::clicked, this, &ModelsPanel::askImport);
  pages->addWidget(empty);
  column->addWidget(pages, 1);

  column->addWidget(new Line);
  column->addWidget(devicesHeader = new SectionHeader(tr("Devices")));
  column->addWidget(deviceTable = new DeviceTable(bench));
  return pane;
}

void ModelsPanel::open(const QVariantMap& request) {
  const QString id = request.value(QStringLiteral("model")).toString();
  if (!id.isEmpty()) {
    search->clear();
    chooseNext = id;
    models->choose(id);
  }
  if (request.contains(QStringLiteral("compare"))) {
    evaluation->begin(request.value(QStringLiteral("compare")).toStringList());
    showComparison(true);
  }
  const QString source = request.value(QStringLiteral("import")).toString();
  if (!source.isEmpty()) importFrom(source);
}

void ModelsPanel::askComparison() {
  evaluation->begin(models->chosenIds());
  showComparison(true);
}

void ModelsPanel::showComparison(bool on) {
  whole->setCurrentIndex(on);
  sides->setCurrentIndex(on);
  if (on) showSide(true);
}

bool ModelsPanel::escape() {
  if (whole->currentIndex() == 0) return false;
  if (whole->currentIndex() == 1 && evaluation->busy())
    evaluation->stop();
  else
    showComparison(false);
  return true;
}

void ModelsPanel::shown() {
  engine.refreshModels(); // runs write checkpoints without telling
  if (models->isVisible()) models->setFocus();
}

QList<QPair<QString, QString>> ModelsPanel::keys() const {
  return {{tr("Enter"), tr("chat with the chosen model")},
          {tr("Ctrl+O, Ctrl+E"), tr("import, export")},
          {tr("F2, Del"), tr("rename, delete (Ctrl+Z brings it back)")},
          {tr("Ctrl+K"), tr("search by name, kind, data or hash")}};
}

// --- the list

void ModelsPanel::refresh() {
  const quint64 mine = ++reading;
  inPool(
      this,
      [entries = engine.models(), kept = comparisonsFolder()] {
        QList<ModelCard> read = readCards(entries);
        const QList<ModelTrial> trials = evaluationsIn(kept);
        for (ModelCard& card : read) card.compared = comparedResults(card.entry.id, trials);
        return read;
      },
      [this, mine](const QList<ModelCard>& found) {
        if (mine != reading) return;
        QHash<QString, QString> known; // hashes of what did not change
        for (const ModelCard& card : cards) known.insert(card.entry.path + card.entry.stamp, card.hash);
        cards = found;
        for (ModelCard& card : cards) card.hash = known.value(card.entry.path + card.entry.stamp);
        showCards();
        computeHashes();
      });
}

void ModelsPanel::computeHashes() {
  for (const ModelCard& card : cards) {
    if (!card.hash.isEmpty() || !card.bytes) continue;
    // One after the other, and again from here: the list may be another one by then.
    inPool(
        this, [path = card.entry.path] { return modelHash(path); },
        [this, id = card.entry.id, stamp = card.entry.stamp, mine = reading](const QString& hash) {
          if (mine != reading) return;
          for (ModelCard& one : cards)
            if (one.entry.id == id && one.entry.stamp == stamp) {
              one.hash = hash.isEmpty() ? QStringLiteral("unreadable") : hash;
              showCards();
            }
          computeHashes();
        });
    return;
  }
}

void ModelsPanel::showCards() {
  pages->setCurrentIndex(cards.isEmpty() && engine.modelsKnown() ? Empty : List);
  models->setCards(cards, search->text());
  if (!chooseNext.isEmpty() && models->models()->rowOf(chooseNext) >= 0) models->choose(std::exchange(chooseNext, {}));
  hint->setText(!search->text().isEmpty() && models->models()->rowCount() == 0
                    ? tr("No model has these words.")
                    : tr("Drop a model folder or file here to import it."));
}

const ModelCard* ModelsPanel::chosenCard() const {
  const QString id = models->chosen();
  for (const ModelCard& card : cards)
    if (card.entry.id == id) return &card;
  return nullptr;
}

void ModelsPanel::showChosen() {
  const ModelCard* card = chosenCard();
  exportButton->setEnabled(card && card->bytes > 0 && card->entry.trouble.isEmpty());
  renameButton->setVisible(card && card->isOurs());
  deleteButton->setVisible(card && (card->isOurs() || card->isRun()));
  beside->setCard(card);
  const quint64 mine = ++checking;
  if (!card) return;
  beside->setChecking();
  inPool(
      this, [card = *card, all = cards] { return originsOf(card, all); },
      [this, mine](const QList<ModelOrigin>& origins) {
        if (mine == checking) beside->setOrigins(origins);
      });
}

} // namespace attune
