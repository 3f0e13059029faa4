// The window: menu bar, rail of panels, the panel shown, status bar. It knows panels only as Panel.
//
// Keys of the frame: Ctrl+1..6 panels, F8 list, F9 side, F6 round the panes, Ctrl+K search, F1 keys, Ctrl+,
// Preferences, Ctrl+Z undo (a focused text field first, while it has steps); Esc closes popover, then floating side,
// then stops.
#pragma once

#include "panel.h"
#include <QMainWindow>

class QMenu;
class QStackedWidget;
class QToolButton;
class QVBoxLayout;

namespace attune {

class MessageStrip;
class RailButton;
class StatusLine;
class Workbench;

class MainWindow : public QMainWindow {
  Q_OBJECT
public:
  explicit MainWindow(Workbench& bench, QWidget* parent = nullptr);
  ~MainWindow() override;

  void addPanel(Panel* panel); // in the order of the rail; the first is shown
  Panel* panel(const QString& name) const;
  Panel* currentPanel() const;
  QList<Panel*> panels() const { return all; }
  StatusLine* statusLine() const { return status; }
  MessageStrip* strip() const { return message; } // above all panels: the store, the device

public Q_SLOTS:
  void showPanel(const QString& name);
  void showPreferences();
  void showKeys();
  void escape();
  void undo();
  void redo();
  void tell(const QString& sentence); // an error, above the panels

protected:
  void showEvent(QShowEvent*) override;
  void closeEvent(QCloseEvent*) override;
  bool eventFilter(QObject*, QEvent*) override;

private:
  void makeMenus();
  void fillMenus(); // entries of the shown panel
  void showDots();
  void sayStore();

  Workbench& bench;
  QList<Panel*> all;
  QList<RailButton*> buttons;
  QVBoxLayout* railColumn;
  QStackedWidget* stack;
  StatusLine* status;
  MessageStrip* message;
  QMenu *fileMenu, *editMenu, *viewMenu, *modelMenu, *runMenu, *helpMenu;
  QAction *fileEnd, *editEnd, *viewPanelsEnd, *listAction, *sideAction, *searchAction;
  QList<QAction*> borrowed; // panel actions now in the menus
  QString storeTrouble, lastPanel;
};

} // namespace attune
