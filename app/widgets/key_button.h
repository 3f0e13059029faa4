// A button that shows its key: label, then the key in small muted text after 8 px.
//
// Painted whole, in the states of the look: plain (an edge on raised ground), primary (accent), flat (no edge until the
// pointer comes) and checkable (selection ground while on). `setKey` also makes the key work while the button is
// visible and enabled; `showKey` only shows it, for keys that the panel handles itself (single letters, Esc).
#pragma once

#include <QKeySequence>
#include <QPushButton>

namespace attune {

// A key as it stands on buttons: the system's own words, but Enter for Return.
QString keyWords(const QKeySequence& key);

class KeyButton : public QPushButton {
  Q_OBJECT
public:
  enum Kind { Plain, Primary, Flat };

  explicit KeyButton(const QString& text, Kind kind = Plain, QWidget* parent = nullptr);
  KeyButton(const QString& text, const QString& iconName, const QKeySequence& key = {}, Kind kind = Plain,
            QWidget* parent = nullptr);

  void setKey(const QKeySequence& key);
  void showKey(const QKeySequence& key);
  void setKind(Kind kind);
  void setIconName(const QString& name); // "" for none
  void setErrorIcon(bool on);            // Stop's square is drawn in the error colour
  void setMenuArrow(bool on);            // a small down arrow at the right end

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

protected:
  void paintEvent(QPaintEvent*) override;
  bool event(QEvent*) override;

private:
  int wantedWidth(bool withKey) const;

  Kind kind;
  QString iconName;
  QKeySequence key;
  bool errorIcon = false, menuArrow = false;
};

} // namespace attune
