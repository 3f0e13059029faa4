// What is slow (reading files, hashing them) happens in the thread pool; the answer comes back to the window's thread.
#pragma once

#include <QCoreApplication>
#include <QObject>
#include <QPointer>
#include <QThreadPool>
#include <utility>

namespace attune {

// Calls `ask` in the pool, then `answer` with its result in the window's thread, unless `object` is gone by then. `ask`
// must not throw.
template <class Ask, class Answer> void inPool(QObject* object, Ask ask, Answer answer) {
  QThreadPool::globalInstance()->start(
      [guard = QPointer<QObject>(object), ask = std::move(ask), answer = std::move(answer)]() mutable {
        auto result = ask();
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [guard, answer = std::move(answer), result = std::move(result)]() mutable {
              if (guard) answer(std::move(result));
            },
            Qt::QueuedConnection);
      });
}

} // namespace attune
