#include "widgets/message_strip.h"

#include "widgets/icons.h"
#include "widgets/key_button.h"
#include "widgets/theme.h"
#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>

namespace attune {

MessageStrip::MessageStrip(QWidget* parent)
    : QFrame(parent) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(36, 6, metric::edge, 7);
  row->setSpacing(metric::space);
  words = new QLabel(this);
  words->setWordWrap(true);
  words->setTextFormat(Qt::RichText);
  words->setTextInteractionFlags(Qt::TextSelectableByMouse);
  words->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  row->addWidget(words, 1);
  buttons = new QHBoxLayout;
  buttons->setSpacing(metric::space);
  row->addLayout(buttons);
  auto* close = new KeyButton({}, QStringLiteral("x"), {}, KeyButton::Flat, this);
  close->setToolTip(tr("Close"));
  close->setAccessibleName(tr("Close this message"));
  close->setFixedSize(metric::dense, metric::dense);
  connect(close, &QPushButton::clicked, this, [this] {
    clear();
    Q_EMIT closed();
  });
  closeButton = close;
  row->addWidget(close);
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  hide();
}

void MessageStrip::show(Kind k, const QString& what, const QString& why) {
  kind = k;
  whatText = what;
  whyText = why;
  while (QLayoutItem* item = buttons->takeAt(0)) {
    item->widget()->deleteLater();
    delete item;
  }
  const QString first =
      why.isEmpty() && kind != Error ? what.toHtmlEscaped() : QStringLiteral("<b>%1</b>").arg(what.toHtmlEscaped());
  words->setText(why.isEmpty() ? first : first + QLatin1Char(' ') + why.toHtmlEscaped());
  setAccessibleName(what + QLatin1Char(' ') + why);
  QFrame::show();
  updateGeometry();
  update();
  QAccessibleEvent event(this, QAccessible::Alert);
  QAccessible::updateAccessibility(&event);
}

KeyButton* MessageStrip::addAction(const QString& text) {
  auto* button = new KeyButton(text, KeyButton::Plain, this);
  buttons->addWidget(button);
  return button;
}

void MessageStrip::setClosable(bool on) { closeButton->setVisible(on); }

void MessageStrip::clear() {
  whatText.clear();
  whyText.clear();
  hide();
}

void MessageStrip::paintEvent(QPaintEvent*) {
  const Theme& t = Theme::current();
  QPainter p(this);
  const QColor grounds[] = {t.infoGround, t.successGround, t.warningGround, t.errorGround};
  const QColor inks[] = {t.accent, t.success, t.warning, t.error};
  static const QString icons[] = {QStringLiteral("note"), QStringLiteral("check"), QStringLiteral("warn"),
                                  QStringLiteral("warn")};
  p.fillRect(rect(), grounds[kind]);
  p.fillRect(0, height() - 1, width(), 1, t.border);
  Icons::paint(p, QRectF(metric::edge, std::min(height() / 2 - 8, 12), 16, 16), icons[kind], inks[kind]);
}

} // namespace attune
