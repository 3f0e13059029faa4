#include "train/names_field.h"

#include "widgets/icons.h"

#include <QKeyEvent>
#include <QMenu>

namespace attune {

NamesField::NamesField(QWidget* parent)
    : QLineEdit(parent)
    , offers(new QMenu(this)) {
  arrow = addAction(Icons::icon(QStringLiteral("down")), TrailingPosition);
  arrow->setToolTip(tr("The names that are known (Down)"));
  connect(arrow, &QAction::triggered, this, &NamesField::openMenu);
  connect(offers, &QMenu::aboutToShow, this, &NamesField::fillMenu);
  setOffered({});
}

void NamesField::setOffered(const QStringList& names) {
  offered = names;
  arrow->setVisible(!offered.isEmpty());
}

void NamesField::setNames(const QStringList& names) { setText(names.join(QStringLiteral(", "))); }

QStringList NamesField::names() const {
  QStringList list;
  for (const QString& part : text().split(u','))
    if (const QString name = part.trimmed(); !name.isEmpty() && !list.contains(name)) list << name;
  return list;
}

void NamesField::fillMenu() {
  offers->clear();
  const QStringList chosen = names();
  for (const QString& name : offered) {
    QAction* action = offers->addAction(QString(name).replace(u'&', QStringLiteral("&&")), this, [this, name](bool on) {
      QStringList now = names();
      now.removeAll(name);
      if (on) now << name;
      setNames(now);
    });
    action->setCheckable(true);
    action->setChecked(chosen.contains(name));
  }
}

void NamesField::openMenu() {
  if (!offered.isEmpty()) offers->popup(mapToGlobal(QPoint(0, height() + 2)));
}

void NamesField::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Down)
    openMenu();
  else
    QLineEdit::keyPressEvent(event);
}

} // namespace attune
