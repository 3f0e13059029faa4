// How heads are drawn, without widgets: the same functions paint the window, pictures for export and `attention
// export`.
#pragma once

#include "attention/attention_data.h"
#include "attention/head_raster.h"

#include <QByteArray>
#include <QPainter>

namespace attune {

// One head as it is shown: its numbers and their raster.
struct LoadedHead {
  int layer = 0, head = 0;
  std::vector<float> weights; // [T, T]
  HeadRaster raster;

  float weight(int query, int key) const { return weights[std::size_t(query) * raster.places + key]; }
};
std::shared_ptr<const LoadedHead> loadHead(const AttentionData& data, int layer, int head);

// The room that token labels take, measured once for a text.
struct MapLabels {
  explicit MapLabels(const AttentionData& data);
  double left, top; // width of the row labels, height of the slanted column labels
};

// Which part of the map shows: cell is a place's size in pixels (0: as large as fits), corner the first column and row.
struct MapView {
  double cell = 0;
  QPointF corner;
  int query = -1, key = -1; // marked; -1: none
};

// Where everything is inside a rectangle.
struct MapLayout {
  MapLayout(int places, const MapLabels& labels, const QRectF& rect, const MapView& view);

  QRectF area; // of the cells that show, on whole pixels
  double cell;
  QPointF corner; // corrected so that no empty margin shows
  int places;

  static double fittingCell(int places, const MapLabels& labels, const QRectF& rect);
  QRectF cellRect(int row, int column) const;
  // The row or column at a pixel; -1 outside.
  int rowAt(double y) const;
  int columnAt(double x) const;
  bool whole() const { return cell * places <= std::min(area.width(), area.height()) + 0.5; }
};

// The token labels beside a map: those that fit, every n-th beyond, the marked row and column always and in accent.
void paintMapLabels(QPainter& painter, const QRectF& rect, const AttentionData& data, const MapLayout& layout,
                    const MapLabels& labels, const MapView& view, const Theme& theme);

// One head large, with tokens on both axes. With `vector` every cell is a rectangle of its own (SVG), up to
// 128 places.
void paintHeadMap(QPainter& painter, const QRectF& rect, const AttentionData& data, const LoadedHead& head,
                  const MapLabels& labels, const MapView& view, Shade shade, const Theme& theme, bool vector = false);

// All heads, a row a layer. Cells are squares of `cell` pixels.
QSize headGridSize(const AttentionData& data, int cell);
void paintHeadGrid(QPainter& painter, const QPointF& corner, const AttentionData& data, int cell, Shade shade,
                   const Theme& theme);

// What a person saves or `attention export` writes. The light theme unless asked.
QImage headImage(const AttentionData& data, const LoadedHead& head, Shade shade, const Theme* theme = nullptr);
QByteArray headSvg(const AttentionData& data, const LoadedHead& head, Shade shade, const Theme* theme = nullptr);
// Place, token, then the weight of every place that is read; nothing where the mask hides.
QByteArray headCsv(const AttentionData& data, const LoadedHead& head);
QImage gridImage(const AttentionData& data, Shade shade, const Theme* theme = nullptr);
QByteArray gridSvg(const AttentionData& data, Shade shade, const Theme* theme = nullptr);
// A row a head: layer, head, what it mostly reads, share, entropy.
QByteArray gridCsv(const AttentionData& data);

} // namespace attune
