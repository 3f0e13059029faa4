// A plot of curves over steps, as a widget: it zooms along x (wheel, + and −), moves (drag, Shift+arrows), reads all
// values at the step under the pointer (or under the arrow keys), and saves itself as PNG, SVG and CSV.
//
// Several plots can read one step: give them the same PlotGroup.
#pragma once

#include "widgets/plot_painter.h"

#include <QPixmap>
#include <QWidget>

namespace attune {

// Plots that share the pointed step.
class PlotGroup : public QObject {
  Q_OBJECT
public:
  using QObject::QObject;
  void point(std::optional<double> x);
  std::optional<double> pointed() const { return x; }
Q_SIGNALS:
  void changed();

private:
  std::optional<double> x;
};

class Plot : public QWidget {
  Q_OBJECT
public:
  explicit Plot(QWidget* parent = nullptr);

  void setTitle(const QString& title);
  void setXName(const QString& name); // "step" unless said
  void setEmptyText(const QString& words);
  void setLogarithmic(bool on);
  void setSmoothing(double share); // see PlotModel
  // The x that the axis reaches although no point is there yet.
  void setEnd(std::optional<double> x);
  void setBest(std::optional<double> x);
  // Replaces all curves.
  void setCurves(std::vector<PlotCurve> curves);
  // Adds points to a curve; the whole is repainted once, when the event loop comes round.
  void append(std::size_t curve, double x, double y);
  const PlotModel& model() const { return data; }

  void setGroup(PlotGroup* group);
  // The step that is read, snapped to a point of the longest curve.
  std::optional<double> pointed() const { return view.pointed; }
  void setPointed(std::optional<double> x);
  // What stretch of x shows; all of it when reset.
  void showRange(double low, double high);
  void showAll();

  // The plot as a picture, in the light theme unless asked otherwise. Scale 2 gives twice the pixels.
  QImage image(QSize size, double scale = 2, const Theme* theme = nullptr) const;
  QByteArray svg(QSize size, const Theme* theme = nullptr) const;
  QByteArray csv() const { return plotCsv(data).toUtf8(); }
  // Writes by the file's ending (png, svg, csv); throws attune::Error with the reason when it cannot.
  void save(const QString& path) const;

  QSize sizeHint() const override { return {360, 150}; }
  QSize minimumSizeHint() const override { return {160, 96}; }

Q_SIGNALS:
  void pointedChanged();
  void failed(const QString& sentence);

protected:
  void paintEvent(QPaintEvent*) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent*) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent*) override;
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;

private:
  void point(std::optional<double> x);
  void stepBy(int points);
  void zoom(double factor, double pixel);
  void move(double part);
  void saveAs(const QString& ending);
  void refresh();

  PlotModel data;
  PlotView view;
  PlotGroup* group = nullptr;
  // The plot without what the pointer adds, so that hovering over a million points costs a copy of pixels.
  QPixmap ground;
  std::optional<QPointF> dragFrom;
};

} // namespace attune
