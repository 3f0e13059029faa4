// One turn's text in lines: where characters and tokens stand, and how it is painted. Coordinates are the text's own.
#pragma once

#include "chat/chat_turn.h"
#include <QTextLayout>
#include <memory>

class QPainter;

namespace attune {

class TurnLayout {
public:
  void set(const ChatTurn& turn, int width); // nothing is done where neither changed
  int height() const { return tall; }

  int characterAt(QPointF point) const; // −1: no text there
  int nearestCharacter(QPointF point) const;
  QList<QRectF> rectsOf(int start, int length) const; // one a line
  QRectF caret() const;                               // after the last character

  struct Marks {
    bool rare = false; // under 10 %: a dotted line
    int token = -1;    // under the pointer
    int selectionStart = 0, selectionEnd = 0;
    bool caret = false;
  };
  void paint(QPainter& painter, QPointF at, const ChatTurn& turn, const Marks& marks) const;

private:
  std::unique_ptr<QTextLayout> layout;
  QString laidText;
  int laidWidth = -1;
  int tall = 0;
};

} // namespace attune
