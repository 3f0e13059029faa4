// Reward over the root of KL: the policy's points and best of n's, what the proxy says (filled marks) and what gold
// says (hollow ones), and the fits as lines. Saves itself as PNG, SVG and CSV.
#pragma once

#include "train/proxy_gold.h"

#include <QWidget>

namespace attune {

struct Theme;

class ProxyGoldChart : public QWidget {
  Q_OBJECT
public:
  explicit ProxyGoldChart(QWidget* parent = nullptr);
  void setFigures(const ProxyGold& figures);
  const ProxyGold& figures() const { return shown; }
  void setFits(bool on);

  // A family of points: the policy's or best of n's, by the proxy or by gold.
  struct Family {
    QString name;
    bool policy = false, gold = false;
    QList<QPointF> points; // √KL, reward; by √KL
  };
  QList<Family> families() const; // those that have points

  QImage image(QSize size, double scale = 2, const Theme* theme = nullptr) const;
  QByteArray svg(QSize size) const;
  QByteArray csv() const;
  void save(const QString& path) const; // throws Error

  QSize sizeHint() const override { return {560, 320}; }
  QSize minimumSizeHint() const override { return {240, 160}; }

Q_SIGNALS:
  void failed(const QString& sentence);

protected:
  void paintEvent(QPaintEvent*) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;

private:
  struct Frame { // where values stand
    QRectF area;
    double xHigh = 1, yLow = 0, yHigh = 1;
    QPointF at(const QPointF& value) const;
  };
  Frame frameIn(const QRectF& rect) const;
  void paint(QPainter& painter, const QRectF& rect, const Theme& theme) const;
  void paintFamily(QPainter& painter, const Frame& frame, const Family& family, const Theme& theme) const;

  ProxyGold shown;
  bool fits = true;
};

} // namespace attune
