// A small opaque frame beside what it explains: the ten likeliest of a token, a value of a heat map.
//
// It never takes the focus, stays inside the screen (flips above or left where there is no room), goes when the pointer
// does, and stays when it was clicked (pinned) until Esc or a click elsewhere.
#pragma once

#include <QFrame>
#include <QRect>

namespace attune {

class Popover : public QFrame {
  Q_OBJECT
public:
  explicit Popover(QWidget* parent);

  // Shows it below the anchor (global coordinates), or above where it does not fit.
  void showAt(const QRect& anchor);
  bool isPinned() const { return pinned; }
  void setPinned(bool on);
  void leave(); // hides it unless pinned

  // Closes whatever popover is open in the program. True when there was one: that is Esc's first meaning.
  static bool closeOpen();

Q_SIGNALS:
  void closed();

protected:
  void paintEvent(QPaintEvent*) override;
  void mousePressEvent(QMouseEvent*) override;
  void hideEvent(QHideEvent*) override;
  bool eventFilter(QObject*, QEvent*) override;

private:
  bool pinned = false;
};

} // namespace attune
