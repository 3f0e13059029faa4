#include "attention/head_raster.h"

#include "widgets/theme.h"

#include <algorithm>
#include <cmath>

namespace attune {

namespace {

QRgb mixed(const QColor& a, const QColor& b, double part) {
  const auto mix = [&](int x, int y) { return int(std::lround(x + (y - x) * part)); };
  return qRgb(mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()));
}

int rampPlace(double weight, Shade shade) {
  const double shown = shade == Shade::SquareRoot ? std::sqrt(weight) : weight;
  return std::clamp(int(std::lround(shown * 255)), 0, 255);
}

} // namespace

QList<QRgb> headColors(const Theme& theme, Shade shade) {
  QList<QRgb> colors(256);
  for (int i = 0; i < 255; i++) colors[i] = theme.attention[rampPlace(double(byteWeight(std::uint8_t(i))), shade)];
  colors[hiddenByMask] = theme.window.rgb();
  return colors;
}

QRgb weightColor(float weight, const Theme& theme, Shade shade) {
  return theme.attention[rampPlace(std::clamp(double(weight), 0.0, 1.0), shade)];
}

HeadRaster::HeadRaster(const std::vector<float>& weights, int places, bool causal)
    : places(places)
    , causal(causal) {
  levels.push_back({places, std::vector<std::uint8_t>(std::size_t(places) * places, 0)});
  auto& whole = levels.front().bytes;
  for (int r = 0; r < places; r++)
    for (int c = 0; c < (causal ? r + 1 : places); c++) {
      const std::size_t i = std::size_t(r) * places + c;
      whole[i] = weightByte(weights[i]);
    }
  while (levels.back().side > 64) {
    const Level& fine = levels.back();
    const int side = (fine.side + 1) / 2;
    Level coarse{side, std::vector<std::uint8_t>(std::size_t(side) * side, 0)};
    for (int r = 0; r < fine.side; r++)
      for (int c = 0; c < fine.side; c++) {
        auto& cell = coarse.bytes[std::size_t(r / 2) * side + c / 2];
        cell = std::max(cell, fine.bytes[std::size_t(r) * fine.side + c]);
      }
    levels.push_back(std::move(coarse));
  }
}

QImage HeadRaster::compose(QSize size, QPointF origin, double cell, const Theme& theme, Shade shade) const {
  QImage image(size, QImage::Format_RGB32);
  if (size.isEmpty()) return image;
  image.fill(theme.surface);
  if (empty() || !(cell > 0)) return image;
  std::size_t level = 0;
  while (level + 1 < levels.size() && cell * (1 << level) < 1) level++;
  const Level& shown = levels[level];
  const double step = cell * (1 << level);
  const auto placeAt = [&](int pixel, double from) {
    const double place = std::floor((pixel - from) / step);
    return place < 0 || place >= shown.side ? -1 : int(place);
  };
  std::vector<int> columns(std::size_t(size.width()));
  for (int x = 0; x < size.width(); x++) columns[std::size_t(x)] = placeAt(x, origin.x());
  const auto colors = headColors(theme, shade);
  const QRgb ground = mixed(theme.surface, theme.window, 0.5), hatch = mixed(theme.surface, theme.outline, 0.45);
  for (int y = 0; y < size.height(); y++) {
    const int row = placeAt(y, origin.y());
    if (row < 0) continue;
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
    const std::uint8_t* bytes = &shown.bytes[std::size_t(row) * shown.side];
    for (int x = 0; x < size.width(); x++) {
      const int column = columns[std::size_t(x)];
      if (column < 0) continue;
      if (causal && column > row)
        line[x] = (x + y) % 6 == 0 ? hatch : ground;
      else
        line[x] = colors[bytes[column]];
    }
  }
  return image;
}

QImage digestImage(const HeadDigest& digest, const QList<QRgb>& colors, int most) {
  const int side = std::clamp(digest.side, 1, std::max(1, most));
  QImage image(side, side, QImage::Format_Indexed8);
  image.setColorTable(colors);
  image.fill(hiddenByMask);
  for (int r = 0; r < digest.side; r++) {
    std::uint8_t* line = image.scanLine(r * side / digest.side);
    for (int c = 0; c < digest.side; c++) {
      const std::uint8_t byte = digest.cells[std::size_t(r) * digest.side + c];
      std::uint8_t& cell = line[c * side / digest.side];
      if (byte != hiddenByMask) cell = cell == hiddenByMask ? byte : std::max(cell, byte);
    }
  }
  return image;
}

} // namespace attune
