// A page of the window: list | content | side, in a splitter whose sizes are kept.
//
// A panel names itself, its icon and its key list; the window makes the rail button. Under 1180 px the side leaves the
// splitter and F9 opens it over the content. What a panel does not have (a list, a side) it leaves null.
#pragma once

#include <QAction>
#include <QList>
#include <QPair>
#include <QVariantMap>
#include <QWidget>

class QLineEdit;
class QSplitter;
class QVBoxLayout;

namespace attune {

class Workbench;

class Panel : public QWidget {
  Q_OBJECT
public:
  enum Menu { File, Edit, Model, Run };

  Panel(Workbench& bench, const QString& name, const QString& title, const QString& iconName,
        QWidget* parent = nullptr);

  const QString name, title, iconName; // "chat", "Chat", "chat"

  // Panes may be null, content never. Call once, in the constructor of the panel.
  void setPanes(QWidget* list, QWidget* content, QWidget* side, int listWidth = 220, int sideWidth = 256);
  QWidget* listPane() const { return list; }
  QWidget* contentPane() const { return content; }
  QWidget* sidePane() const { return side; }

  bool listShown() const;
  bool sideShown() const;
  void showList(bool on);
  void showSide(bool on); // over the content where the window is narrow
  bool sideFloats() const { return floating; }

  void setSearchField(QLineEdit* field) { search = field; }
  virtual bool focusSearch(); // Ctrl+K; false where there is none
  // Esc, after popovers and the floating side: stops what runs. True when it did something.
  virtual bool escape() { return false; }
  virtual void open(const QVariantMap& request) { Q_UNUSED(request); } // from another panel
  virtual void shown() {}                                              // came to the front
  // "J K L", "set a flag": rows of the key list (F1).
  virtual QList<QPair<QString, QString>> keys() const { return {}; }

  // An entry of the menu bar while this panel is shown; its shortcut works only then.
  QAction* addMenuAction(Menu menu, const QString& text, const QKeySequence& key = {});
  void addMenuAction(Menu menu, QAction* action);
  QList<QAction*> menuActions(Menu menu) const { return menus[menu]; }

  void cyclePane(int step); // F6, Shift+F6

Q_SIGNALS:
  void panesChanged();

protected:
  void resizeEvent(QResizeEvent*) override;
  void hideEvent(QHideEvent*) override;
  Workbench& bench;

private:
  void place();
  void keepSizes();
  QString key(const char* what) const;

  QSplitter* splitter = nullptr;
  QWidget *list = nullptr, *content = nullptr, *side = nullptr;
  QLineEdit* search = nullptr;
  QList<QAction*> menus[4];
  int sideWidth = 256;
  bool floating = false, wantSide = true, wantList = true;
};

} // namespace attune
