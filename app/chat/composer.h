// Where a person types: the text, Send and Stop in the same place, the tokens of the context. Typing never waits; Enter
// during a reply sends when it ends.
#pragma once

#include <QWidget>

class QPlainTextEdit;

namespace attune {

class ElidedLabel;
class KeyButton;

class Composer : public QWidget {
  Q_OBJECT
public:
  explicit Composer(QWidget* parent = nullptr);

  QString text() const;
  void setText(const QString& text); // with nothing to undo before it
  void setBusy(bool busy);           // Stop in place of Send; what waits is sent when it ends
  void setCanSend(bool can, const QString& why = {});
  void setEditing(bool on); // an earlier message is being changed
  bool isEditing() const { return editing; }
  void setContext(int tokens, int context); // 0 of 0 hides it
  void setContinues(bool on);               // a base model: 'Continue' in place of 'Send'
  QPlainTextEdit* field() const { return edit; }
  KeyButton* button() const { return send; }

Q_SIGNALS:
  void sent(const QString& text);
  void stopAsked();
  void textChanged(const QString& text);
  void editingLeft();

protected:
  bool eventFilter(QObject*, QEvent*) override;
  void paintEvent(QPaintEvent*) override;

private:
  void sendNow();
  void say();
  void fit();

  QPlainTextEdit* edit;
  KeyButton* send;
  ElidedLabel *hint, *count;
  bool busy = false, waiting = false, editing = false, can = true, continues = false;
  QString why;
};

} // namespace attune
