#include "main_window.h"

#include "error.h"
#include "keys_dialog.h"
#include "preferences_dialog.h"
#include "rail_button.h"
#include "status_line.h"
#include "widgets/icons.h"
#include "widgets/key_button.h"
#include "widgets/message_strip.h"
#include "widgets/popover.h"
#include "widgets/theme.h"
#include "workbench.h"
#include <QApplication>
#include <QCloseEvent>
#include <QLineEdit>
#include <QMenuBar>
#include <QMessageBox>
#include <QPainter>
#include <QPlainTextEdit>
#include <QShortcut>
#include <QStackedWidget>
#include <QTextEdit>
#include <QVBoxLayout>

namespace attune {
namespace {

class Rail : public QWidget {
public:
  using QWidget::QWidget;

protected:
  void paintEvent(QPaintEvent*) override {
    QPainter p(this);
    p.fillRect(rect(), Theme::current().window);
    p.fillRect(width() - 1, 0, 1, height(), Theme::current().border);
  }
};

// Whether the focused widget is a text with something to undo (redo): then Ctrl+Z is its own.
bool textHas(QWidget* widget, bool redo) {
  if (auto* line = qobject_cast<QLineEdit*>(widget)) return redo ? line->isRedoAvailable() : line->isUndoAvailable();
  if (auto* plain = qobject_cast<QPlainTextEdit*>(widget))
    return redo ? plain->document()->isRedoAvailable() : plain->document()->isUndoAvailable();
  if (auto* text = qobject_cast<QTextEdit*>(widget))
    return redo ? text->document()->isRedoAvailable() : text->document()->isUndoAvailable();
  return false;
}

} // namespace

MainWindow::MainWindow(Workbench& bench, QWidget* parent)
    : QMainWindow(parent)
    , bench(bench) {
  setWindowTitle(QStringLiteral("Attune"));
  setWindowIcon(Icons::program());
  setMinimumSize(960, 600);
  auto* centre = new QWidget(this);
  auto* column = new QVBoxLayout(centre);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* row = new QHBoxLayout;
  row->setSpacing(0);
  column->addLayout(row, 1);
  auto* rail = new Rail(centre);
  rail->setFixedWidth(metric::rail);
  railColumn = new QVBoxLayout(rail);
  railColumn->setContentsMargins(0, 0, 1, 8);
  railColumn->setSpacing(0);
  railColumn->addStretch(1);
  auto* preferences = new RailButton(tr("Preferences"), QStringLiteral("settings"), rail);
  preferences->setToolTip(tr("Preferences (Ctrl+,)"));
  connect(preferences, &QAbstractButton::clicked, this, &MainWindow::showPreferences);
  railColumn->addWidget(preferences);
  row->addWidget(rail);
  auto* right = new QVBoxLayout;
  right->setSpacing(0);
  message = new MessageStrip(centre);
  right->addWidget(message);
  stack = new QStackedWidget(centre);
  right->addWidget(stack, 1);
  row->addLayout(right, 1);
  status = new StatusLine(bench, centre);
  column->addWidget(status);
  setCentralWidget(centre);

  makeMenus();
  connect(stack, &QStackedWidget::currentChanged, this, [this] {
    fillMenus();
    showDots();
    if (Panel* p = currentPanel()) {
      for (int i = 0; i < all.size(); ++i) buttons[i]->setChecked(all[i] == p);
      setWindowTitle(QStringLiteral("%1 – Attune").arg(p->title));
      p->shown();
    }
  });
  connect(&bench, &Workbench::openRequested, this, [this](const QString& name, const QVariantMap& request) {
    Panel* wanted = panel(name);
    if (!wanted) return;
    showPanel(name);
    if (!request.isEmpty()) wanted->open(request);
  });
  connect(&bench, &Workbench::worksChanged, this, &MainWindow::showDots);
  connect(&bench, &Workbench::failed, this, &MainWindow::tell);
  connect(status, &StatusLine::panelClicked, this, &MainWindow::showPanel);
  connect(status, &StatusLine::undoClicked, this, &MainWindow::undo);
  connect(&bench, &Workbench::saveStateChanged, this, [this](SaveState state, const QString& why) {
    storeTrouble = state == SaveState::Failed ? why : QString();
    if (state == SaveState::Saved && message->property("store").toBool()) message->clear();
  });
  connect(status, &StatusLine::storeClicked, this, &MainWindow::sayStore);
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, [this] {
    for (QWidget* child : findChildren<QWidget*>()) child->update();
  });
  qApp->installEventFilter(this);

  lastPanel = bench.settings()->value(QStringLiteral("window/panel")).toString();
  resize(1280, 800);
  restoreGeometry(bench.settings()->value(QStringLiteral("window/geometry")).toByteArray());
}

// A panel that is taken down with a reply on the way still tells the bench, whose news the rail can no longer show.
MainWindow::~MainWindow() { bench.disconnect(this); }

void MainWindow::makeMenus() {
  auto entry = [this](QMenu* menu, const QString& text, const QKeySequence& key, auto call) {
    QAction* action = menu->addAction(text);
    action->setShortcut(key);
    connect(action, &QAction::triggered, this, call);
    return action;
  };
  fileMenu = menuBar()->addMenu(tr("&File"));
  fileEnd = fileMenu->addSeparator();
  entry(fileMenu, tr("&Preferences"), QKeySequence(Qt::CTRL | Qt::Key_Comma), &MainWindow::showPreferences)
      ->setMenuRole(QAction::PreferencesRole);
  entry(fileMenu, tr("&Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), &QWidget::close)->setMenuRole(QAction::QuitRole);

  editMenu = menuBar()->addMenu(tr("&Edit"));
  QAction* undoAction = entry(editMenu, tr("&Undo"), QKeySequence::Undo, &MainWindow::undo);
  QAction* redoAction = entry(editMenu, tr("&Redo"), QKeySequence::Redo, &MainWindow::redo);
  auto naming = [this, undoAction, redoAction] {
    const QUndoStack* s = bench.undo();
    undoAction->setText(s->canUndo() ? tr("&Undo %1").arg(s->undoText()) : tr("&Undo"));
    redoAction->setText(s->canRedo() ? tr("&Redo %1").arg(s->redoText()) : tr("&Redo"));
  };
  connect(bench.undo(), &QUndoStack::indexChanged, this, naming);
  naming();
  editMenu->addSeparator();
  searchAction = entry(editMenu, tr("&Search"), QKeySequence(Qt::CTRL | Qt::Key_K), [this] {
    if (Panel* p = currentPanel()) {
      if (!p->listShown() && p->listPane()) p->showList(true);
      p->focusSearch();
    }
  });
  editEnd = editMenu->addSeparator();

  viewMenu = menuBar()->addMenu(tr("&View"));
  viewPanelsEnd = viewMenu->addSeparator();
  listAction = entry(viewMenu, tr("&List"), QKeySequence(Qt::Key_F8), [this] {
    if (Panel* p = currentPanel()) p->showList(!p->listShown());
  });
  sideAction = entry(viewMenu, tr("Side &panel"), QKeySequence(Qt::Key_F9), [this] {
    if (Panel* p = currentPanel()) p->showSide(!p->sideShown());
  });
  listAction->setCheckable(true);
  sideAction->setCheckable(true);
  entry(viewMenu, tr("&Next pane"), QKeySequence(Qt::Key_F6), [this] {
    if (Panel* p = currentPanel()) p->cyclePane(1);
  });
  entry(viewMenu, tr("Pre&vious pane"), QKeySequence(Qt::SHIFT | Qt::Key_F6), [this] {
    if (Panel* p = currentPanel()) p->cyclePane(-1);
  });
  modelMenu = menuBar()->addMenu(tr("&Model"));
  runMenu = menuBar()->addMenu(tr("&Run"));
  helpMenu = menuBar()->addMenu(tr("&Help"));
  entry(helpMenu, tr("&Keys"), QKeySequence(QKeySequence::HelpContents), &MainWindow::showKeys);
  entry(helpMenu, tr("&About Attune"), {}, [this] {
    QMessageBox::about(this, tr("About Attune"),
                       tr("<b>Attune %1</b><br>Train a chat model, rank its answers, look inside it.<br>"
                          "Nothing leaves this computer. GNU General Public License 3 or later.")
                           .arg(QApplication::applicationVersion()));
  })->setMenuRole(QAction::AboutRole);

  auto* esc = new QShortcut(QKeySequence(Qt::Key_Escape), this);
  connect(esc, &QShortcut::activated, this, &MainWindow::escape);
  fillMenus();
}

void MainWindow::fillMenus() {
  for (QAction* action : borrowed)
    for (QMenu* menu : {fileMenu, editMenu, modelMenu, runMenu}) menu->removeAction(action);
  borrowed.clear();
  Panel* p = currentPanel();
  if (p) {
    auto lend = [&](QMenu* menu, QAction* before, Panel::Menu which) {
      for (QAction* action : p->menuActions(which)) {
        menu->insertAction(before, action);
        borrowed << action;
      }
    };
    lend(fileMenu, fileEnd, Panel::File);
    lend(editMenu, nullptr, Panel::Edit);
    lend(modelMenu, nullptr, Panel::Model);
    lend(runMenu, nullptr, Panel::Run);
  }
  modelMenu->menuAction()->setVisible(!modelMenu->isEmpty());
  runMenu->menuAction()->setVisible(!runMenu->isEmpty());
  listAction->setVisible(p && p->listPane());
  sideAction->setVisible(p && p->sidePane());
  listAction->setChecked(p && p->listShown());
  sideAction->setChecked(p && p->sideShown());
}

void MainWindow::addPanel(Panel* p) {
  const int place = int(all.size()) + 1;
  const QKeySequence key(Qt::CTRL | Qt::Key(Qt::Key_0 + place));
  auto* button = new RailButton(p->title, p->iconName, this);
  button->setCheckable(true);
  button->setToolTip(QStringLiteral("%1 (%2)").arg(p->title, keyWords(key)));
  railColumn->insertWidget(place - 1, button);
  connect(button, &QAbstractButton::clicked, this, [this, p] { showPanel(p->name); });
  auto* action = new QAction(p->title, this);
  action->setShortcut(key);
  connect(action, &QAction::triggered, this, [this, p] { showPanel(p->name); });
  viewMenu->insertAction(viewPanelsEnd, action);
  connect(p, &Panel::panesChanged, this, [this, p] {
    if (p == currentPanel()) fillMenus();
  });
  all << p;
  buttons << button;
  stack->addWidget(p); // shows the first
}

Panel* MainWindow::panel(const QString& name) const {
  for (Panel* p : all)
    if (p->name == name) return p;
  return nullptr;
}

Panel* MainWindow::currentPanel() const { return qobject_cast<Panel*>(stack->currentWidget()); }

void MainWindow::showPanel(const QString& name) {
  Panel* wanted = panel(name);
  if (!wanted) return;
  Popover::closeOpen();
  lastPanel.clear();
  bench.settings()->setValue(QStringLiteral("window/panel"), name);
  stack->setCurrentWidget(wanted);
  for (int i = 0; i < all.size(); ++i) buttons[i]->setChecked(all[i] == wanted);
  QWidget* focused = QApplication::focusWidget();
  if (!focused || !focused->isVisible() || !wanted->isAncestorOf(focused)) wanted->cyclePane(1);
}

void MainWindow::showDots() {
  for (int i = 0; i < all.size(); ++i) {
    bool runs = false;
    for (const Work& work : bench.works()) runs = runs || (work.running && work.panel == all[i]->name);
    buttons[i]->setDot(runs && all[i] != currentPanel());
  }
}

void MainWindow::showPreferences() { PreferencesDialog(bench, this).exec(); }

void MainWindow::showKeys() {
  KeysDialog dialog(this);
  dialog.addSection(tr("Everywhere"), {{QStringLiteral("Ctrl+1"), tr("first panel, and so on")},
                                       {QStringLiteral("F8"), tr("list")},
                                       {QStringLiteral("F9"), tr("side panel")},
                                       {QStringLiteral("F6"), tr("next pane")},
                                       {QStringLiteral("Ctrl+K"), tr("search")},
                                       {QStringLiteral("Ctrl+Z"), tr("undo")},
                                       {QStringLiteral("Esc"), tr("close what is open, then stop")},
                                       {QStringLiteral("Ctrl+,"), tr("Preferences")}});
  if (Panel* p = currentPanel()) {
    QList<QPair<QString, QString>> rows = p->keys();
    for (int m = 0; m < 4; ++m)
      for (QAction* action : p->menuActions(Panel::Menu(m)))
        if (!action->shortcut().isEmpty())
          rows << qMakePair(keyWords(action->shortcut()), action->text().remove(QLatin1Char('&')));
    if (!rows.isEmpty()) dialog.addSection(p->title, rows);
  }
  dialog.exec();
}

void MainWindow::escape() {
  if (Popover::closeOpen()) return;
  Panel* p = currentPanel();
  if (!p) return;
  if (p->sideFloats() && p->sideShown())
    p->showSide(false);
  else
    p->escape();
}

void MainWindow::tell(const QString& sentence) {
  message->setProperty("store", false);
  message->show(MessageStrip::Error, sentence);
}

void MainWindow::undo() {
  try {
    bench.undo()->undo();
  } catch (const Error& error) { // the stack stays where it was
    tell(QString::fromUtf8(error.what()));
  }
}

void MainWindow::redo() {
  try {
    bench.undo()->redo();
  } catch (const Error& error) {
    tell(QString::fromUtf8(error.what()));
  }
}

void MainWindow::sayStore() {
  message->setProperty("store", true);
  if (storeTrouble.isEmpty())
    message->show(MessageStrip::Success, tr("All saved"), tr("Everything is in the store on this computer's disk."));
  else
    message->show(
        MessageStrip::Error, tr("Not saved: %1.").arg(storeTrouble),
        tr("What was saved before is safe. Attune tries again by itself; make room on the disk, or check that "
           "its folder may be written."));
}

bool MainWindow::eventFilter(QObject* watched, QEvent* e) {
  // A text field takes Ctrl+Z even when it has nothing to undo; then the window's undo is meant.
  if (e->type() == QEvent::ShortcutOverride && watched->isWidgetType()) {
    auto* keyEvent = static_cast<QKeyEvent*>(e);
    const bool isUndo = keyEvent->matches(QKeySequence::Undo), isRedo = keyEvent->matches(QKeySequence::Redo);
    auto* widget = static_cast<QWidget*>(watched);
    if ((isUndo || isRedo) && widget->window() == this && !textHas(widget, isRedo)) {
      e->ignore();
      return true;
    }
  }
  return QMainWindow::eventFilter(watched, e);
}

void MainWindow::showEvent(QShowEvent* e) {
  QMainWindow::showEvent(e);
  if (!lastPanel.isEmpty()) showPanel(QString(lastPanel)); // the one of the last time, unless one was asked for
  if (Panel* p = currentPanel(); p && !p->isAncestorOf(focusWidget())) p->cyclePane(1);
}

void MainWindow::closeEvent(QCloseEvent* e) {
  bench.settings()->setValue(QStringLiteral("window/geometry"), saveGeometry());
  bench.settings()->sync();
  QMainWindow::closeEvent(e);
}

} // namespace attune
