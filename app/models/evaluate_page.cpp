#include "models/evaluate_page.h"

#include "engine/engine.h"
#include "engine/sampler_settings.h"
#include "error.h"
#include "in_pool.h"
#include "models/evaluate_setup.h"
#include "models/side_by_side.h"
#include "sentence.h"
#include "store/store.h"
#include "widgets/empty_state.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/message_strip.h"
#include "widgets/word_progress.h"
#include "workbench.h"

#include <QApplication>
#include <QComboBox>
#include <QDateTime>
#include <QHBoxLayout>
#include <QLocale>
#include <QPointer>
#include <QStyleOptionComboBox>
#include <QStylePainter>
#include <QVBoxLayout>

namespace attune {
namespace {

// With three dots where its words do not fit.
class Chooser : public QComboBox {
protected:
  void paintEvent(QPaintEvent*) override {
    QStylePainter painter(this);
    QStyleOptionComboBox option;
    initStyleOption(&option);
    painter.drawComplexControl(QStyle::CC_ComboBox, option);
    const QRect field =
        style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, this).adjusted(0, 0, -2, 0);
    option.currentText = option.fontMetrics.elidedText(option.currentText, Qt::ElideRight, field.width());
    painter.drawControl(QStyle::CE_ComboBoxLabel, option);
  }
};

QComboBox* chooser(const QString& name) {
  auto* box = new Chooser;
  box->setAccessibleName(name);
  box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  box->setMinimumContentsLength(14);
  return box;
}

} // namespace

EvaluatePage::EvaluatePage(Workbench& bench, Engine& engine, EvaluateSetup* setup, const QString& folder,
                           QWidget* parent)
    : QWidget(parent)
    , bench(bench)
    , engine(engine)
    , setup(setup)
    , folder(folder) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* bar = new BarRow;
  bar->add(back = new KeyButton(tr("Models"), QStringLiteral("left"), {}, KeyButton::Flat));
  back->showKey(QKeySequence(Qt::Key_Escape));
  bar->add(past = chooser(tr("Comparisons made so far")), 3);
  bar->add(remove = new KeyButton(tr("Delete"), QStringLiteral("trash"), {}, KeyButton::Flat));
  bar->add(label = new KeyButton(tr("Go on in Label"), QStringLiteral("label"), {}, KeyButton::Flat));
  bar->add(progress = new WordProgress, 1);
  bar->addStretch();
  column->addWidget(bar);
  column->addWidget(strip = new MessageStrip);
  column->addWidget(
      empty = new EmptyState(QStringLiteral("half"), tr("Nothing has been compared yet"),
                             tr("Choose two models or more beside, the prompts that they answer, and who judges.")),
      1);
  column->addWidget(results = new QWidget, 1);
  auto* whole = new QVBoxLayout(results);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->setSpacing(0);
  auto* charts = new QHBoxLayout;
  charts->setSpacing(0);
  const auto chart = [&](SectionHeader*& header, IntervalBars*& bars) {
    auto* half = new QVBoxLayout;
    half->setSpacing(0);
    half->addWidget(header = new SectionHeader({}, {}, nullptr, metric::toolBar));
    half->addWidget(bars = new IntervalBars);
    half->addStretch(1);
    charts->addLayout(half, 1);
    connect(bars, &IntervalBars::failed, this,
            [this](const QString& why) { strip->show(MessageStrip::Error, tr("Nothing was saved."), why); });
  };
  chart(winHeader, winChart);
  winHeader->addRight(baseline = chooser(tr("Compared with")));
  winChart->setScale(0, 1, true, 0.5);
  charts->addWidget(new Line(Qt::Vertical));
  chart(meanHeader, meanChart);
  whole->addLayout(charts);
  whole->addWidget(new Line);
  auto* header = new SectionHeader(tr("One prompt"), {}, nullptr, metric::toolBar);
  header->addRight(promptChoice = chooser(tr("The prompt that is shown side by side")));
  promptChoice->setMinimumContentsLength(28);
  whole->addWidget(header);
  whole->addWidget(beside = new SideBySide(engine), 1);

  connect(back, &QPushButton::clicked, this, &EvaluatePage::left);
  connect(remove, &QPushButton::clicked, this, &EvaluatePage::removeShown);
  connect(label, &QPushButton::clicked, this, [this] {
    for (const PromptSet& set : this->bench.store->promptSets())
      if (set.name == tr("Compare: %1").arg(shown.name))
        this->bench.open(QStringLiteral("label"), {{QStringLiteral("set"), qint64(set.id)}});
  });
  connect(setup, &EvaluateSetup::started, this, &EvaluatePage::start);
  connect(setup, &EvaluateSetup::stopped, this, &EvaluatePage::stop);
  connect(past, &QComboBox::activated, this, [this](int place) {
    const QList<ModelTrial> all = evaluationsIn(this->folder);
    if (place >= 0 && place < all.size()) show(all[place]);
  });
  connect(baseline, &QComboBox::activated, this, &EvaluatePage::showBars);
  connect(promptChoice, &QComboBox::activated, this, &EvaluatePage::showPrompt);
  connect(&engine, &Engine::modelsChanged, this, [this] { this->setup->setModels(this->engine.models()); });
  setup->setModels(engine.models());
  settle.setSingleShot(true);
  settle.setInterval(200);
  connect(&settle, &QTimer::timeout, this, &EvaluatePage::readRankings);
  if (bench.store)
    connect(bench.store, &Store::changed, this, [this](RecordKind kind) {
      if ((kind == RecordKind::Prompt || kind == RecordKind::PromptSet) && isVisible()) this->setup->refreshPrompts();
      if (kind == RecordKind::Comparison && shown.judge == ModelTrial::Judge::Person) settle.start();
    });
  fillPast();
  const QList<ModelTrial> all = evaluationsIn(folder);
  show(all.isEmpty() ? ModelTrial() : all.first());
}

void EvaluatePage::begin(const QStringList& models) {
  setup->setModels(engine.models());
  if (models.size() > 1) setup->choose(models);
  setup->refreshPrompts();
}

void EvaluatePage::fillPast() {
  Q_EMIT keptChanged();
  past->clear();
  for (const ModelTrial& one : evaluationsIn(folder))
    past->addItem(tr("%1, judged by %2, %3")
                      .arg(one.name, one.judgeName,
                           QLocale().toString(QDateTime::fromMSecsSinceEpoch(one.made), QLocale::ShortFormat)),
                  one.name);
  past->setCurrentIndex(past->findData(shown.name));
  past->setVisible(past->count() > 0);
}

// --- comparing

void EvaluatePage::start() {
  if (busy() || !setup->unready().isEmpty()) return;
  strip->clear();
  CompareRequest request;
  const QStringList ids = setup->chosen();
  QStringList names;
  for (const QString& id : ids) {
    const ModelEntry* entry = engine.model(id);
    names << (entry ? entry->name : id);
    request.models.push_back(entry ? entry->path.toStdString() : std::string());
  }
  try {
    request.asked = setup->prompts();
  } catch (const std::exception& error) {
    strip->show(MessageStrip::Error, tr("Nothing was compared."), QString::fromStdString(sentenceOf(error)));
    return;
  }
  const ModelTrial::Judge judge = setup->judge();
  if (judge == ModelTrial::Judge::Rule) request.judge = setup->judgePath().toStdString();
  if (judge == ModelTrial::Judge::RewardModel)
    if (const ModelEntry* entry = engine.model(setup->judgePath())) request.judge = entry->path.toStdString();
  request.maxTokens = setup->longest();
  request.sampler.temperature = float(setup->temperature());
  request.seed = setup->seed();
  auto result = std::make_shared<ModelComparison>();
  const QPointer<EvaluatePage> self(this);
  job = engine.withModel(
      ids.first(),
      [self, request, result](LoadedModel& model, const Interrupt& interrupt) {
        *result = compareModels(model.model->sharedDevice(), request, [&](const std::string& doing, double share) {
          QMetaObject::invokeMethod(
              qApp,
              [self, doing, share] {
                if (self && self->job) self->progress->report(QString::fromStdString(doing), share);
              },
              Qt::QueuedConnection);
          return !interrupt.wanted();
        });
      },
      this,
      [this, result, ids, names, judge, judgeName = setup->judgeName()](const QString& error) {
        job = 0;
        progress->finish();
        setup->setBusy(false);
        bench.setWork({QStringLiteral("compare"), {}, {}, false});
        if (!error.isEmpty())
          strip->show(MessageStrip::Error, tr("Nothing was compared."), error);
        else
          finish(evaluationOf(*result, ids, names, judge, judgeName));
      });
  setup->setBusy(true);
  progress->report(tr("Models answer"), 0);
  bench.setWork({QStringLiteral("compare"), tr("Models are compared"), QStringLiteral("models"), true});
}

void EvaluatePage::stop() {
  if (job) engine.stop(job);
}

// The file is written beside: the window does not wait for the disk.
void EvaluatePage::keep(const ModelTrial& evaluation, const QString& trouble) {
  inPool(
      this,
      [folder = folder, kept = evaluation]() mutable -> QString {
        try {
          keepEvaluation(folder, kept);
          return {};
        } catch (const Error& error) {
          return QString::fromUtf8(error.what());
        }
      },
      [this, trouble](const QString& error) {
        if (!error.isEmpty() && !trouble.isEmpty()) strip->show(MessageStrip::Error, trouble, error);
        fillPast();
      });
}

void EvaluatePage::finish(const ModelTrial& made) {
  ModelTrial kept = made;
  if (kept.name.isEmpty()) kept.name = freeName(folder, kept);
  keep(kept, tr("The comparison could not be kept."));
  show(kept);
  if (kept.judge != ModelTrial::Judge::Person || !bench.store) return;
  try {
    const RecordId set = giveToLabel(*bench.store, kept);
    bench.open(QStringLiteral("label"), {{QStringLiteral("set"), qint64(set)}});
  } catch (const Error& error) {
    strip->show(MessageStrip::Error, tr("The replies could not be given to Label."), QString::fromUtf8(error.what()));
  }
}

void EvaluatePage::readRankings() {
  const int before = shown.judged();
  readFromLabel(*bench.store, shown);
  if (shown.judged() != before) keep(shown, {}); // the rankings themselves are in the store
  showBars();
  showPrompt();
}

void EvaluatePage::removeShown() {
  if (shown.models.isEmpty()) return;
  const ModelTrial gone = shown;
  bench.remove(
      tr("comparison %1").arg(gone.name),
      [this, gone] {
        removeEvaluation(folder, gone.name);
        const QList<ModelTrial> all = evaluationsIn(folder);
        show(all.isEmpty() ? ModelTrial() : all.first());
        fillPast();
      },
      [this, gone] {
        ModelTrial back = gone;
        keepEvaluation(folder, back);
        show(back);
        fillPast();
      });
}

// --- what is shown

void EvaluatePage::show(const ModelTrial& evaluation) {
  shown = evaluation;
  const bool any = !shown.models.isEmpty();
  empty->setVisible(!any);
  results->setVisible(any);
  remove->setVisible(any);
  if (any && shown.judge == ModelTrial::Judge::Person && bench.store) readFromLabel(*bench.store, shown);
  baseline->clear();
  for (const QString& name : shown.names) baseline->addItem(tr("to %1").arg(name));
  promptChoice->clear();
  for (const ModelTrial::Row& row : shown.rows) promptChoice->addItem(row.prompt.simplified());
  showBars();
  showPrompt();
  past->setCurrentIndex(past->findData(shown.name));
}

void EvaluatePage::showBars() {
  const bool person = shown.judge == ModelTrial::Judge::Person;
  label->setVisible(person && !shown.models.isEmpty() && shown.judged() < shown.rows.size());
  if (shown.models.isEmpty()) return;
  const int judged = shown.judged(), all = int(shown.rows.size());
  const QString by = person ? tr("judged by you, blind: %1 of %2 prompts").arg(judged).arg(all)
                            : tr("judged by %1, %2 prompts").arg(shown.judgeName).arg(all);
  const int base = std::max(0, baseline->currentIndex());
  winHeader->setTitle(tr("Preferred"));
  winHeader->setDetail(by);
  winChart->setTitle(tr("Preferred to %1").arg(shown.names.value(base)));
  QList<IntervalBar> bars = winBars(shown, base);
  for (IntervalBar& bar : bars) bar.scripted = shown.scripted();
  winChart->setBars(bars);
  meanHeader->setTitle(person ? tr("Rated, 1 to 7") : tr("Mean score"));
  meanHeader->setDetail(tr("bars are 95 % intervals"));
  meanChart->setTitle(meanHeader->accessibleName());
  bars = meanBars(shown);
  double low = 0, high = 0;
  for (IntervalBar& bar : bars) {
    bar.scripted = shown.scripted();
    if (bar.known) low = std::min(low, bar.low), high = std::max(high, bar.high);
  }
  if (person)
    meanChart->setScale(1, 7, false, 4.0);
  else
    meanChart->setScale(low, high > low ? high : low + 1, false, 0.0);
  meanChart->setBars(bars);
}

void EvaluatePage::showPrompt() {
  const int row = promptChoice->currentIndex();
  if (row < 0 || row >= shown.rows.size()) return;
  // Blind until it is judged.
  beside->show(shown, row, shown.judge != ModelTrial::Judge::Person || shown.rows[row].judged);
}

} // namespace attune
