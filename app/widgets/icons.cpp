#include "widgets/icons.h"

#include "widgets/theme.h"
#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace attune {
namespace {

const QByteArray& source(const QString& name) {
  static QHash<QString, QByteArray> files;
  auto found = files.find(name);
  if (found == files.end()) {
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    QByteArray text;
    if (file.open(QIODevice::ReadOnly))
      text = file.readAll();
    else
      qWarning("There is no icon '%s'.", qUtf8Printable(name));
    found = files.insert(name, text);
  }
  return *found;
}

class Engine : public QIconEngine {
public:
  Engine(QString name, IconRole role)
      : name(std::move(name))
      , role(role) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
    Icons::paint(*painter, rect, name, colourIn(mode));
  }
  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override {
    return Icons::pixmap(name, std::min(size.width(), size.height()), colourIn(mode), 1);
  }
  QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal) override {
    return pixmap(size, mode, state); // size is in device pixels already
  }
  QSize actualSize(const QSize& size, QIcon::Mode, QIcon::State) override { return size; }
  QIconEngine* clone() const override { return new Engine(name, role); }
  bool isNull() override { return source(name).isEmpty(); }

private:
  QColor colourIn(QIcon::Mode mode) const {
    return mode == QIcon::Disabled ? Theme::current().muted : Icons::colour(role);
  }
  QString name;
  IconRole role;
};

} // namespace

QIcon Icons::icon(const QString& name, IconRole role) { return QIcon(new Engine(name, role)); }

QColor Icons::colour(IconRole role) {
  const Theme& t = Theme::current();
  switch (role) {
  case IconRole::Text:
    return t.text;
  case IconRole::Muted:
    return t.muted;
  case IconRole::Accent:
    return t.accent;
  case IconRole::AccentText:
    return t.accentText;
  case IconRole::Success:
    return t.success;
  case IconRole::Warning:
    return t.warning;
  case IconRole::Error:
    return t.error;
  }
  return t.text;
}

QPixmap Icons::pixmap(const QString& name, int size, const QColor& colour, qreal ratio) {
  const int pixels = std::max(1, qRound(size * ratio));
  const QString key = QStringLiteral("attune/%1/%2/%3").arg(name, colour.name()).arg(pixels);
  QPixmap map;
  if (!QPixmapCache::find(key, &map)) {
    map = QPixmap(pixels, pixels);
    map.fill(Qt::transparent);
    QByteArray text = source(name);
    if (!text.isEmpty()) {
      QSvgRenderer renderer(text.replace("currentColor", colour.name().toLatin1()));
      QPainter painter(&map);
      renderer.render(&painter, QRectF(0, 0, pixels, pixels));
    }
    QPixmapCache::insert(key, map);
  }
  map.setDevicePixelRatio(ratio);
  return map;
}

void Icons::paint(QPainter& painter, const QRectF& where, const QString& name, const QColor& colour) {
  const int size = int(std::min(where.width(), where.height()));
  const QPointF corner(std::round(where.center().x() - size / 2.0), std::round(where.center().y() - size / 2.0));
  painter.drawPixmap(corner, pixmap(name, size, colour, painter.device()->devicePixelRatioF()));
}

QIcon Icons::program() {
  static const QIcon icon(QStringLiteral(":/attune.svg"));
  return icon;
}

} // namespace attune
