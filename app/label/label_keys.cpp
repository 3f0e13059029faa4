// The keys of Label: single letters while no text is being written.
#include "error.h"
#include "label/answer_board.h"
#include "label/answer_side.h"
#include "label/label_panel.h"
#include "store/labels.h"
#include "widgets/key_button.h"
#include "workbench.h"
#include <QAbstractButton>
#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPlainTextEdit>

namespace attune {
namespace {

bool isText(const QWidget* widget) {
  return qobject_cast<const QLineEdit*>(widget) || qobject_cast<const QPlainTextEdit*>(widget);
}

} // namespace

void LabelPanel::keyPressEvent(QKeyEvent* e) {
  QWidget* focused = QApplication::focusWidget();
  const bool enter = e->key() == Qt::Key_Return || e->key() == Qt::Key_Enter;
  if (auto* button = qobject_cast<QAbstractButton*>(focused); button && enter) return button->click();
  if (page() != Page::Rank || isText(focused) || !onKey(e->key(), e->modifiers() & ~Qt::KeypadModifier))
    Panel::keyPressEvent(e);
}

bool LabelPanel::onKey(int key, Qt::KeyboardModifiers modifiers) {
  const LabelTask& task = work->task();
  const int chosen = task.chosen;
  if (modifiers == Qt::ShiftModifier && key == Qt::Key_Up)
    return work->step(tr("rank higher"), [=](LabelTask& t) { return t.ranking.raise(chosen); }), true;
  if (modifiers == Qt::ShiftModifier && key == Qt::Key_Down)
    return work->step(tr("rank lower"), [=](LabelTask& t) { return t.ranking.lower(chosen); }), true;
  if (modifiers != Qt::NoModifier) return false;
  if (key == Qt::Key_Up || key == Qt::Key_Down) return moveChoice(key == Qt::Key_Up ? -1 : 1), true;
  if (key >= Qt::Key_1 && key <= Qt::Key_7)
    return work->step(tr("rate"), [=](LabelTask& t) { return t.rate(chosen, key - Qt::Key_0); }), true;
  if (key == Qt::Key_Return || key == Qt::Key_Enter) {
    if (save->isEnabled()) save->click();
    return true;
  }
  return onLetter(key);
}

bool LabelPanel::onLetter(int key) {
  const int chosen = work->task().chosen;
  if (key >= Qt::Key_A && key <= Qt::Key_I) {
    work->choose(key - Qt::Key_A);
    return true;
  }
  for (const labels::Flag& flag : labels::flags())
    if (key == Qt::Key(flag.key)) {
      const QString id = QString::fromLatin1(flag.id);
      work->step(tr("flag"), [=](LabelTask& t) { return t.toggleFlag(chosen, id); });
      return true;
    }
  switch (key) {
  case Qt::Key_T:
    work->step(tr("tie"), [=](LabelTask& t) { return t.ranking.tie(chosen); });
    return true;
  case Qt::Key_W:
    writeIdeal();
    return true;
  case Qt::Key_N:
    if (!sideShown()) showSide(true);
    side->noteField()->setFocus(Qt::ShortcutFocusReason);
    return true;
  case Qt::Key_S:
    if (!work->task().saved()) {
      work->skip();
      settle();
    }
    return true;
  default:
    return false;
  }
}

void LabelPanel::moveChoice(int by) {
  const QList<int> order = work->task().ranking.order();
  if (order.isEmpty()) return;
  const int at = int(order.indexOf(work->task().chosen));
  work->choose(order[std::clamp(at + by, 0, int(order.size()) - 1)]);
}

bool LabelPanel::escape() {
  if (isText(QApplication::focusWidget()) && side->isAncestorOf(QApplication::focusWidget())) {
    cards->setFocus();
    return true;
  }
  if (page() == Page::Type) {
    settle();
    cards->setFocus();
    return true;
  }
  if (ideal->isVisible()) {
    closeIdeal();
    return true;
  }
  if (!work->sampling()) return false;
  work->stopSampling();
  return true;
}

void LabelPanel::undo() {
  guarded([this] { bench.undo()->undo(); });
}

QList<QPair<QString, QString>> LabelPanel::keys() const {
  QString letters;
  for (const labels::Flag& flag : labels::flags()) letters += QChar::fromLatin1(flag.key) + QLatin1Char(' ');
  return {{tr("A … I"), tr("choose an answer")},
          {QStringLiteral("↑ ↓"), tr("the answer above, below")},
          {tr("Shift+↑, Shift+↓"), tr("rank it higher, lower; without a rank: put it last")},
          {QStringLiteral("T"), tr("tie it with the one above; a tied one leaves the tie")},
          {QStringLiteral("1 … 7"), tr("rate it; the same again takes the rating away")},
          {letters.trimmed(), tr("set a flag")},
          {QStringLiteral("W"), tr("write the ideal answer")},
          {QStringLiteral("N"), tr("write a note (Esc goes back)")},
          {QStringLiteral("S"), tr("skip the prompt")},
          {tr("Enter"), tr("save, next prompt")},
          {tr("Del"), tr("delete (in the list)")}};
}

} // namespace attune
