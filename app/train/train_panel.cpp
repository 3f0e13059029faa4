#include "train/train_panel.h"

#include "train/loop_page.h"
#include "train/memory_view.h"
#include "train/new_run_page.h"
#include "train/proxy_gold_view.h"
#include "train/rollout_view.h"
#include "train/run_list.h"
#include "train/run_page.h"
#include "train/train_words.h"
#include "train/whole_loop.h"
#include "widgets/empty_state.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/message_strip.h"
#include "widgets/plot_axis.h"
#include "widgets/property_rows.h"
#include "workbench.h"

#include <QLabel>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace attune {

namespace {

enum Page { Empty, OneRun, NewRun, Loop };

QVBoxLayout* columnOf(QWidget* widget) {
  auto* column = new QVBoxLayout(widget);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  return column;
}

QLabel* note(const QString& words) {
  auto* label = new QLabel(words);
  label->setWordWrap(true);
  label->setMargin(metric::edge);
  label->setFont(Theme::font(FontRole::Small));
  label->setForegroundRole(QPalette::PlaceholderText);
  return label;
}

} // namespace

TrainPanel::TrainPanel(Workbench& bench, TrainSource& source, QWidget* parent)
    : Panel(bench, QStringLiteral("train"), tr("Train"), QStringLiteral("train"), parent)
    , source(source) {
  setPanes(makeList(), makeContent(), makeSide(), 220, 252);
  connect(&source, &TrainSource::runsChanged, this, &TrainPanel::runsChanged);
  connect(&source, &TrainSource::forecastReady, this, [this](const TrainForecast& forecast) {
    if (pages->currentIndex() == NewRun) showForecast(forecast);
  });
  connect(&source, &TrainSource::failed, this,
          [this](const QString& sentence) { strip->show(MessageStrip::Error, tr("That did not work."), sentence); });
  connect(&source, &TrainSource::started, this, [this](const QString& id) {
    pages->setCurrentIndex(OneRun);
    runsChanged();
    runs->choose(id);
    showChosen();
  });
  // Five times a second: new rows of the runs that show.
  timer.setInterval(200);
  connect(&timer, &QTimer::timeout, this, [this] {
    if (isVisible() && pages->currentIndex() == OneRun) run->refresh();
  });
  timer.start();
  runsChanged();
}

QWidget* TrainPanel::makeList() {
  auto* pane = new QWidget;
  auto* column = columnOf(pane);
  auto* bar = new BarRow;
  auto* add = new KeyButton(tr("New run"), QStringLiteral("plus"), QKeySequence(Qt::CTRL | Qt::Key_N));
  connect(add, &QPushButton::clicked, this, [this] { newRun(TrainKind::Pretrain); });
  bar->add(add, 1);
  column->addWidget(bar);
  column->addWidget(runs = new RunList, 1);
  column->addWidget(loopFoot = new BarRow(metric::toolBar, BarRow::Above));
  auto* whole = new KeyButton(tr("The whole loop"), QStringLiteral("again"), {}, KeyButton::Flat);
  whole->setToolTip(tr("From the starter over rankings made by rules and a reward model to a PPO policy, judged"));
  connect(whole, &QPushButton::clicked, this, &TrainPanel::showLoop);
  loopFoot->add(whole, 1);
  loopFoot->hide(); // until there is one
  column->addWidget(new Line);
  column->addWidget(note(tr("Select two or more runs to compare their curves in one plot.")));
  connect(runs, &RunList::chosenChanged, this, &TrainPanel::showChosen);
  connect(runs, &RunList::clicked, this, &TrainPanel::showChosen); // also of the one that is chosen already
  connect(runs, &RunList::renameWanted, this,
          [this](const QString& id, const QString& name) { source.rename(id, name); });
  connect(runs, &RunList::removeWanted, this, [this](const QString& id) { source.remove(id); });
  connect(runs, &RunList::againWanted, this, [this](const QString& id) {
    if (const int row = runs->runs()->rowOf(id); row >= 0) again(runs->runs()->run(row).description);
  });
  return pane;
}

QWidget* TrainPanel::makeContent() {
  auto* pane = new QWidget;
  auto* column = columnOf(pane);
  column->addWidget(strip = new MessageStrip);
  column->addWidget(pages = new QStackedWidget, 1);
  auto* empty = new EmptyState(QStringLiteral("train"), tr("Nothing has been trained here yet"),
                               tr("A first model learns to continue texts; fine-tuning then teaches it to answer."));
  connect(empty->addButton(new KeyButton(tr("Pre-train on a text"), KeyButton::Primary)), &QPushButton::clicked, this,
          [this] { newRun(TrainKind::Pretrain); });
  connect(empty->addButton(new KeyButton(tr("Fine-tune on answers"))), &QPushButton::clicked, this,
          [this] { newRun(TrainKind::Finetune); });
  connect(empty->addButton(new KeyButton(tr("Train a reward model"))), &QPushButton::clicked, this,
          [this] { newRun(TrainKind::Reward); });
  pages->addWidget(empty);
  pages->addWidget(run = new RunPage(source));
  pages->addWidget(fresh = new NewRunPage(source));
  pages->addWidget(loop = new LoopPage);
  connect(loop, &LoopPage::left, this, &TrainPanel::escape);
  for (int kind = 0; kind < trainKinds; kind++) {
    const QString plots = plotsOf(TrainKind(kind)), key = QStringLiteral("train/plots-") + plots;
    if (bench.settings()->contains(key)) run->setPlots(plots, bench.settings()->value(key).toStringList());
  }
  run->setSmoothed(bench.settings()->value(QStringLiteral("train/smoothed"), false).toBool());
  connect(run, &RunPage::plotsChanged, this, [this](const QString& plots) {
    bench.settings()->setValue(QStringLiteral("train/plots-") + plots, run->plotIds(plots));
    bench.settings()->setValue(QStringLiteral("train/smoothed"), run->smoothed());
  });
  connect(run, &RunPage::tokenChosen, this, &TrainPanel::showToken);
  connect(run, &RunPage::relabelWanted, this,
          [this](const QVariantMap& request) { bench.open(QStringLiteral("label"), request); });
  connect(run, &RunPage::againWanted, this, &TrainPanel::again);
  connect(run, &RunPage::ppoWanted, this, [this](const QString& dir) {
    newRun(TrainKind::Ppo);
    fresh->setReward(dir);
  });
  connect(fresh, &NewRunPage::cancelled, this, &TrainPanel::escape);
  connect(run, &RunPage::failed, this,
          [this](const QString& sentence) { strip->show(MessageStrip::Error, tr("Nothing was saved."), sentence); });
  connect(run, &RunPage::chatWanted, this, [this](const QString& dir) {
    bench.open(QStringLiteral("chat"), {{QStringLiteral("model"), dir}});
  });
  return pane;
}

QWidget* TrainPanel::makeSide() {
  auto* pane = new QWidget;
  auto* outer = columnOf(pane);
  auto* scroll = new QScrollArea;
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->viewport()->setAutoFillBackground(false);
  auto* inner = new QWidget;
  inner->setAutoFillBackground(false);
  auto* column = columnOf(inner);
  column->addWidget(memoryHeader = new SectionHeader(tr("Memory")));
  column->addWidget(memory = new MemoryView);
  column->addWidget(timeHeader = new SectionHeader(tr("Time")));
  timeFigure = new QLabel;
  timeFigure->setFont(Theme::font(FontRole::Figure));
  timeFigure->setContentsMargins(metric::edge, 8, metric::edge, 0);
  column->addWidget(timeFigure);
  column->addWidget(times = new PropertyRows);
  column->addWidget(tokenHeader = new SectionHeader(tr("Token")));
  column->addWidget(tokenRows = new PropertyRows);
  tokenHeader->hide();
  tokenRows->hide();
  column->addWidget(runHeader = new SectionHeader(tr("This run")));
  column->addWidget(settings = new PropertyRows);
  column->addStretch(1);
  scroll->setWidget(inner);
  outer->addWidget(scroll, 1);
  outer->addWidget(footNote = note(tr("Where memory would not do, Start says what to lower and by how much.")));
  return pane;
}

void TrainPanel::setEngine(Engine* engine) { run->proxyGold()->setEngine(engine); }

void TrainPanel::setLoop(WholeLoop* to) {
  loop->setLoop(to);
  loopFoot->setVisible(!to->stages().isEmpty());
  connect(to, &WholeLoop::changed, this, [this, to] {
    Work work{QStringLiteral("loop"), {}, QStringLiteral("train"), to->running()};
    for (const WholeLoop::Stage& stage : to->stages())
      if (work.running && stage.state == WholeLoop::Stage::Now)
        work.words = tr("The whole loop: %1").arg(loopStageWords(stage.name));
    if (work.running && work.words.isEmpty()) work.words = tr("The whole loop");
    bench.setWork(work);
  });
}

void TrainPanel::showLoop() {
  strip->clear();
  pages->setCurrentIndex(Loop);
  showForecast({});
  memoryHeader->hide();
  footNote->hide();
  loop->startButton()->setFocus();
}

void TrainPanel::newRun(TrainKind kind) {
  strip->clear();
  pages->setCurrentIndex(NewRun);
  showForecast({});
  fresh->begin(kind);
}

void TrainPanel::again(const RunDescription& description) {
  newRun(description.kind);
  fresh->take(description);
}

void TrainPanel::open(const QVariantMap& request) {
  if (request.contains(QStringLiteral("new"))) {
    newRun(trainKindOf(request.value(QStringLiteral("new")).toString()));
    fresh->addFiles(request.value(QStringLiteral("files")).toStringList());
    fresh->startFrom(request.value(QStringLiteral("model")).toString());
    fresh->setReward(request.value(QStringLiteral("reward")).toString());
    if (request.value(QStringLiteral("store")).toBool()) fresh->addStored();
  } else if (request.contains(QStringLiteral("loop"))) {
    showLoop();
  } else if (request.contains(QStringLiteral("run"))) {
    runs->choose(request.value(QStringLiteral("run")).toString());
  }
}

void TrainPanel::shown() { run->refresh(); }

bool TrainPanel::escape() {
  if (pages->currentIndex() != NewRun && pages->currentIndex() != Loop) return false;
  pages->setCurrentIndex(source.runs().isEmpty() ? Empty : OneRun);
  showChosen();
  return true;
}

QList<QPair<QString, QString>> TrainPanel::keys() const {
  return {{tr("Ctrl+N"), tr("a new run")},
          {tr("Ctrl+Enter"), tr("start it")},
          {tr("Ctrl+P, Ctrl+."), tr("pause, stop; both within one step, and both can go on")},
          {tr("F2, Del"), tr("rename a run, delete it (Ctrl+Z brings it back)")},
          {tr("← → in the rollouts"), tr("the next token, with its numbers at the side")},
          {tr("← → in a plot"), tr("read one step in all plots")},
          {tr("+ − 0 in a plot"), tr("zoom, show all steps")}};
}

void TrainPanel::runsChanged() {
  const auto all = source.runs();
  QHash<QString, double> losses;
  for (const auto& one : all)
    if (one.state == RunState::Done) losses.insert(one.id, one.lastLoss);
  runs->setRuns(all, losses);
  const RunInfo* active = nullptr;
  for (const auto& one : all)
    if (one.state == RunState::Running) active = &one;
  Work work{QStringLiteral("train"), QString(), QStringLiteral("train"), false};
  if (active) {
    work.running = true;
    work.words = tr("%1, step %2 of %3")
                     .arg(active->description.name, shortNumber(active->step), shortNumber(active->description.steps));
    if (active->secondsLeft >= 0) work.words += tr(", %1 left").arg(durationWords(active->secondsLeft));
  }
  bench.setWork(work);
  if (pages->currentIndex() == NewRun || pages->currentIndex() == Loop) return;
  if (all.isEmpty()) return showChosen();
  if (runs->chosen().isEmpty()) runs->choose(all.front().id);
  showChosen();
}

void TrainPanel::showChosen() {
  const QStringList ids = runs->chosen();
  QList<RunInfo> chosen;
  for (const auto& id : ids)
    if (const int row = runs->runs()->rowOf(id); row >= 0) chosen.append(runs->runs()->run(row));
  const bool away = pages->currentIndex() == NewRun || pages->currentIndex() == Loop;
  if (away && !runs->hasFocus()) return;
  pages->setCurrentIndex(chosen.isEmpty() ? Empty : OneRun);
  for (QWidget* widget : {static_cast<QWidget*>(timeHeader), static_cast<QWidget*>(timeFigure),
                          static_cast<QWidget*>(times), static_cast<QWidget*>(footNote)})
    widget->hide();
  memoryHeader->setTitle(tr("Memory"));
  const bool any = !chosen.isEmpty();
  memoryHeader->setVisible(any);
  memory->setVisible(any);
  runHeader->setVisible(any);
  settings->setVisible(any);
  if (any) run->setRuns(chosen);
  showToken();
  if (!any) return;
  const TrainForecast forecast = source.memoryOf(chosen.front().id);
  memory->setForecast(forecast);
  memory->setVisible(!forecast.parts.isEmpty());
  memoryHeader->setVisible(!forecast.parts.isEmpty());
  memoryHeader->setDetail(tr("forecast before Start"));
  runHeader->setTitle(chosen.size() > 1 ? chosen.front().description.name : tr("This run"));
  QList<PropertyRows::Row> rows{{tr("Kind"), trainKindWords(chosen.front().description.kind)}};
  for (const auto& [label, value] : settingsOf(chosen.front().description)) rows.append({label, value});
  settings->setRows(rows);
}

void TrainPanel::showForecast(const TrainForecast& forecast) {
  memoryHeader->setTitle(tr("Forecast"));
  memoryHeader->setDetail(tr("changes as you type"));
  memoryHeader->show();
  memory->setForecast(forecast);
  memory->setVisible(!forecast.parts.isEmpty());
  const bool timed = forecast.secondsAStep > 0;
  timeHeader->setVisible(timed);
  timeFigure->setVisible(timed);
  times->setVisible(timed);
  if (timed) {
    const int steps = forecast.steps ? forecast.steps : fresh->description().steps;
    timeFigure->setText(durationWords(forecast.secondsAStep * steps));
    timeHeader->setDetail(forecast.timeFrom);
    QList<PropertyRows::Row> rows{{tr("A step"), tr("%1 s").arg(plainNumber(forecast.secondsAStep, 3))}};
    for (const auto& [label, seconds] : forecast.timeParts)
      rows.append({label, tr("%1 s").arg(plainNumber(seconds, 3))});
    times->setRows(rows);
  }
  for (QWidget* widget : {static_cast<QWidget*>(tokenHeader), static_cast<QWidget*>(tokenRows),
                          static_cast<QWidget*>(runHeader), static_cast<QWidget*>(settings)})
    widget->hide();
  footNote->show();
}

// The chosen token of the rollouts, in numbers.
void TrainPanel::showToken() {
  const RolloutView* view = run->rollouts();
  const bool any = pages->currentIndex() == OneRun && view->chosenRow() >= 0 && !run->runs().isEmpty() &&
                   run->runs().front().description.kind == TrainKind::Ppo;
  tokenHeader->setVisible(any);
  tokenRows->setVisible(any);
  if (!any) return;
  const RolloutReply& reply = view->model().reply(view->chosenRow());
  const auto place = size_t(view->chosenToken());
  const RolloutToken& token = reply.tokens[place];
  QString text = QString::fromStdString(token.text);
  if (text.startsWith(u' ')) text[0] = QChar(0xB7);
  tokenHeader->setTitle(tr("Token  %1").arg(text.replace(u'\n', QStringLiteral("\\n"))));
  tokenHeader->setDetail(tr("row %1, place %2").arg(view->chosenRow() + 1).arg(place + 1));
  const auto number = [](double value) {
    return (value > 0 ? QStringLiteral("+") : QString()) + plainNumber(value, 3);
  };
  const auto share = [](double value) { return tr("%1 %").arg(plainNumber(100 * value, 3)); };
  QList<PropertyRows::Row> rows{{tr("Policy gives"), share(token.probability)},
                                {tr("Reference gives"), share(token.reference)},
                                {tr("KL, this token"), tr("%1 nats").arg(number(token.kl))},
                                {tr("Value"), number(token.value)},
                                {tr("Advantage"), number(token.advantage), true},
                                {tr("Reward, with penalty"), number(token.reward)},
                                {tr("Reward of the reply"), number(reply.score)},
                                {tr("Id"), QString::number(token.id), false, true}};
  tokenRows->setRows(rows);
}

void TrainPanel::resizeEvent(QResizeEvent* event) {
  Panel::resizeEvent(event);
  run->setLow(window()->height() < metric::low);
}

} // namespace attune
