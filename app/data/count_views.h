// Two small painted tables of counts: use cases as bars beside InstructGPT's shares, and a grid of numbers.
#pragma once

#include "store/records.h"

#include <QStringList>
#include <QWidget>

namespace attune {

// One bar a use case, its published share as a tick. Those that nobody named stand last.
class UseCaseBars : public QWidget {
  Q_OBJECT
public:
  explicit UseCaseBars(QWidget* parent = nullptr);
  void setCounts(const QList<ValueCount>& counts);

  struct Bar {
    QString words;
    int count = 0;
    double share = 0;
    double published = -1; // below 0: not a published use case
  };
  const QList<Bar>& bars() const { return list; }
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {160, sizeHint().height()}; }

protected:
  void paintEvent(QPaintEvent*) override;
  bool event(QEvent* event) override;

private:
  int rowHeight() const;
  QList<Bar> list;
};

// Rows of a name and numbers under headings; the first heading names the rows. 0 is drawn as –.
class CountGrid : public QWidget {
  Q_OBJECT
public:
  explicit CountGrid(QWidget* parent = nullptr);
  struct Row {
    QString name;
    QList<int> counts;
    bool bold = false;
  };
  void setRows(const QStringList& headings, const QList<Row>& rows);
  const QList<Row>& rows() const { return list; }
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {160, sizeHint().height()}; }

protected:
  void paintEvent(QPaintEvent*) override;

private:
  int rowHeight() const;
  QStringList headings;
  QList<Row> list;
};

} // namespace attune
