// Pairs of a muted label and a value at the right, one a line; the values may be in the fixed font.
#pragma once

#include <QList>
#include <QWidget>

namespace attune {

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

} // namespace attune
