// Beside the map: what the pointer reads, what its row reads most, and how the weight came about, number by number.
#pragma once

#include "attention/head_calculation.h"
#include "attention/head_painter.h"
#include "widgets/property_rows.h"

#include <QWidget>

class QVBoxLayout;

namespace attune {

class SectionHeader;
class ElidedLabel;

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
