#include "train/proxy_gold_chart.h"

#include "error.h"
#include "widgets/picture_file.h"
#include "widgets/plot_axis.h"
#include "widgets/theme.h"

#include <QContextMenuEvent>
#include <QFileDialog>
#include <QMenu>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <algorithm>
#include <cmath>

namespace attune {
namespace {

// Colour and dash of a family, the same everywhere: the policy 0, best of n 1; gold 2 and 3.
int styleOf(const ProxyGoldChart::Family& family) { return (family.gold ? 2 : 0) + (family.policy ? 0 : 1); }

} // namespace

ProxyGoldChart::ProxyGoldChart(QWidget* parent)
    : QWidget(parent) {
  setMouseTracking(true);
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, qOverload<>(&QWidget::update));
}

void ProxyGoldChart::setFigures(const ProxyGold& figures) {
  shown = figures;
  QStringList words;
  for (const Family& family : families())
    words << tr("%1: %2 points, reward %3 at the largest distance")
                 .arg(family.name)
                 .arg(family.points.size())
                 .arg(plainNumber(family.points.last().y(), 3));
  setAccessibleName(tr("Reward over the root of KL. %1").arg(words.join(QStringLiteral("; "))));
  update();
}

void ProxyGoldChart::setFits(bool on) {
  fits = on;
  update();
}

QList<ProxyGoldChart::Family> ProxyGoldChart::families() const {
  QList<Family> all;
  for (const bool policy : {true, false})
    for (const bool gold : {false, true}) {
      Family family{gold     ? policy ? tr("policy, gold") : tr("best of n, gold")
                        : policy ? tr("policy, proxy")
                             : tr("best of n, proxy"),
                    policy,
                    gold,
                    {}};
      for (const ProxyGoldPoint& point : policy ? shown.policy : shown.bestOf)
        if (!gold || point.gold)
          family.points << QPointF(std::sqrt(std::max(0.0, point.kl)), gold ? *point.gold : point.proxy);
      std::stable_sort(family.points.begin(), family.points.end(),
                       [](const QPointF& a, const QPointF& b) { return a.x() < b.x(); });
      if (!family.points.isEmpty()) all << family;
    }
  return all;
}

QPointF ProxyGoldChart::Frame::at(const QPointF& value) const {
  return {area.left() + value.x() / xHigh * area.width(),
          area.bottom() - (value.y() - yLow) / (yHigh - yLow) * area.height()};
}

ProxyGoldChart::Frame ProxyGoldChart::frameIn(const QRectF& rect) const {
  Frame frame;
  double low = INFINITY, high = -INFINITY, far = 0;
  for (const Family& family : families())
    for (const QPointF& point : family.points) {
      low = std::min(low, point.y());
      high = std::max(high, point.y());
      far = std::max(far, point.x());
    }
  if (!(low <= high)) low = 0, high = 1;
  const double spare = high > low ? (high - low) * 0.08 : std::max(0.5, std::abs(low) * 0.1);
  frame.yLow = low - spare;
  frame.yHigh = high + spare;
  frame.xHigh = far > 0 ? far * 1.06 : 1;
  const QFontMetricsF small(Theme::font(FontRole::Small));
  frame.area = rect.adjusted(metric::edge + small.horizontalAdvance(QStringLiteral("−00.00")) + 6, small.height() + 14,
                             -metric::edge, -2 * small.height() - 14);
  return frame;
}

void ProxyGoldChart::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  paint(painter, rect(), Theme::current());
}

void ProxyGoldChart::paint(QPainter& p, const QRectF& rect, const Theme& t) const {
  p.fillRect(rect, t.surface);
  const Frame frame = frameIn(rect);
  const QList<Family> all = families();
  p.setFont(Theme::font(FontRole::Small));
  const QFontMetricsF small(p.font());
  const AxisTicks ys = linearTicks(frame.yLow, frame.yHigh, std::max(2, int(frame.area.height() / 40))),
                  xs = linearTicks(0, frame.xHigh, std::max(2, int(frame.area.width() / 80)));
  for (const AxisTick& tick : ys.ticks) {
    const double y = frame.at({0, tick.value}).y();
    p.setPen(t.grid);
    p.drawLine(QPointF(frame.area.left(), y), QPointF(frame.area.right(), y));
    p.setPen(t.muted);
    p.drawText(QRectF(rect.left(), y - 10, frame.area.left() - rect.left() - 6, 20), Qt::AlignRight | Qt::AlignVCenter,
               tick.label);
  }
  for (const AxisTick& tick : xs.ticks) {
    const double x = frame.at({tick.value, 0}).x();
    p.setPen(t.grid);
    p.drawLine(QPointF(x, frame.area.top()), QPointF(x, frame.area.bottom()));
    p.setPen(t.muted);
    p.drawText(QRectF(x - 40, frame.area.bottom() + 3, 80, small.height() + 2), Qt::AlignCenter, tick.label);
  }
  p.drawText(
      QRectF(frame.area.left(), frame.area.bottom() + small.height() + 6, frame.area.width(), small.height() + 4),
      Qt::AlignRight | Qt::AlignVCenter, tr("√KL, in √nats"));
  // The names, with their marks, above.
  double x = frame.area.left();
  for (const Family& family : all) {
    const double wide = small.horizontalAdvance(family.name) + 30;
    if (x + wide > rect.right()) break;
    Family mark = family;
    mark.points.clear();
    paintFamily(p, frame, mark, t);
    const QPointF middle(x + 7, rect.top() + 6 + small.height() / 2);
    QPainterPath shape;
    const double r = 4;
    if (family.policy)
      shape.addEllipse(middle, r, r);
    else
      shape.addPolygon(QPolygonF{middle + QPointF(0, -r - 1), middle + QPointF(r + 1, 0), middle + QPointF(0, r + 1),
                                 middle + QPointF(-r - 1, 0), middle + QPointF(0, -r - 1)});
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(QPen(t.series[styleOf(family)], 1.5));
    p.setBrush(family.gold ? QBrush(t.surface) : QBrush(t.series[styleOf(family)]));
    p.drawPath(shape);
    p.setRenderHint(QPainter::Antialiasing, false);
    p.setPen(t.text);
    p.drawText(QRectF(x + 16, rect.top() + 6, wide, small.height()), Qt::AlignLeft | Qt::AlignVCenter, family.name);
    x += wide;
  }
  p.save();
  p.setClipRect(frame.area.adjusted(-6, -6, 6, 6));
  for (const Family& family : all) paintFamily(p, frame, family, t);
  p.restore();
  if (all.isEmpty()) {
    p.setPen(t.muted);
    p.setFont(Theme::font(FontRole::Body));
    p.drawText(frame.area, Qt::AlignCenter, tr("Nothing has been measured yet."));
  }
}

void ProxyGoldChart::paintFamily(QPainter& p, const Frame& frame, const Family& family, const Theme& t) const {
  if (family.points.isEmpty()) return;
  const QColor colour = t.series[styleOf(family)];
  p.setRenderHint(QPainter::Antialiasing);
  const DistanceForm form = family.policy ? DistanceForm::Logarithm : DistanceForm::Linear;
  if (const DistanceFit fit = shown.fit(family.policy, family.gold); fits && fit.known) {
    const double start = family.gold ? shown.startGold().value_or(0) : shown.startProxy();
    QPolygonF line;
    constexpr int parts = 120;
    for (int i = 0; i <= parts; ++i) {
      const double d = frame.xHigh * i / parts;
      line << frame.at({d, start + fit.at(form, d)});
    }
    p.setBrush(Qt::NoBrush);
    p.setPen(t.seriesPen(styleOf(family), 1.5));
    p.drawPolyline(line);
  }
  p.setPen(QPen(colour, 1.5));
  p.setBrush(family.gold ? QBrush(t.surface) : QBrush(colour));
  const double r = family.points.size() > 60 ? 2 : 3.5;
  for (const QPointF& value : family.points) {
    const QPointF at = frame.at(value);
    if (family.policy)
      p.drawEllipse(at, r, r);
    else
      p.drawPolygon(QPolygonF{at + QPointF(0, -r - 1.5), at + QPointF(r + 1.5, 0), at + QPointF(0, r + 1.5),
                              at + QPointF(-r - 1.5, 0)});
  }
  p.setRenderHint(QPainter::Antialiasing, false);
}

void ProxyGoldChart::mouseMoveEvent(QMouseEvent* event) {
  const Frame frame = frameIn(rect());
  double nearest = 12;
  QString words;
  const auto look = [&](const ProxyGoldPoint& point, bool gold, const QString& name) {
    if (gold && !point.gold) return;
    const double reward = gold ? *point.gold : point.proxy;
    const QPointF away = frame.at({std::sqrt(std::max(0.0, point.kl)), reward}) - event->position();
    const double distance = std::hypot(away.x(), away.y());
    if (distance >= nearest) return;
    nearest = distance;
    words = tr("%1: reward %2 at KL %3 nats").arg(name, plainNumber(reward, 3), plainNumber(point.kl, 3));
  };
  for (const bool gold : {false, true}) {
    const QString judge = gold ? tr("gold") : tr("proxy");
    for (const ProxyGoldPoint& point : shown.policy) look(point, gold, tr("step %1, %2").arg(point.step).arg(judge));
    for (const ProxyGoldPoint& point : shown.bestOf) look(point, gold, tr("best of %1, %2").arg(point.n).arg(judge));
  }
  if (words.isEmpty())
    QToolTip::hideText();
  else
    QToolTip::showText(event->globalPosition().toPoint(), words, this);
}

QImage ProxyGoldChart::image(QSize size, double scale, const Theme* theme) const {
  return paintedImage(size, scale,
                      [&](QPainter& p) { paint(p, QRectF(QPointF(), size), theme ? *theme : Theme::light()); });
}

QByteArray ProxyGoldChart::svg(QSize size) const {
  return paintedSvg(size, tr("Reward over distance"),
                    [&](QPainter& p) { paint(p, QRectF(QPointF(), size), Theme::light()); });
}

QByteArray ProxyGoldChart::csv() const {
  QString text = QStringLiteral("kind,step or n,kl,proxy,gold\n");
  const auto line = [&](const char* kind, qint64 number, const ProxyGoldPoint& point) {
    text += QStringLiteral("%1,%2,%3,%4,%5\n")
                .arg(QLatin1String(kind))
                .arg(number)
                .arg(point.kl)
                .arg(point.proxy)
                .arg(point.gold ? QString::number(*point.gold) : QString());
  };
  for (const ProxyGoldPoint& point : shown.policy) line("policy", point.step, point);
  for (const ProxyGoldPoint& point : shown.bestOf) line("best of n", point.n, point);
  return text.toUtf8();
}

void ProxyGoldChart::save(const QString& path) const {
  const QSize large(std::max(640, width()), std::max(360, height()));
  savePicture(
      path, [&] { return image(large); }, [&] { return svg(large); }, [&] { return csv(); });
}

void ProxyGoldChart::contextMenuEvent(QContextMenuEvent* event) {
  QMenu menu(this);
  for (const char* name : {"png", "svg", "csv"}) {
    const QString ending = QString::fromLatin1(name);
    menu.addAction(tr("Save as %1 …").arg(ending.toUpper()), this, [this, ending] {
      const QString path = QFileDialog::getSaveFileName(
          this, tr("Save"), pictureFileName(QStringLiteral("reward over distance"), ending), pictureFilter(ending));
      if (path.isEmpty()) return;
      try {
        save(path);
      } catch (const Error& error) {
        Q_EMIT failed(QString::fromUtf8(error.what()));
      }
    });
  }
  menu.exec(event->globalPos());
}

} // namespace attune
