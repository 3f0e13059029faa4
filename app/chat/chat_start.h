// What Chat shows while nothing was said: whom one talks to, and three prompts to click.
#pragma once

#include <QStringList>
#include <QWidget>

namespace attune {

class EmptyState;
class KeyButton;

class ChatStart : public QWidget {
  Q_OBJECT
public:
  explicit ChatStart(QWidget* parent = nullptr);

  void showModel(const QString& name, bool starter, bool continuesText);
  void showNoModel(const QString& why);
  QList<KeyButton*> examples() const { return buttons; }

Q_SIGNALS:
  void exampleChosen(const QString& text);

private:
  EmptyState* words;
  QList<KeyButton*> buttons;
};

} // namespace attune
