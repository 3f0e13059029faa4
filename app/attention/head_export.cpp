#include "attention/head_painter.h"

#include "widgets/picture_file.h"
#include "widgets/theme.h"

#include <QFontMetricsF>
#include <charconv>

namespace attune {

namespace {

constexpr double titleHeight = 30;

// As large as the labels ask for, but no larger than a printed page can hold.
QSize mapSize(const AttentionData& data, const MapLabels& labels) {
  const double cell = data.places() <= 64 ? 18 : std::clamp(1600.0 / data.places(), 1.0, 18.0);
  const double side = cell >= 3 ? std::floor(cell) * data.places() : cell * data.places();
  return {int(std::ceil(labels.left + side + 34)), int(std::ceil(labels.top + side + 12 + titleHeight))};
}

void paintTitle(QPainter& painter, double width, const QString& title, const QString& rest, const Theme& theme) {
  painter.setPen(theme.text);
  painter.setFont(Theme::font(FontRole::Body, true));
  painter.drawText(QPointF(12, 20), title);
  const double from = 12 + QFontMetricsF(painter.font()).horizontalAdvance(title) + 10;
  painter.setFont(Theme::font(FontRole::Small));
  painter.setPen(theme.muted);
  painter.drawText(QPointF(from, 20), QFontMetricsF(painter.font()).elidedText(rest, Qt::ElideRight, width - from - 8));
}

void paintMapPage(QPainter& painter, QSize size, const AttentionData& data, const LoadedHead& head,
                  const MapLabels& labels, Shade shade, const Theme& theme, bool vector) {
  painter.fillRect(QRect(QPoint(), size), theme.surface);
  paintTitle(painter, size.width(), headTitle(head.layer, head.head), data.modelName, theme);
  paintHeadMap(painter, QRectF(0, titleHeight, size.width(), size.height() - titleHeight), data, head, labels, {},
               shade, theme, vector);
}

QSize gridPage(const AttentionData& data) { return headGridSize(data, 64) + QSize(24, 20 + int(titleHeight)); }

void paintGridPage(QPainter& painter, QSize size, const AttentionData& data, Shade shade, const Theme& theme) {
  painter.fillRect(QRect(QPoint(), size), theme.surface);
  paintTitle(painter, size.width(), QStringLiteral("All heads"),
             QStringLiteral("%1, %2 tokens").arg(data.modelName).arg(data.places()), theme);
  paintHeadGrid(painter, QPointF(12, titleHeight + 8), data, 64, shade, theme);
}

QByteArray number(float value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value);
  return {text, end.ptr - text};
}

} // namespace

QImage headImage(const AttentionData& data, const LoadedHead& head, Shade shade, const Theme* theme) {
  const MapLabels labels(data);
  const QSize size = mapSize(data, labels);
  return paintedImage(size, 1, [&](QPainter& painter) {
    paintMapPage(painter, size, data, head, labels, shade, theme ? *theme : Theme::light(), false);
  });
}

QByteArray headSvg(const AttentionData& data, const LoadedHead& head, Shade shade, const Theme* theme) {
  const MapLabels labels(data);
  const QSize size = mapSize(data, labels);
  return paintedSvg(size, headTitle(head.layer, head.head), [&](QPainter& painter) {
    paintMapPage(painter, size, data, head, labels, shade, theme ? *theme : Theme::light(), true);
  });
}

QByteArray headCsv(const AttentionData& data, const LoadedHead& head) {
  QByteArray csv = "place,token";
  for (int key = 0; key < data.places(); key++)
    csv += ',' + csvField(QStringLiteral("%1 %2").arg(key).arg(data.tokens[key])).toUtf8();
  csv += '\n';
  for (int query = 0; query < data.places(); query++) {
    csv += QByteArray::number(query) + ',' + csvField(data.tokens[query]).toUtf8();
    for (int key = 0; key < data.places(); key++) {
      csv += ',';
      if (!data.causal || key <= query) csv += number(head.weight(query, key));
    }
    csv += '\n';
  }
  return csv;
}

QImage gridImage(const AttentionData& data, Shade shade, const Theme* theme) {
  const QSize size = gridPage(data);
  return paintedImage(
      size, 1, [&](QPainter& painter) { paintGridPage(painter, size, data, shade, theme ? *theme : Theme::light()); });
}

QByteArray gridSvg(const AttentionData& data, Shade shade, const Theme* theme) {
  const QSize size = gridPage(data);
  return paintedSvg(size, QStringLiteral("All heads"), [&](QPainter& painter) {
    paintGridPage(painter, size, data, shade, theme ? *theme : Theme::light());
  });
}

QByteArray gridCsv(const AttentionData& data) {
  QByteArray csv = "layer,head,mostly reads,share,entropy\n";
  for (int layer = 0; layer < data.nLayer; layer++)
    for (int head = 0; head < data.nHead; head++) {
      const HeadDigest& digest = data.digest(layer, head);
      csv += QByteArray::number(layer) + ',' + QByteArray::number(head) + ',' +
             csvField(habitWords(digest.habit)).toUtf8() + ',' +
             (digest.habit == HeadHabit::Everything ? QByteArray() : number(digest.share)) + ',' +
             number(digest.entropy) + '\n';
    }
  return csv;
}

} // namespace attune
