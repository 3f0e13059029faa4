#include "status_line.h"

#include "widgets/icons.h"
#include "widgets/labels.h"
#include "widgets/word_progress.h"
#include "workbench.h"
#include <QHBoxLayout>
#include <QHelpEvent>
#include <QLocale>
#include <QPainter>
#include <QToolTip>

namespace attune {

StatusEntry::StatusEntry(QWidget* parent)
    : QAbstractButton(parent) {
  setFont(Theme::font(FontRole::Dense));
  setFocusPolicy(Qt::TabFocus);
  setAttribute(Qt::WA_Hover);
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Expanding);
}

void StatusEntry::say(const QString& words, const QString& icon, Ink colour) {
  if (words == text() && icon == iconName && colour == ink) return;
  setText(words);
  setAccessibleName(words);
  iconName = icon;
  ink = colour;
  updateGeometry();
  update();
}

QSize StatusEntry::sizeHint() const {
  return {fontMetrics().horizontalAdvance(text()) + 1 + (iconName.isEmpty() ? 0 : 22) + 8, metric::status};
}

QSize StatusEntry::minimumSizeHint() const { return {std::min(60, sizeHint().width()), metric::status}; }

void StatusEntry::paintEvent(QPaintEvent*) {
  const Theme& t = Theme::current();
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  if (underMouse()) p.fillRect(rect(), t.hover);
  if (hasFocus()) {
    p.setPen(QPen(t.accent, 2));
    p.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
  }
  const QColor colours[] = {t.text, t.accent, t.success, t.error};
  int x = 4;
  if (!iconName.isEmpty()) {
    Icons::paint(p, QRectF(x, (height() - 16) / 2, 16, 16), iconName, colours[ink]);
    x += 22;
  }
  p.setPen(ink == Error ? t.error : t.text);
  p.drawText(QRect(x, 0, width() - x - 3, height()), Qt::AlignVCenter | Qt::AlignLeft,
             fontMetrics().elidedText(text(), Qt::ElideRight, width() - x - 3));
}

bool StatusEntry::event(QEvent* e) {
  if (e->type() == QEvent::ToolTip && toolTip().isEmpty()) {
    if (width() < sizeHint().width()) QToolTip::showText(static_cast<QHelpEvent*>(e)->globalPos(), text(), this);
    return true;
  }
  return QAbstractButton::event(e);
}

StatusLine::StatusLine(Workbench& bench, QWidget* parent)
    : QWidget(parent)
    , bench(bench) {
  auto* row = new QHBoxLayout(this);
  setFixedHeight(std::max(metric::status, QFontMetrics(Theme::font(FontRole::Dense)).height() + 8));
  row->setContentsMargins(8, 1, 8, 0);
  row->setSpacing(4);
  auto separator = [&] {
    auto* holder = new QWidget(this);
    auto* inside = new QHBoxLayout(holder);
    inside->setContentsMargins(4, 5, 4, 5);
    inside->addWidget(new Line(Qt::Vertical, holder));
    row->addWidget(holder);
    return holder;
  };
  work = new StatusEntry(this);
  row->addWidget(work);
  separator();
  row->addStretch(1);
  checkpointLine = separator();
  checkpoint = new StatusEntry(this);
  row->addWidget(checkpoint);
  deviceLine = separator();
  device = new StatusEntry(this);
  row->addWidget(device);
  memoryLine = separator();
  memory = new QWidget(this);
  auto* memoryRow = new QHBoxLayout(memory);
  memoryRow->setContentsMargins(4, 0, 4, 0);
  memoryRow->setSpacing(6);
  auto* memoryName = new ElidedLabel(tr("Memory"), FontRole::Dense, memory);
  memoryBar = new ThinBar(memory);
  memoryBar->setFixedWidth(64);
  memoryWords = new ElidedLabel({}, FontRole::Dense, memory);
  memoryRow->addWidget(memoryName);
  memoryRow->addWidget(memoryBar);
  memoryRow->addWidget(memoryWords);
  row->addWidget(memory);
  separator();
  saved = new StatusEntry(this);
  row->addWidget(saved);

  for (QWidget* hidden : {static_cast<QWidget*>(checkpoint), checkpointLine, static_cast<QWidget*>(device), deviceLine,
                          memory, memoryLine})
    hidden->hide();
  saved->say(tr("All saved"), QStringLiteral("check"), StatusEntry::Success);
  showWork();

  deletion.setSingleShot(true);
  deletion.setInterval(10000);
  connect(&deletion, &QTimer::timeout, this, &StatusLine::showWork);
  connect(&bench, &Workbench::worksChanged, this, &StatusLine::showWork);
  connect(&bench, &Workbench::removed, this, [this](const QString& what) {
    deleted = what;
    deletion.start();
    showWork();
  });
  connect(bench.undo(), &QUndoStack::indexChanged, this, [this] { // undone, or something else was done since
    if (!deletion.isActive()) return;
    deletion.stop();
    showWork();
  });
  connect(work, &QAbstractButton::clicked, this, [this] {
    if (deletion.isActive())
      Q_EMIT undoClicked();
    else if (!this->bench.works().isEmpty())
      Q_EMIT panelClicked(this->bench.works().last().panel);
  });
  connect(device, &QAbstractButton::clicked, this, [this] { Q_EMIT panelClicked(QStringLiteral("models")); });
  connect(saved, &QAbstractButton::clicked, this, &StatusLine::storeClicked);
  connect(checkpoint, &QAbstractButton::clicked, this, [this] { Q_EMIT panelClicked(QStringLiteral("train")); });
  connect(&bench, &Workbench::checkpointChanged, this, [this](const QString& words) {
    checkpoint->say(words);
    checkpoint->setVisible(!words.isEmpty());
    checkpointLine->setVisible(!words.isEmpty());
  });
  connect(&bench, &Workbench::deviceChanged, this, [this](const QString& name) {
    device->say(name, QStringLiteral("chip"));
    device->setVisible(!name.isEmpty());
    deviceLine->setVisible(!name.isEmpty());
  });
  connect(&bench, &Workbench::memoryChanged, this, &StatusLine::setMemory);
  connect(&bench, &Workbench::saveStateChanged, this, [this](SaveState state, const QString& why) {
    if (state == SaveState::Saved)
      saved->say(tr("All saved"), QStringLiteral("check"), StatusEntry::Success);
    else if (state == SaveState::Saving)
      saved->say(tr("Saving"), QStringLiteral("disk"), StatusEntry::Plain);
    else
      saved->say(tr("Not saved: %1").arg(why), QStringLiteral("warn"), StatusEntry::Error);
  });
}

void StatusLine::showWork() {
  if (deletion.isActive()) {
    work->say(
        tr("Deleted %1. Undo %2").arg(deleted, QKeySequence(QKeySequence::Undo).toString(QKeySequence::NativeText)),
        QStringLiteral("undo"), StatusEntry::Accent);
  } else if (!bench.works().isEmpty()) {
    const Work& last = bench.works().last();
    work->say(last.words, last.running ? QStringLiteral("play") : QStringLiteral("check"),
              last.running ? StatusEntry::Accent : StatusEntry::Success);
  } else {
    work->say(tr("Ready"), QStringLiteral("check"), StatusEntry::Success);
  }
}

void StatusLine::setMemory(quint64 used, quint64 total) {
  memory->setVisible(total > 0);
  memoryLine->setVisible(total > 0);
  if (total == 0) return;
  memoryBar->setShare(double(used) / double(total));
  memoryWords->setText(memoryText(used, total));
}

void StatusLine::paintEvent(QPaintEvent*) {
  const Theme& t = Theme::current();
  QPainter p(this);
  p.fillRect(rect(), t.window);
  p.fillRect(0, 0, width(), 1, t.border);
}

QString memoryText(quint64 used, quint64 total) {
  const bool large = total >= (quint64(1) << 30);
  const double unit = large ? double(quint64(1) << 30) : double(1 << 20);
  const int digits = large ? 1 : 0;
  return StatusLine::tr("%1 of %2 %3")
      .arg(QString::number(used / unit, 'f', digits), QString::number(total / unit, 'f', digits),
           large ? QStringLiteral("GiB") : QStringLiteral("MiB"));
}

} // namespace attune
