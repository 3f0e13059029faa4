// A text that a person writes, with its use case, split and source: a prompt of one's own, or the ideal answer.
#pragma once

#include <QByteArray>
#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;

namespace attune {

class KeyButton;

class LabelForm : public QWidget {
  Q_OBJECT
public:
  struct Content {
    QString text, useCase, split = QStringLiteral("train"), source;
    bool operator==(const Content&) const = default;
    QByteArray toDraft() const;
    static Content fromDraft(const QByteArray& draft, const Content& otherwise);
  };

  // `accept`: the words of the main button.
  LabelForm(const QString& title, const QString& placeholder, const QString& accept, QWidget* parent = nullptr);

  void setContent(const Content& content);
  Content content() const;
  void setTitle(const QString& title);
  void setReason(const QString& why) { standing = why, check(); } // the main button stays shut; empty: it need not
  QPlainTextEdit* field() const { return text; }
  KeyButton* acceptButton() const { return accept; }

Q_SIGNALS:
  void edited(); // by the person
  void accepted();
  void cancelled();

protected:
  void paintEvent(QPaintEvent*) override;

private:
  void check();

  QLabel* title;
  QPlainTextEdit* text;
  QComboBox *useCase, *split;
  QLineEdit* source;
  KeyButton* accept;
  class ElidedLabel* reason;
  QString standing;
  bool filling = false;
};

} // namespace attune
