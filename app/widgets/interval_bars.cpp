#include "widgets/interval_bars.h"

#include "error.h"
#include "widgets/labels.h"
#include "widgets/picture_file.h"
#include "widgets/theme.h"

#include <QContextMenuEvent>
#include <QFileDialog>
#include <QHelpEvent>
#include <QMenu>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

namespace attune {

IntervalBars::IntervalBars(QWidget* parent)
    : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, qOverload<>(&QWidget::update));
}

void IntervalBars::setScale(double low, double high, bool share, std::optional<double> at) {
  least = low;
  most = high;
  percent = share;
  line = at;
  update();
}

void IntervalBars::setTitle(const QString& to) { title = to; }

void IntervalBars::setBars(const QList<IntervalBar>& bars) {
  list = bars;
  QStringList words;
  for (const IntervalBar& bar : list) words << QStringLiteral("%1 %2").arg(bar.name, numberWords(bar));
  setAccessibleName(title + QStringLiteral(": ") + words.join(QLatin1String(", ")));
  updateGeometry();
  update();
}

QString IntervalBars::numberWords(const IntervalBar& bar) const {
  if (!bar.known) return QStringLiteral("–");
  const double half = (bar.high - bar.low) / 2;
  if (half == 0 && percent) return tr("%1 %").arg(100 * bar.value, 0, 'f', bar.value < 0.1 ? 1 : 0);
  return percent ? tr("%1 % ± %2").arg(100 * bar.value, 0, 'f', 0).arg(100 * half, 0, 'f', 0)
                 : tr("%1 ± %2").arg(bar.value, 0, 'f', 2).arg(half, 0, 'f', 2).replace(u'-', QChar(0x2212));
}

int IntervalBars::rowHeight() const { return QFontMetrics(Theme::font(FontRole::Dense)).height() + 6; }
QSize IntervalBars::sizeHint() const { return {300, int(list.size()) * rowHeight() + 10}; }

void IntervalBars::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  paint(painter, rect(), Theme::current());
}

void IntervalBars::paint(QPainter& p, const QRect& rect, const Theme& theme) const {
  p.fillRect(rect, theme.surface);
  const QFont dense = Theme::font(FontRole::Dense), bold = Theme::font(FontRole::Dense, true);
  const QFontMetrics metrics(dense), heavy(bold);
  int names = 0, numbers = 0, counts = 0;
  for (const IntervalBar& bar : list) {
    const int tag = bar.scripted ? Tag::sizeOf(tr("scripted")).width() + 6 : 0;
    names = std::max(names, (bar.chosen ? heavy : metrics).horizontalAdvance(bar.name) + tag);
    numbers = std::max(numbers, heavy.horizontalAdvance(numberWords(bar)));
    counts = std::max(counts, metrics.horizontalAdvance(bar.of));
  }
  names = std::min(names + 2, rect.width() * 2 / 5);
  const bool roomy = rect.width() - 2 * metric::edge - names - numbers - counts - 44 >= 90;
  const int right = numbers + (roomy && counts ? counts + 14 : 0);
  const int left = rect.left() + metric::edge + names + 12;
  const int room = std::max(24, rect.right() - metric::edge - right - 14 - left);
  const auto x = [&](double value) {
    return left + int(std::lround(room * std::clamp((value - least) / (most - least), 0.0, 1.0)));
  };
  int y = rect.top() + 5;
  const int h = rowHeight();
  if (line) {
    p.setPen(QPen(theme.outline, 1, Qt::DashLine));
    p.drawLine(x(*line), y, x(*line), y + int(list.size()) * h);
  }
  for (const IntervalBar& bar : list) {
    const QRect row(rect.left() + metric::edge, y, rect.width() - 2 * metric::edge, h);
    p.setFont(bar.chosen ? bold : dense);
    p.setPen(theme.text);
    const int tag = bar.scripted ? Tag::sizeOf(tr("scripted")).width() + 6 : 0;
    const QString name = p.fontMetrics().elidedText(bar.name, Qt::ElideMiddle, std::max(20, names - tag));
    p.drawText(QRect(row.left(), y, names, h), Qt::AlignLeft | Qt::AlignVCenter, name);
    if (tag)
      Tag::paint(p, QPoint(row.left() + p.fontMetrics().horizontalAdvance(name) + 6, row.center().y()), tr("scripted"),
                 Tag::Warning);
    if (bar.known) {
      const int zero = x(std::clamp(0.0, least, most));
      const int end = x(bar.value), thick = std::max(6, h - 12), top = y + (h - thick) / 2;
      p.fillRect(QRect(std::min(zero, end), top, std::max(1, std::abs(end - zero)), thick),
                 bar.chosen ? theme.accent : theme.outline);
      const int low = x(bar.low), high = x(bar.high), middle = y + h / 2;
      const auto whisker = [&](const QColor& colour, int width) {
        p.fillRect(QRect(low, middle - width / 2, std::max(1, high - low), width), colour);
        for (const int at : {low, high})
          p.fillRect(QRect(at - width / 2, middle - 4 - width / 2, width, 8 + width), colour);
      };
      if (high > low) whisker(theme.text, 1);
    }
    if (bar.published) p.fillRect(QRect(x(*bar.published) - 1, y + 2, 2, h - 4), theme.text);
    const int end = row.right() - (roomy && counts ? counts + 14 : 0);
    p.setPen(bar.known ? theme.text : theme.muted);
    p.setFont(bar.chosen ? bold : dense);
    p.drawText(QRect(end - numbers - 4, y, numbers + 5, h), Qt::AlignRight | Qt::AlignVCenter, numberWords(bar));
    if (roomy && counts) {
      p.setFont(dense);
      p.setPen(theme.muted);
      p.drawText(row, Qt::AlignRight | Qt::AlignVCenter, bar.of);
    }
    y += h;
  }
}

bool IntervalBars::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  auto* help = static_cast<QHelpEvent*>(event);
  const int row = (help->pos().y() - 5) / std::max(1, rowHeight());
  if (row < 0 || row >= list.size()) return true;
  const IntervalBar& bar = list[row];
  QString words = bar.name;
  if (bar.known) {
    const double unit = percent ? 100 : 1;
    words += tr(": %1, in 95 of 100 cases between %2 and %3")
                 .arg(unit * bar.value, 0, 'f', percent ? 1 : 2)
                 .arg(unit * bar.low, 0, 'f', percent ? 1 : 2)
                 .arg(unit * bar.high, 0, 'f', percent ? 1 : 2);
  }
  if (!bar.of.isEmpty()) words += QStringLiteral(", ") + bar.of;
  QToolTip::showText(help->globalPos(), words, this);
  return true;
}

QImage IntervalBars::image(QSize size, double scale) const {
  return paintedImage(size, scale, [&](QPainter& p) { paint(p, QRect(QPoint(), size), Theme::light()); });
}

QByteArray IntervalBars::csv() const {
  QString text = QStringLiteral("name,value,low,high,of\n");
  for (const IntervalBar& bar : list)
    text +=
        csvField(bar.name) +
        (bar.known ? QStringLiteral(",%1,%2,%3,").arg(bar.value).arg(bar.low).arg(bar.high) : QStringLiteral(",,,,")) +
        csvField(bar.of) + u'\n';
  return text.toUtf8();
}

void IntervalBars::save(const QString& path) const {
  const QSize large(std::max(480, width()), sizeHint().height());
  savePicture(
      path, [&] { return image(large); },
      [&] { return paintedSvg(large, title, [&](QPainter& p) { paint(p, QRect(QPoint(), large), Theme::light()); }); },
      [&] { return csv(); });
}

void IntervalBars::saveAs(const QString& ending) {
  const QString path =
      QFileDialog::getSaveFileName(this, tr("Save"), pictureFileName(title, ending), pictureFilter(ending));
  if (path.isEmpty()) return;
  try {
    save(path);
  } catch (const Error& error) {
    Q_EMIT failed(QString::fromUtf8(error.what()));
  }
}

void IntervalBars::contextMenuEvent(QContextMenuEvent* event) {
  if (list.isEmpty()) return;
  QMenu menu(this);
  for (const char* ending : {"png", "svg", "csv"}) {
    const QString name = QString::fromLatin1(ending);
    menu.addAction(tr("Save as %1 …").arg(name.toUpper()), this, [this, name] { saveAs(name); });
  }
  menu.exec(event->globalPos());
}

} // namespace attune
