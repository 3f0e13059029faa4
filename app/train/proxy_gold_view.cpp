#include "train/proxy_gold_view.h"

#include "engine/engine.h"
#include "error.h"
#include "formats/json.h"
#include "sentence.h"
#include "train/measure_proxy_gold.h"
#include "train/proxy_gold_chart.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/message_strip.h"
#include "widgets/plot_axis.h"
#include "widgets/word_progress.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDateTime>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QPointer>
#include <QVBoxLayout>
#include <cmath>
#include <nlohmann/json.hpp>

namespace attune {
namespace {

const QString askFile = QStringLiteral("ask"), ownGold = QStringLiteral("own");

QString stampOf(const QString& run) {
  QString stamp = run;
  for (const char* name : {"/metrics.jsonl", "/proxy_gold.json"}) {
    const QFileInfo info(run + QLatin1String(name));
    stamp += QStringLiteral("|%1 %2").arg(info.size()).arg(info.lastModified().toMSecsSinceEpoch());
  }
  return stamp;
}

// `far`: the largest distance that was measured; a peak far beyond it is no finding.
QString fitWords(const QString& name, const DistanceFit& fit, bool logarithm, double far) {
  if (!fit.known) return {};
  QString words =
      QStringLiteral("%1: R = d (%2 %3 %4 %5)")
          .arg(name, plainNumber(fit.alpha, 3), fit.beta < 0 ? QStringLiteral("+") : QStringLiteral("−"),
               plainNumber(std::abs(fit.beta), 3), logarithm ? QStringLiteral("ln d") : QStringLiteral("d"));
  const DistanceForm form = logarithm ? DistanceForm::Logarithm : DistanceForm::Linear;
  if (const auto peak = fit.peak(form); peak && *peak < 1.5 * far)
    words += ProxyGoldView::tr(", highest at KL %1").arg(plainNumber(*peak * *peak, 2));
  return words + ProxyGoldView::tr("; explains %1 %").arg(100 * fit.r2, 0, 'f', 0);
}

} // namespace

ProxyGoldView::ProxyGoldView(QWidget* parent)
    : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* bar = new BarRow;
  auto* label = new ElidedLabel(tr("Gold judge"));
  label->setMuted(true);
  bar->add(label);
  bar->add(gold = new QComboBox);
  gold->setAccessibleName(tr("Gold judge: it trains nothing"));
  gold->setToolTip(
      tr("A judge that trains nothing: where its curve falls while the proxy's rises, the policy learns the "
         "proxy's mistakes"));
  gold->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  connect(gold, &QComboBox::activated, this, &ProxyGoldView::chooseGold);
  bar->add(button = new KeyButton(tr("Measure best of n"), QStringLiteral("play"), {}));
  connect(button, &QPushButton::clicked, this, [this] { measuring() ? stop() : measure(); });
  bar->add(progress = new WordProgress);
  bar->addStretch();
  bar->add(fits = new QCheckBox(tr("Fits")));
  fits->setChecked(true);
  fits->setToolTip(tr("R = d (α − β d) for best of n, R = d (α − β ln d) for the policy, d = √KL"));
  column->addWidget(bar);
  column->addWidget(strip = new MessageStrip);
  column->addWidget(picture = new ProxyGoldChart, 1);
  column->addWidget(new Line);
  column->addWidget(lines = new QLabel);
  lines->setWordWrap(true);
  lines->setMargin(metric::edge);
  lines->setFont(Theme::font(FontRole::Dense));
  lines->setTextInteractionFlags(Qt::TextSelectableByMouse);
  connect(fits, &QCheckBox::toggled, picture, &ProxyGoldChart::setFits);
  connect(picture, &ProxyGoldChart::failed, this, &ProxyGoldView::failed);
  setEngine(nullptr);
  say();
}

void ProxyGoldView::setEngine(Engine* to) {
  engine = to;
  for (QWidget* widget : {static_cast<QWidget*>(gold), static_cast<QWidget*>(button)}) widget->setEnabled(engine);
  if (engine) connect(engine, &Engine::modelsChanged, this, &ProxyGoldView::fillJudges);
  fillJudges();
}

void ProxyGoldView::fillJudges() {
  const QString before = gold->currentData().toString();
  gold->clear();
  gold->addItem(tr("the run's own, or none"), ownGold);
  if (engine)
    for (const ModelEntry& entry : engine->models())
      if (entry.classifier && entry.trouble.isEmpty()) gold->addItem(entry.name, entry.path);
  if (!goldFile.isEmpty()) gold->addItem(tr("Rule: %1").arg(QFileInfo(goldFile).fileName()), goldFile);
  gold->addItem(tr("A rule's file …"), askFile);
  gold->setCurrentIndex(std::max(0, gold->findData(before)));
}

void ProxyGoldView::chooseGold(int place) {
  if (gold->itemData(place).toString() != askFile) return;
  const QString file =
      QFileDialog::getOpenFileName(this, tr("A rule that judges"), {}, tr("Rules (*.json);;All files (*)"));
  if (!file.isEmpty()) goldFile = file;
  fillJudges();
  gold->setCurrentIndex(std::max(0, gold->findData(goldFile.isEmpty() ? ownGold : goldFile)));
}

bool ProxyGoldView::setRun(const QString& folder) {
  const QString now = stampOf(folder);
  if (now == stamp) return !figures.policy.empty() || !figures.bestOf.empty();
  if (folder != run && measuring()) stop();
  if (folder != run) strip->clear();
  run = folder;
  stamp = now;
  figures = {};
  try {
    const QString kept = folder + QStringLiteral("/proxy_gold.json");
    if (QFileInfo::exists(kept)) figures = parseProxyGold(readJson(kept.toStdString()), kept.toStdString());
    // What was written since: a run that went on. Points that were judged afterwards are kept.
    const std::vector<ProxyGoldPoint> history = policyHistory(folder.toStdString());
    const bool judged = std::any_of(figures.policy.begin(), figures.policy.end(),
                                    [](const ProxyGoldPoint& point) { return point.gold.has_value(); });
    const bool newer = !history.empty() && (figures.policy.empty() || history.back().step > figures.policy.back().step);
    if (!judged || newer) figures.policy = history;
  } catch (const std::exception& error) {
    strip->show(MessageStrip::Error, tr("These figures cannot be read."), QString::fromStdString(sentenceOf(error)));
  }
  picture->setFigures(figures);
  say();
  return !figures.policy.empty() || !figures.bestOf.empty();
}

QString ProxyGoldView::words() const { return lines->text(); }

void ProxyGoldView::say() {
  QStringList words;
  const auto highest = [&](bool ofGold) {
    const ProxyGoldPoint* best = nullptr;
    for (const ProxyGoldPoint& point : figures.policy)
      if (!ofGold || point.gold)
        if (!best || (ofGold ? *point.gold > *best->gold : point.proxy > best->proxy)) best = &point;
    return best;
  };
  const ProxyGoldPoint *proxy = highest(false), *judged = highest(true);
  if (figures.policy.empty())
    words << tr("The run has no iteration yet.");
  else if (!judged)
    words << tr(
        "No gold judge has read this policy: whether it learned what was meant, or the proxy's mistakes, is not "
        "known.");
  else if (const ProxyGoldPoint& last = figures.policy.back();
           last.gold && judged->step < last.step && *last.gold < *judged->gold && proxy->step > judged->step)
    words << tr("Gold was highest at step %1 (KL %2) and is lower since, while the proxy rose on: stop there.")
                 .arg(judged->step)
                 .arg(plainNumber(judged->kl, 2));
  else
    words << tr("Gold rises with the proxy so far.");
  if (figures.bestOf.empty())
    words << tr("Best of n has not been measured yet.");
  else
    words << tr("Best of n from %L1 replies to each of %L2 prompts; its KL is a bound, ln n − (n−1)/n.")
                 .arg(figures.samples)
                 .arg(figures.prompts);
  double far = 0;
  for (const auto* points : {&figures.policy, &figures.bestOf})
    for (const ProxyGoldPoint& point : *points) far = std::max(far, std::sqrt(std::max(0.0, point.kl)));
  for (const QString& fit : {fitWords(tr("Best of n, proxy"), figures.fit(false, false), false, far),
                             fitWords(tr("Best of n, gold"), figures.fit(false, true), false, far),
                             fitWords(tr("Policy, proxy"), figures.fit(true, false), true, far),
                             fitWords(tr("Policy, gold"), figures.fit(true, true), true, far)})
    if (!fit.isEmpty()) words << fit;
  lines->setText(words.join(u'\n'));
  button->setText(measuring() ? tr("Stop") : tr("Measure best of n"));
  button->setIconName(measuring() ? QStringLiteral("stop") : QStringLiteral("play"));
}

// On the engine's device, between its other work.
void ProxyGoldView::measure() {
  if (!engine || measuring() || run.isEmpty()) return;
  ProxyGoldRequest request;
  request.run = run.toStdString();
  if (const QString chosen = gold->currentData().toString(); chosen != ownGold && chosen != askFile)
    request.gold = chosen.toStdString();
  const QString model = QStringLiteral("runs/") + QFileInfo(run).fileName();
  if (!engine->model(model)) {
    strip->show(MessageStrip::Warning, tr("The run has no checkpoint yet."), tr("Its first one makes this possible."));
    return;
  }
  strip->clear();
  const QPointer<ProxyGoldView> self(this);
  job = engine->withModel(
      model,
      [self, request](LoadedModel& loaded, const Interrupt& interrupt) {
        measureProxyGold(loaded.model->sharedDevice(), request, [&](const std::string& doing, double share) {
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
      [this](const QString& error) {
        job = 0;
        progress->finish();
        if (!error.isEmpty()) strip->show(MessageStrip::Error, tr("Nothing was measured."), error);
        say();
        const QString folder = run;
        stamp.clear();
        setRun(folder);
      });
  say();
}

void ProxyGoldView::stop() {
  if (engine && job) engine->stop(job);
}

} // namespace attune
