#include "widgets/plot.h"

#include "widgets/picture_file.h"
#include "widgets/plot_axis.h"
#include "widgets/theme.h"

#include <QContextMenuEvent>
#include <QFileDialog>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <algorithm>
#include <cmath>

namespace attune {

void PlotGroup::point(std::optional<double> to) {
  if (to == x) return;
  x = to;
  Q_EMIT changed();
}

Plot::Plot(QWidget* parent)
    : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, &Plot::refresh);
}

void Plot::refresh() {
  ground = QPixmap();
  update();
}

void Plot::setTitle(const QString& title) {
  data.title = title;
  setAccessibleName(title);
  refresh();
}

void Plot::setXName(const QString& name) {
  data.xName = name;
  refresh();
}

void Plot::setEmptyText(const QString& words) {
  data.emptyText = words;
  refresh();
}

void Plot::setLogarithmic(bool on) {
  data.logarithmic = on;
  refresh();
}

void Plot::setSmoothing(double share) {
  if (data.smoothing == share) return;
  data.smoothing = share;
  refresh();
}

void Plot::setEnd(std::optional<double> x) {
  if (data.xEnd == x) return;
  data.xEnd = x;
  refresh();
}

void Plot::setBest(std::optional<double> x) {
  if (data.best == x) return;
  data.best = x;
  refresh();
}

void Plot::setCurves(std::vector<PlotCurve> curves) {
  data.curves = std::move(curves);
  refresh();
}

void Plot::append(std::size_t curve, double x, double y) {
  data.curves.at(curve).append(x, y);
  refresh();
}

void Plot::setGroup(PlotGroup* to) {
  if (group) disconnect(group, nullptr, this, nullptr);
  group = to;
  if (group) connect(group, &PlotGroup::changed, this, [this] { setPointed(group->pointed()); });
}

void Plot::setPointed(std::optional<double> x) {
  const PlotCurve* guide = data.longest();
  if (!guide) x.reset();
  if (x) x = guide->x(guide->nearest(*x));
  if (x == view.pointed) return;
  view.pointed = x;
  QString words = data.title;
  if (x) {
    words += QStringLiteral(", %1 %2").arg(data.xName, plainNumber(*x, 9));
    for (const auto& curve : data.curves)
      if (curve.size() > 0) words += QStringLiteral(", %1 %2").arg(curve.name, plainNumber(curve.y(curve.nearest(*x))));
  }
  setAccessibleDescription(words);
  update();
  Q_EMIT pointedChanged();
}

void Plot::point(std::optional<double> x) {
  setPointed(x);
  if (group) group->point(view.pointed);
}

void Plot::showRange(double low, double high) {
  if (!(high > low)) return;
  view.low = low;
  view.high = high;
  refresh();
}

void Plot::showAll() {
  view.low.reset();
  view.high.reset();
  refresh();
}

void Plot::zoom(double factor, double pixel) {
  const PlotLayout layout(data, view, rect());
  const double at = std::clamp(layout.toX(pixel), layout.xLow, layout.xHigh);
  const double low = std::max(layout.xFirst, at - (at - layout.xLow) * factor);
  const double high = std::min(layout.xLast, at + (layout.xHigh - at) * factor);
  if (low <= layout.xFirst && high >= layout.xLast)
    showAll();
  else if (high - low >= 4)
    showRange(low, high);
}

void Plot::move(double part) {
  if (!view.low) return;
  const PlotLayout layout(data, view, rect());
  const double span = layout.xHigh - layout.xLow;
  const double low = std::clamp(layout.xLow + part * span, layout.xFirst, std::max(layout.xFirst, layout.xLast - span));
  showRange(low, low + span);
}

void Plot::stepBy(int points) {
  const PlotCurve* guide = data.longest();
  if (!guide) return;
  const PlotLayout layout(data, view, rect());
  std::ptrdiff_t i = view.pointed ? std::ptrdiff_t(guide->nearest(*view.pointed)) + points
                                  : std::ptrdiff_t(guide->nearest(points > 0 ? layout.xLow : layout.xHigh));
  i = std::clamp<std::ptrdiff_t>(i, 0, std::ptrdiff_t(guide->size()) - 1);
  point(guide->x(std::size_t(i)));
  if (view.low && (*view.pointed < layout.xLow || *view.pointed > layout.xHigh)) {
    const double span = layout.xHigh - layout.xLow;
    const double low =
        std::clamp(*view.pointed - span / 2, layout.xFirst, std::max(layout.xFirst, layout.xLast - span));
    showRange(low, low + span);
  }
}

void Plot::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  const double ratio = devicePixelRatioF();
  if (ground.isNull() || ground.size() != size() * ratio) {
    ground = QPixmap(size() * ratio);
    ground.setDevicePixelRatio(ratio);
    QPainter painter(&ground);
    PlotView still = view;
    still.pointed.reset();
    paintPlot(painter, rect(), data, still, theme);
  }
  QPainter painter(this);
  painter.drawPixmap(0, 0, ground);
  paintPointed(painter, rect(), data, view, theme);
  if (hasFocus()) {
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.accent, 2));
    painter.drawRect(rect().adjusted(1, 1, -1, -1));
  }
}

void Plot::mouseMoveEvent(QMouseEvent* event) {
  const PlotLayout layout(data, view, rect());
  if (dragFrom) {
    const double part = (dragFrom->x() - event->position().x()) / layout.area.width();
    dragFrom = event->position();
    move(part);
    return;
  }
  const bool inside = layout.area.adjusted(-4, -8, 4, 8).contains(event->position());
  point(inside ? std::optional<double>(layout.toX(event->position().x())) : std::nullopt);
}

void Plot::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || !view.low) return;
  dragFrom = event->position();
  setCursor(Qt::ClosedHandCursor);
}

void Plot::mouseReleaseEvent(QMouseEvent*) {
  dragFrom.reset();
  unsetCursor();
}

void Plot::mouseDoubleClickEvent(QMouseEvent*) { showAll(); }

void Plot::wheelEvent(QWheelEvent* event) {
  if (data.empty() || event->angleDelta().y() == 0) return event->ignore();
  zoom(std::pow(0.999, event->angleDelta().y()), event->position().x());
  event->accept();
}

void Plot::leaveEvent(QEvent*) { point(std::nullopt); }

void Plot::keyPressEvent(QKeyEvent* event) {
  const bool shift = event->modifiers() & Qt::ShiftModifier;
  const PlotCurve* guide = data.longest();
  switch (event->key()) {
  case Qt::Key_Left:
    return shift ? move(-0.1) : stepBy(-1);
  case Qt::Key_Right:
    return shift ? move(0.1) : stepBy(1);
  case Qt::Key_PageUp:
    return stepBy(-10);
  case Qt::Key_PageDown:
    return stepBy(10);
  case Qt::Key_Home:
    if (guide) stepBy(-int(guide->size()) - 1);
    return;
  case Qt::Key_End:
    if (guide) stepBy(int(guide->size()) + 1);
    return;
  case Qt::Key_Plus:
  case Qt::Key_Equal:
    return zoom(0.7, view.pointed ? PlotLayout(data, view, rect()).toPixelX(*view.pointed) : width() / 2.0);
  case Qt::Key_Minus:
    return zoom(1 / 0.7, width() / 2.0);
  case Qt::Key_0:
    return showAll();
  case Qt::Key_Escape:
    if (view.pointed) return point(std::nullopt);
    break;
  default:
    break;
  }
  QWidget::keyPressEvent(event);
}

void Plot::contextMenuEvent(QContextMenuEvent* event) {
  QMenu menu(this);
  if (!data.empty()) {
    for (const char* ending : {"png", "svg", "csv"}) {
      const QString name = QString::fromLatin1(ending);
      menu.addAction(tr("Save as %1…").arg(name.toUpper()), this, [this, name] { saveAs(name); });
    }
    menu.addSeparator();
  }
  QAction* log = menu.addAction(tr("Logarithmic axis"), this, [this] { setLogarithmic(!data.logarithmic); });
  log->setCheckable(true);
  log->setChecked(data.logarithmic);
  QAction* smooth = menu.addAction(tr("Smoothed"), this, [this] { setSmoothing(data.smoothing > 0 ? 0 : 0.95); });
  smooth->setCheckable(true);
  smooth->setChecked(data.smoothing > 0);
  QAction* all = menu.addAction(tr("Show all steps\t0"), this, &Plot::showAll);
  all->setEnabled(view.low.has_value());
  menu.exec(event->globalPos());
}

void Plot::saveAs(const QString& ending) {
  const QString path = QFileDialog::getSaveFileName(this, tr("Save the plot"), pictureFileName(data.title, ending),
                                                    pictureFilter(ending));
  if (path.isEmpty()) return;
  try {
    save(path);
  } catch (const std::exception& error) {
    Q_EMIT failed(QString::fromUtf8(error.what()));
  }
}

QImage Plot::image(QSize size, double scale, const Theme* theme) const {
  return paintedImage(size, scale, [&](QPainter& painter) {
    paintPlot(painter, QRectF(QPointF(), size), data, {view.low, view.high, {}}, theme ? *theme : Theme::light());
  });
}

QByteArray Plot::svg(QSize size, const Theme* theme) const {
  return paintedSvg(size, data.title, [&](QPainter& painter) {
    paintPlot(painter, QRectF(QPointF(), size), data, {view.low, view.high, {}}, theme ? *theme : Theme::light());
  });
}

void Plot::save(const QString& path) const {
  const QSize picture = size().expandedTo(QSize(640, 360));
  savePicture(
      path, [&] { return image(picture); }, [&] { return svg(picture); }, [&] { return csv(); });
}

} // namespace attune
