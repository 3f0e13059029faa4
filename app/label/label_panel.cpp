#include "label/label_panel.h"

#include "engine/engine.h"
#include "error.h"
#include "label/answer_board.h"
#include "label/answer_side.h"
#include "label/label_list.h"
#include "label/prompt_head.h"
#include "store/store.h"
#include "widgets/empty_state.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/message_strip.h"
#include "workbench.h"
#include <QComboBox>
#include <QDateTime>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QPlainTextEdit>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace attune {
namespace {

QVBoxLayout* columnOf(QWidget* widget) {
  auto* column = new QVBoxLayout(widget);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  return column;
}

constexpr int mostAgain = 12; // enough to see how steady one's judgement is

const QKeySequence typeKey(Qt::CTRL | Qt::Key_N), importKey(Qt::CTRL | Qt::Key_O), sampleKey(Qt::CTRL | Qt::Key_R);

} // namespace

LabelPanel::LabelPanel(Workbench& bench, Engine& engine, QWidget* parent)
    : Panel(bench, QStringLiteral("label"), tr("Label"), QStringLiteral("label"), parent)
    , engine(engine)
    , work(new LabelSession(bench, engine, this))
    , list(new LabelList(*bench.store, this))
    , side(new AnswerSide(this)) {
  setPanes(list, makeContent(), side, metric::listWidth, 244);
  setSearchField(list->searchField());
  makeActions();
  side->setSampler(work->settings());
  side->setLabeler(work->labeler());

  connect(work, &LabelSession::taskChanged, this, &LabelPanel::showTask);
  connect(work, &LabelSession::samplingChanged, this, [this] {
    showBar();
    showFoot();
  });
  connect(work, &LabelSession::samplingFailed, this, [this](const QString& sentence) {
    strip->show(MessageStrip::Error, tr("Sampling did not end well."), sentence);
    if (!work->models().isEmpty())
      connect(strip->addAction(tr("Try again")), &QPushButton::clicked, this, [this] {
        strip->clear();
        work->sample();
      });
  });
  connect(work, &LabelSession::samplingNoted, this,
          [this](const QString& sentence) { strip->show(MessageStrip::Info, tr("Fewer answers."), sentence); });
  reload.setSingleShot(true);
  reload.setInterval(0);
  connect(&reload, &QTimer::timeout, this, [this] {
    list->setSkipped(work->skipped());
    list->reload();
    showTask();
  });
  connect(work, &LabelSession::listChanged, &reload, qOverload<>(&QTimer::start));
  connect(bench.store, &Store::changed, this, [this](RecordKind kind) {
    if (kind == RecordKind::Prompt || kind == RecordKind::PromptSet) list->forgetPrompts();
    if (kind == RecordKind::Prompt || kind == RecordKind::PromptSet || kind == RecordKind::Comparison) reload.start();
  });
  connect(list, &LabelList::promptAsked, this, [this](RecordId id) {
    strip->clear();
    guarded([&] { work->openPrompt(id); });
    settle();
  });
  connect(list, &LabelList::comparisonAsked, this, [this](RecordId id) {
    strip->clear();
    guarded([&] { work->openComparison(id); });
    settle();
  });
  connect(list, &LabelList::setChanged, this, [this](RecordId set) {
    if (list->kind() == LabelList::Kind::Rankings) return;
    work->setSet(set);
    guarded([&] { work->openNext(); });
    settle();
  });
  connect(list, &LabelList::deleteAsked, this, &LabelPanel::removeCurrent);
  connect(list->addButton(), &QPushButton::clicked, this, &LabelPanel::typePrompt);
  connect(list->moreButton(), &QPushButton::clicked, this, [this] {
    QMenu menu(this);
    menu.addActions(menuActions(File));
    menu.exec(list->moreButton()->mapToGlobal(QPoint(0, list->moreButton()->height() + 2)));
  });

  connect(cards, &AnswerBoard::chosen, work, &LabelSession::choose);
  connect(cards, &AnswerBoard::rated, this, [this](int answer, int rating) {
    work->step(tr("rate"), [=](LabelTask& task) { return task.rate(answer, rating); });
  });
  connect(cards, &AnswerBoard::inserted, this, [this](int answer, int group) {
    work->step(tr("rank"), [=](LabelTask& task) { return task.ranking.insertBefore(answer, group); });
  });
  connect(cards, &AnswerBoard::joined, this, [this](int answer, int group) {
    work->step(tr("tie"), [=](LabelTask& task) { return task.ranking.join(answer, group); });
  });
  connect(cards, &AnswerBoard::unranked, this, [this](int answer) {
    work->step(tr("take the rank away"), [=](LabelTask& task) { return task.ranking.unrank(answer); });
  });
  connect(side, &AnswerSide::flagToggled, this, [this](const QString& flag) {
    work->step(tr("flag"), [&](LabelTask& task) { return task.toggleFlag(task.chosen, flag); });
  });
  connect(side, &AnswerSide::noteChanged, work, &LabelSession::setNote);
  connect(side, &AnswerSide::samplerChanged, work, &LabelSession::setSettings);
  connect(side, &AnswerSide::labelerChanged, this, [this](const QString& name) {
    work->setLabeler(name);
    side->setLabeler(work->labeler());
  });
  connect(&engine, &Engine::modelsChanged, this, &LabelPanel::fillModels);
  connect(bench.undo(), &QUndoStack::indexChanged, this, &LabelPanel::showFoot);
  connect(this, &Panel::panesChanged, this, [this] { flags->setChecked(sideShown()); });
  fillModels();
  list->setSkipped(work->skipped());
  list->showPrompts(work->set());
  settle();
}

QWidget* LabelPanel::makeContent() {
  auto* content = new QWidget(this);
  auto* column = columnOf(content);
  column->addWidget(makeBar());
  column->addWidget(strip = new MessageStrip(content));
  pages = new QStackedWidget(content);
  empty = new EmptyState(QStringLiteral("label"), tr("No prompts yet"),
                         tr("Type a prompt, or import a file with one prompt a line."), pages);
  auto* type = empty->addButton(new KeyButton(tr("Type a prompt"), KeyButton::Primary));
  type->showKey(typeKey);
  connect(type, &QPushButton::clicked, this, &LabelPanel::typePrompt);
  auto* import = empty->addButton(new KeyButton(tr("Import")));
  import->showKey(importKey);
  connect(import, &QPushButton::clicked, this, &LabelPanel::askImport);
  auto* starter = empty->addButton(new KeyButton(tr("Take the starter's prompts")));
  connect(starter, &QPushButton::clicked, this, &LabelPanel::useStarterPrompts);
  pages->addWidget(empty);
  pages->addWidget(makeRankPage());
  done = new EmptyState(QStringLiteral("check"), {}, {}, pages);
  auto* another = done->addButton(new KeyButton(tr("Type a prompt"), KeyButton::Primary));
  another->showKey(typeKey);
  connect(another, &QPushButton::clicked, this, &LabelPanel::typePrompt);
  auto* reward = done->addButton(new KeyButton(tr("Train a reward model"), QStringLiteral("train"), {}));
  connect(reward, &QPushButton::clicked, this, [this] {
    bench.open(QStringLiteral("train"),
               {{QStringLiteral("new"), QStringLiteral("reward")}, {QStringLiteral("store"), true}});
  });
  auto* write = done->addButton(new KeyButton(tr("Export the rankings"), QStringLiteral("out"), {}));
  connect(write, &QPushButton::clicked, this, [this] { askExport(ExchangeKind::Rankings); });
  someAgain = done->addButton(new KeyButton(QString(), QStringLiteral("again"), {}));
  connect(someAgain, &QPushButton::clicked, this, [this] {
    guarded([this] { work->rankSomeAgain(mostAgain); });
    settle();
    cards->setFocus();
  });
  pages->addWidget(done);
  typed = new LabelForm(tr("A prompt to rank answers for"), tr("What the user says"), tr("Add and rank"), pages);
  connect(typed, &LabelForm::edited, this, [this] {
    const LabelForm::Content content = typed->content();
    if (content.text.trimmed().isEmpty())
      bench.store->dropDraft(QStringLiteral("label/typed"));
    else
      bench.store->keepDraft(QStringLiteral("label/typed"), content.toDraft());
  });
  connect(typed, &LabelForm::accepted, this, &LabelPanel::addTyped);
  connect(typed, &LabelForm::cancelled, this, &LabelPanel::settle);
  pages->addWidget(typed);
  column->addWidget(pages, 1);
  return content;
}

QWidget* LabelPanel::makeBar() {
  auto* bar = new BarRow;
  sample = new KeyButton(tr("Sample"), QStringLiteral("again"), {}, KeyButton::Flat);
  connect(sample, &QPushButton::clicked, this, [this] {
    strip->clear();
    if (work->sampling())
      work->stopSampling();
    else
      work->sampleOthers();
  });
  from = new ElidedLabel(tr("from"));
  from->setMuted(true);
  models = new KeyButton(tr("Models"));
  models->setMenuArrow(true);
  modelMenu = new QMenu(models);
  connect(models, &QPushButton::clicked, this,
          [this] { modelMenu->popup(models->mapToGlobal(QPoint(0, models->height() + 2))); });
  countLabel = new ElidedLabel(tr("K"));
  countLabel->setMuted(true);
  countChooser = new QComboBox;
  countChooser->setEditable(true);
  countChooser->setInsertPolicy(QComboBox::NoInsert);
  countChooser->setAccessibleName(tr("How many answers"));
  countChooser->setToolTip(tr("How many answers are ranked, 4 to 9"));
  countChooser->setFixedWidth(Theme::px(76));
  for (int k = answers::fewest; k <= answers::most; ++k) countChooser->addItem(QString::number(k));
  countChooser->setCurrentText(QString::number(work->count()));
  const auto choose = [this] {
    bool number = false;
    const int k = countChooser->currentText().trimmed().toInt(&number);
    const QString why = number ? work->setCount(k)
                               : tr("K is how many answers are ranked, a whole number from 4 to 9, not '%1'.")
                                     .arg(countChooser->currentText());
    const bool wrong = !why.isEmpty();
    if (wrong)
      strip->show(MessageStrip::Error, why, tr("%1 are sampled as before.").arg(work->count()));
    else if (countChooser->property("wrong").toBool())
      strip->clear();
    countChooser->setProperty("wrong", wrong);
    countChooser->style()->unpolish(countChooser);
    countChooser->style()->polish(countChooser);
  };
  connect(countChooser, &QComboBox::activated, this, choose);
  connect(countChooser->lineEdit(), &QLineEdit::editingFinished, this, choose);
  hint = new ElidedLabel({}, FontRole::Small);
  hint->setMuted(true);
  hint->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  flags = new KeyButton(tr("Flags"), QStringLiteral("flag"), {}, KeyButton::Flat);
  flags->showKey(QKeySequence(Qt::Key_F9));
  flags->setCheckable(true);
  connect(flags, &QPushButton::clicked, this, [this] { showSide(!sideShown()); });
  againButton = new KeyButton(tr("Rank again"), QStringLiteral("again"), {}, KeyButton::Flat);
  againButton->setToolTip(tr("The same answers once more, shuffled: a second ranking beside this one"));
  connect(againButton, &QPushButton::clicked, this, [this] {
    strip->clear();
    guarded([this] { work->openAgain(work->task().comparison); });
    settle();
    cards->setFocus();
  });
  for (QWidget* one : std::initializer_list<QWidget*>{sample, from, models, countLabel, countChooser, againButton})
    bar->add(one);
  bar->add(hint, 1);
  bar->add(flags);
  return bar;
}

QWidget* LabelPanel::makeRankPage() {
  auto* pane = new QWidget;
  auto* column = columnOf(pane);
  column->addWidget(head = new PromptHead);
  connect(head->idealButton(), &QPushButton::clicked, this, &LabelPanel::writeIdeal);
  ideal = new LabelForm(tr("The ideal answer"), tr("What the assistant should have said"), tr("Save the answer"), pane);
  ideal->setFixedHeight(Theme::px(236));
  ideal->hide();
  connect(ideal, &LabelForm::edited, this, [this] { bench.store->keepDraft(idealKey(), ideal->content().toDraft()); });
  connect(ideal, &LabelForm::accepted, this, &LabelPanel::saveIdeal);
  connect(ideal, &LabelForm::cancelled, this, &LabelPanel::closeIdeal);
  column->addWidget(ideal);
  cards = new AnswerBoard;
  cards->setModelNames([this](const QString& id) { return modelName(id); });
  column->addWidget(cards, 1);
  auto* bottom = new BarRow(metric::toolBar, BarRow::Above);
  undoButton = new KeyButton(tr("Undo"), QStringLiteral("undo"));
  undoButton->showKey(QKeySequence(Qt::CTRL | Qt::Key_Z));
  connect(undoButton, &QPushButton::clicked, this, &LabelPanel::undo);
  skip = new KeyButton(tr("Skip"));
  skip->showKey(QKeySequence(Qt::Key_S));
  connect(skip, &QPushButton::clicked, this, [this] {
    work->skip();
    settle();
  });
  foot = new ElidedLabel;
  foot->setMuted(true);
  foot->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  save = new KeyButton(tr("Save, next prompt"), KeyButton::Primary);
  save->showKey(QKeySequence(Qt::Key_Return));
  connect(save, &QPushButton::clicked, this, [this] {
    strip->clear();
    work->save();
    settle();
    cards->setFocus();
  });
  bottom->add(undoButton);
  bottom->add(skip);
  bottom->add(foot, 1);
  bottom->add(save);
  column->addWidget(bottom);
  return pane;
}

void LabelPanel::makeActions() {
  connect(addMenuAction(File, tr("&Type a prompt"), typeKey), &QAction::triggered, this, &LabelPanel::typePrompt);
  connect(addMenuAction(File, tr("&Import prompts …"), importKey), &QAction::triggered, this, &LabelPanel::askImport);
  const auto write = [this](const QString& text, ExchangeKind kind) {
    connect(addMenuAction(File, text), &QAction::triggered, this, [this, kind] { askExport(kind); });
  };
  write(tr("Export &rankings …"), ExchangeKind::Rankings);
  write(tr("Export &pairs …"), ExchangeKind::Pairs);
  write(tr("Export &demonstrations …"), ExchangeKind::Demonstrations);
  connect(addMenuAction(Model, tr("&Sample others"), sampleKey), &QAction::triggered, sample, &QPushButton::click);
  sample->showKey(sampleKey);
  connect(addMenuAction(Edit, tr("&Delete from the list")), &QAction::triggered, this, &LabelPanel::removeCurrent);
}

QString LabelPanel::modelName(const QString& id) const {
  const ModelEntry* entry = engine.model(id);
  return entry ? entry->name : id.section(QLatin1Char('/'), -1);
}

void LabelPanel::fillModels() {
  modelMenu->clear();
  const QStringList chosen = work->models();
  for (const ModelEntry& entry : engine.models()) {
    if (!entry.speaks()) continue;
    QAction* action =
        modelMenu->addAction(entry.tag.isEmpty() ? entry.name : QStringLiteral("%1 (%2)").arg(entry.name, entry.tag));
    action->setCheckable(true);
    action->setChecked(chosen.contains(entry.id));
    connect(action, &QAction::triggered, this, [this, id = entry.id](bool on) {
      QStringList ids = work->models();
      ids.removeAll(id);
      if (on) ids << id;
      work->setModels(ids);
      fillModels();
    });
  }
  models->setText(chosen.isEmpty()     ? tr("no model")
                  : chosen.size() == 1 ? modelName(chosen.first())
                                       : tr("%1 models").arg(chosen.size()));
  models->setEnabled(!modelMenu->isEmpty());
  QStringList names;
  for (const QString& id : chosen) names << modelName(id);
  models->setToolTip(tr("Which models answer, in turn: %1").arg(names.join(QStringLiteral(", "))));
  showBar();
}

// --- what shows

LabelPanel::Page LabelPanel::page() const { return Page(pages->currentIndex()); }

void LabelPanel::setPage(Page page) {
  pages->setCurrentIndex(int(page));
  showBar();
}

void LabelPanel::settle() {
  if (work->task().open()) return setPage(Page::Rank);
  const int skips = list->prompts() - list->ranked();
  if (list->prompts() == 0) return setPage(Page::Empty);
  done->setTitle(skips > 0 ? tr("%1 prompts are ranked, %2 skipped").arg(list->ranked()).arg(skips)
                           : tr("All %1 prompts are ranked").arg(list->prompts()));
  done->setWhat(skips > 0 ? tr("A click on a skipped one in the list opens it again.")
                          : tr("A click on one in the list opens it again."));
  const int byHand = std::min(work->byHand(), mostAgain);
  someAgain->setText(tr("Rank %1 again").arg(byHand));
  someAgain->setVisible(byHand > 0);
  setPage(Page::Done);
}

void LabelPanel::showTask() {
  const LabelTask& task = work->task();
  if (page() != Page::Type) settle();
  list->setCurrent(task.prompt.id, task.comparison);
  int number = 0;
  if (task.open() && list->kind() == LabelList::Kind::Prompts)
    for (const LabelRow& row : list->model()->rows())
      if (row.prompt == task.prompt.id) number = row.number;
  showIdeal();
  head->setTask(task, number, written.has_value());
  cards->setTask(task, task.saved());
  cards->showAnswer(task.chosen);
  side->setTask(task);
  showBar();
  showFoot();
}

void LabelPanel::showBar() {
  const LabelTask& task = work->task();
  const bool fresh = page() == Page::Rank && !task.saved(), busy = work->sampling();
  for (QWidget* one : std::initializer_list<QWidget*>{sample, from, models, countLabel, countChooser})
    one->setVisible(fresh);
  againButton->setVisible(page() == Page::Rank && task.saved() && task.prompt.id &&
                          task.answers.size() >= answers::fewest);
  const int missing = work->count() - int(task.answers.size());
  sample->setText(busy                     ? tr("Stop")
                  : task.answers.isEmpty() ? tr("Sample %1 answers").arg(work->count())
                                           : tr("Sample %1 others").arg(work->count()));
  sample->setAccessibleName(sample->text());
  sample->setIconName(busy ? QStringLiteral("stop") : QStringLiteral("again"));
  sample->setErrorIcon(busy);
  sample->showKey(busy ? QKeySequence(Qt::Key_Escape) : sampleKey);
  sample->setEnabled(busy || !work->models().isEmpty());
  cards->setMessage(
      !fresh ? QString()
      : busy ? work->sampledTokens()
                   ? tr("Sampling %1 answers, %2 tokens so far").arg(std::max(missing, 1)).arg(work->sampledTokens())
                   : tr("Sampling %1 answers").arg(missing > 0 ? missing : work->count())
      : task.answers.isEmpty()
          ? work->models().isEmpty() ? tr("There is no model to sample answers from.") : tr("No answers yet.")
          : QString());
  hint->setText(fresh ? tr("Models and scores show after saving") : QString());
  if (page() == Page::Rank && task.saved()) {
    const std::optional<Comparison> saved = bench.store->comparison(task.comparison);
    QStringList words;
    if (saved && !saved->labeler.isEmpty()) words << tr("by %1").arg(saved->labeler);
    if (saved) words << QLocale().toString(QDateTime::fromMSecsSinceEpoch(saved->created), QLocale::ShortFormat);
    if (saved && saved->tookMs >= 1000) words << tr("took %1 s").arg(saved->tookMs / 1000);
    hint->setText(words.join(QStringLiteral(", ")));
  }
}

QString LabelPanel::footWords() const { return foot->text(); }

void LabelPanel::showFoot() {
  const LabelTask& task = work->task();
  const QString why = work->unsavable();
  save->setEnabled(why.isEmpty());
  save->setText(task.saved() ? tr("Save the change") : tr("Save, next prompt"));
  save->setAccessibleName(save->text());
  skip->setVisible(task.open() && !task.saved());
  undoButton->setEnabled(bench.undo()->canUndo());
  if (!why.isEmpty()) return foot->setText(why);
  const int pairs = task.ranking.pairs(), ties = task.ranking.tiedPairs();
  QString words = tr("%1 pairs from %2 answers").arg(pairs).arg(task.answers.size());
  if (ties) words += ties == 1 ? tr(", 1 tie left out") : tr(", %1 ties left out").arg(ties);
  foot->setText(words);
}

void LabelPanel::shown() {
  flags->setChecked(sideShown());
  if (!started) {
    started = true;
    work->resume();
    if (!bench.store->draft(QStringLiteral("label/typed")).isEmpty())
      typePrompt();
    else
      settle();
  }
  if (page() == Page::Rank && !ideal->isVisible()) cards->setFocus();
}

void LabelPanel::resizeEvent(QResizeEvent* e) {
  Panel::resizeEvent(e);
  side->setKeysShown(window()->height() >= metric::low);
}

} // namespace attune
