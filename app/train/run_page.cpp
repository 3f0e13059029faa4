#include "train/run_page.h"

#include "train/proxy_gold_view.h"
#include "train/reward_report_view.h"
#include "train/rollout_view.h"
#include "train/run_head.h"
#include "train/train_words.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/message_strip.h"
#include "widgets/plot.h"
#include "widgets/plot_axis.h"
#include "widgets/segmented_control.h"

#include <QGridLayout>
#include <QMenu>
#include <QPainter>
#include <QRegularExpression>
#include <QStackedWidget>
#include <QTextBrowser>
#include <QVBoxLayout>
#include <cmath>

namespace attune {

namespace {

enum View { Curves, Written, Report, Distance }; // pages

constexpr double usualSmoothing = 0.95; // about the last twenty steps

// The plots' ground is the border's colour: it shows as the line between them.
class PlotArea : public QWidget {
protected:
  void paintEvent(QPaintEvent*) override { QPainter(this).fillRect(rect(), Theme::current().border); }
};

// A chat's prompt by its turns, without the marks of its template; any other as it is.
QString promptInHtml(const QString& prompt) {
  static const QRegularExpression mark(QStringLiteral("<\\|(system|user|assistant)\\|>"));
  QString html;
  qsizetype at = 0;
  const auto text = [&](qsizetype end) {
    QString part = prompt.mid(at, end - at);
    if (!html.isEmpty() && part.endsWith(QStringLiteral("<|endoftext|>"))) part.chop(13);
    if (!part.isEmpty()) html += QStringLiteral("<b>%1</b> ").arg(part.toHtmlEscaped());
  };
  for (auto found = mark.globalMatch(prompt); found.hasNext();) {
    const auto one = found.next();
    text(one.capturedStart());
    html += QStringLiteral("<span style='color: %1'>%2:</span> ").arg(Theme::current().muted.name(), one.captured(1));
    at = one.capturedEnd();
  }
  text(prompt.size());
  return html;
}

} // namespace

RunPage::RunPage(TrainSource& source, QWidget* parent)
    : QWidget(parent)
    , source(source)
    , curves(source) {
  for (int i = 0; i < trainKinds; i++) choice.insert(plotsOf(TrainKind(i)), usualPlots(TrainKind(i)));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(head = new RunHead(source));
  column->addWidget(head->message());
  makeBar();
  column->addWidget(bar);
  column->addWidget(pages = new QStackedWidget, 1);
  auto* page = new QWidget;
  auto* under = new QVBoxLayout(page);
  under->setContentsMargins(0, 0, 0, 0);
  under->setSpacing(0);
  makePlots();
  under->addWidget(plotArea, 3);
  samplesPane = new QWidget;
  auto* pane = new QVBoxLayout(samplesPane);
  pane->setContentsMargins(0, 0, 0, 0);
  pane->setSpacing(0);
  pane->addWidget(samplesHeader = new SectionHeader(tr("Samples")));
  for (QTextBrowser** one : {&samples, &samplesAlone}) {
    *one = new QTextBrowser;
    (*one)->setFrameShape(QFrame::NoFrame);
    (*one)->setAccessibleName(tr("Samples"));
  }
  pane->addWidget(samples);
  under->addWidget(samplesPane, 2);
  under->addWidget(replies = new RolloutView, 4);
  pages->addWidget(page);
  pages->addWidget(samplesAlone);
  pages->addWidget(report = new RewardReportView);
  pages->addWidget(distance = new ProxyGoldView);
  connect(report, &RewardReportView::relabel, this, &RunPage::relabelWanted);
  connect(report, &RewardReportView::failed, this, &RunPage::failed);
  connect(distance, &ProxyGoldView::failed, this, &RunPage::failed);
  connect(replies, &RolloutView::tokenChosen, this, &RunPage::tokenChosen);
  arrange();
  showViews();
  showTitles();

  connect(head, &RunHead::chatWanted, this, &RunPage::chatWanted);
  connect(head, &RunHead::ppoWanted, this, &RunPage::ppoWanted);
  connect(head, &RunHead::againWanted, this, &RunPage::againWanted);
  connect(&source, &TrainSource::samplesChanged, this, [this](const QString& run) {
    if (!shown.isEmpty() && run == shown.front().id) showSamples();
  });
}

void RunPage::makePlots() {
  group = new PlotGroup(this);
  plotArea = new PlotArea;
  grid = new QGridLayout(plotArea);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(1);
  for (int i = 0; i < 4; i++) {
    auto* plot = new Plot;
    plot->setEmptyText(tr("The first step has not been taken yet."));
    plot->setGroup(group);
    connect(plot, &Plot::failed, this, &RunPage::failed);
    plots.append(plot);
  }
}

// What of the run shows, and which plots.
void RunPage::makeBar() {
  bar = new BarRow(36);
  viewChoice = new SegmentedControl({});
  viewChoice->setDense(true);
  viewChoice->setAccessibleName(tr("What shows of the run"));
  bar->add(viewChoice);
  connect(viewChoice, &SegmentedControl::currentChanged, this, [this](int view) {
    if (view >= 0) pages->setCurrentIndex(viewPages.value(view, Curves));
    readReports();
    arrange();
  });
  bar->addStretch();
  which = new SegmentedControl({tr("Plots 1 and 2"), tr("3 and 4")});
  which->setDense(true);
  which->hide();
  bar->add(which);
  connect(which, &SegmentedControl::currentChanged, this, &RunPage::arrange);
  plotsButton = new KeyButton(tr("Plots"), QStringLiteral("settings"), {}, KeyButton::Flat);
  plotsButton->setMenuArrow(true);
  plotsButton->setToolTip(tr("Which quantities show, smoothed or as measured"));
  plotsMenu = new QMenu(plotsButton);
  connect(plotsMenu, &QMenu::aboutToShow, this, &RunPage::fillMenu);
  connect(plotsButton, &QPushButton::clicked, this,
          [this] { plotsMenu->popup(plotsButton->mapToGlobal(QPoint(0, plotsButton->height() + 2))); });
  bar->add(plotsButton);
}

// The pages that a run of this kind has; its plots come first.
void RunPage::showViews() {
  const bool ppo = kind() == TrainKind::Ppo;
  QStringList words{tr("Curves")};
  viewPages = {Curves};
  if (ppo) {
    words << tr("Samples") << tr("Proxy and gold");
    viewPages << Written << Distance;
  } else if (kind() == TrainKind::Reward) {
    words << tr("Report");
    viewPages << Report;
  }
  if (viewChoice->words() != words) {
    viewChoice->setWords(words);
    viewChoice->setCurrent(0);
    pages->setCurrentIndex(Curves);
  }
  viewChoice->setVisible(words.size() > 1);
  samplesPane->setVisible(!ppo && !ofRankings(kind()));
  replies->setVisible(ppo);
}

// What is written when the run ends, or measured afterwards; only while it shows.
void RunPage::readReports() {
  if (shown.isEmpty()) return;
  if (pages->currentIndex() == Report) report->setRun(shown.front().id);
  if (pages->currentIndex() == Distance) distance->setRun(shown.front().id);
}

// --- which plots

QStringList RunPage::plotIds(const QString& of) const {
  QStringList ids;
  for (const Quantity one : choice.value(of)) ids << quantityId(one);
  return ids;
}

void RunPage::setPlots(const QString& of, const QStringList& ids) {
  for (int i = 0; i < trainKinds; i++) {
    const auto kindOf = TrainKind(i);
    if (plotsOf(kindOf) != of) continue;
    QList<Quantity> wanted;
    for (const QString& id : ids)
      for (const Quantity one : quantitiesOf(kindOf))
        if (id == quantityId(one) && !wanted.contains(one)) wanted << one;
    if (wanted.size() == plots.size()) choice[of] = wanted;
  }
  showTitles();
  showCurves();
}

void RunPage::setSmoothed(bool on) {
  smooth = on;
  showTitles();
}

void RunPage::showTitles() {
  for (int i = 0; i < plots.size(); i++) {
    plots[i]->setTitle(quantityTitle(shows()[i], kind()));
    plots[i]->setSmoothing(smooth ? usualSmoothing : 0);
  }
}

void RunPage::fillMenu() {
  plotsMenu->clear();
  for (const Quantity one : quantitiesOf(kind())) {
    QAction* action = plotsMenu->addAction(quantityTitle(one, kind()), this, [this, one](bool on) { choose(one, on); });
    action->setCheckable(true);
    action->setChecked(shows().contains(one));
  }
  plotsMenu->addSeparator();
  QAction* smoothing = plotsMenu->addAction(tr("Smoothed, over what was measured"), this, [this](bool on) {
    setSmoothed(on);
    Q_EMIT plotsChanged(plotsOf(kind()));
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
  QList<Quantity>& now = shows();
  if (on) {
    now.removeLast();
    now.append(quantity);
  } else {
    for (const Quantity one : quantitiesOf(kind()))
      if (one != quantity && !now.contains(one)) {
        now[now.indexOf(quantity)] = one;
        break;
      }
  }
  showTitles();
  showCurves();
  Q_EMIT plotsChanged(plotsOf(kind()));
}

void RunPage::setLow(bool to) {
  if (low == to) return;
  low = to;
  arrange();
}

void RunPage::arrange() {
  which->setVisible(low && pages->currentIndex() == Curves);
  plotsButton->setVisible(pages->currentIndex() == Curves);
  for (int i = 0; i < plots.size(); i++) {
    grid->removeWidget(plots[i]);
    const bool on = !low || i / 2 == which->current();
    if (on) grid->addWidget(plots[i], low ? 0 : i / 2, i % 2);
    plots[i]->setVisible(on);
  }
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
    showViews();
    showTitles();
    arrange();
  }
  refresh();
  readReports();
  showHead();
  if (!same) {
    showCurves();
    showSamples();
  }
}

void RunPage::showHead() {
  if (shown.isEmpty()) return;
  const RunInfo& run = shown.front();
  QString pace;
  if (const auto& known = curves.rows(run.id); !known.empty()) {
    const double episodes = known.back().measured(Measure::Episodes);
    if (std::isfinite(episodes))
      pace = tr(", %1 episodes a second").arg(plainNumber(episodes, 2));
    else if (std::isfinite(known.back().tokensPerSecond))
      pace = tr(", %1 tokens a second").arg(countWords(known.back().tokensPerSecond));
  }
  head->setRun(run, int(shown.size()) - 1, pace);
}

void RunPage::refresh() {
  if (kind() == TrainKind::Ppo && !shown.isEmpty()) replies->setFiles(source.rolloutFiles(shown.front().id));
  if (!curves.read()) return;
  for (int i = 0; i < plots.size(); i++) curves.grow(*plots[i], shows()[i]);
  showHead();
}

void RunPage::showCurves() {
  for (int i = 0; i < plots.size(); i++) curves.fill(*plots[i], shows()[i]);
}

void RunPage::showSamples() {
  if (shown.isEmpty()) return;
  const auto list = source.samples(shown.front().id);
  samplesHeader->setDetail(list.isEmpty() ? QString() : tr("step %1").arg(plainNumber(list.front().step, 9)));
  QString html;
  for (const auto& sample : list)
    html += QStringLiteral("<p style='margin: 8px 12px'><span style='color: %1'>%2</span> %3%4%5</p>")
                .arg(Theme::current().muted.name(), tr("step %1").arg(plainNumber(sample.step, 9)),
                     sample.prompt.isEmpty() ? QString() : QStringLiteral(" "), promptInHtml(sample.prompt),
                     (u' ' + sample.text).toHtmlEscaped().replace(u'\n', QStringLiteral("<br>")));
  if (list.isEmpty())
    html = QStringLiteral("<p style='margin: 8px 12px; color: %1'>%2</p>")
               .arg(Theme::current().muted.name(), tr("The run writes its first samples at the first evaluation."));
  if (html == samplesShown) return;
  samplesShown = html;
  samples->setHtml(html);
  samplesAlone->setHtml(html);
}

} // namespace attune
