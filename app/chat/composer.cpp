#include "chat/composer.h"

#include "widgets/key_button.h"
#include "widgets/labels.h"
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QPlainTextEdit>
#include <QTextBlock>

namespace attune {

Composer::Composer(QWidget* parent)
    : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(metric::edge, 9, metric::edge, 6);
  column->setSpacing(4);
  auto* row = new QHBoxLayout;
  row->setSpacing(metric::space);
  edit = new QPlainTextEdit(this);
  edit->setTabChangesFocus(true);
  edit->setAccessibleName(tr("Message"));
  edit->installEventFilter(this);
  row->addWidget(edit, 1);
  send = new KeyButton(tr("Send"), KeyButton::Primary, this);
  row->addWidget(send, 0, Qt::AlignBottom);
  column->addLayout(row);
  auto* foot = new QHBoxLayout;
  hint = new ElidedLabel({}, FontRole::Small, this);
  hint->setMuted(true);
  count = new ElidedLabel({}, FontRole::Small, this);
  count->setMuted(true);
  count->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  foot->addWidget(hint, 1);
  foot->addWidget(count);
  column->addLayout(foot);
  // Send and Stop take the same place.
  int widest = 0;
  for (const auto& [words, key] : {std::pair(tr("Send"), Qt::Key_Return), std::pair(tr("Stop"), Qt::Key_Escape),
                                   std::pair(tr("Continue"), Qt::Key_Return)}) {
    KeyButton probe(words, QStringLiteral("stop"));
    probe.showKey(QKeySequence(key));
    widest = std::max(widest, probe.sizeHint().width());
  }
  send->setFixedWidth(widest);
  connect(send, &QPushButton::clicked, this, [this] { busy ? stopAsked() : sendNow(); });
  connect(edit, &QPlainTextEdit::textChanged, this, [this] {
    fit();
    waiting = waiting && !text().trimmed().isEmpty();
    say();
    Q_EMIT textChanged(text());
  });
  fit();
  say();
}

QString Composer::text() const { return edit->toPlainText(); }

void Composer::setText(const QString& text) {
  edit->setPlainText(text);
  edit->moveCursor(QTextCursor::End);
}

// Two lines, growing to six.
void Composer::fit() {
  int lines = 0;
  for (QTextBlock block = edit->document()->begin(); block.isValid(); block = block.next())
    lines += std::max(1, block.lineCount());
  const int step = edit->fontMetrics().lineSpacing();
  edit->setFixedHeight(std::clamp(lines, 2, 6) * step + 18);
}

void Composer::setBusy(bool on) {
  if (busy == on) return;
  busy = on;
  if (!busy && waiting) {
    waiting = false;
    say();
    QMetaObject::invokeMethod(this, &Composer::sendNow, Qt::QueuedConnection);
    return;
  }
  say();
}

void Composer::setCanSend(bool on, const QString& reason) {
  can = on;
  why = reason;
  say();
}

void Composer::setEditing(bool on) {
  editing = on;
  say();
}

void Composer::setContinues(bool on) {
  continues = on;
  say();
}

void Composer::setContext(int tokens, int context) {
  count->setText(context <= 0       ? QString()
                 : tokens > context ? tr("%1 tokens, the context holds %2").arg(tokens).arg(context)
                                    : tr("%1 of %2 tokens of context").arg(tokens).arg(context));
}

void Composer::say() {
  const bool empty = text().trimmed().isEmpty();
  send->setText(busy ? tr("Stop") : continues ? tr("Continue") : tr("Send"));
  send->setKind(busy ? KeyButton::Plain : KeyButton::Primary);
  send->setIconName(busy ? QStringLiteral("stop") : QString());
  send->setErrorIcon(busy);
  send->showKey(QKeySequence(busy ? Qt::Key_Escape : Qt::Key_Return));
  send->setEnabled(busy || (can && !empty));
  send->setAccessibleName(send->text());
  const QString lines = QStringLiteral("    ") + tr("Shift+Enter new line");
  hint->setText(!can && !busy ? why
                : waiting     ? tr("Sent when this reply ends.") + QStringLiteral("    ") + tr("Esc stops the reply")
                : editing     ? tr("Enter sends the changed message, as another version.    Esc leaves it as it was")
                : busy        ? tr("Enter sends when this reply ends") + lines
                : continues   ? tr("Enter continues the text") + lines
                              : tr("Enter sends") + lines);
}

void Composer::sendNow() {
  const QString typed = text().trimmed();
  if (typed.isEmpty() || !can) return;
  if (busy) {
    waiting = true;
    say();
    return;
  }
  Q_EMIT sent(continues ? text() : typed);
}

bool Composer::eventFilter(QObject* watched, QEvent* e) {
  if (watched == edit && e->type() == QEvent::KeyPress) {
    auto* key = static_cast<QKeyEvent*>(e);
    if ((key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) && !(key->modifiers() & Qt::ShiftModifier)) {
      sendNow();
      return true;
    }
  }
  if (watched == edit && e->type() == QEvent::Resize) fit();
  return QWidget::eventFilter(watched, e);
}

void Composer::paintEvent(QPaintEvent*) {
  QPainter p(this);
  p.fillRect(rect(), Theme::current().window);
  p.fillRect(0, 0, width(), 1, Theme::current().border);
}

} // namespace attune
