#include "press_keys.h"

#include <QApplication>
#include <QKeyEvent>
#include <QKeySequence>
#include <QPointer>
#include <QWidget>

namespace attune {

void pressKeys(QWidget& window, QWidget* otherwise, const QString& keys) {
  for (const QString& words : keys.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
    const QKeySequence sequence = QKeySequence::fromString(words);
    if (sequence.isEmpty()) continue;
    QKeyCombination key = sequence[0];
    // As the window system says it.
    if (key == QKeyCombination(Qt::ShiftModifier, Qt::Key_Tab))
      key = QKeyCombination(Qt::ShiftModifier, Qt::Key_Backtab);
    QMetaObject::invokeMethod(
        &window,
        [&window, otherwise = QPointer(otherwise), key] {
          QWidget* focused = window.focusWidget();
          if (!focused) focused = otherwise;
          if (!focused) return;
          QKeyEvent event(QEvent::KeyPress, key.key(), key.keyboardModifiers());
          QApplication::sendEvent(focused, &event);
        },
        Qt::QueuedConnection);
  }
}

} // namespace attune
