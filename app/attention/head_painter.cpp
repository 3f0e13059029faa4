#include "attention/head_painter.h"

#include "widgets/theme.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

namespace attune {

namespace {
constexpr double slant = 60;
constexpr double widestLabel = 120;
constexpr double radians = slant * 3.14159265358979 / 180;
// Room for the slanted labels that lean out to the right, and below.
constexpr double rightEdge = 32, bottomEdge = 10, gap = 6;

int labelEvery(double cell, double lineHeight) { return std::max(1, int(std::ceil(lineHeight / cell))); }
} // namespace

std::shared_ptr<const LoadedHead> loadHead(const AttentionData& data, int layer, int head) {
  auto loaded = std::make_shared<LoadedHead>();
  loaded->layer = layer;
  loaded->head = head;
  loaded->weights = data.numbers->weights(layer, head);
  loaded->raster = HeadRaster(loaded->weights, data.places(), data.causal);
  return loaded;
}

MapLabels::MapLabels(const AttentionData& data) {
  const QFontMetricsF metrics(Theme::font(FontRole::Mono));
  double widest = metrics.horizontalAdvance(u'0') * 4;
  for (const auto& token : data.tokens) widest = std::max(widest, metrics.horizontalAdvance(shownToken(token)));
  widest = std::min(widest, widestLabel);
  left = std::ceil(widest) + 12 + gap;
  top = std::ceil(widest * std::sin(radians) + metrics.height() * std::cos(radians)) + gap + 2;
}

double MapLayout::fittingCell(int places, const MapLabels& labels, const QRectF& rect) {
  const double room = std::min(rect.width() - labels.left - rightEdge, rect.height() - labels.top - bottomEdge);
  const double cell = std::clamp(room / std::max(1, places), 0.02, 48.0);
  return cell >= 3 ? std::floor(cell) : cell;
}

MapLayout::MapLayout(int places, const MapLabels& labels, const QRectF& rect, const MapView& view)
    : cell(view.cell > 0 ? view.cell : fittingCell(places, labels, rect))
    , corner(view.corner)
    , places(places) {
  const double left = std::floor(rect.left() + labels.left), top = std::floor(rect.top() + labels.top);
  const double whole = std::ceil(cell * places - 1e-9);
  area = QRectF(left, top, std::floor(std::clamp(rect.right() - rightEdge - left, 8.0, std::max(8.0, whole))),
                std::floor(std::clamp(rect.bottom() - bottomEdge - top, 8.0, std::max(8.0, whole))));
  corner.setX(std::clamp(corner.x(), 0.0, std::max(0.0, places - area.width() / cell)));
  corner.setY(std::clamp(corner.y(), 0.0, std::max(0.0, places - area.height() / cell)));
}

QRectF MapLayout::cellRect(int row, int column) const {
  const double x = area.left() + (column - corner.x()) * cell, y = area.top() + (row - corner.y()) * cell;
  return {x, y, cell, cell};
}

int MapLayout::rowAt(double y) const {
  if (y < area.top() || y >= area.bottom()) return -1;
  const int row = int(std::floor((y - area.top()) / cell + corner.y()));
  return row < places ? row : -1;
}

int MapLayout::columnAt(double x) const {
  if (x < area.left() || x >= area.right()) return -1;
  const int column = int(std::floor((x - area.left()) / cell + corner.x()));
  return column < places ? column : -1;
}

namespace {

void paintCells(QPainter& painter, const MapLayout& layout, const LoadedHead& head, Shade shade, const Theme& theme) {
  painter.save();
  painter.setClipRect(layout.area);
  painter.setRenderHint(QPainter::Antialiasing, false);
  painter.setPen(Qt::NoPen);
  for (int r = 0; r < layout.places; r++)
    for (int c = 0; c < (head.raster.causal ? r + 1 : layout.places); c++)
      painter.fillRect(layout.cellRect(r, c), QColor(weightColor(head.weight(r, c), theme, shade)));
  if (head.raster.causal) {
    // Stripes as lines of their own: SVG viewers disagree about pattern brushes. In cells, the line x + y = u leaves the
    // diagonal's cell n at its top or right edge and ends at the map's.
    const double T = layout.places;
    const QPointF origin = layout.cellRect(0, 0).topLeft();
    QVector<QLineF> stripes;
    for (double u = 3 / layout.cell; u < 2 * T; u += 6 / layout.cell) {
      const double n = std::floor(u / 2);
      const QPointF from = u - n <= n + 1 ? QPointF(u - n, n) : QPointF(n + 1, u - n - 1);
      const QPointF to(std::min(u, T), std::max(0.0, u - T));
      if (from.x() < to.x()) stripes << QLineF(origin + from * layout.cell, origin + to * layout.cell);
    }
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen(theme.border, 1));
    painter.drawLines(stripes);
  }
  painter.restore();
}

} // namespace

void paintMapLabels(QPainter& painter, const QRectF& rect, const AttentionData& data, const MapLayout& layout,
                    const MapLabels& labels, const MapView& view, const Theme& theme) {
  const QFont mono = Theme::font(FontRole::Mono), bold = Theme::font(FontRole::Mono, true);
  const QFontMetricsF metrics(mono);
  const double room = labels.left - 12 - gap;
  const double lineHeight = metrics.ascent() + metrics.descent() * 0.5;
  const int every = labelEvery(layout.cell, lineHeight);
  const int firstRow = std::max(0, int(std::floor(layout.corner.y())));
  const int lastRow =
      std::min(layout.places - 1, int(std::ceil(layout.corner.y() + layout.area.height() / layout.cell)));
  const int firstColumn = std::max(0, int(std::floor(layout.corner.x())));
  const int lastColumn =
      std::min(layout.places - 1, int(std::ceil(layout.corner.x() + layout.area.width() / layout.cell)));
  // The marked ones always show; their neighbours give way.
  const auto shows = [&](int place, int marked) {
    if (place == marked) return true;
    return place % every == 0 && (marked < 0 || std::abs(place - marked) >= every);
  };
  painter.setRenderHint(QPainter::TextAntialiasing, true);
  const auto style = [&](bool marked) {
    painter.setFont(marked ? bold : mono);
    painter.setPen(marked ? theme.accent : theme.text);
  };
  for (int row = firstRow; row <= lastRow; row++) {
    const double y = layout.cellRect(row, 0).center().y();
    if (!shows(row, view.query) || y < layout.area.top() || y > layout.area.bottom()) continue;
    style(row == view.query);
    const QFontMetricsF used(painter.font());
    const QString text = used.elidedText(shownToken(data.tokens[row]), Qt::ElideRight, room);
    painter.drawText(QPointF(layout.area.left() - gap - used.horizontalAdvance(text), y + metrics.ascent() / 2 - 1.5),
                     text);
  }
  painter.save();
  painter.setClipRect(rect);
  for (int column = firstColumn; column <= lastColumn; column++) {
    const double x = layout.cellRect(0, column).center().x();
    if (!shows(column, view.key) || x < layout.area.left() || x > layout.area.right()) continue;
    style(column == view.key);
    painter.save();
    painter.translate(x + 3, layout.area.top() - gap);
    painter.rotate(-slant);
    painter.drawText(QPointF(0, 0),
                     QFontMetricsF(painter.font()).elidedText(shownToken(data.tokens[column]), Qt::ElideRight, room));
    painter.restore();
  }
  painter.restore();
  painter.setFont(Theme::font(FontRole::Small));
  painter.setPen(theme.muted);
  painter.drawText(QRectF(rect.left() + 12, rect.top() + 10, layout.area.left() - rect.left() - 20, labels.top - 14),
                   Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, QStringLiteral("rows read, columns are read"));
}

void paintHeadMap(QPainter& painter, const QRectF& rect, const AttentionData& data, const LoadedHead& head,
                  const MapLabels& labels, const MapView& view, Shade shade, const Theme& theme, bool vector) {
  painter.save();
  const MapLayout layout(data.places(), labels, rect, view);
  if (vector && data.places() <= 128) {
    paintCells(painter, layout, head, shade, theme);
  } else {
    const double ratio = painter.device()->devicePixelRatioF();
    QImage picture = head.raster.compose((layout.area.size() * ratio).toSize(), -layout.corner * layout.cell * ratio,
                                         layout.cell * ratio, theme, shade);
    picture.setDevicePixelRatio(ratio);
    painter.drawImage(layout.area.topLeft(), picture);
  }
  painter.setRenderHint(QPainter::Antialiasing, false);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(theme.border, 1));
  painter.drawRect(layout.area.adjusted(-1, -1, 0, 0));
  paintMapLabels(painter, rect, data, layout, labels, view, theme);
  painter.restore();
}

QSize headGridSize(const AttentionData& data, int cell) {
  const int label =
      int(std::ceil(QFontMetricsF(Theme::font(FontRole::Small)).horizontalAdvance(QStringLiteral("L00")))) + 10;
  return {label + data.nHead * (cell + 4), 20 + data.nLayer * (cell + 4)};
}

void paintHeadGrid(QPainter& painter, const QPointF& corner, const AttentionData& data, int cell, Shade shade,
                   const Theme& theme) {
  painter.save();
  const QSize size = headGridSize(data, cell);
  const double label = size.width() - data.nHead * (cell + 4);
  const auto colors = headColors(theme, shade);
  painter.setFont(Theme::font(FontRole::Small));
  painter.setRenderHint(QPainter::Antialiasing, false);
  painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
  const int every = cell < 24 ? 2 : 1;
  for (int head = 0; head < data.nHead; head += every) {
    painter.setPen(theme.muted);
    painter.drawText(QRectF(corner.x() + label + head * (cell + 4) - 12, corner.y(), cell + 24, 16), Qt::AlignCenter,
                     QStringLiteral("H%1").arg(head));
  }
  for (int layer = 0; layer < data.nLayer; layer++) {
    const double y = corner.y() + 20 + layer * (cell + 4);
    painter.setPen(theme.muted);
    painter.drawText(QRectF(corner.x(), y, label - 8, cell), Qt::AlignVCenter | Qt::AlignRight,
                     QStringLiteral("L%1").arg(layer));
    for (int head = 0; head < data.nHead; head++) {
      const QRectF where(corner.x() + label + head * (cell + 4), y, cell, cell);
      painter.drawImage(where, digestImage(data.digest(layer, head), colors, cell));
      painter.setPen(QPen(theme.border, 1));
      painter.setBrush(Qt::NoBrush);
      painter.drawRect(where.adjusted(-1, -1, 0, 0));
    }
  }
  painter.restore();
}

} // namespace attune
