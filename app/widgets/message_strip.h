// A strip above the content that says what happened: icon, bold what, plain why, one or two buttons, close.
//
// Errors and news stand here, never in a box: what happened, what is safe, what to do.
#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;

namespace attune {

class KeyButton;

class MessageStrip : public QFrame {
  Q_OBJECT
public:
  enum Kind { Info, Success, Warning, Error };
  explicit MessageStrip(QWidget* parent = nullptr); // hidden until something is shown

  void show(Kind kind, const QString& what, const QString& why = {});
  // Buttons belong to the message shown last; `show` removes those of the message before.
  KeyButton* addAction(const QString& text);
  void setClosable(bool on);
  QString what() const { return whatText; }
  QString why() const { return whyText; }

public Q_SLOTS:
  void clear(); // hides the strip

Q_SIGNALS:
  void closed(); // by the person

protected:
  void paintEvent(QPaintEvent*) override;

private:
  Kind kind = Info;
  QString whatText, whyText;
  QLabel* words;
  QHBoxLayout* buttons;
  QWidget* closeButton;
};

} // namespace attune
