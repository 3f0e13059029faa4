// Beside the map: what the pointer reads, what its row reads most, and how the weight came about, number by number.
#pragma once

#include "attention/head_calculation.h"
#include "attention/head_painter.h"

#include <QWidget>

class QVBoxLayout;

namespace attune {

class SectionHeader;
class ElidedLabel;

// Pairs of a muted label and a value at the right, one a line; the values may be in the fixed font.
class PropertyRows : public QWidget {
  Q_OBJECT
public:
  struct Row {
    QString label, value;
    bool bold = false, mono = false;
  };
  explicit PropertyRows(QWidget* parent = nullptr);
  // A value that does not fit beside its label goes to a line of its own when `wrap` is set.
  void setRows(QList<Row> rows, bool wrap = false);
  const QList<Row>& rows() const { return list; }
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {80, sizeHint().height()}; }
  QString text() const;

protected:
  void paintEvent(QPaintEvent*) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void resizeEvent(QResizeEvent*) override;
  bool event(QEvent* event) override;

private:
  bool twoLines(const Row& row) const;
  int rowHeight() const;

  QList<Row> list;
  bool wrap = false;
};

// The largest weights of a row as bars; a click or Enter goes to that token.
class RowBars : public QWidget {
  Q_OBJECT
public:
  explicit RowBars(QWidget* parent = nullptr);
  void setRow(AttentionPtr data, std::shared_ptr<const LoadedHead> head, int query, int key, int most = 6);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {80, sizeHint().height()}; }

Q_SIGNALS:
  void chosen(int key);

protected:
  void paintEvent(QPaintEvent*) override;
  void mousePressEvent(QMouseEvent* event) override;

private:
  AttentionPtr data;
  std::shared_ptr<const LoadedHead> head;
  std::vector<int> places;
  int query = -1, key = -1;
};

class AttentionSide : public QWidget {
  Q_OBJECT
public:
  explicit AttentionSide(QWidget* parent = nullptr);
  void setCell(AttentionPtr data, std::shared_ptr<const LoadedHead> head, int query, int key, bool pinned);
  PropertyRows* readings() const { return pointer; }
  PropertyRows* calculation() const { return steps; }

Q_SIGNALS:
  void keyChosen(int key);

private:
  SectionHeader *pointerHeader, *rowHeader, *stepsHeader;
  PropertyRows *pointer, *steps;
  RowBars* bars;
};

} // namespace attune
