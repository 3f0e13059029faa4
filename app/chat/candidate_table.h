// The table under a best-of-n reply: every candidate with its score, the one shown ticked. A click on a row shows the
// whole of it, one on the head folds the table. Coordinates are the table's own.
#pragma once

#include "store/records.h"
#include <QCoreApplication>
#include <QList>
#include <QRect>

class QPainter;

namespace attune {

class CandidateTable {
  Q_DECLARE_TR_FUNCTIONS(attune::CandidateTable)
public:
  // What is folded or open stays while the candidates are the same.
  void set(const CandidateSet& candidates, int width);
  bool isEmpty() const { return what.list.isEmpty(); }
  int height() const { return tall; }
  QRect rankRect() const; // where 'Rank these' stands; it is no part of the table

  // False: nothing there that a click changes.
  bool wouldClick(QPoint at) const { return partAt(at) != nothing; }
  bool click(QPoint at); // true: the height may be another
  void paint(QPainter& painter, QPoint at, const QString& judge, QPoint pointer) const;
  // As a screen reader says it.
  QString words(const QString& judge) const;
  QRect rowRect(int row) const; // empty: not shown

private:
  static constexpr int nothing = -3, head = -2, rest = -1; // parts; else a row
  static constexpr int few = 8;
  int partAt(QPoint at) const;
  int shownRows() const;
  int openHeight(int row) const;
  void settle();
  void paintRow(QPainter& painter, int row, QRect place, bool hovered) const;

  CandidateSet what;
  int wide = 0, tall = 0, opened = -1;
  bool folded = false, all = false;
  QList<QRect> rows;
};

// '+1.84', '−0.97'
QString scoreWords(double score);

} // namespace attune
