#include "models/model_side.h"

#include "models/model_list.h"
#include "models/origin_list.h"
#include "train/train_words.h"
#include "widgets/icons.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/property_rows.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QScrollArea>
#include <QVBoxLayout>

namespace attune {

class ModelSide::Mark : public QWidget {
public:
  explicit Mark(QWidget* parent)
      : QWidget(parent) {
    setFixedSize(16, 16);
  }
  ModelKind kind = ModelKind::Base;

protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    paintModelMark(painter, {8, 8}, kind, Theme::current().window);
  }
};

ModelSide::ModelSide(QWidget* parent)
    : QWidget(parent) {
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  body = new QWidget;
  auto* column = new QVBoxLayout(body);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);

  auto* head = new BarRow;
  head->add(mark = new Mark(head));
  head->add(name = new ElidedLabel, 1);
  name->setRole(FontRole::Body, true);
  head->add(tag = new Tag({}));
  column->addWidget(head);

  auto* buttons = new QHBoxLayout;
  buttons->setContentsMargins(metric::edge, metric::space, metric::edge, metric::space);
  buttons->setSpacing(metric::space);
  buttons->addWidget(chat = new KeyButton(tr("Chat"), QStringLiteral("chat"), {}, KeyButton::Primary), 1);
  buttons->addWidget(ppo = new KeyButton(tr("PPO with it"), QStringLiteral("train"), {}, KeyButton::Primary), 1);
  ppo->setToolTip(tr("A new run that trains a model to please this reward model"));
  buttons->addWidget(look = new KeyButton(tr("Look inside"), QStringLiteral("attention"), {}), 1);
  column->addLayout(buttons);
  results = new KeyButton(tr("How good they are"), QStringLiteral("half"));
  results->setToolTip(tr("The starter's models judged on held-out prompts, with intervals"));
  auto* wide = new QHBoxLayout;
  wide->setContentsMargins(metric::edge, 0, metric::edge, metric::space);
  wide->addWidget(results);
  column->addLayout(wide);
  trouble = new QLabel;
  trouble->setWordWrap(true);
  trouble->setProperty("role", "error");
  trouble->setContentsMargins(metric::edge, 0, metric::edge, metric::space);
  trouble->setTextInteractionFlags(Qt::TextSelectableByMouse);
  column->addWidget(trouble);
  column->addWidget(new Line);

  auto* inner = new QWidget;
  auto* list = new QVBoxLayout(inner);
  list->setContentsMargins(0, 4, 0, 0);
  list->setSpacing(0);
  list->addWidget(rows = new PropertyRows);
  list->addWidget(comparedHeader = new SectionHeader(tr("Compared")));
  list->addWidget(compared = new PropertyRows);
  list->addSpacing(4);
  list->addWidget(new Line);
  list->addWidget(madeHeader = new SectionHeader(tr("Made from")));
  madeHeader->addRight(verdict = new QLabel);
  madeHeader->addRight(verdictIcon = new QLabel);
  verdict->setFont(Theme::font(FontRole::Small));
  list->addWidget(made = new OriginList);
  note = new QLabel;
  note->setWordWrap(true);
  note->setProperty("role", "small");
  note->setContentsMargins(metric::edge, metric::space, metric::edge, metric::space);
  list->addWidget(note);
  list->addStretch(1);
  auto* scroll = new QScrollArea;
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->viewport()->setAutoFillBackground(false);
  inner->setAutoFillBackground(false);
  scroll->setWidget(inner);
  column->addWidget(scroll, 1);
  outer->addWidget(body);
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, [this] {
    if (!made->origins().isEmpty()) setOrigins(QList<ModelOrigin>(made->origins())); // its colours
  });
  setCard(nullptr);
}

void ModelSide::setCard(const ModelCard* card) {
  body->setVisible(card != nullptr);
  if (!card) return;
  const ModelEntry& entry = card->entry;
  const ModelConfig& config = card->config;
  const bool broken = !entry.trouble.isEmpty();
  mark->kind = card->kind;
  mark->update();
  name->setText(entry.name);
  tag->setText(entry.tag);
  tag->setVisible(!entry.tag.isEmpty());
  chat->setVisible(entry.speaks());
  ppo->setVisible(!broken && entry.classifier);
  look->setVisible(!broken);
  trouble->setText(entry.trouble);
  trouble->setVisible(broken);

  QList<PropertyRows::Row> list;
  if (card->bytes) {
    list << PropertyRows::Row{tr("Family"), QString::fromLatin1(architectureName(config.architecture)) +
                                                (config.classifier ? tr(", scores") : QString())}
         << PropertyRows::Row{tr("Shape"), shapeWords(config)}
         << PropertyRows::Row{tr("Parameters"), QLocale(QLocale::English).toString(qlonglong(card->parameters))}
         << PropertyRows::Row{tr("Context"), tr("%L1 tokens").arg(qlonglong(config.nCtx))}
         << PropertyRows::Row{tr("Vocabulary"), tr("%L1 tokens").arg(qlonglong(config.vocabSize))}
         << PropertyRows::Row{tr("On disk"), tr("%1, %2").arg(sizeWords(card->bytes), card->dtype)};
  }
  const Lineage& lineage = card->lineage;
  if (!lineage.run.empty())
    list << PropertyRows::Row{tr("Run"), QFileInfo(QString::fromStdString(lineage.run)).fileName()};
  if (lineage.seed) list << PropertyRows::Row{tr("Seed"), QString::number(*lineage.seed)};
  if (!lineage.device.empty())
    list << PropertyRows::Row{tr("Computed on"), QString::fromStdString(lineage.device).section(u'(', 0, 0).trimmed()};
  if (lineage.rewardShift) list << PropertyRows::Row{tr("Reward shift"), QString::number(*lineage.rewardShift, 'g', 4)};
  list << PropertyRows::Row{tr("Made"), QLocale().toString(card->made, QLocale::ShortFormat)};
  if (!card->hash.isEmpty())
    list << PropertyRows::Row{tr("SHA-256"), shortHash(card->hash) + u' ' + card->hash.mid(8, 4) + QStringLiteral(" …"),
                              false, true};
  rows->setRows(list, true);
  results->setVisible(!resultsFile(*card).isEmpty());
  showComparisons(*card);
}

// Against whom and who judged, the newest comparisons.
void ModelSide::showComparisons(const ModelCard& card) {
  constexpr qsizetype most = 3;
  QList<PropertyRows::Row> list;
  for (const ComparedResult& one : card.compared.mid(0, most)) {
    list << PropertyRows::Row{tr("Judged by"), one.scripted ? tr("%1, scripted").arg(one.judge) : one.judge};
    for (const ComparedResult::Against& other : one.against)
      list << PropertyRows::Row{tr("Preferred to %1").arg(other.name),
                                QStringLiteral("%1 (%2)").arg(other.words, other.counts), true};
    if (!one.mean.isEmpty()) list << PropertyRows::Row{one.rated ? tr("Rated, 1 to 7") : tr("Mean score"), one.mean};
  }
  compared->setRows(list, true);
  comparedHeader->setVisible(!list.isEmpty());
  compared->setVisible(!list.isEmpty());
  comparedHeader->setDetail(card.compared.size() > most ? tr("the newest %1 of %2").arg(most).arg(card.compared.size())
                                                        : QString());
}

void ModelSide::setOrigins(const QList<ModelOrigin>& origins) {
  made->setOrigins(origins);
  verdict->setText(origins.isEmpty() ? tr("nothing is known") : made->verdict());
  const bool good = !origins.isEmpty() && made->allMatch();
  bool changed = false, elsewhere = false; // what is gone is worth a word, what changed a warning
  for (const ModelOrigin& origin : origins) {
    changed = changed || origin.state == ModelOrigin::Changed;
    elsewhere = elsewhere || origin.state == ModelOrigin::Elsewhere;
  }
  QPalette colours = verdict->palette();
  const Theme& theme = Theme::current();
  colours.setColor(QPalette::WindowText, good ? theme.success : changed ? theme.warning : theme.muted);
  verdict->setPalette(colours);
  verdictIcon->setVisible(good || changed);
  verdictIcon->setPixmap(Icons::pixmap(good ? QStringLiteral("check") : QStringLiteral("warn"), 14,
                                       good ? theme.success : theme.warning, devicePixelRatioF()));
  note->setText(changed     ? tr("What changed is no longer what this model was made from. To make it again, bring the "
                                     "file with the recorded hash back.")
                : elsewhere ? tr("What was made elsewhere is known by its hash alone.")
                : origins.isEmpty() ? tr("Its files do not say what it was made from.")
                                    : QString());
  note->setVisible(!note->text().isEmpty());
}

void ModelSide::setChecking() {
  made->setOrigins({});
  note->hide();
  verdictIcon->hide();
  QPalette colours = verdict->palette();
  colours.setColor(QPalette::WindowText, Theme::current().muted);
  verdict->setPalette(colours);
  verdict->setText(tr("comparing hashes"));
}

void ModelSide::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), Theme::current().window);
}

} // namespace attune
