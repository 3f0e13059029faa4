// Shares (or means) as bars, each with the interval that holds the true value and its number beside it: win rates,
// accuracies, ratings. A dashed line stands where chance or a rating's middle is. Saves itself as PNG, SVG and CSV.
#pragma once

#include <QList>
#include <QWidget>
#include <optional>

class QPainter;

namespace attune {

struct Theme;

struct IntervalBar {
  QString name;
  double value = 0, low = 0, high = 0;
  QString of;                      // '120 pairs'
  bool known = true;               // false: `of` says why there is no number
  bool chosen = false;             // what the chart is about; the others are muted
  bool scripted = false;           // no person judged
  std::optional<double> published; // a tick
};

class IntervalBars : public QWidget {
  Q_OBJECT
public:
  explicit IntervalBars(QWidget* parent = nullptr);

  // From `low` to `high`; percent: values are shares of 1.
  void setScale(double low, double high, bool percent, std::optional<double> line = std::nullopt);
  void setTitle(const QString& title); // of pictures and for screen readers
  void setBars(const QList<IntervalBar>& bars);
  const QList<IntervalBar>& bars() const { return list; }
  QString numberWords(const IntervalBar& bar) const; // '71 % ± 8'

  QImage image(QSize size, double scale = 2) const;
  QByteArray csv() const;
  void save(const QString& path) const; // png, svg, csv by its ending; throws Error

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {180, sizeHint().height()}; }

Q_SIGNALS:
  void failed(const QString& sentence);

protected:
  void paintEvent(QPaintEvent*) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  bool event(QEvent* event) override;

private:
  int rowHeight() const;
  void paint(QPainter& painter, const QRect& rect, const Theme& theme) const;
  void saveAs(const QString& ending);

  QList<IntervalBar> list;
  QString title;
  double least = 0, most = 1;
  bool percent = true;
  std::optional<double> line;
};

} // namespace attune
