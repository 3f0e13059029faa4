#include "attention/head_grid.h"

#include "attention/head_painter.h"
#include "widgets/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <algorithm>

namespace attune {

namespace {
constexpr int edge = 12, between = 4, header = 20;
}

HeadGrid::HeadGrid(QWidget* parent)
    : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setAccessibleName(tr("All heads"));
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, &HeadGrid::refresh);
}

void HeadGrid::refresh() {
  ground = QPixmap();
  update();
}

void HeadGrid::setData(AttentionPtr to) {
  data = std::move(to);
  if (data) {
    chosenLayer = std::clamp(chosenLayer, 0, std::max(0, data->nLayer - 1));
    chosenHead = std::clamp(chosenHead, 0, std::max(0, data->nHead - 1));
  }
  scrolled = 0;
  scrollToChosen();
  refresh();
}

void HeadGrid::setShade(Shade to) {
  shade = to;
  refresh();
}

void HeadGrid::choose(int layer, int head) {
  if (!data || layer < 0 || head < 0 || layer >= data->nLayer || head >= data->nHead) return;
  if (layer == chosenLayer && head == chosenHead) return;
  chosenLayer = layer;
  chosenHead = head;
  setAccessibleDescription(headTitle(layer, head) + QStringLiteral(", mostly reads ") +
                           habitWords(data->digest(layer, head).habit));
  scrollToChosen();
  update();
  Q_EMIT chosen(layer, head);
}

int HeadGrid::labelWidth() const {
  const QString last = QStringLiteral("L%1").arg(data ? std::max(0, data->nLayer - 1) : 0);
  return std::max(22, QFontMetrics(Theme::font(FontRole::Small)).horizontalAdvance(last) + 8);
}

int HeadGrid::cell() const {
  if (!data || data->nLayer == 0 || data->nHead == 0) return 20;
  const int wide = (width() - 2 * edge - labelWidth()) / data->nHead - between;
  const int high = (height() - 2 * edge / 2 - header) / data->nLayer - between;
  // Where both ways do not fit at 20 px the layers scroll; heads shrink further only when they must.
  return std::clamp(std::min(wide, std::max(high, 20)), 8, 64);
}

int HeadGrid::mostScroll() const {
  if (!data) return 0;
  return std::max(0, header + edge / 2 + data->nLayer * (cell() + between) + edge / 2 - height());
}

QRect HeadGrid::headRect(int layer, int head) const {
  const int side = cell();
  return {edge + labelWidth() + head * (side + between), edge / 2 + header + layer * (side + between) - scrolled, side,
          side};
}

void HeadGrid::scrollToChosen() {
  const QRect rect = headRect(chosenLayer, chosenHead);
  if (rect.bottom() > height() - edge / 2) scrolled += rect.bottom() - height() + edge / 2 + 1;
  if (rect.top() < edge / 2 + header) scrolled -= edge / 2 + header - rect.top();
  const int to = std::clamp(scrolled, 0, mostScroll());
  scrolled = to;
  ground = QPixmap();
}

bool HeadGrid::headAt(const QPoint& point, Hit& hit) const {
  if (!data || point.y() < edge / 2 + header) return false;
  for (int layer = 0; layer < data->nLayer; layer++)
    for (int head = 0; head < data->nHead; head++)
      if (headRect(layer, head).adjusted(-2, -2, 2, 2).contains(point)) {
        hit = {layer, head};
        return true;
      }
  return false;
}

void HeadGrid::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  if (!data) {
    painter.fillRect(rect(), theme.surface);
    return;
  }
  const double ratio = devicePixelRatioF();
  if (ground.isNull() || ground.size() != size() * ratio) {
    ground = QPixmap(size() * ratio);
    ground.setDevicePixelRatio(ratio);
    ground.fill(theme.surface);
    QPainter still(&ground);
    const auto colors = headColors(theme, shade);
    const int side = cell();
    still.setFont(Theme::font(FontRole::Small));
    still.setClipRect(0, edge / 2 + header - 1, width(), height());
    for (int layer = 0; layer < data->nLayer; layer++)
      for (int head = 0; head < data->nHead; head++) {
        const QRect where = headRect(layer, head);
        if (head == 0) {
          still.setPen(theme.muted);
          still.drawText(QRect(0, where.top(), where.left() - 8, side), Qt::AlignRight | Qt::AlignVCenter,
                         QStringLiteral("L%1").arg(layer));
        }
        still.drawImage(where, digestImage(data->digest(layer, head), colors, side));
        still.setPen(theme.border);
        still.drawRect(where.adjusted(-1, -1, 0, 0));
      }
    still.setClipping(false);
    const int every = side + between < QFontMetrics(still.font()).horizontalAdvance(QStringLiteral("H00")) + 2 ? 2 : 1;
    still.setPen(theme.muted);
    for (int head = 0; head < data->nHead; head += every) {
      const QRect where = headRect(0, head);
      still.drawText(QRect(where.left() - 12, edge / 2, side + 24, header - 2), Qt::AlignCenter,
                     QStringLiteral("H%1").arg(head));
    }
  }
  painter.drawPixmap(0, 0, ground);
  painter.setClipRect(0, edge / 2 + header - 3, width(), height());
  const QRect where = headRect(chosenLayer, chosenHead);
  painter.setPen(QPen(theme.accent, 2));
  painter.drawRect(where.adjusted(-2, -2, 2, 2));
  if (hasFocus()) {
    // Chosen is accent; focused has the text's colour around it.
    painter.setPen(QPen(theme.text, 1));
    painter.drawRect(where.adjusted(-4, -4, 3, 3));
  }
}

void HeadGrid::mousePressEvent(QMouseEvent* event) {
  Hit hit;
  if (event->button() == Qt::LeftButton && headAt(event->position().toPoint(), hit)) choose(hit.layer, hit.head);
}

void HeadGrid::mouseDoubleClickEvent(QMouseEvent* event) {
  Hit hit;
  if (headAt(event->position().toPoint(), hit)) Q_EMIT enlarged(hit.layer, hit.head);
}

void HeadGrid::keyPressEvent(QKeyEvent* event) {
  if (!data || event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) return QWidget::keyPressEvent(event);
  switch (event->key()) {
  case Qt::Key_Left:
    return choose(chosenLayer, std::max(0, chosenHead - 1));
  case Qt::Key_Right:
    return choose(chosenLayer, std::min(data->nHead - 1, chosenHead + 1));
  case Qt::Key_Up:
    return choose(std::max(0, chosenLayer - 1), chosenHead);
  case Qt::Key_Down:
    return choose(std::min(data->nLayer - 1, chosenLayer + 1), chosenHead);
  case Qt::Key_Home:
    return choose(chosenLayer, 0);
  case Qt::Key_End:
    return choose(chosenLayer, data->nHead - 1);
  case Qt::Key_PageUp:
    return choose(0, chosenHead);
  case Qt::Key_PageDown:
    return choose(data->nLayer - 1, chosenHead);
  case Qt::Key_Return:
  case Qt::Key_Enter:
    Q_EMIT enlarged(chosenLayer, chosenHead);
    return;
  default:
    QWidget::keyPressEvent(event);
  }
}

void HeadGrid::wheelEvent(QWheelEvent* event) {
  const int to = std::clamp(scrolled - event->angleDelta().y() / 2, 0, mostScroll());
  if (to == scrolled) return event->ignore();
  scrolled = to;
  refresh();
}

void HeadGrid::resizeEvent(QResizeEvent*) {
  scrolled = std::clamp(scrolled, 0, mostScroll());
  scrollToChosen();
}

bool HeadGrid::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    auto* help = static_cast<QHelpEvent*>(event);
    Hit hit;
    if (headAt(help->pos(), hit))
      QToolTip::showText(help->globalPos(),
                         tr("%1: mostly reads %2")
                             .arg(headTitle(hit.layer, hit.head), habitWords(data->digest(hit.layer, hit.head).habit)),
                         this, headRect(hit.layer, hit.head));
    else
      QToolTip::hideText();
    return true;
  }
  return QWidget::event(event);
}

} // namespace attune
