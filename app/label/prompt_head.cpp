#include "label/prompt_head.h"

#include "store/labels.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include <QPainter>
#include <QScrollArea>
#include <QVBoxLayout>

namespace attune {

PromptHead::PromptHead(QWidget* parent)
    : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(metric::spaceL, 5, metric::edge, 9);
  column->setSpacing(1);
  auto* row = new QHBoxLayout;
  row->setSpacing(metric::space);
  place = new ElidedLabel({}, FontRole::Dense);
  place->setMuted(true);
  useCase = new Tag({});
  split = new Tag({});
  scripted = Tag::scripted();
  edited = new Tag(tr("saved"));
  row->addWidget(place);
  for (Tag* tag : {useCase, split, edited, scripted}) row->addWidget(tag);
  row->addStretch(1);
  ideal = new KeyButton(tr("Write the ideal answer"), QStringLiteral("pencil"), {}, KeyButton::Flat);
  ideal->showKey(QKeySequence(Qt::Key_W));
  row->addWidget(ideal);
  column->addLayout(row);

  scroll = new QScrollArea;
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->viewport()->setAutoFillBackground(false);
  auto* texts = new QWidget;
  auto* lines = new QVBoxLayout(texts);
  lines->setContentsMargins(0, 0, 0, 0);
  lines->setSpacing(metric::spaceXs);
  const auto label = [&](FontRole role) {
    auto* one = new QLabel;
    one->setTextFormat(Qt::PlainText);
    one->setWordWrap(true);
    one->setFont(Theme::font(role));
    one->setTextInteractionFlags(Qt::TextSelectableByMouse);
    one->setFocusPolicy(Qt::NoFocus);
    lines->addWidget(one);
    return one;
  };
  history = label(FontRole::Dense);
  history->setProperty("role", "muted");
  words = label(FontRole::Prompt);
  lines->addStretch(1);
  scroll->setWidget(texts); // fills it with the window's ground, which the head is not
  texts->setAutoFillBackground(false);
  column->addWidget(scroll);
  setTask({}, 0, false);
}

void PromptHead::setTask(const LabelTask& task, int number, bool hasIdeal) {
  place->setText(number > 0 ? tr("Prompt %1").arg(number) : tr("Prompt"));
  useCase->setText(labels::useCaseWords(task.prompt.useCase));
  useCase->setVisible(!task.prompt.useCase.isEmpty());
  split->setText(task.prompt.split);
  split->setVisible(!task.prompt.split.isEmpty());
  scripted->setVisible(task.scripted);
  edited->setVisible(task.saved());
  ideal->setText(hasIdeal ? tr("Edit the ideal answer") : tr("Write the ideal answer"));
  ideal->setAccessibleName(ideal->text());
  QStringList before;
  for (const StoredMessage& message : task.prompt.history)
    before << (message.role == QLatin1String("assistant") ? tr("Reply: %1")
               : message.role == QLatin1String("system")  ? tr("System: %1")
                                                          : tr("You: %1"))
                  .arg(message.content);
  history->setText(before.join(QLatin1Char('\n')));
  history->setVisible(!before.isEmpty());
  words->setText(task.prompt.text);
  fit();
}

// As high as the words, up to about eight lines; then it scrolls.
void PromptHead::fit() {
  const int width = scroll->width() > 100 ? scroll->width() : this->width() - metric::spaceL - metric::edge;
  int height = words->heightForWidth(width);
  if (!history->isHidden()) height += history->heightForWidth(width) + metric::spaceXs;
  const bool low = window()->height() < metric::low;
  scroll->setFixedHeight(std::clamp(height + 2, Theme::px(24), Theme::px(low ? 90 : 180)));
}

void PromptHead::resizeEvent(QResizeEvent*) { fit(); }

void PromptHead::paintEvent(QPaintEvent*) {
  QPainter p(this);
  p.fillRect(rect(), Theme::current().surface);
  p.fillRect(0, height() - 1, width(), 1, Theme::current().border);
}

} // namespace attune
