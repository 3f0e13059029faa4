#include "attention/head_map.h"

#include "widgets/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <algorithm>
#include <cmath>

namespace attune {

namespace {
constexpr double largestCell = 64;
// Beyond this many places the map begins with a pixel a place instead of squeezing all in.
constexpr int manyPlaces = 512;
} // namespace

HeadMap::HeadMap(QWidget* parent)
    : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setAccessibleName(tr("Attention of one head"));
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, &HeadMap::refresh);
}

void HeadMap::refresh() {
  cells = QImage();
  update();
}

void HeadMap::setData(AttentionPtr to) {
  data = std::move(to);
  head.reset();
  labels.reset();
  if (data) labels.emplace(*data);
  view = {};
  kept = words = false;
  if (data && data->places() > manyPlaces)
    view.cell = std::max(1.0, MapLayout::fittingCell(data->places(), *labels, rect()));
  refresh();
  Q_EMIT viewChanged();
}

void HeadMap::setHead(std::shared_ptr<const LoadedHead> to) {
  head = std::move(to);
  if (head) setAccessibleName(headTitle(head->layer, head->head));
  refresh();
}

void HeadMap::setShade(Shade to) {
  shade = to;
  refresh();
}

MapLayout HeadMap::layoutNow() const { return {data->places(), *labels, rect(), view}; }

double HeadMap::cellSize() const { return data ? layoutNow().cell : 0; }

void HeadMap::setCell(int query, int key) {
  if (!data || (query == view.query && key == view.key)) return;
  view.query = query;
  view.key = key;
  if (head && query >= 0 && key >= 0)
    setAccessibleDescription(data->causal && key > query
                                 ? tr("%1 cannot read %2").arg(data->tokens[query], data->tokens[key])
                                 : tr("%1 reads %2, %3 percent")
                                       .arg(data->tokens[query], data->tokens[key])
                                       .arg(100.0 * double(head->weight(query, key)), 0, 'f', 1));
  update();
  Q_EMIT cellChanged(query, key);
}

void HeadMap::setPinned(bool on) {
  if (kept == on) return;
  kept = on;
  update();
  Q_EMIT viewChanged();
}

void HeadMap::zoom(double factor, QPointF at) {
  if (!data) return;
  const MapLayout before = layoutNow();
  const double fitting = std::min(MapLayout::fittingCell(data->places(), *labels, rect()), largestCell);
  const double cell = std::clamp(before.cell * factor, fitting, largestCell);
  const QPointF inside(std::clamp(at.x() - before.area.left(), 0.0, before.area.width()),
                       std::clamp(at.y() - before.area.top(), 0.0, before.area.height()));
  const QPointF place = before.corner + inside / before.cell;
  view.cell = cell <= fitting ? 0 : cell;
  view.corner = place - inside / cell;
  view.corner = layoutNow().corner;
  refresh();
  Q_EMIT viewChanged();
}

void HeadMap::fit() {
  view.cell = 0;
  view.corner = {};
  refresh();
  Q_EMIT viewChanged();
}

void HeadMap::moveBy(QPointF by) {
  view.corner += by;
  view.corner = layoutNow().corner;
  refresh();
  Q_EMIT viewChanged();
}

QString HeadMap::rest() const {
  if (!data) return {};
  const MapLayout layout = layoutNow();
  if (layout.whole()) return {};
  const auto range = [&](double from, double length) {
    const int first = int(std::floor(from)) + 1,
              last = std::min(layout.places, int(std::ceil(from + length / layout.cell)));
    return QStringLiteral("%1 to %2").arg(first).arg(last);
  };
  const QString rows = range(layout.corner.y(), layout.area.height()),
                columns = range(layout.corner.x(), layout.area.width());
  if (rows == columns) return tr("%1 of %L2").arg(rows).arg(layout.places);
  return tr("rows %1, columns %2").arg(rows, columns);
}

void HeadMap::showCell() {
  if (view.query < 0 || view.key < 0) return;
  const MapLayout layout = layoutNow();
  const double high = layout.area.height() / layout.cell, wide = layout.area.width() / layout.cell;
  QPointF corner = layout.corner;
  corner.setY(std::clamp(corner.y(), view.query + 1 - high, double(view.query)));
  corner.setX(std::clamp(corner.x(), view.key + 1 - wide, double(view.key)));
  if (corner == layout.corner) return;
  view.corner = corner;
  refresh();
  Q_EMIT viewChanged();
}

void HeadMap::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  if (!data || !head) {
    painter.fillRect(rect(), theme.surface);
    return;
  }
  const MapLayout layout = layoutNow();
  const double ratio = devicePixelRatioF();
  const QSize size = (layout.area.size() * ratio).toSize();
  if (cells.size() != size) {
    cells = head->raster.compose(size, -layout.corner * layout.cell * ratio, layout.cell * ratio, theme, shade);
    cells.setDevicePixelRatio(ratio);
  }
  painter.fillRect(rect(), theme.surface);
  painter.drawImage(layout.area.topLeft(), cells);
  painter.setPen(theme.border);
  painter.drawRect(layout.area.adjusted(-1, -1, 0, 0));
  paintMapLabels(painter, rect(), *data, layout, *labels, view, theme);
  paintCross(painter, layout);
  if (words) paintWords(painter, layout);
  if (hasFocus()) {
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.accent, 2));
    painter.drawRect(rect().adjusted(1, 1, -1, -1));
  }
}

void HeadMap::paintCross(QPainter& painter, const MapLayout& layout) {
  if (view.query < 0 || view.key < 0) return;
  const QRectF cell = layout.cellRect(view.query, view.key);
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing, false);
  painter.setClipRect(layout.area.adjusted(-1, -1, 1, 1));
  painter.setPen(QPen(Theme::current().text, kept ? 2 : 1));
  painter.setBrush(Qt::NoBrush);
  const double high = std::max(3.0, std::round(layout.cell));
  painter.drawRect(QRectF(layout.area.left(), std::round(cell.top()), layout.area.width() - 1, high));
  painter.drawRect(QRectF(std::round(cell.left()), layout.area.top(), high, layout.area.height() - 1));
  painter.restore();
}

void HeadMap::paintWords(QPainter& painter, const MapLayout& layout) {
  if (view.query < 0 || view.key < 0) return;
  const QRectF cell = layout.cellRect(view.query, view.key);
  if (!layout.area.intersects(cell)) return;
  const Theme& theme = Theme::current();
  const QFont mono = Theme::font(FontRole::Mono), plain = Theme::font(FontRole::Dense),
              bold = Theme::font(FontRole::Dense, true);
  const bool hidden = data->causal && view.key > view.query;
  struct Run {
    QString text;
    const QFont* font;
  };
  QList<Run> runs{{shownToken(data->tokens[view.query]), &mono},
                  {hidden ? tr(" cannot read ") : tr(" reads "), &plain},
                  {shownToken(data->tokens[view.key]), &mono},
                  {hidden ? tr(", it comes later") : QStringLiteral(" "), &plain}};
  if (!hidden) runs.append({percentWords(double(head->weight(view.query, view.key))), &bold});
  double wide = 0;
  for (const auto& run : runs) wide += QFontMetricsF(*run.font).horizontalAdvance(run.text);
  QRectF box(cell.right() + 10, cell.top() - 34, std::ceil(wide) + 18, 28);
  if (box.right() > width() - 4) box.moveRight(cell.left() - 10);
  if (box.left() < 4) box.moveLeft(4);
  if (box.top() < 4) box.moveTop(cell.bottom() + 8);
  box.moveTop(std::clamp(box.top(), 4.0, std::max(4.0, height() - box.height() - 4)));
  box.moveTopLeft(QPointF(std::round(box.left()) + 0.5, std::round(box.top()) + 0.5));
  painter.setRenderHint(QPainter::Antialiasing, true);
  painter.setPen(theme.outline);
  painter.setBrush(theme.surface);
  painter.drawRoundedRect(box, metric::radiusPopover, metric::radiusPopover);
  painter.setPen(theme.text);
  double x = box.left() + 9;
  const double y = box.center().y() + QFontMetricsF(plain).ascent() / 2 - 1.5;
  for (const auto& run : runs) {
    painter.setFont(*run.font);
    painter.drawText(QPointF(x, y), run.text);
    x += QFontMetricsF(*run.font).horizontalAdvance(run.text);
  }
}

void HeadMap::mouseMoveEvent(QMouseEvent* event) {
  if (!data || !head) return;
  const MapLayout layout = layoutNow();
  const QPointF at = event->position();
  if (dragged) {
    moveBy((*dragged - at) / layout.cell);
    dragged = at;
    return;
  }
  if (pressed && (at - *pressed).manhattanLength() > 4 && !layout.whole()) {
    dragged = at;
    setCursor(Qt::ClosedHandCursor);
    moveBy((*pressed - at) / layout.cell);
    return;
  }
  if (kept) return;
  const int row = layout.rowAt(at.y()), column = layout.columnAt(at.x());
  if (row < 0 || column < 0) {
    if (words) update();
    words = false;
    return;
  }
  words = true;
  setCell(row, column);
}

void HeadMap::mousePressEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && data) pressed = event->position();
}

void HeadMap::mouseReleaseEvent(QMouseEvent* event) {
  unsetCursor();
  const bool click = pressed && !dragged;
  pressed.reset();
  dragged.reset();
  if (!click || !data || !head) return;
  const MapLayout layout = layoutNow();
  const int row = layout.rowAt(event->position().y()), column = layout.columnAt(event->position().x());
  if (row < 0 || column < 0) return;
  const bool same = row == view.query && column == view.key && kept;
  words = true;
  setCell(row, column);
  setPinned(!same);
}

void HeadMap::leaveEvent(QEvent*) {
  if (kept || !words) return;
  words = false;
  update();
}

void HeadMap::wheelEvent(QWheelEvent* event) {
  const QPoint turn = event->angleDelta();
  if (!data || turn.isNull()) return event->ignore();
  if (event->modifiers() & Qt::ShiftModifier || turn.x() != 0)
    moveBy(QPointF(-(turn.x() ? turn.x() : turn.y()) / 4.0 / cellSize(), 0));
  else
    zoom(std::pow(1.0015, turn.y()), event->position());
  event->accept();
}

void HeadMap::keyPressEvent(QKeyEvent* event) {
  if (!data || event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) return QWidget::keyPressEvent(event);
  const int last = data->places() - 1;
  const auto go = [&](int row, int column) {
    words = true;
    setCell(std::clamp(row, 0, last), std::clamp(column, 0, last));
    showCell();
  };
  const int row = std::max(0, view.query), column = std::max(0, view.key);
  switch (event->key()) {
  case Qt::Key_Up:
    return go(row - 1, column);
  case Qt::Key_Down:
    return go(row + 1, column);
  case Qt::Key_Left:
    return go(row, column - 1);
  case Qt::Key_Right:
    return go(row, column + 1);
  case Qt::Key_PageUp:
    return go(row - 10, column);
  case Qt::Key_PageDown:
    return go(row + 10, column);
  case Qt::Key_Home:
    return go(row, 0);
  case Qt::Key_End:
    return go(row, row);
  case Qt::Key_Space:
    return setPinned(!kept);
  case Qt::Key_Plus:
  case Qt::Key_Equal:
    return zoom(1.25, QRectF(rect()).center());
  case Qt::Key_Minus:
    return zoom(0.8, QRectF(rect()).center());
  case Qt::Key_0:
    return fit();
  case Qt::Key_Escape:
    if (!kept && !words) break;
    words = false;
    setPinned(false);
    return update();
  default:
    break;
  }
  QWidget::keyPressEvent(event);
}

void HeadMap::resizeEvent(QResizeEvent*) {
  if (data && view.cell > 0 && view.cell < MapLayout::fittingCell(data->places(), *labels, rect())) view.cell = 0;
  refresh();
  Q_EMIT viewChanged();
}

} // namespace attune
