// One head's [T, T] as bytes, ready to be painted at any zoom: a pyramid of maxima lets a thousand places be shown on a
// few hundred pixels without losing a single bright cell.
#pragma once

#include "attention/head_digest.h"

#include <QImage>
#include <QList>
#include <QRectF>
#include <vector>

namespace attune {

struct Theme;

enum class Shade { SquareRoot, Linear };

// The colour of each weight byte (see weightByte); [hiddenByMask] is the ground of what a causal mask hides.
QList<QRgb> headColors(const Theme& theme, Shade shade);
QRgb weightColor(float weight, const Theme& theme, Shade shade);

class HeadRaster {
public:
  HeadRaster() = default;
  // weights: [T, T], row q says what place q reads.
  HeadRaster(const std::vector<float>& weights, int places, bool causal);

  bool empty() const { return places == 0; }
  int places = 0;
  bool causal = true;

  // The part of the map that falls on a picture of the given size: the cell at (row, column) covers
  // [origin.x + column · cell, … + cell) × [origin.y + row · cell, …) pixels. What the mask hides is hatched.
  QImage compose(QSize size, QPointF origin, double cell, const Theme& theme, Shade shade) const;

private:
  struct Level {
    int side;
    std::vector<std::uint8_t> bytes;
  };
  std::vector<Level> levels; // [0] has T × T, each next one a quarter
};

// The small picture of a head, 8 bit with the ramp as its colour table; of at most `most` cells a side, each then the
// largest of those it stands for.
QImage digestImage(const HeadDigest& digest, const QList<QRgb>& colors, int most = 64);

} // namespace attune
