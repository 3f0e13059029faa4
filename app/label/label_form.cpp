#include "label/label_form.h"

#include "store/labels.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include <QComboBox>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QPainter>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace attune {

QByteArray LabelForm::Content::toDraft() const {
  return QJsonDocument(QJsonObject{{QStringLiteral("text"), text},
                                   {QStringLiteral("use_case"), useCase},
                                   {QStringLiteral("split"), split},
                                   {QStringLiteral("source"), source}})
      .toJson(QJsonDocument::Compact);
}

LabelForm::Content LabelForm::Content::fromDraft(const QByteArray& draft, const Content& otherwise) {
  const QJsonObject o = QJsonDocument::fromJson(draft).object();
  return {o.value(QStringLiteral("text")).toString(otherwise.text),
          o.value(QStringLiteral("use_case")).toString(otherwise.useCase),
          o.value(QStringLiteral("split")).toString(otherwise.split),
          o.value(QStringLiteral("source")).toString(otherwise.source)};
}

LabelForm::LabelForm(const QString& words, const QString& placeholder, const QString& acceptWords, QWidget* parent)
    : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(metric::spaceL, metric::space, metric::spaceL, metric::edge);
  column->setSpacing(metric::space);
  title = new QLabel(words);
  title->setFont(Theme::font(FontRole::Body, true));
  column->addWidget(title);
  text = new QPlainTextEdit;
  text->setPlaceholderText(placeholder);
  text->setAccessibleName(words);
  text->setFont(Theme::font(FontRole::Reading));
  text->setTabChangesFocus(true);
  text->setMinimumHeight(Theme::px(72));
  column->addWidget(text, 1);

  auto* fields = new QHBoxLayout;
  fields->setSpacing(metric::space);
  const auto labelled = [&](const QString& name, QWidget* widget, int stretch) {
    auto* label = new QLabel(name);
    label->setProperty("role", "muted");
    label->setBuddy(widget);
    widget->setAccessibleName(name);
    fields->addWidget(label);
    fields->addWidget(widget, stretch);
  };
  useCase = new QComboBox;
  useCase->addItem(tr("none"), QString());
  for (const labels::UseCase& one : labels::useCases())
    useCase->addItem(QString::fromLatin1(one.words), QString::fromLatin1(one.id));
  split = new QComboBox;
  for (const char* one : labels::splits()) split->addItem(QString::fromLatin1(one), QString::fromLatin1(one));
  source = new QLineEdit;
  for (QComboBox* box : {useCase, split}) {
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    connect(box, &QComboBox::activated, this, &LabelForm::edited);
  }
  labelled(tr("Use case"), useCase, 0);
  labelled(tr("Split"), split, 0);
  labelled(tr("Source"), source, 1);
  column->addLayout(fields);

  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(metric::space);
  auto* cancel = new KeyButton(tr("Close"));
  cancel->showKey(QKeySequence(Qt::Key_Escape));
  cancel->setToolTip(tr("What is written stays as a draft."));
  connect(cancel, &QPushButton::clicked, this, &LabelForm::cancelled);
  accept = new KeyButton(acceptWords, {}, QKeySequence(Qt::CTRL | Qt::Key_Return), KeyButton::Primary);
  connect(accept, &QPushButton::clicked, this, &LabelForm::accepted);
  reason = new ElidedLabel;
  reason->setMuted(true);
  reason->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  buttons->addWidget(cancel);
  buttons->addWidget(reason, 1);
  buttons->addWidget(accept);
  column->addLayout(buttons);

  connect(text, &QPlainTextEdit::textChanged, this, [this] {
    check();
    if (!filling) Q_EMIT edited();
  });
  connect(source, &QLineEdit::textEdited, this, &LabelForm::edited);
  check();
}

void LabelForm::check() {
  const QString why = !standing.isEmpty()                       ? standing
                      : text->toPlainText().trimmed().isEmpty() ? tr("Nothing is written yet")
                                                                : QString();
  accept->setEnabled(why.isEmpty());
  reason->setText(why);
}

void LabelForm::setTitle(const QString& words) {
  title->setText(words);
  text->setAccessibleName(words);
}

void LabelForm::setContent(const Content& content) {
  filling = true;
  if (text->toPlainText() != content.text) text->setPlainText(content.text);
  const auto choose = [](QComboBox* box, const QString& id) {
    if (box->findData(id) < 0) box->addItem(id, id); // one of the person's own
    box->setCurrentIndex(box->findData(id));
  };
  choose(useCase, content.useCase);
  choose(split, content.split);
  source->setText(content.source);
  filling = false;
  check();
}

LabelForm::Content LabelForm::content() const {
  return {text->toPlainText(), useCase->currentData().toString(), split->currentData().toString(), source->text()};
}

void LabelForm::paintEvent(QPaintEvent*) {
  QPainter p(this);
  p.fillRect(rect(), Theme::current().window);
  p.fillRect(0, height() - 1, width(), 1, Theme::current().border);
}

} // namespace attune
