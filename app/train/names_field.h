// A field for several names, with commas between them, that offers those that are known: a click on its arrow, or Down,
// opens them as a list to tick.
#pragma once

#include <QLineEdit>

class QMenu;

namespace attune {

class NamesField : public QLineEdit {
  Q_OBJECT
public:
  explicit NamesField(QWidget* parent = nullptr);

  void setOffered(const QStringList& names);
  void setNames(const QStringList& names);
  QStringList names() const; // each once, without those that are empty
  QMenu* menu() const { return offers; }
  void openMenu();

protected:
  void keyPressEvent(QKeyEvent* event) override;

private:
  void fillMenu();

  QStringList offered;
  QMenu* offers;
  QAction* arrow;
};

} // namespace attune
