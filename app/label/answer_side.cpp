#include "label/answer_side.h"

#include "store/labels.h"
#include "widgets/labeled_slider.h"
#include "widgets/labels.h"
#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QVBoxLayout>

namespace attune {
namespace {

QVBoxLayout* columnOf(QWidget* widget) {
  auto* column = new QVBoxLayout(widget);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  return column;
}

QLabel* small(const QString& words) {
  auto* label = new QLabel(words);
  label->setProperty("role", "small");
  return label;
}

} // namespace

AnswerSide::AnswerSide(QWidget* parent)
    : QWidget(parent) {
  auto* outer = columnOf(this);
  head = new SectionHeader(tr("Answer"), {}, this, metric::toolBar);
  outer->addWidget(head);
  auto* scroll = new QScrollArea;
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->viewport()->setAutoFillBackground(false);
  auto* innerPane = new QWidget;
  innerPane->setAutoFillBackground(false);
  auto* column = new QVBoxLayout(innerPane);
  column->setContentsMargins(metric::edge, 8, metric::edge, 8);
  column->setSpacing(4);
  column->addWidget(makeFlags());
  auto* noteLabel = small(tr("Note"));
  column->addWidget(noteLabel);
  note = new QPlainTextEdit;
  note->setPlaceholderText(tr("Why this order?"));
  note->setAccessibleName(tr("Note"));
  note->setTabChangesFocus(true);
  note->setFixedHeight(Theme::px(46));
  noteLabel->setBuddy(note);
  column->addWidget(note);
  column->addSpacing(4);
  column->addWidget(small(tr("How answers are sampled")));
  temperature = new LabeledSlider(tr("Temperature"), 0.1, 2, 1, 2, false);
  temperature->setStep(0.1);
  topP = new LabeledSlider(tr("Top-p"), 0.05, 1, 1, 2, false);
  topP->setStep(0.05);
  longest = new LabeledSlider(tr("Longest answer"), 8, 512, 96, 0, false);
  longest->setStep(8);
  for (LabeledSlider* one : {temperature, topP, longest}) {
    column->addWidget(one);
    connect(one, &LabeledSlider::valueChanged, this, [this] {
      if (filling) return;
      sampler.temperature = temperature->value();
      sampler.topP = topP->value();
      sampler.maxTokens = int(longest->value());
      Q_EMIT samplerChanged(sampler);
    });
  }
  auto* labelerLabel = small(tr("Labeler"));
  column->addWidget(labelerLabel);
  labeler = new QLineEdit;
  labeler->setAccessibleName(tr("Labeler"));
  labeler->setToolTip(tr("Stands beside everything you rank and write."));
  labelerLabel->setBuddy(labeler);
  column->addWidget(labeler);
  column->addStretch(1);
  scroll->setWidget(innerPane);
  outer->addWidget(scroll, 1);
  outer->addWidget(keys = makeKeys());

  connect(note, &QPlainTextEdit::textChanged, this, [this] {
    if (!filling) Q_EMIT noteChanged(note->toPlainText());
  });
  connect(labeler, &QLineEdit::editingFinished, this, [this] { Q_EMIT labelerChanged(labeler->text()); });
  setTask({});
}

QWidget* AnswerSide::makeFlags() {
  auto* pane = new QWidget;
  auto* column = columnOf(pane);
  column->addWidget(small(tr("Flags")));
  column->addSpacing(2);
  for (const labels::Flag& flag : labels::flags()) {
    auto* row = new QHBoxLayout;
    row->setSpacing(metric::space);
    auto* box = new QCheckBox(QString::fromLatin1(flag.words));
    const QString id = QString::fromLatin1(flag.id);
    box->setToolTip(QString::fromLatin1(flag.question));
    box->setMinimumWidth(1); // a wide font elides rather than widens the side
    box->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    box->setFixedHeight(std::max(metric::dense, box->fontMetrics().height() + 6));
    connect(box, &QCheckBox::clicked, this, [this, id] { Q_EMIT flagToggled(id); });
    boxes.insert(id, box);
    row->addWidget(box, 1);
    row->addWidget(new KeyCap(QString(QChar::fromLatin1(flag.key))));
    column->addLayout(row);
  }
  return pane;
}

QWidget* AnswerSide::makeKeys() {
  auto* pane = new QWidget;
  auto* column = columnOf(pane);
  auto* top = new SectionHeader(tr("Keys"), tr("F1 for all"));
  column->addWidget(new Line);
  column->addWidget(top);
  auto* grid = new QGridLayout;
  grid->setContentsMargins(metric::edge, 6, metric::edge, 8);
  grid->setHorizontalSpacing(metric::edge);
  grid->setVerticalSpacing(3);
  const QList<QPair<QStringList, QString>> rows{
      {{QStringLiteral("A"), QStringLiteral("–"), QStringLiteral("I")}, tr("choose an answer")},
      {{QStringLiteral("↑"), QStringLiteral("↓")}, tr("move along the list")},
      {{tr("Shift"), QStringLiteral("↑"), QStringLiteral("↓")}, tr("rank higher, lower")},
      {{QStringLiteral("T")}, tr("tie with above")},
      {{QStringLiteral("1"), QStringLiteral("–"), QStringLiteral("7")}, tr("rate it")},
      {{QStringLiteral("J"), QStringLiteral("–"), QStringLiteral("X")}, tr("set a flag")},
      {{QStringLiteral("N")}, tr("write a note")}};
  for (int i = 0; i < rows.size(); ++i) {
    auto* caps = new QHBoxLayout;
    caps->setSpacing(3);
    for (const QString& key : rows[i].first)
      caps->addWidget(key == QStringLiteral("–") ? static_cast<QWidget*>(new ElidedLabel(key, FontRole::Small))
                                                 : new KeyCap(key));
    caps->addStretch(1);
    grid->addLayout(caps, i, 0);
    grid->addWidget(new ElidedLabel(rows[i].second, FontRole::Dense), i, 1);
  }
  grid->setColumnStretch(1, 1);
  column->addLayout(grid);
  return pane;
}

void AnswerSide::setTask(const LabelTask& task) {
  filling = true;
  const bool any = task.chosen >= 0 && task.chosen < task.answers.size();
  const QStringList flags = any ? task.answers[task.chosen].flags : QStringList();
  head->setTitle(any ? tr("Answer %1").arg(QChar(u'A' + task.chosen)) : tr("No answer chosen"));
  head->setDetail(flags.isEmpty() ? QString() : flags.size() == 1 ? tr("1 flag") : tr("%1 flags").arg(flags.size()));
  for (auto box = boxes.begin(); box != boxes.end(); ++box) {
    box.value()->setEnabled(any);
    box.value()->setChecked(flags.contains(box.key()));
  }
  note->setEnabled(task.open());
  if (note->toPlainText() != task.note) note->setPlainText(task.note);
  filling = false;
}

void AnswerSide::setSampler(const StoredSampler& s) {
  filling = true;
  sampler = s;
  temperature->setValue(s.temperature);
  topP->setValue(s.topP);
  longest->setValue(s.maxTokens);
  filling = false;
}

void AnswerSide::setLabeler(const QString& name) { labeler->setText(name); }

void AnswerSide::setKeysShown(bool on) { keys->setVisible(on); }

} // namespace attune
