#include "data/labeler_side.h"

#include "data/agreement_matrix.h"
#include "train/train_words.h"
#include "widgets/labels.h"
#include "widgets/property_rows.h"

#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

namespace attune {
namespace {

QLabel* note(FontRole role) {
  auto* label = new QLabel;
  label->setWordWrap(true);
  label->setMargin(metric::edge);
  label->setFont(Theme::font(role));
  return label;
}

QString shareWords(const ShareInterval& share) {
  return LabelerSide::tr("%1 % ± %2").arg(100 * share.value, 0, 'f', 0).arg(50 * (share.high - share.low), 0, 'f', 0);
}

} // namespace

LabelerSide::LabelerSide(QWidget* parent)
    : QWidget(parent) {
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(0);
  auto* scroll = new QScrollArea;
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->viewport()->setAutoFillBackground(false);
  auto* inner = new QWidget;
  inner->setAutoFillBackground(false);
  auto* column = new QVBoxLayout(inner);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(top = new SectionHeader(tr("Labelers"), tr("same pairs, both ordered")));
  column->addWidget(matrix = new AgreementMatrix);
  column->addWidget(say = note(FontRole::Dense));
  column->addWidget(own = new SectionHeader(tr("Your own habits")));
  column->addWidget(habits = new PropertyRows);
  column->addWidget(places = new SectionHeader(tr("Place shown, when ranked best")));
  column->addWidget(bars = new PlaceBars);
  column->addWidget(sayPlaces = note(FontRole::Small));
  sayPlaces->setForegroundRole(QPalette::PlaceholderText);
  column->addStretch(1);
  scroll->setWidget(inner);
  outer->addWidget(scroll, 1);
  setFigures({});
  say->clear(); // nothing is known before the first figures
}

QString LabelerSide::words() const { return say->text(); }
QString LabelerSide::placeWords() const { return sayPlaces->text(); }
QString LabelerSide::habitsText() const { return habits->text(); }

void LabelerSide::sayAgreement(const LabelerFigures& figures) {
  const QStringList& names = figures.labelers;
  QString words;
  const bool rulesOnly = figures.rankings > 0 && figures.byRules == figures.rankings;
  if (rulesOnly)
    words = tr("Rules ranked all of them, no person did. A reward model taught by these rankings learns the rules; "
               "what people would say is not known.");
  else if (names.size() == figures.scripted.size())
    words = figures.rankings == 0 ? tr("Nothing has been ranked yet.")
            : figures.byRules     ? tr("The rankings that persons made do not name their labelers.")
                                  : tr("The rankings do not name their labelers.");
  else if (names.size() == 1)
    words = tr("One labeler only. A reward model taught by one learns one person's taste; what others would say of it "
               "is not known.");
  else if (figures.agreement.between.pairs == 0)
    words = tr("No two labelers ranked the same answers, so how far they agree is not known.");
  else
    words = tr("Labelers agree with each other on %1 % of %L2 pairs. A reward model taught by all of them can hardly "
               "be right more often.")
                .arg(100 * figures.agreement.between.share.value, 0, 'f', 0)
                .arg(figures.agreement.between.pairs);
  if (rulesOnly && figures.agreement.between.pairs > 0)
    words += u'\n' + tr("The rules agree with each other on %1 % of %L2 pairs.")
                         .arg(100 * figures.agreement.between.share.value, 0, 'f', 0)
                         .arg(figures.agreement.between.pairs);
  if (!figures.scripted.isEmpty())
    words += u'\n' + tr("Scripted, no persons: %1.").arg(figures.scripted.join(QStringLiteral(", ")));
  else if (figures.byRules > 0 && !rulesOnly)
    words += u'\n' + tr("%L1 more are scripted; rules are not counted as labelers.").arg(figures.byRules);
  if (const int more = int(names.size() - matrix->shown().size()); more > 0)
    words += u'\n' + tr("%1 more labelers do not show here.").arg(more);
  if (!figures.all) words += u'\n' + tr("Of the newest %L1 rankings.").arg(figures.rankings);
  say->setText(words);
}

void LabelerSide::setFigures(const LabelerFigures& figures) {
  matrix->setFigures(figures);
  matrix->setVisible(!figures.labelers.isEmpty());
  sayAgreement(figures);
  const bool any = figures.ownRankings > 0;
  own->setVisible(any);
  habits->setVisible(any);
  own->setTitle(tr("Habits of %1").arg(figures.own));
  own->setDetail(figures.ownRankings == 1 ? tr("1 ranking") : tr("%L1 rankings").arg(figures.ownRankings));
  QList<PropertyRows::Row> rows;
  rows << PropertyRows::Row{tr("Same again on repeats"),
                            figures.againPairs ? shareWords(figures.again) : tr("none yet")};
  rows << PropertyRows::Row{tr("Tied pairs"), tr("%1 %").arg(100 * figures.tied, 0, 'f', 0)};
  rows << PropertyRows::Row{tr("Longer answer higher"),
                            figures.pairs ? shareWords(figures.longer) : QStringLiteral("–")};
  if (figures.middleSeconds > 0)
    rows << PropertyRows::Row{tr("Middle time a prompt"), durationWords(figures.middleSeconds)};
  habits->setRows(rows);
  const bool placed = !figures.best.isEmpty();
  places->setVisible(placed);
  bars->setVisible(placed);
  sayPlaces->setVisible(placed);
  bars->setFigures(figures);
  if (!placed) return;
  places->setDetail(tr("%L1 rankings").arg(figures.placed));
  const double chance = 1.0 / figures.answers;
  QStringList out;
  for (int i = 0; i < figures.answers; ++i)
    if (figures.best[i].low > chance || figures.best[i].high < chance) out << QString::number(i + 1);
  const QString first = tr("Chance is %1 % each (K = %2).").arg(100 * chance, 0, 'f', 0).arg(figures.answers);
  sayPlaces->setText(
      first + u' ' +
      (out.isEmpty() ? tr("No place stands out: the order does not depend on what was seen first.")
       : out.size() == 1
           ? tr("Place %1 stands out: what is seen there is judged otherwise.").arg(out[0])
           : tr("Places %1 stand out: what is seen there is judged otherwise.").arg(out.join(QStringLiteral(", ")))));
}

} // namespace attune
