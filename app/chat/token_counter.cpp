#include "chat/token_counter.h"

#include "error.h"
#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>

namespace attune {

TokenCounter::TokenCounter(QObject* parent)
    : QObject(parent) {
  soon.setSingleShot(true);
  soon.setInterval(120);
  connect(&soon, &QTimer::timeout, this, &TokenCounter::run);
}

void TokenCounter::ask(ModelTextPtr what, std::vector<Message> said, int reply) {
  text = std::move(what);
  messages = std::move(said);
  longest = reply;
  if (text) soon.start();
}

void TokenCounter::run() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  QThreadPool::globalInstance()->start(
      [guard = QPointer<TokenCounter>(this), text = text, messages = messages, longest = longest] {
        int tokens = 0, dropped = 0;
        try {
          tokens = tokenCount(*text, messages);
          if (tokens > promptRoom(*text, longest))
            dropped = promptTokens(*text, messages, promptRoom(*text, longest)).dropped;
        } catch (const std::exception&) { // sending it says why
        }
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [guard, tokens, dropped, context = text->context] {
              if (!guard) return;
              guard->running = false;
              if (std::exchange(guard->again, false)) return guard->run();
              Q_EMIT guard->counted(tokens, context, dropped);
            },
            Qt::QueuedConnection);
      });
}

} // namespace attune
