// Counts, off the window's thread, what of the context a conversation takes and how much of it no longer fits. Asked
// again before it has answered, it answers the last question only.
#pragma once

#include "engine/model_text.h"
#include <QObject>
#include <QTimer>

namespace attune {

class TokenCounter : public QObject {
  Q_OBJECT
public:
  explicit TokenCounter(QObject* parent = nullptr);
  // `longest`: the longest reply, for which room is kept.
  void ask(ModelTextPtr text, std::vector<Message> messages, int longest);

Q_SIGNALS:
  // Of the whole conversation; `dropped` messages of it do not fit.
  void counted(int tokens, int context, int dropped);

private:
  void run();
  ModelTextPtr text;
  std::vector<Message> messages;
  int longest = 0;
  bool running = false, again = false;
  QTimer soon;
};

} // namespace attune
