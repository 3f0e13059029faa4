#include "chat/reply_settings.h"

#include "chat/best_of_settings.h"
#include "chat/chat_session.h"
#include "widgets/key_button.h"
#include "widgets/labeled_slider.h"
#include "widgets/labels.h"
#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QVBoxLayout>

namespace attune {
namespace {

// 'word', dotted as a rare token is.
class RareSample : public QWidget {
public:
  explicit RareSample(QWidget* parent)
      : QWidget(parent) {
    const QFontMetrics body(Theme::font(FontRole::Body));
    setFixedSize(body.horizontalAdvance(text) + 2, body.height() + 6);
  }

protected:
  void paintEvent(QPaintEvent*) override {
    QPainter p(this);
    p.setPen(Theme::current().text);
    p.drawText(rect().adjusted(0, 0, 0, -4), Qt::AlignLeft | Qt::AlignVCenter, text);
    QPen dots(Theme::current().series[1], 2, Qt::CustomDashLine, Qt::FlatCap);
    dots.setDashPattern({1, 1});
    p.setPen(dots);
    p.drawLine(0, height() - 3, width(), height() - 3);
  }

private:
  const QString text = ReplySettings::tr("word");
};

QVBoxLayout* section(QVBoxLayout* column) {
  auto* rows = new QVBoxLayout;
  rows->setContentsMargins(metric::edge, metric::edge, metric::edge, metric::edge);
  rows->setSpacing(metric::space);
  column->addLayout(rows);
  return rows;
}

} // namespace

ReplySettings::ReplySettings(QWidget* parent)
    : QWidget(parent) {
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(0);
  auto* head = new SectionHeader(tr("Reply settings"), {}, this, metric::toolBar);
  auto* reset = new KeyButton(tr("Reset"), KeyButton::Flat, head);
  reset->setToolTip(tr("Sampling as it is at first; the system prompt and the longest reply stay"));
  head->addRight(reset);
  outer->addWidget(head);
  auto* scroll = new QScrollArea(this);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->viewport()->setAutoFillBackground(false);
  outer->addWidget(scroll, 1);
  auto* inner = new QWidget;
  inner->setAutoFillBackground(false);
  scroll->setWidget(inner);
  auto* column = new QVBoxLayout(inner);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);

  QVBoxLayout* top = section(column);
  auto* label = new QLabel(tr("System prompt"), inner);
  label->setProperty("role", "small");
  top->addWidget(label);
  prompt = new QPlainTextEdit(inner);
  prompt->setFixedHeight(Theme::px(62));
  prompt->setTabChangesFocus(true);
  prompt->setAccessibleName(tr("System prompt"));
  prompt->setPlaceholderText(tr("None"));
  label->setBuddy(prompt);
  top->addWidget(prompt);
  promptNote = new QLabel(inner);
  promptNote->setProperty("role", "small");
  promptNote->setWordWrap(true);
  promptNote->hide();
  top->addWidget(promptNote);
  column->addWidget(new Line(Qt::Horizontal, inner));

  QVBoxLayout* rows = section(column);
  greedy = new QCheckBox(tr("Greedy"), inner);
  greedy->setToolTip(tr("Always the likeliest token"));
  auto* greedyRow = new QHBoxLayout;
  greedyRow->addWidget(greedy);
  auto* always = new QLabel(tr("always the likeliest"), inner);
  always->setProperty("role", "small");
  greedyRow->addWidget(always, 1);
  const auto add = [&](const QString& name, double low, double high, int decimals, bool slider, const QString& tip) {
    auto* field = new LabeledSlider(name, low, high, low, decimals, slider, inner);
    field->setToolTip(tip);
    rows->addWidget(field);
    connect(field, &LabeledSlider::valueChanged, this, [this] {
      if (!filling) Q_EMIT samplerChanged(read());
    });
    return field;
  };
  temperature = add(tr("Temperature"), 0.05, 2, 2, true, tr("Below 1 the likely becomes likelier, above 1 less so"));
  topP =
      add(tr("Top-p"), 0.05, 1, 2, true, tr("Only the likeliest tokens that together have this probability; 1 is all"));
  minP = add(tr("Min-p"), 0, 1, 2, true,
             tr("Only tokens with at least this share of the likeliest one's probability; 0 is all"));
  topK = add(tr("Top-k"), 0, 100000, 0, false, tr("Only this many of the likeliest tokens; 0 is all"));
  penalty = add(tr("Repetition penalty"), 0.5, 2, 2, false,
                tr("Above 1, tokens that stand in the text already become less likely"));
  longest = add(tr("Longest reply, tokens"), 1, 100000, 0, false, tr("A reply is cut there"));
  seed = add(tr("Seed"), 0, 999999, 0, false,
             tr("The same seed, model, settings and text give the same reply; Again takes the next seed"));
  rows->addLayout(greedyRow);
  column->addWidget(new Line(Qt::Horizontal, inner));

  best = new BestOfSettings(inner);
  column->addWidget(best);
  column->addWidget(new Line(Qt::Horizontal, inner));

  QVBoxLayout* views = section(column);
  hover = new QCheckBox(tr("Probabilities on hover"), inner);
  markRare = new QCheckBox(tr("Mark tokens below 10 %"), inner);
  views->addWidget(hover);
  auto* rareRow = new QHBoxLayout;
  rareRow->addWidget(markRare, 1);
  rareRow->addWidget(new RareSample(inner));
  views->addLayout(rareRow);
  column->addStretch(1);

  connect(prompt, &QPlainTextEdit::textChanged, this, [this] {
    if (!filling) Q_EMIT systemPromptChanged(prompt->toPlainText());
  });
  connect(greedy, &QCheckBox::toggled, this, [this] {
    greyOut();
    if (!filling) Q_EMIT samplerChanged(read());
  });
  connect(hover, &QCheckBox::toggled, this, &ReplySettings::hoverChanged);
  connect(markRare, &QCheckBox::toggled, this, &ReplySettings::markRareChanged);
  connect(reset, &QPushButton::clicked, this, [this] {
    StoredSampler fresh = chatDefaults();
    fresh.maxTokens = int(longest->value());
    show(fresh, prompt->toPlainText());
    Q_EMIT samplerChanged(fresh);
  });
}

StoredSampler ReplySettings::read() const {
  StoredSampler s;
  s.temperature = temperature->value();
  s.topP = topP->value();
  s.minP = minP->value();
  s.topK = int(topK->value());
  s.repetitionPenalty = penalty->value();
  s.maxTokens = int(longest->value());
  s.seed = uint64_t(seed->value());
  s.greedy = greedy->isChecked();
  return s;
}

void ReplySettings::show(const StoredSampler& s, const QString& systemPrompt) {
  filling = true;
  temperature->setValue(s.temperature);
  topP->setValue(s.topP);
  minP->setValue(s.minP);
  topK->setValue(s.topK);
  penalty->setValue(s.repetitionPenalty);
  longest->setValue(s.maxTokens);
  seed->setValue(double(s.seed));
  greedy->setChecked(s.greedy);
  if (prompt->toPlainText() != systemPrompt) prompt->setPlainText(systemPrompt);
  filling = false;
  greyOut();
}

// What has no say while the likeliest is always taken.
void ReplySettings::greyOut() {
  for (LabeledSlider* field : {temperature, topP, minP, topK, seed}) field->setEnabled(!greedy->isChecked());
}

void ReplySettings::setBaseModel(bool base, const QString& name) {
  prompt->setEnabled(!base);
  promptNote->setVisible(base);
  promptNote->setText(tr("%1 is a base model: it continues the text and knows no system prompt.").arg(name));
}

void ReplySettings::setContext(int tokens) {
  if (tokens > 1) longest->field()->setRange(1, tokens - 1);
}

void ReplySettings::setHover(bool on) { hover->setChecked(on); }
void ReplySettings::setMarkRare(bool on) { markRare->setChecked(on); }

} // namespace attune
