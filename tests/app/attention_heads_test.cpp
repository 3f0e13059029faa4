#include "application.h"
#include "attention/attention_vectors.h"
#include "attention/head_calculation.h"
#include "attention/head_grid.h"
#include "attention/head_lines.h"
#include "attention/head_map.h"
#include "attention/head_painter.h"
#include "catch.h"
#include "cpu_time.h"
#include "error.h"
#include "fake_attention.h"

#include <QSignalSpy>
#include <QSvgRenderer>
#include <QTest>

using namespace attune;

namespace {

// A head whose weights are given.
class GivenWeights : public AttentionNumbers {
public:
  explicit GivenWeights(std::vector<float> numbers)
      : numbers(std::move(numbers)) {}
  std::vector<float> weights(int, int) const override { return numbers; }
  std::vector<float> query(int, int, int) const override { return {1}; }
  std::vector<float> key(int, int, int) const override { return {1}; }
  std::vector<float> value(int, int, int) const override { return {1}; }

private:
  std::vector<float> numbers;
};

AttentionPtr givenHead(const QStringList& tokens, std::vector<float> weights) {
  auto data = std::make_shared<AttentionData>();
  data->modelName = "given";
  data->nLayer = data->nHead = data->headSize = 1;
  data->tokens = tokens;
  QStringList known;
  for (const auto& token : tokens) {
    if (!known.contains(token)) known << token;
    data->ids.push_back(int(known.indexOf(token)));
  }
  data->numbers = std::make_shared<GivenWeights>(std::move(weights));
  digestHeads(*data, 1);
  return data;
}

std::vector<float> habitOf(int places, const std::function<int(int)>& reads) {
  std::vector<float> weights(std::size_t(places) * places, 0);
  for (int i = 0; i < places; i++) weights[std::size_t(i) * places + reads(i)] = 1;
  return weights;
}

} // namespace

TEST_CASE("q·k of 112 and 96 with d_k 64 give 14 and 12, 0.88 and 0.12") {
  // Query 1 · key 0 = 112, · key 1 = 96, spread over the 64 numbers; values 1 and 0 in the first number.
  const int d = 64;
  std::vector<float> q(2 * d, 1.0f), k(2 * d), v(2 * d, 0.0f);
  for (int c = 0; c < d; c++) k[c] = 112.0f / d, k[d + c] = 96.0f / d;
  v[0] = 1;
  auto data = std::make_shared<AttentionData>();
  data->nLayer = data->nHead = 1;
  data->headSize = d;
  data->tokens = QStringList{"Thinking", " machines"};
  data->ids = {0, 1};
  data->numbers = std::make_shared<AttentionVectors>(AttentionVectors::Shape{1, 1, 1, 2, d}, q, k, v);
  const HeadCalculation first = calculateHead(*data, 0, 0, 1, 0), second = calculateHead(*data, 0, 0, 1, 1);
  CHECK(std::abs(first.dot - 112) < 1e-9);
  CHECK(std::abs(second.dot - 96) < 1e-9);
  CHECK(first.scaled == 14);
  CHECK(second.scaled == 12);
  CHECK(std::abs(first.weight - 0.8808) < 1e-4);
  CHECK(std::abs(second.weight - 0.1192) < 1e-4);
  CHECK(std::abs(first.weight + second.weight - 1) < 1e-12);
  CHECK(std::abs(first.output[0] - first.weight) < 1e-12);
  CHECK(first.rank() == 1);
  CHECK(second.rank() == 2);
  CHECK(std::abs(double(data->numbers->weights(0, 0)[2]) - first.weight) < 1e-6);

  QStringList words;
  for (const auto& line : calculationLines(second, *data)) words << line.label + ": " + line.value;
  const QString text = words.join('\n');
  CHECK(text.contains("q · k, their sum: 96.00"));
  CHECK(text.contains("÷ √64 = 8: 12.00"));
  CHECK(text.contains("row’s largest: 14.00"));
  CHECK(text.contains("e^(12.00 − 14.00): 0.135"));
  CHECK(text.contains("0.1192"));
  // The first place cannot read the second.
  CHECK(calculateHead(*data, 0, 0, 0, 1).hidden);
}

TEST_CASE("weights from vectors equal a plain softmax, with shared keys too") {
  const int T = 37, H = 6, K = 2, d = 7, L = 2;
  std::mt19937 random(3);
  std::normal_distribution<float> noise;
  std::vector<float> q(L * T * H * d), k(L * T * K * d), v(L * T * K * d);
  for (auto* all : {&q, &k, &v})
    for (float& x : *all) x = noise(random);
  const AttentionVectors vectors({L, H, K, T, d}, q, k, v);
  const int layer = 1, head = 4;
  const auto weights = vectors.weights(layer, head);
  double worst = 0;
  for (int i = 0; i < T; i++) {
    std::vector<double> row(i + 1);
    double sum = 0;
    for (int j = 0; j <= i; j++) {
      double dot = 0;
      for (int c = 0; c < d; c++)
        dot += double(q[((layer * T + i) * H + head) * d + c]) * k[((layer * T + j) * K + head / 3) * d + c];
      sum += row[j] = std::exp(dot / std::sqrt(double(d)));
    }
    for (int j = 0; j < T; j++)
      worst = std::max(worst, std::abs(double(weights[i * T + j]) - (j <= i ? row[j] / sum : 0)));
  }
  CHECK(worst < 1e-6);
  CHECK_THROWS_AS(AttentionVectors({L, H, K, T + 1, d}, q, k, v), Error);
  CHECK_THROWS_AS(AttentionVectors({L, H, 4, T, d}, q, k, v), Error);
}

TEST_CASE("a head is told by what it mostly reads") {
  const QStringList tokens{"A", "b", ".", "A", "b", ",", "c", "A", "b", ".", "d", "e"};
  const int T = int(tokens.size());
  const auto habit = [&](const std::function<int(int)>& reads) {
    return givenHead(tokens, habitOf(T, reads))->heads[0];
  };
  CHECK(habit([](int i) { return std::max(0, i - 1); }).habit == HeadHabit::PreviousToken);
  CHECK(habit([](int) { return 0; }).habit == HeadHabit::FirstToken);
  CHECK(habit([](int i) { return i; }).habit == HeadHabit::Itself);
  const auto lastSame = [&](int i) {
    for (int j = i - 1; j >= 0; j--)
      if (tokens[j] == tokens[i]) return j;
    return i / 2;
  };
  CHECK(habit(lastSame).habit == HeadHabit::SameToken);
  CHECK(habit([&](int i) { return std::min(i, lastSame(i) + 1); }).habit == HeadHabit::Induction);
  CHECK(habit([&](int i) { return i >= 9 ? 9 : i >= 5 ? 5 : i >= 2 ? 2 : i; }).habit == HeadHabit::Punctuation);
  const auto previous = habit([](int i) { return std::max(0, i - 1); });
  CHECK(previous.share == 1);
  CHECK(previous.entropy == 0);
  std::vector<float> even(T * T, 0);
  double entropy = 0;
  for (int i = 0; i < T; i++) {
    for (int j = 0; j <= i; j++) even[i * T + j] = 1.0f / (i + 1);
    if (i > 0) entropy += std::log(i + 1.0) / (T - 1);
  }
  const auto alike = givenHead(tokens, even)->heads[0];
  CHECK(alike.habit == HeadHabit::Everything);
  CHECK(std::abs(double(alike.entropy) - entropy) < 1e-5);
}

TEST_CASE("weights become the ramp's colours at the right places, and the mask is hatched") {
  test::application();
  const auto data = givenHead({"a", "b", "c"}, {1, 0, 0, 0.25f, 0.75f, 0, 0, 0.04f, 0.96f});
  for (const Theme* theme : {&Theme::light(), &Theme::darkTheme()}) {
    Theme::use(theme->dark ? ThemeMode::Dark : ThemeMode::Light);
    HeadMap map;
    map.resize(300, 280);
    map.setData(data);
    map.setHead(loadHead(*data, 0, 0));
    QImage image = map.grab().toImage();
    const MapLayout layout = map.layoutNow();
    const auto at = [&](int row, int column) {
      return image.pixelColor(layout.cellRect(row, column).center().toPoint());
    };
    CHECK(at(0, 0).rgb() == theme->attention[255]);
    CHECK(at(2, 0).rgb() == theme->attention[0]);
    // Square root: 0.25 is shown as 0.5 of the ramp.
    const auto near = [](QColor a, QRgb b) {
      return std::abs(a.red() - qRed(b)) + std::abs(a.green() - qGreen(b)) + std::abs(a.blue() - qBlue(b)) <= 6;
    };
    CHECK(near(at(1, 0), theme->attention[128]));
    CHECK(near(at(2, 1), theme->attention[51]));
    map.setShade(Shade::Linear);
    image = map.grab().toImage();
    CHECK(near(at(1, 0), theme->attention[64]));
    // Hidden: no ramp colour, but stripes on the ground.
    const QRect hidden = layout.cellRect(0, 2).toRect().adjusted(2, 2, -2, -2);
    QSet<QRgb> colors;
    for (int x = hidden.left(); x < hidden.right(); x++)
      for (int y = hidden.top(); y < hidden.bottom(); y++) colors.insert(image.pixel(x, y));
    CHECK(colors.size() == 2);
  }
  Theme::use(ThemeMode::Light);
}

TEST_CASE("a single bright cell among a million is seen when the whole map is small") {
  const int T = 1000;
  std::vector<float> weights(std::size_t(T) * T, 0);
  weights[std::size_t(700) * T + 300] = 1;
  const HeadRaster raster(weights, T, true);
  const QImage image = raster.compose({250, 250}, {0, 0}, 0.25, Theme::light(), Shade::SquareRoot);
  CHECK(image.pixel(75, 175) == Theme::light().attention[255]);
  CHECK(image.pixel(70, 175) == Theme::light().attention[0]);
  // The same in the thumbnail and in its own reduction.
  std::vector<int> ids(T);
  const HeadDigest digest = HeadDigester(ids, QStringList(T, "a")).digest(weights);
  CHECK(digest.side == 64);
  const auto colors = headColors(Theme::light(), Shade::SquareRoot);
  CHECK(digestImage(digest, colors).pixelIndex(300 * 64 / T, 700 * 64 / T) == 254);
  CHECK(digestImage(digest, colors, 20).pixelIndex(19 * 20 / 64, 44 * 20 / 64) == 254);
  CHECK(digestImage(digest, colors, 20).pixelIndex(19, 0) == hiddenByMask);
}

TEST_CASE("the wheel zooms with the cell under the pointer standing still, dragging moves") {
  test::application();
  QStringList tokens;
  for (int i = 0; i < 200; i++) tokens << QStringLiteral(" t%1").arg(i);
  const auto data = test::fakeAttention(tokens, 1, 1);
  HeadMap map;
  map.resize(500, 480);
  map.setData(data);
  map.setHead(loadHead(*data, 0, 0));
  CHECK(map.rest().isEmpty());
  MapLayout before = map.layoutNow();
  const QPointF at = before.cellRect(150, 90).center();
  QWheelEvent wheel(at, at, {}, {0, 960}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
  QApplication::sendEvent(&map, &wheel);
  MapLayout after = map.layoutNow();
  CHECK(after.cell > before.cell * 3);
  CHECK(after.rowAt(at.y()) == 150);
  CHECK(after.columnAt(at.x()) == 90);
  CHECK(map.rest().contains("rows"));
  QTest::mousePress(&map, Qt::LeftButton, {}, at.toPoint());
  for (int i = 1; i <= 4; i++) {
    QMouseEvent move(QEvent::MouseMove, at + QPointF(5 * i, 4 * i), QPointF(), Qt::NoButton, Qt::LeftButton, {});
    QApplication::sendEvent(&map, &move);
  }
  CHECK(std::abs(map.layoutNow().corner.x() - (after.corner.x() - 20 / after.cell)) < 1);
  CHECK_FALSE(map.pinned());
  QTest::mouseRelease(&map, Qt::LeftButton, {}, at.toPoint() + QPoint(20, 16));
  CHECK_FALSE(map.pinned()); // a drag is no click
  QTest::keyClick(&map, Qt::Key_0);
  CHECK(map.rest().isEmpty());
}

TEST_CASE("labels show only where they fit") {
  test::application();
  QStringList tokens;
  for (int i = 0; i < 300; i++) tokens << QStringLiteral(" word%1").arg(i);
  const auto data = test::fakeAttention(tokens, 1, 1);
  HeadMap map;
  map.resize(500, 480);
  map.setData(data);
  map.setHead(loadHead(*data, 0, 0));
  const QImage image = map.grab().toImage();
  // Between two labels there are rows without ink left of the map.
  const MapLayout layout = map.layoutNow();
  int inked = 0, empty = 0;
  for (int y = int(layout.area.top()) + 5; y < layout.area.bottom() - 5; y++) {
    bool ink = false;
    for (int x = 10; x < layout.area.left() - 4; x++) ink |= image.pixelColor(x, y).lightness() < 128;
    ink ? inked++ : empty++;
  }
  CHECK(inked > 100);
  CHECK(empty > 30);
}

TEST_CASE("lines go from the query to what it reads, and a click on a word chooses it") {
  test::application();
  const auto data = givenHead({"The", " ferry", " waits"}, {1, 0, 0, 1, 0, 0, 0.7f, 0.28f, 0.02f});
  HeadLines lines;
  lines.resize(500, 140);
  lines.setData(data);
  lines.setHead(loadHead(*data, 0, 0));
  CHECK(lines.query() == 2);
  CHECK(lines.rest().contains("2 %"));
  test::picture(lines, "lines");
  // The arc's foot above the word that is read is drawn in accent, wider for the larger weight.
  const QImage image = lines.grab().toImage();
  const auto inkAt = [&](int place) {
    int ink = 0;
    const QRectF word = lines.wordRect(place);
    for (int x = int(word.left()); x < word.right(); x++)
      ink += image.pixelColor(x, int(word.top()) - 5) != Theme::light().surface;
    return ink;
  };
  CHECK(inkAt(0) > inkAt(1));
  CHECK(inkAt(1) > 0);
  QSignalSpy chosen(&lines, &HeadLines::queryChosen);
  QTest::mouseClick(&lines, Qt::LeftButton, {}, lines.wordRect(1).center().toPoint());
  CHECK(lines.query() == 1);
  CHECK(chosen.size() == 1);
}

TEST_CASE("a head and the grid save as pictures and numbers") {
  test::application();
  Theme::use(ThemeMode::Dark);
  const auto data = givenHead({"a,", "\"b", "c\n"}, {1, 0, 0, 0.25f, 0.75f, 0, 0.1f, 0.2f, 0.7f});
  const auto head = loadHead(*data, 0, 0);
  CHECK(headCsv(*data, *head) ==
        "place,token,\"0 a,\",\"1 \"\"b\",\"2 c\n\"\n0,\"a,\",1,,\n1,\"\"\"b\",0.25,0.75,\n2,\"c\n\",0.1,0.2,0.7\n");
  CHECK(gridCsv(*data).startsWith("layer,head,mostly reads,share,entropy\n0,0,"));
  // Light unless asked, whatever the window wears.
  const QImage light = headImage(*data, *head, Shade::SquareRoot);
  CHECK(light.pixelColor(1, 1) == QColor(Qt::white));
  CHECK(headImage(*data, *head, Shade::SquareRoot, &Theme::darkTheme()).pixelColor(1, 1) == Theme::darkTheme().surface);
  CHECK(gridImage(*data, Shade::Linear).pixelColor(1, 1) == QColor(Qt::white));
  const QByteArray svg = headSvg(*data, *head, Shade::SquareRoot);
  CHECK(svg.contains(QColor(Theme::light().attention[255]).name().toUtf8()));
  QSvgRenderer renderer(svg);
  REQUIRE(renderer.isValid());
  QImage drawn(light.size(), QImage::Format_RGB32);
  drawn.fill(Qt::white);
  QPainter painter(&drawn);
  renderer.render(&painter);
  painter.end();
  const MapLabels labels(*data);
  const MapLayout layout(3, labels, QRectF(0, 30, light.width(), light.height() - 30), {});
  for (int row = 0; row < 3; row++)
    for (int column = 0; column <= row; column++) {
      const QPoint at = layout.cellRect(row, column).center().toPoint();
      CHECK(qAbs(drawn.pixelColor(at).lightness() - light.pixelColor(at).lightness()) < 8);
    }
  CHECK(QSvgRenderer(gridSvg(*data, Shade::SquareRoot)).isValid());
  Theme::use(ThemeMode::Light);
}

TEST_CASE("digests of 1,024 tokens in 144 heads are quick") {
  QStringList tokens;
  for (int i = 0; i < 1024; i++) tokens << QStringLiteral(" t%1").arg(i % 200);
  auto data = std::make_shared<AttentionData>(*test::fakeAttention(tokens, 2, 12, 64));
  double start = test::cpuMilliseconds();
  data->numbers->weights(1, 5);
  WARN("one head of 1,024 places in ms: " << test::cpuMilliseconds() - start);
  start = test::cpuMilliseconds();
  digestHeads(*data, 1);
  WARN("24 heads of 1,024 places computed and digested on one core in ms: " << test::cpuMilliseconds() - start);
  CHECK(test::cpuMilliseconds() - start < 1000);
}
