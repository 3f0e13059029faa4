#include "train/run_page.h"

#include "train/train_words.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/message_strip.h"
#include "widgets/plot.h"
#include "widgets/plot_axis.h"
#include "widgets/segmented_control.h"
#include "widgets/word_progress.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QTextBrowser>
#include <QVBoxLayout>
#include <cmath>

namespace attune {

namespace {

constexpr double usualSmoothing = 0.95; // about the last twenty steps

// The plots' ground is the border's colour: it shows as the line between them.
class PlotArea : public QWidget {
protected:
  void paintEvent(QPaintEvent*) override { QPainter(this).fillRect(rect(), Theme::current().border); }
};

} // namespace

RunPage::RunPage(TrainSource& source, QWidget* parent)
    : QWidget(parent)
    , source(source)
    , curves(source) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* head = new BarRow(48);
  auto* title = new QVBoxLayout;
  title->setSpacing(0);
  title->addWidget(name = new ElidedLabel);
  name->setRole(FontRole::Body, true);
  title->addWidget(stepWords = new ElidedLabel({}, FontRole::Small));
  stepWords->setMuted(true);
  head->row()->addLayout(title, 2);
  auto* middle = new QVBoxLayout;
  middle->setSpacing(4);
  middle->addStretch();
  middle->addWidget(bar = new ThinBar);
  auto* words = new QHBoxLayout;
  words->addWidget(gone = new ElidedLabel({}, FontRole::Small), 2);
  gone->setMuted(true);
  words->addWidget(left = new ElidedLabel({}, FontRole::Small), 1);
  left->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  middle->addLayout(words);
  middle->addStretch();
  head->row()->addLayout(middle, 5);
  head->add(pauseButton = new KeyButton(tr("Pause"), QStringLiteral("pause"), QKeySequence(Qt::CTRL | Qt::Key_P)));
  head->add(stopButton = new KeyButton(tr("Stop"), QStringLiteral("stop"), QKeySequence(Qt::CTRL | Qt::Key_Period)));
  stopButton->setErrorIcon(true);
  head->add(resumeButton = new KeyButton(tr("Resume"), QStringLiteral("play"), QKeySequence(Qt::CTRL | Qt::Key_R)));
  head->add(chatButton = new KeyButton(tr("Chat"), QStringLiteral("chat")));
  column->addWidget(head);
  column->addWidget(strip = new MessageStrip);

  group = new PlotGroup(this);
  auto* area = new PlotArea;
  grid = new QGridLayout(area);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(1);
  for (int i = 0; i < shows.size(); i++) {
    auto* plot = new Plot;
    plot->setEmptyText(tr("The first step has not been taken yet."));
    plot->setGroup(group);
    connect(plot, &Plot::failed, this, &RunPage::failed);
    plots.append(plot);
  }
  column->addWidget(area, 3);

  samplesHeader = new SectionHeader(tr("Samples"));
  which = new SegmentedControl({tr("Plots 1 and 2"), tr("3 and 4")});
  which->setDense(true);
  which->hide();
  samplesHeader->addRight(which);
  connect(which, &SegmentedControl::currentChanged, this, &RunPage::arrange);
  auto* plotsButton = new KeyButton(tr("Plots"), QStringLiteral("settings"), {}, KeyButton::Flat);
  plotsButton->setMenuArrow(true);
  plotsButton->setToolTip(tr("Which quantities show, smoothed or as measured"));
  plotsMenu = new QMenu(plotsButton);
  connect(plotsMenu, &QMenu::aboutToShow, this, &RunPage::fillMenu);
  connect(plotsButton, &QPushButton::clicked, this,
          [this, plotsButton] { plotsMenu->popup(plotsButton->mapToGlobal(QPoint(0, plotsButton->height() + 2))); });
  samplesHeader->addRight(plotsButton);
  column->addWidget(samplesHeader);
  samples = new QTextBrowser;
  samples->setFrameShape(QFrame::NoFrame);
  samples->setAccessibleName(tr("Samples"));
  column->addWidget(samples, 2);
  arrange();
  setPlots(plotIds(), false);

  const auto first = [this] { return shown.isEmpty() ? QString() : shown.front().id; };
  connect(pauseButton, &QPushButton::clicked, this, [=, this] { this->source.pause(first()); });
  connect(stopButton, &QPushButton::clicked, this, [=, this] { this->source.stop(first()); });
  connect(resumeButton, &QPushButton::clicked, this, [=, this] { this->source.resume(first()); });
  connect(chatButton, &QPushButton::clicked, this, [this] { Q_EMIT chatWanted(shown.front().modelDir); });
  connect(&source, &TrainSource::samplesChanged, this, [=, this](const QString& run) {
    if (run == first()) showSamples();
  });
}

// --- which plots

QStringList RunPage::plotIds() const {
  const QList<QuantityWords> all = quantities();
  QStringList ids;
  for (const Quantity one : shows) ids << QString::fromLatin1(all[int(one)].id);
  return ids;
}

void RunPage::setPlots(const QStringList& ids, bool smoothed) {
  const QList<QuantityWords> all = quantities();
  QList<Quantity> wanted;
  for (const QString& id : ids)
    for (int i = 0; i < all.size(); i++)
      if (id == QLatin1String(all[i].id) && !wanted.contains(Quantity(i))) wanted << Quantity(i);
  if (wanted.size() == plots.size()) shows = wanted;
  smooth = smoothed;
  for (int i = 0; i < plots.size(); i++) {
    plots[i]->setTitle(all[int(shows[i])].title);
    plots[i]->setSmoothing(smooth ? usualSmoothing : 0);
  }
  showCurves();
}

void RunPage::fillMenu() {
  plotsMenu->clear();
  const QList<QuantityWords> all = quantities();
  for (int i = 0; i < all.size(); i++) {
    QAction* action = plotsMenu->addAction(all[i].title, this, [this, i](bool on) { choose(Quantity(i), on); });
    action->setCheckable(true);
    action->setChecked(shows.contains(Quantity(i)));
  }
  plotsMenu->addSeparator();
  QAction* smoothing = plotsMenu->addAction(tr("Smoothed, over what was measured"), this, [this](bool on) {
    setPlots(plotIds(), on);
    Q_EMIT plotsChanged();
  });
  smoothing->setCheckable(true);
  smoothing->setChecked(smooth);
  plotsMenu->addAction(tr("Show all steps"), this, [this] {
    for (Plot* plot : plots) plot->showAll();
  });
}

// Four always show: one that comes takes the place of the last, one that goes makes room for the first that is not
// there.
void RunPage::choose(Quantity quantity, bool on) {
  if (on) {
    shows.removeLast();
    shows.append(quantity);
  } else {
    for (int i = 0; i < quantities().size(); i++)
      if (Quantity(i) != quantity && !shows.contains(Quantity(i))) {
        shows[shows.indexOf(quantity)] = Quantity(i);
        break;
      }
  }
  setPlots(plotIds(), smooth);
  Q_EMIT plotsChanged();
}

void RunPage::setLow(bool to) {
  if (low == to) return;
  low = to;
  arrange();
}

void RunPage::arrange() {
  which->setVisible(low);
  for (int i = 0; i < plots.size(); i++) {
    grid->removeWidget(plots[i]);
    const bool on = !low || i / 2 == which->current();
    if (on) grid->addWidget(plots[i], low ? 0 : i / 2, i % 2);
    plots[i]->setVisible(on);
  }
}

bool RunPage::canPause() const { return !shown.isEmpty() && shown.front().state == RunState::Running; }

bool RunPage::canStop() const {
  if (shown.isEmpty()) return false;
  const RunState state = shown.front().state;
  return state == RunState::Running || state == RunState::Paused || state == RunState::Waiting;
}

void RunPage::setRuns(const QList<RunInfo>& to) {
  bool same = to.size() == shown.size();
  for (int i = 0; same && i < to.size(); i++) same = to[i].id == shown[i].id;
  shown = to;
  if (!same) {
    curves.setRuns(shown);
    group->point(std::nullopt);
    for (Plot* plot : plots) {
      plot->setCurves({});
      plot->showAll();
    }
  }
  showHead();
  refresh();
  if (!same) {
    showCurves();
    showSamples();
  }
}

void RunPage::showHead() {
  if (shown.isEmpty()) return;
  const RunInfo& run = shown.front();
  const int steps = std::max(1, run.description.steps);
  name->setText(run.description.name);
  stepWords->setText(shown.size() > 1 ? tr("and %n more", nullptr, int(shown.size()) - 1)
                                      : tr("step %1 of %2").arg(plainNumber(run.step, 9), plainNumber(steps, 9)));
  bar->setShare(double(run.step) / steps);
  QString passed = run.secondsGone > 0 ? tr("%1 gone").arg(durationWords(run.secondsGone)) : QString();
  if (const auto& known = curves.rows(run.id); !known.empty() && std::isfinite(known.back().tokensPerSecond))
    passed += tr(", %1 tokens a second").arg(countWords(known.back().tokensPerSecond));
  if (!run.doing.isEmpty()) passed = run.doing;
  gone->setText(passed);
  const bool runs = run.state == RunState::Running;
  left->setText(runs ? run.secondsLeft >= 0 ? tr("%1 left").arg(durationWords(run.secondsLeft)) : tr("measuring")
                : run.state == RunState::Waiting ? tr("waits its turn")
                : run.state == RunState::Paused  ? tr("paused")
                : run.state == RunState::Done    ? tr("done")
                                                 : tr("stopped"));
  pauseButton->setVisible(runs);
  stopButton->setVisible(canStop());
  resumeButton->setVisible(run.state == RunState::Paused || run.state == RunState::Stopped ||
                           run.state == RunState::Failed);
  chatButton->setVisible(!runs && !run.modelDir.isEmpty());
  if (run.state == RunState::Failed) {
    const QString safe = run.checkpoint >= 0 ? tr(" Step %1 is safe.").arg(run.checkpoint) : QString();
    if (strip->why() != run.reason + safe)
      strip->show(MessageStrip::Error, tr("Stopped at step %1.").arg(run.step), run.reason + safe);
  } else {
    strip->clear();
  }
}

void RunPage::refresh() {
  if (!curves.read()) return;
  for (int i = 0; i < plots.size(); i++) curves.grow(*plots[i], shows[i]);
  showHead();
}

void RunPage::showCurves() {
  for (int i = 0; i < plots.size(); i++) curves.fill(*plots[i], shows[i]);
}

void RunPage::showSamples() {
  if (shown.isEmpty()) return;
  const auto list = source.samples(shown.front().id);
  samplesHeader->setDetail(list.isEmpty() ? QString() : tr("step %1").arg(plainNumber(list.front().step, 9)));
  QString html;
  for (const auto& sample : list)
    html += QStringLiteral("<p style='margin: 8px 12px'><span style='color: %1'>%2</span> %3<b>%4</b>%5</p>")
                .arg(Theme::current().muted.name(), tr("step %1").arg(plainNumber(sample.step, 9)),
                     sample.prompt.isEmpty() ? QString() : QStringLiteral(" "), sample.prompt.toHtmlEscaped(),
                     (u' ' + sample.text).toHtmlEscaped().replace(u'\n', QStringLiteral("<br>")));
  if (list.isEmpty())
    html = QStringLiteral("<p style='margin: 8px 12px; color: %1'>%2</p>")
               .arg(Theme::current().muted.name(), tr("The run writes its first samples at the first evaluation."));
  if (html == samplesShown) return;
  samplesShown = html;
  samples->setHtml(html);
}

} // namespace attune
