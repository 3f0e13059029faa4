#include "panel.h"

#include "widgets/theme.h"
#include "workbench.h"
#include <QApplication>
#include <QLineEdit>
#include <QPainter>
#include <QSplitter>
#include <QVBoxLayout>

namespace attune {
namespace {

// The side panel's host: window ground and, while it floats, an edge on its left.
class Ground : public QWidget {
public:
  Ground(bool window, QWidget* inner, QWidget* parent)
      : QWidget(parent)
      , window(window) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(inner);
  }
  bool edge = false;

protected:
  void paintEvent(QPaintEvent*) override {
    const Theme& t = Theme::current();
    QPainter p(this);
    p.fillRect(rect(), window ? t.window : t.surface);
    if (edge) p.fillRect(0, 0, 1, height(), t.outline);
  }

private:
  bool window;
};

} // namespace

Panel::Panel(Workbench& bench, const QString& name, const QString& title, const QString& iconName, QWidget* parent)
    : QWidget(parent)
    , name(name)
    , title(title)
    , iconName(iconName)
    , bench(bench) {
  setObjectName(name);
  setAccessibleName(title);
}

QString Panel::key(const char* what) const { return QStringLiteral("panels/%1/%2").arg(name, QLatin1String(what)); }

void Panel::setPanes(QWidget* l, QWidget* c, QWidget* s, int listWidth, int sideW) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  splitter = new QSplitter(Qt::Horizontal, this);
  splitter->setHandleWidth(1);
  splitter->setChildrenCollapsible(false);
  column->addWidget(splitter);
  QSettings* kept = bench.settings();
  sideWidth = kept->value(key("side"), sideW).toInt();
  listWidth = kept->value(key("list"), listWidth).toInt();
  wantList = kept->value(key("listShown"), true).toBool();
  wantSide = kept->value(key("sideShown"), true).toBool();
  if (l) {
    list = new Ground(false, l, this);
    list->setMinimumWidth(140);
    splitter->addWidget(list);
  }
  content = new Ground(false, c, this);
  content->setMinimumWidth(320);
  splitter->addWidget(content);
  if (s) {
    side = new Ground(true, s, this);
    side->setMinimumWidth(180);
    splitter->addWidget(side);
  }
  QList<int> sizes;
  if (list) sizes << listWidth;
  sizes << std::max(320, 1280 - metric::rail - (list ? listWidth : 0) - (side ? sideWidth : 0));
  if (side) sizes << sideWidth;
  splitter->setSizes(sizes);
  for (int i = 0; i < splitter->count(); ++i) splitter->setStretchFactor(i, splitter->widget(i) == content ? 1 : 0);
  connect(splitter, &QSplitter::splitterMoved, this, [this] { keepSizes(); });
  if (list) list->setVisible(wantList);
  if (side) side->setVisible(wantSide);
}

void Panel::keepSizes() {
  QSettings* kept = bench.settings();
  if (list && list->isVisible()) kept->setValue(key("list"), list->width());
  if (side && side->isVisible()) {
    sideWidth = side->width();
    kept->setValue(key("side"), sideWidth);
  }
}

bool Panel::listShown() const { return list && !list->isHidden(); }
bool Panel::sideShown() const { return side && !side->isHidden(); }

void Panel::showList(bool on) {
  if (!list) return;
  wantList = on;
  list->setVisible(on);
  bench.settings()->setValue(key("listShown"), on);
  Q_EMIT panesChanged();
}

void Panel::showSide(bool on) {
  if (!side) return;
  if (!on && side->isAncestorOf(QApplication::focusWidget())) content->setFocus();
  if (!floating) {
    wantSide = on;
    bench.settings()->setValue(key("sideShown"), on);
  }
  side->setVisible(on);
  if (on && floating) {
    place();
    side->raise();
  }
  Q_EMIT panesChanged();
}

void Panel::resizeEvent(QResizeEvent*) {
  if (!side) return;
  const bool narrow = window()->width() < metric::narrow;
  if (narrow != floating) {
    floating = narrow;
    static_cast<Ground*>(side)->edge = narrow;
    if (narrow) {
      side->setParent(this);
      side->hide();
    } else {
      side->setParent(splitter);
      splitter->addWidget(side);
      QList<int> sizes = splitter->sizes();
      sizes.last() = sideWidth;
      const int others = list && !list->isHidden() ? sizes.first() : 0;
      sizes[list ? 1 : 0] = std::max(320, width() - others - sideWidth - 2);
      splitter->setSizes(sizes);
      splitter->setStretchFactor(splitter->count() - 1, 0);
      side->setVisible(wantSide);
    }
    Q_EMIT panesChanged();
  }
  place();
}

void Panel::hideEvent(QHideEvent*) {
  if (floating && side) side->hide();
}

void Panel::place() {
  if (floating && side) side->setGeometry(width() - sideWidth, 0, sideWidth, height());
}

bool Panel::focusSearch() {
  if (!search || !search->isVisibleTo(this)) return false;
  search->setFocus(Qt::ShortcutFocusReason);
  search->selectAll();
  return true;
}

QAction* Panel::addMenuAction(Menu menu, const QString& text, const QKeySequence& key) {
  auto* action = new QAction(text, this);
  if (!key.isEmpty()) action->setShortcut(key);
  addMenuAction(menu, action);
  return action;
}

void Panel::addMenuAction(Menu menu, QAction* action) {
  menus[menu].append(action);
  addAction(action);
}

void Panel::cyclePane(int step) {
  QList<QWidget*> panes;
  for (QWidget* pane : {list, content, side})
    if (pane && pane->isVisible()) panes << pane;
  if (panes.isEmpty()) return;
  QWidget* focused = QApplication::focusWidget();
  int at = -1;
  for (int i = 0; i < panes.size(); ++i)
    if (focused && panes[i]->isAncestorOf(focused)) at = i;
  for (int turn = 1; turn <= panes.size(); ++turn) { // the first pane from here that has something to focus
    const int next = ((at < 0 && step < 0 ? 0 : at) + step * turn + 2 * int(panes.size())) % int(panes.size());
    for (QWidget* child : panes[next]->findChildren<QWidget*>())
      if (child->isVisible() && child->isEnabled() && (child->focusPolicy() & Qt::TabFocus)) {
        child->setFocus(Qt::ShortcutFocusReason);
        return;
      }
  }
}

} // namespace attune
