#include "train/reward_report_view.h"

#include "store/labels.h"
#include "widgets/empty_state.h"
#include "widgets/interval_bars.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/message_strip.h"
#include "widgets/plot.h"
#include "widgets/plot_axis.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QScrollArea>
#include <QVBoxLayout>
#include <cmath>

namespace attune {
namespace {

QVBoxLayout* columnOf(QWidget* widget) {
  auto* column = new QVBoxLayout(widget);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  return column;
}

QLabel* wrapped(FontRole role) {
  auto* label = new QLabel;
  label->setWordWrap(true);
  label->setFont(Theme::font(role));
  label->setMargin(metric::edge);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  return label;
}

QString text(const QJsonObject& object, const char* key) { return object.value(QLatin1String(key)).toString(); }
int whole(const QJsonObject& object, const char* key) { return object.value(QLatin1String(key)).toInt(); }
QJsonObject part(const QJsonObject& object, const char* key) { return object.value(QLatin1String(key)).toObject(); }
QJsonArray listIn(const QJsonObject& object, const char* key) { return object.value(QLatin1String(key)).toArray(); }

QString pairWords(int pairs) {
  return pairs == 1 ? RewardReportView::tr("1 pair") : RewardReportView::tr("%L1 pairs").arg(pairs);
}

IntervalBar barOf(const QString& name, const QJsonObject& share, const QString& of) {
  IntervalBar bar;
  bar.name = name;
  bar.of = of;
  bar.known = share.value(QStringLiteral("value")).isDouble();
  bar.value = share.value(QStringLiteral("value")).toDouble();
  bar.low = share.value(QStringLiteral("low")).toDouble();
  bar.high = share.value(QStringLiteral("high")).toDouble();
  return bar;
}

QString scoreText(double score) {
  return (score < 0 ? QString(QChar(0x2212)) : QStringLiteral("+")) + QString::number(std::abs(score), 'f', 2);
}

} // namespace

RewardReportView::RewardReportView(QWidget* parent)
    : QWidget(parent) {
  auto* outer = columnOf(this);
  outer->addWidget(strip = new MessageStrip);
  strip->setClosable(false);
  outer->addWidget(empty = new EmptyState(QStringLiteral("half"), {}, {}));
  outer->addWidget(scroll = new QScrollArea, 1);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* inner = new QWidget;
  auto* column = columnOf(inner);

  auto* top = new QHBoxLayout;
  top->setSpacing(0);
  auto* left = new QVBoxLayout;
  left->setSpacing(0);
  left->addWidget(accuracyHeader = new SectionHeader(tr("Right on held-out pairs"), tr("bars are 95 % intervals")));
  left->addWidget(accuracy = new IntervalBars);
  accuracy->setTitle(tr("Right on held-out pairs"));
  left->addWidget(new SectionHeader(tr("By margin"), tr("quarters of the pairs, by the difference of scores")));
  left->addWidget(margins = new IntervalBars);
  margins->setTitle(tr("Accuracy by margin"));
  left->addStretch(1);
  top->addLayout(left, 1);
  top->addWidget(new Line(Qt::Vertical));
  auto* right = new QVBoxLayout;
  right->setSpacing(0);
  calibration = new Plot;
  calibration->setTitle(tr("Calibration: how sure, how often right"));
  calibration->setXName(tr("sure"));
  calibration->setEmptyText(tr("Too few pairs for a curve."));
  calibration->setMinimumHeight(Theme::px(150));
  right->addWidget(calibration, 1);
  right->addWidget(new Line);
  right->addWidget(lines = wrapped(FontRole::Dense));
  top->addLayout(right, 1);
  column->addLayout(top);

  column->addWidget(new Line);
  auto* tables = new QHBoxLayout;
  tables->setSpacing(0);
  const auto table = [&](SectionHeader*& header, IntervalBars*& bars, const QString& title) {
    auto* half = new QVBoxLayout;
    half->setSpacing(0);
    half->addWidget(header = new SectionHeader(title));
    half->addWidget(bars = new IntervalBars);
    bars->setTitle(title);
    half->addStretch(1);
    tables->addLayout(half, 1);
  };
  table(casesHeader, cases, tr("By use case"));
  tables->addWidget(new Line(Qt::Vertical));
  table(labelersHeader, labelers, tr("By labeler"));
  column->addLayout(tables);
  column->addWidget(notes = wrapped(FontRole::Small));
  notes->setForegroundRole(QPalette::PlaceholderText);
  column->addWidget(worstHeader = new SectionHeader(tr("Most wrong"), tr("it scores the worse answer higher")));
  column->addWidget(worst = new QWidget);
  worstRows = columnOf(worst);
  column->addStretch(1);
  scroll->setWidget(inner);
  inner->setAutoFillBackground(false);
  scroll->viewport()->setBackgroundRole(QPalette::Base);
  for (IntervalBars* bars : {accuracy, margins, cases, labelers}) {
    bars->setScale(0, 1, true, 0.5);
    connect(bars, &IntervalBars::failed, this, &RewardReportView::failed);
  }
  connect(calibration, &Plot::failed, this, &RewardReportView::failed);
  showNothing(tr("No report yet"), {});
}

void RewardReportView::showNothing(const QString& what, const QString& why) {
  empty->setTitle(what);
  empty->setWhat(why);
  empty->show();
  scroll->hide();
  strip->clear();
}

bool RewardReportView::setRun(const QString& folder) {
  const QString name = folder + QStringLiteral("/reward_report.json");
  const QFileInfo info(name);
  const QString fresh = info.exists() ? info.lastModified().toString(Qt::ISODateWithMs) : QString();
  if (name == shownFile && fresh == stamp) return !fresh.isEmpty();
  shownFile = name;
  stamp = fresh;
  QFile file(name);
  if (!file.open(QFile::ReadOnly)) {
    showNothing(tr("No report yet"),
                tr("It is written when the last step is made, from the rankings that were held out."));
    return false;
  }
  QJsonParseError error{};
  const QJsonDocument document = QJsonDocument::fromJson(file.readAll(), &error);
  if (!document.isObject()) {
    showNothing(tr("The report cannot be read"), tr("%1 is no report: %2.").arg(name, error.errorString()));
    return false;
  }
  setReport(document.object());
  return true;
}

QString RewardReportView::verdict() const { return empty->isHidden() ? strip->what() : QString(); }
QString RewardReportView::noteWords() const { return notes->text(); }

void RewardReportView::setReport(const QJsonObject& report) {
  if (!report.contains(QStringLiteral("accuracy"))) {
    showNothing(
        tr("Nothing was held out"),
        tr("Whether this reward model is any good is not known. Train one with a share of the prompts held out, "
           "0.2 for instance."));
    return;
  }
  empty->hide();
  scroll->show();
  const bool better = report.value(QStringLiteral("better_than_length")).toBool();
  const double low = part(report, "accuracy").value(QStringLiteral("low")).toDouble();
  const double rule = std::max(part(report, "longer_wins").value(QStringLiteral("value")).toDouble(),
                               part(report, "shorter_wins").value(QStringLiteral("value")).toDouble());
  if (!better)
    strip->show(MessageStrip::Error, tr("This reward model failed."),
                tr("The length of the answers alone tells as much or more than its scores do. A policy trained with it "
                   "would learn nothing that was meant."));
  else if (low <= rule)
    strip->show(MessageStrip::Warning, tr("Better than the length of the answers, but not surely."),
                tr("Its interval holds the baseline too; more held-out pairs would tell."));
  else
    strip->show(MessageStrip::Success, tr("Better than the length of the answers alone."), {});
  fillBars(report);
  const double correlation = report.value(QStringLiteral("length_correlation")).toDouble();
  const QJsonObject copies = part(report, "duplicates");
  QStringList words{tr("Correlation of score and length: %1").arg(scoreText(correlation)),
                    tr("Held-out rankings whose prompt training has too: %L1").arg(whole(copies, "prompts")),
                    tr("Held-out answers that training has too: %L1").arg(whole(copies, "answers")),
                    tr("Trained on %L1 rankings").arg(whole(report, "training_rankings"))};
  if (const int out = whole(report, "left_out")) words << tr("Left out, too long or all ties: %L1").arg(out);
  if (const int skipped = whole(report, "skipped")) words << tr("Left out, no ranking: %L1").arg(skipped);
  lines->setText(words.join(u'\n'));
  QStringList sentences;
  for (const QJsonValue& note : listIn(report, "notes")) sentences << note.toString();
  notes->setText(sentences.join(u'\n'));
  notes->setVisible(!sentences.isEmpty());
  fillWorst(report);
}

void RewardReportView::fillBars(const QJsonObject& report) {
  QList<IntervalBar> bars;
  bars << barOf(tr("this model"), part(report, "accuracy"), pairWords(whole(report, "pairs")));
  bars.last().chosen = true;
  const QJsonObject strangers = part(report, "held_out_labelers");
  bars << barOf(tr("held-out labelers"), strangers,
                whole(strangers, "pairs") ? pairWords(whole(strangers, "pairs")) : tr("none held out"));
  bars.last().chosen = bars.last().known;
  const QJsonObject agreement = part(report, "agreement"), between = part(agreement, "between"),
                    within = part(agreement, "within");
  bars << barOf(tr("labelers agree"), between,
                whole(between, "pairs")                     ? pairWords(whole(between, "pairs"))
                : listIn(agreement, "labelers").size() > 1  ? tr("they never met")
                : listIn(agreement, "labelers").size() == 1 ? tr("one labeler")
                                                            : tr("none named"));
  if (whole(within, "pairs")) bars << barOf(tr("a labeler again"), within, pairWords(whole(within, "pairs")));
  bars << barOf(tr("longer wins"), part(report, "longer_wins"), {});
  bars << barOf(tr("shorter wins"), part(report, "shorter_wins"), {});
  accuracy->setBars(bars);
  accuracyHeader->setDetail(tr("95 % intervals, %L1 rankings").arg(whole(report, "rankings")));

  bars.clear();
  for (const QJsonValue& value : listIn(report, "by_margin")) {
    const QJsonObject row = value.toObject();
    bars << barOf(tr("%1 to %2")
                      .arg(plainNumber(row.value(QStringLiteral("from")).toDouble(), 2),
                           plainNumber(row.value(QStringLiteral("to")).toDouble(), 2)),
                  part(row, "accuracy"), pairWords(whole(row, "pairs")));
    bars.last().chosen = true;
  }
  margins->setBars(bars);

  const QJsonArray scripted = listIn(agreement, "scripted");
  const auto table = [&](const char* rows, const char* key) {
    QList<IntervalBar> list;
    for (const QJsonValue& value : listIn(report, rows)) {
      const QJsonObject row = value.toObject();
      list << barOf(text(row, key), part(row, "accuracy"), pairWords(whole(row, "pairs")));
      list.last().chosen = row.value(QStringLiteral("taught")).toBool(true);
      list.last().scripted = scripted.contains(text(row, key));
      if (!list.last().chosen) list.last().of += tr(", held out");
    }
    return list;
  };
  QList<IntervalBar> named = table("by_use_case", "use_case");
  for (IntervalBar& bar : named) bar.name = labels::useCaseWords(bar.name);
  cases->setBars(named);
  labelers->setBars(table("by_labeler", "labeler"));
  casesHeader->setDetail(cases->bars().isEmpty() ? tr("the data name none") : QString());
  labelersHeader->setDetail(labelers->bars().isEmpty() ? tr("the data name none") : QString());

  PlotCurve perfect(tr("right as often as sure"), 5), curve(tr("this model"), 0);
  for (const double x : {0.5, 1.0}) perfect.append(x, x);
  int known = 0;
  for (const QJsonValue& value : listIn(report, "calibration")) {
    const QJsonObject bin = value.toObject();
    if (!bin.value(QStringLiteral("accuracy")).isDouble()) continue;
    curve.append(bin.value(QStringLiteral("confidence")).toDouble(), bin.value(QStringLiteral("accuracy")).toDouble());
    ++known;
  }
  calibration->setCurves(known > 1 ? std::vector<PlotCurve>{curve, perfect} : std::vector<PlotCurve>{});
}

// --- the pairs to read

void RewardReportView::fillWorst(const QJsonObject& report) {
  relabels.clear();
  while (QLayoutItem* item = worstRows->takeAt(0)) {
    if (item->widget()) {
      item->widget()->hide();
      item->widget()->deleteLater();
    }
    delete item;
  }
  const QJsonArray pairs = listIn(report, "worst");
  worstHeader->setDetail(pairs.isEmpty() ? tr("no pair is ranked the wrong way round")
                                         : tr("it scores the worse answer higher; a click ranks them anew"));
  for (const QJsonValue& pair : pairs) worstRows->addWidget(worstPair(pair.toObject()));
}

QWidget* RewardReportView::worstPair(const QJsonObject& pair) {
  auto* row = new QWidget;
  auto* column = columnOf(row);
  auto* head = new QHBoxLayout;
  head->setContentsMargins(metric::edge, metric::space, metric::edge, 0);
  head->setSpacing(metric::space);
  QJsonArray prompt = listIn(pair, "prompt");
  const QString asked = prompt.isEmpty() ? QString() : text(prompt.last().toObject(), "content");
  auto* title = new ElidedLabel(asked.simplified());
  title->setRole(FontRole::Body, true);
  head->addWidget(title, 1);
  if (const QString useCase = text(pair, "use_case"); !useCase.isEmpty())
    head->addWidget(new Tag(labels::useCaseWords(useCase)));
  if (const QString labeler = text(pair, "labeler"); !labeler.isEmpty()) {
    auto* by = new ElidedLabel(tr("by %1").arg(labeler), FontRole::Small);
    by->setMuted(true);
    head->addWidget(by);
  }
  if (pair.value(QStringLiteral("scripted")).toBool()) head->addWidget(Tag::scripted());
  auto* button = new KeyButton(tr("Relabel"), QStringLiteral("label"), {}, KeyButton::Flat);
  button->setToolTip(tr("Opens the answers of this ranking in Label, to be ranked once more"));
  head->addWidget(button);
  column->addLayout(head);
  for (const bool better : {true, false}) {
    auto* answer = new QLabel;
    answer->setWordWrap(true);
    answer->setTextFormat(Qt::RichText);
    answer->setTextInteractionFlags(Qt::TextSelectableByMouse);
    answer->setContentsMargins(metric::edge, 2, metric::edge, better ? 2 : metric::space);
    const double score = pair.value(better ? QStringLiteral("score_better") : QStringLiteral("score_worse")).toDouble();
    answer->setText(QStringLiteral("<b>%1</b>&nbsp; %2<br>%3")
                        .arg(scoreText(score), better ? tr("the labeler's better one") : tr("the labeler's worse one"),
                             text(pair, better ? "better" : "worse")
                                 .trimmed()
                                 .toHtmlEscaped()
                                 .replace(u'\n', QStringLiteral("<br>"))));
    column->addWidget(answer);
  }
  column->addWidget(new Line);
  QVariantList history, answers;
  for (int i = 0; i + 1 < prompt.size(); ++i)
    history << QVariant(QVariantList{text(prompt[i].toObject(), "role"), text(prompt[i].toObject(), "content")});
  QJsonArray completions = listIn(pair, "completions");
  if (completions.size() < 2) completions = {text(pair, "better"), text(pair, "worse")};
  for (const QJsonValue& one : completions) answers << QVariant(QVariantList{one.toString(), QStringLiteral("eos")});
  const QVariantMap request{
      {QStringLiteral("text"), asked},           {QStringLiteral("history"), history},
      {QStringLiteral("answers"), answers},      {QStringLiteral("use_case"), text(pair, "use_case")},
      {QStringLiteral("set"), tr("To relabel")}, {QStringLiteral("source"), tr("reward report")}};
  connect(button, &QPushButton::clicked, this, [this, request] { Q_EMIT relabel(request); });
  relabels << button;
  return row;
}

} // namespace attune
