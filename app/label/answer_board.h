// The answers of a prompt as cards from best to worst: a big rank number beside each group, a bracket where answers are
// tied, those without a rank below. A card is dragged between groups (a rank of its own) or onto one (a tie).
//
// It paints and points; what is asked goes out as signals, and the panel's keys do the same things.
#pragma once

#include "label/label_task.h"
#include <QAbstractScrollArea>
#include <QTextLayout>
#include <functional>
#include <memory>
#include <vector>

namespace attune {

class AnswerBoard : public QAbstractScrollArea {
  Q_OBJECT
public:
  explicit AnswerBoard(QWidget* parent = nullptr);

  // `reveal`: models and settings show, as they may once a ranking is saved.
  void setTask(const LabelTask& task, bool reveal);
  void setModelNames(std::function<QString(const QString& id)> names) { modelName = std::move(names); }
  void setMessage(const QString& words); // under the cards: 'Sampling 5 answers'; empty: none
  void showAnswer(int answer);           // scrolls it into view

  // Where things are now, in the viewport.
  QRect cardRect(int answer) const;
  QRect ratingRect(int answer, int rating) const;

Q_SIGNALS:
  void chosen(int answer);
  void rated(int answer, int rating);
  void inserted(int answer, int group); // dragged to a rank of its own before this group
  void joined(int answer, int group);   // dragged onto an answer of this group
  void unranked(int answer);            // dragged down to those without a rank

protected:
  void paintEvent(QPaintEvent*) override;
  void resizeEvent(QResizeEvent*) override;
  void mousePressEvent(QMouseEvent*) override;
  void mouseMoveEvent(QMouseEvent*) override;
  void mouseReleaseEvent(QMouseEvent*) override;
  void keyPressEvent(QKeyEvent*) override;
  bool viewportEvent(QEvent*) override;
  void changeEvent(QEvent*) override;
  void focusInEvent(QFocusEvent*) override;
  void focusOutEvent(QFocusEvent*) override;

private:
  struct Card {
    int answer = 0;
    QRect rect; // of the whole, in content coordinates, as all here
    QRect rating;
    std::unique_ptr<QTextLayout> text;
    QString made;                        // model and settings, once revealed
    QList<QPair<QString, QPoint>> flags; // words, left middle
  };
  struct Drop {
    enum Kind { None, Insert, Join, Unrank } kind = None;
    int group = 0;
    int y = 0;
    bool operator==(const Drop&) const = default;
  };

  static constexpr int gutter = 62, rightMargin = 16; // left of the cards stand ranks and brackets

  void layOut();
  int layOutCard(Card& card, int top, int width); // returns its height
  void describe();
  const Card* cardAt(const QPoint& content) const;
  const Card* cardOf(int answer) const;
  QPoint toContent(const QPointF& viewport) const;
  Drop dropAt(const QPoint& content) const;
  void paintCard(QPainter& painter, const Card& card) const;
  void paintRanks(QPainter& painter) const;
  void paintRating(QPainter& painter, const Card& card) const;
  void endDrag();

  LabelTask task;
  bool reveal = false;
  QString message;
  std::function<QString(const QString&)> modelName;
  std::vector<Card> cards;             // from top to bottom
  int contentHeight = 0, restTop = -1; // restTop: of those without a rank, where others have one
  int pressed = -1;                    // the card under the button
  QPoint pressedAt, pointer;
  bool dragging = false;
  Drop drop;
};

} // namespace attune
