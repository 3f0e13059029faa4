#include "widgets/plot.h"

#include "application.h"
#include "catch.h"
#include "cpu_time.h"
#include "error.h"
#include "widgets/plot_axis.h"
#include "widgets/plot_label.h"

#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>
#include <cmath>

using namespace attune;

namespace {

PlotCurve noisy(const QString& name, int style, int count, double offset = 0) {
  PlotCurve curve(name, style);
  for (int i = 0; i < count; i++)
    curve.append(i, 4 * std::exp(-4.0 * i / count) + 1.2 + offset + 0.05 * std::sin(i * 12.9898));
  return curve;
}

QStringList labels(const AxisTicks& ticks) {
  QStringList list;
  for (const auto& tick : ticks.ticks) list << tick.label;
  return list;
}

bool has(const QImage& image, const QRect& where, const QColor& color) {
  for (int y = where.top(); y <= where.bottom(); y++)
    for (int x = where.left(); x <= where.right(); x++)
      if (image.pixelColor(x, y) == color) return true;
  return false;
}

} // namespace

TEST_CASE("axis ticks step by 1, 2 or 5 and read well") {
  CHECK(labels(linearTicks(0, 50, 6)) == QStringList{"0", "10", "20", "30", "40", "50"});
  CHECK(labels(linearTicks(-0.3, 2.1, 4)) == QStringList{"0", "1", "2"});
  CHECK(labels(linearTicks(0.93, 2.3, 4)) == QStringList{"1", "1.5", "2"});
  CHECK(labels(linearTicks(-2, 2, 4)) == QStringList{"−2", "−1", "0", "1", "2"});
  CHECK(labels(linearTicks(0, 200000, 4)) == QStringList{"0", "50,000", "100,000", "150,000", "200,000"});
  CHECK(labels(linearTicks(0, 1e-4, 2)) == QStringList{"0", "5e−5", "1e−4"});
  CHECK(labels(linearTicks(0, 2, 8, true)) == QStringList{"0", "1", "2"});
  CHECK(labels(logarithmicTicks(0.001, 100, 8)) == QStringList{"0.001", "0.01", "0.1", "1", "10", "100"});
  CHECK(plainNumber(-1234567) == QStringLiteral("−1,234,567"));
  CHECK(plainNumber(0.00001234, 3) == QStringLiteral("1.23e−5"));
  CHECK(plainNumber(std::nan("")) == QStringLiteral("not a number"));
}

TEST_CASE("a curve's span equals the one read point by point") {
  PlotCurve curve("loss", 0);
  std::vector<double> all;
  unsigned state = 1;
  for (int i = 0; i < 9001; i++) {
    state = state * 1664525 + 1013904223;
    const double y = i % 977 == 5 ? std::nan("") : (state >> 8) / double(1 << 24) - 0.3;
    all.push_back(y);
    curve.append(i, y);
  }
  for (bool positive : {false, true})
    for (auto [from, to] : {std::pair{0, 9001}, {5, 6}, {63, 129}, {64, 128}, {1, 4097}, {4095, 9000}, {8000, 8001}}) {
      double low = 1e9, high = -1e9;
      for (int i = from; i < to; i++)
        if (std::isfinite(all[i]) && (!positive || all[i] > 0))
          low = std::min(low, all[i]), high = std::max(high, all[i]);
      const CurveSpan span = curve.span(from, to, positive);
      CHECK(span.any == (low <= high));
      if (!span.any) continue;
      CHECK(span.lowest == low);
      CHECK(span.highest == high);
    }
}

TEST_CASE("a resumed run repeats steps: the curve goes on from there") {
  PlotCurve curve("loss", 0);
  for (int i = 0; i < 100; i++) curve.append(i, i);
  curve.append(50, -1);
  CHECK(curve.size() == 51);
  CHECK(curve.y(50) == -1);
  CHECK(curve.span(0, 51, false).highest == 49);
}

TEST_CASE("one bad step in a million shows") {
  test::application();
  Plot plot;
  plot.resize(400, 200);
  PlotCurve curve("loss", 0);
  for (int i = 0; i < 1000000; i++) curve.append(i, i == 500123 ? 9 : 1);
  plot.setCurves({curve});
  const QImage image = plot.image({400, 200}, 1);
  const PlotLayout layout(plot.model(), {}, QRectF(0, 0, 400, 200));
  const int x = int(layout.toPixelX(500123));
  const QRect top(x - 2, int(layout.toPixelY(8.9)), 5, 4);
  CHECK(has(image, top, Theme::light().series[0]));
  CHECK_FALSE(has(image, top.translated(30, 0), Theme::light().series[0]));
}

TEST_CASE("a million points paint within a frame") {
  test::application();
  Plot plot;
  plot.resize(1200, 500);
  plot.setTitle("Loss");
  plot.setCurves({noisy("training", 0, 1000000), noisy("held out", 1, 1000000, 0.2)});
  plot.image({1200, 500}, 1);
  double best = 1e9;
  for (int i = 0; i < 7; i++) {
    plot.append(0, 1000000 + i, 1.2);
    const double start = test::cpuMilliseconds();
    plot.grab();
    best = std::min(best, test::cpuMilliseconds() - start);
  }
  WARN("a new point among 2,000,000, painted in ms: " << best);
  CHECK(best < 16);
}

TEST_CASE("two curves are told apart by colour, dash and name; one alone is solid") {
  test::application();
  Plot plot;
  plot.resize(500, 220);
  PlotCurve training("training", 0), heldOut("held out", 1);
  for (int i = 0; i <= 50; i++) training.append(i, 3), heldOut.append(i, 2);
  plot.setCurves({training, heldOut});
  const PlotLayout layout(plot.model(), {}, QRectF(0, 0, 500, 220));
  const QImage image = plot.image({500, 220}, 1);
  const auto count = [&](double y, const QColor& color) {
    int n = 0;
    const int row = int(layout.toPixelY(y));
    for (int x = int(layout.area.left()); x < int(layout.area.right()); x++)
      n += has(image, QRect(x, row - 1, 1, 3), color);
    return n;
  };
  const int width = int(layout.area.width());
  CHECK(count(3, Theme::light().series[0]) > width * 0.95);
  const int dashed = count(2, Theme::light().series[1]);
  CHECK(dashed > width * 0.4);
  CHECK(dashed < width * 0.8);
  // The names stand right of the curves' ends.
  CHECK(layout.area.right() < 460);
  plot.setCurves({heldOut});
  const QImage alone = plot.image({500, 220}, 1);
  const PlotLayout wide(plot.model(), {}, QRectF(0, 0, 500, 220));
  int solid = 0;
  for (int x = int(wide.area.left()) + 2; x < int(wide.area.right()) - 2; x++)
    solid += has(alone, QRect(x, int(wide.toPixelY(2)) - 1, 1, 3), Theme::light().series[1]);
  CHECK(solid > wide.area.width() * 0.95);
}

TEST_CASE("pointer and keys read one step in all plots of a group") {
  test::application();
  PlotGroup group;
  Plot loss, rate;
  for (Plot* plot : {&loss, &rate}) {
    plot->resize(400, 160);
    plot->setGroup(&group);
    plot->setCurves({noisy("x", 0, 101)});
    plot->show();
  }
  const PlotLayout layout(loss.model(), {}, QRectF(0, 0, 400, 160));
  QTest::mouseMove(&loss, QPoint(int(layout.toPixelX(40.2)), 80));
  QMouseEvent move(QEvent::MouseMove, QPointF(layout.toPixelX(40.2), 80), QPointF(), Qt::NoButton, Qt::NoButton, {});
  QApplication::sendEvent(&loss, &move);
  CHECK(loss.pointed() == 40.0);
  CHECK(rate.pointed() == 40.0);
  QTest::keyClick(&rate, Qt::Key_Right);
  CHECK(loss.pointed() == 41.0);
  QTest::keyClick(&rate, Qt::Key_End);
  CHECK(loss.pointed() == 100.0);
  test::picture(loss, "plot-pointed");
  QTest::keyClick(&rate, Qt::Key_Escape);
  CHECK_FALSE(loss.pointed().has_value());
}

TEST_CASE("the wheel zooms at the pointer and 0 shows all again") {
  test::application();
  Plot plot;
  plot.resize(600, 200);
  plot.setCurves({noisy("x", 0, 10001)});
  const PlotLayout before(plot.model(), {}, QRectF(0, 0, 600, 200));
  const QPointF at(before.toPixelX(5000), 100);
  const QImage whole = plot.grab().toImage();
  QWheelEvent wheel(at, at, {}, {0, 480}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
  QApplication::sendEvent(&plot, &wheel);
  CHECK(plot.grab().toImage() != whole);
  QTest::keyClick(&plot, Qt::Key_0);
  CHECK(plot.grab().toImage() == whole);
}

TEST_CASE("a plot saves its numbers and pictures") {
  test::application();
  Plot plot;
  plot.resize(500, 200);
  plot.setTitle("Loss");
  PlotCurve training("training", 0), heldOut("held out, \"best\"", 1);
  training.append(0, 4.25);
  training.append(1, 0.1);
  training.append(2, 1e-7);
  heldOut.append(1, 3.5);
  plot.setCurves({training, heldOut});
  plot.setBest(1);
  CHECK(plot.csv() == "step,training,\"held out, \"\"best\"\"\"\n0,4.25,\n1,0.1,3.5\n2,1e-07,\n");

  QTemporaryDir folder;
  const auto path = [&](const char* name) { return folder.filePath(QString::fromLatin1(name)); };
  plot.save(path("loss.csv"));
  plot.save(path("loss.png"));
  plot.save(path("loss.svg"));
  QImage png(path("loss.png"));
  CHECK(png.size() == QSize(1280, 720));
  CHECK(png.pixelColor(2, 2) == QColor(Qt::white));
  QFile svg(path("loss.svg"));
  REQUIRE(svg.open(QIODevice::ReadOnly));
  const QByteArray text = svg.readAll();
  QXmlStreamReader xml(text);
  QString words;
  while (!xml.atEnd())
    if (xml.readNext() == QXmlStreamReader::Characters) words += xml.text();
  CHECK_FALSE(xml.hasError());
  CHECK(words.contains("held out"));
  CHECK(words.contains("best step 1"));
  CHECK(QSvgRenderer(text).isValid());
  CHECK_THROWS_AS(plot.save(path("loss.bmp")), Error);
  CHECK_THROWS_AS(plot.save(path("no/loss.csv")), Error);
}

TEST_CASE("the best step's words stand where no curve runs") {
  test::application();
  const QSizeF words(70, 14);
  for (const double best : {1.0, 20.0, 30.0, 59.0})
    for (int shape = 0; shape < 4; ++shape) {
      // Falling from the top, rising to it, a hill there, and a few far points with a straight line between them.
      PlotModel model;
      model.best = best;
      PlotCurve curve("reward", 0), other("judge", 1);
      for (int i = 0; i <= 60; i += shape == 3 ? 20 : 1) {
        const double y = shape == 0   ? 60 - i
                         : shape == 1 ? i
                         : shape == 2 ? 30 - std::abs(i - 30.0)
                                      : std::abs(i - 20.0);
        curve.append(i, y);
        other.append(i, y * 0.4);
      }
      model.curves = {curve, other};
      const PlotLayout layout(model, {}, QRectF(0, 0, 420, 190));
      const double x = layout.toPixelX(best);
      const QRectF box = placeBeside(x, words, model, layout);
      INFO("best " << best << ", shape " << shape << ": at " << box.x() << ", " << box.y());
      CHECK((box.right() < x || box.left() > x));
      CHECK(layout.area.adjusted(-1, -1, 5, 1).contains(box));
      for (const PlotCurve& one : model.curves) {
        CHECK_FALSE(runsThrough(one, layout, box));
        // What it says is so: no pixel of the curve lies in the box.
        for (double at = box.left(); at <= box.right(); ++at) {
          const std::size_t next = std::clamp<std::size_t>(one.lowerBound(layout.toX(at)), 1, one.size() - 1);
          const double part = (layout.toX(at) - one.x(next - 1)) / (one.x(next) - one.x(next - 1));
          const double y = layout.toPixelY(one.y(next - 1) + part * (one.y(next) - one.y(next - 1)));
          CHECK_FALSE((y > box.top() + 1 && y < box.bottom() - 1 && part >= 0 && part <= 1));
        }
      }
    }
}

TEST_CASE("an empty plot says so, and a curve with gaps, one point or no range paints") {
  test::application();
  for (ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
    Theme::use(mode);
    const QString suffix = mode == ThemeMode::Dark ? "-dark" : "";
    Plot plot;
    plot.resize(367, 152);
    plot.setTitle("Loss");
    CHECK(plot.grab().toImage().pixelColor(1, 1) == Theme::current().surface);
    test::picture(plot, "plot-empty" + suffix);
    PlotCurve gaps("loss", 0);
    for (double y : std::vector<double>{1, 2, std::nan(""), 3, INFINITY, 2}) gaps.append(double(gaps.size()), y);
    plot.setCurves({gaps});
    test::picture(plot, "plot-gaps" + suffix);
    PlotCurve flat("loss", 0);
    flat.append(7, 0);
    plot.setCurves({flat});
    plot.setLogarithmic(true);
    plot.grab();
    plot.setLogarithmic(false);
    plot.resize(20, 20);
    plot.grab();
    plot.resize(367, 152);
    plot.setCurves({noisy("training", 0, 31), noisy("held out", 1, 31, 0.3)});
    plot.setEnd(50);
    plot.setBest(22);
    plot.setPointed(12);
    test::picture(plot, "plot-two" + suffix);
    plot.setLogarithmic(true);
    test::picture(plot, "plot-log" + suffix);
  }
  Theme::use(ThemeMode::Light);
}
