// The conversation as it is read: role at the left, text up to 680 wide, under each reply what can be done with it.
//
// It lays the turns out itself: a turn's lines are made again only when its text or the width changed, and only what is
// visible is painted. Tokens know their place, so the pointer finds them. A selection reaches over turns. Tab goes
// round the buttons of a reply (the last one, or where Ctrl+Up and Ctrl+Down went), Enter presses them.
#pragma once

#include "chat/candidate_table.h"
#include "chat/turn_layout.h"
#include <QAbstractScrollArea>
#include <QTimer>
#include <optional>

namespace attune {

class ChatSession;
class Engine;
class TokenPopover;

class Transcript : public QAbstractScrollArea {
  Q_OBJECT
public:
  enum class Action { Rank, LookInside, Again, Edit, Copy, Older, Newer };

  Transcript(ChatSession& session, Engine& engine, QWidget* parent = nullptr);

  void setHover(bool on);    // probabilities under the pointer
  void setMarkRare(bool on); // under 10 %: a dotted line
  void setLookInside(bool on);
  void setModelName(const QString& name); // for the mark of what it no longer sees
  TokenPopover* popover() const { return ladder; }
  QString selectedText() const; // turns with an empty line between them
  void selectAll();

  // Where things stand, in the viewport's coordinates, for tests. Empty where there is none.
  QRect tokenRect(int turn, int token) const;
  QRect actionRect(int turn, Action action) const;
  QRect candidateRect(int turn, int row) const;
  QString markText() const; // what the model no longer sees; empty: it sees all
  QPoint textPoint(int turn, int character) const;
  std::optional<Action> focusedAction() const; // the button that has the focus

Q_SIGNALS:
  void actionAsked(int turn, attune::Transcript::Action action);
  void continueAsked(int turn, int token, int32_t id);

protected:
  void paintEvent(QPaintEvent*) override;
  void resizeEvent(QResizeEvent*) override;
  void mouseMoveEvent(QMouseEvent*) override;
  void mousePressEvent(QMouseEvent*) override;
  void mouseReleaseEvent(QMouseEvent*) override;
  void mouseDoubleClickEvent(QMouseEvent*) override;
  void keyPressEvent(QKeyEvent*) override;
  bool focusNextPrevChild(bool next) override;
  void focusInEvent(QFocusEvent*) override;
  void focusOutEvent(QFocusEvent*) override;
  bool viewportEvent(QEvent*) override;
  void scrollContentsBy(int dx, int dy) override;

private:
  static constexpr int leftEdge = 24, roleWidth = 64, widest = 680, between = 12; // in the pictures' pixels
  static int markHeight();
  struct Place {
    TurnLayout text;
    CandidateTable candidates;
    int top = 0, textTop = 0, tableTop = -1, noteTop = -1, actionsTop = -1, bottom = 0;
  };
  struct Mark { // a place between two characters
    int turn = -1, at = 0;
    auto operator<=>(const Mark&) const = default;
  };
  struct Button {
    Action action;
    QRect rect; // content coordinates
    QString icon, words, key;
    bool enabled = true;
  };
  void layAll();
  void layTurn(int turn, bool text);
  void settle(); // scroll bar; stays at the end when it was there
  QList<Button> buttons(int turn) const;
  QString judgeName(const CandidateSet& candidates) const;
  int textLeft() const;
  int textWidth() const;
  int turnAt(int y) const;
  QPoint toContent(QPoint viewport) const;
  void hoverAt(QPoint viewport);
  void showPopover(int turn, int token, bool pinned);
  Mark markAt(QPoint viewport) const;             // the nearest one
  std::pair<int, int> selectedIn(int turn) const; // from, to; the same: nothing
  QList<Button> focusable() const;                // of the reply that the focus is on
  int focusTurn() const;
  void focusOn(int turn, int button);
  void paintTurn(QPainter& p, int turn) const;
  void paintButton(QPainter& p, const Button& button, bool hovered, bool focused) const;

  ChatSession& session;
  Engine& engine;
  std::vector<Place> places;
  TokenPopover* ladder;
  QTimer blink, leave;
  bool hover = true, markRare = true, lookInside = false, caretOn = true, atEnd = true;
  QString modelName;
  int hoveredTurn = -1, hoveredToken = -1;
  QPoint pointer{-1, -1};
  Mark anchor, head; // of the selection; turn −1: none
  int focusedTurn = -1, focusedButton = -1;
};

} // namespace attune
