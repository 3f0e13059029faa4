#include "models/origin_list.h"

#include "models/model_list.h"
#include "widgets/icons.h"
#include "widgets/labels.h"
#include "widgets/theme.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace attune {
namespace {

constexpr int step = 16;    // of a level's indent
constexpr int underTag = 5; // what a line with a tag is higher than its letters: the tag stays clear of the hash above

} // namespace

OriginList::OriginList(QWidget* parent)
    : QWidget(parent) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, qOverload<>(&QWidget::update));
}

void OriginList::setOrigins(const QList<ModelOrigin>& origins) {
  list = origins;
  QStringList words;
  for (const ModelOrigin& origin : list) words << origin.name + u' ' + stateWords(origin);
  setAccessibleName(words.join(QLatin1String(", ")));
  updateGeometry();
  update();
}

QString OriginList::stateWords(const ModelOrigin& origin) {
  switch (origin.state) {
  case ModelOrigin::Changed:
    return tr("changed since: %1, now %2").arg(origin.hash.left(4), origin.now.left(4));
  case ModelOrigin::Gone:
    return tr("no longer there");
  case ModelOrigin::Elsewhere:
    return tr("made elsewhere, not on this machine");
  case ModelOrigin::Same:
    break;
  }
  return {};
}

bool OriginList::allMatch() const {
  for (const ModelOrigin& origin : list)
    if (origin.state != ModelOrigin::Same) return false;
  return true;
}

QString OriginList::verdict() const {
  int changed = 0, gone = 0, elsewhere = 0;
  for (const ModelOrigin& origin : list) {
    changed += origin.state == ModelOrigin::Changed;
    gone += origin.state == ModelOrigin::Gone;
    elsewhere += origin.state == ModelOrigin::Elsewhere;
  }
  if (elsewhere == list.size()) return tr("made elsewhere");
  if (changed + gone + elsewhere == 0)
    return list.size() == 1 ? tr("its hash matches") : tr("all %1 hashes match").arg(list.size());
  QStringList words;
  if (changed) words << tr("%1 changed").arg(changed);
  if (gone) words << (gone == 1 ? tr("1 is gone") : tr("%1 are gone").arg(gone));
  if (elsewhere && words.isEmpty()) words << tr("%1 match").arg(list.size() - elsewhere);
  if (elsewhere) words << tr("%1 made elsewhere").arg(elsewhere);
  return words.join(QLatin1String(", "));
}

int OriginList::heightOf(const ModelOrigin& origin) const {
  const int small = QFontMetrics(Theme::font(FontRole::Small)).height();
  return Theme::px(26) + (origin.state == ModelOrigin::Same ? 0 : small) +
         (origin.detail.isEmpty() ? 0 : small + underTag);
}

QSize OriginList::sizeHint() const {
  int height = 8;
  for (const ModelOrigin& origin : list) height += heightOf(origin);
  return {200, list.isEmpty() ? 0 : height};
}

void OriginList::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  int y = 4;
  for (const ModelOrigin& origin : list) {
    const int line = Theme::px(26);
    const int indent = std::min(origin.depth * step, width() / 4);
    const QRect row(metric::edge + indent, y, width() - 2 * metric::edge - indent, line);
    if (indent > 0) { // from what it was made into
      painter.setPen(theme.border);
      painter.drawLine(row.left() - step / 2 - 2, y - 4, row.left() - step / 2 - 2, y + line / 2);
      painter.drawLine(row.left() - step / 2 - 2, y + line / 2, row.left() - 4, y + line / 2);
    }
    if (origin.data)
      Icons::paint(painter, QRectF(row.left() - 1, y + line / 2 - 7, 14, 14), QStringLiteral("data"), theme.muted);
    else
      paintModelMark(painter, {row.left() + 6.0, y + line / 2.0}, origin.kind, theme.window);
    const QFont mono = Theme::font(FontRole::Mono), body = Theme::font(FontRole::Body);
    painter.setFont(mono);
    painter.setPen(theme.muted);
    const QString hash = shortHash(origin.hash);
    painter.drawText(row, Qt::AlignRight | Qt::AlignVCenter, hash);
    const int room = row.width() - 24 - QFontMetrics(mono).horizontalAdvance(hash) - 8;
    painter.setFont(body);
    painter.setPen(theme.text);
    painter.drawText(row.adjusted(24, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetrics(body).elidedText(origin.name, Qt::ElideMiddle, room));
    const QFont small = Theme::font(FontRole::Small);
    painter.setFont(small);
    QRect under(row.left() + 24, y + line - 5, row.width() - 24, QFontMetrics(small).height());
    if (!origin.detail.isEmpty()) {
      under.translate(0, underTag - 2);
      const int tag = origin.scripted ? Tag::sizeOf(Tag::tr("scripted")).width() + 6 : 0;
      painter.setPen(theme.muted);
      const QString words = painter.fontMetrics().elidedText(origin.detail, Qt::ElideRight, under.width() - tag);
      painter.drawText(under, Qt::AlignLeft | Qt::AlignTop, words);
      if (tag)
        Tag::paint(painter, {under.left() + painter.fontMetrics().horizontalAdvance(words) + 6, under.center().y()},
                   Tag::tr("scripted"), Tag::Warning);
      painter.setFont(small);
      under.translate(0, under.height() + 2);
    }
    if (origin.state != ModelOrigin::Same) {
      painter.setPen(origin.state == ModelOrigin::Changed ? theme.warning : theme.muted);
      painter.drawText(under, Qt::AlignLeft | Qt::AlignTop, stateWords(origin));
    }
    y += heightOf(origin);
  }
}

bool OriginList::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    auto* help = static_cast<QHelpEvent*>(event);
    int y = 4;
    for (const ModelOrigin& origin : list) {
      if (help->pos().y() >= y && help->pos().y() < y + heightOf(origin))
        QToolTip::showText(
            help->globalPos(),
            origin.path + u'\n' + origin.hash + (origin.detail.isEmpty() ? QString() : u'\n' + origin.detail), this);
      y += heightOf(origin);
    }
    return true;
  }
  return QWidget::event(event);
}

} // namespace attune
