#include "keys_dialog.h"

#include "widgets/key_button.h"
#include "widgets/labels.h"
#include <QGridLayout>
#include <QVBoxLayout>

namespace attune {

KeysDialog::KeysDialog(QWidget* parent)
    : QDialog(parent) {
  setWindowTitle(tr("Keys"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(metric::spaceL, metric::spaceL, metric::spaceL, metric::edge);
  column->setSpacing(metric::spaceL);
  columns = new QHBoxLayout;
  columns->setSpacing(2 * metric::spaceL);
  column->addLayout(columns);
  auto* close = new KeyButton(tr("Close"), KeyButton::Plain, this);
  close->showKey(QKeySequence(Qt::Key_Escape));
  connect(close, &QPushButton::clicked, this, &QDialog::accept);
  column->addWidget(close, 0, Qt::AlignRight);
}

void KeysDialog::addSection(const QString& title, const QList<QPair<QString, QString>>& rows) {
  auto* grid = new QGridLayout;
  grid->setVerticalSpacing(6);
  grid->setHorizontalSpacing(metric::spaceL);
  auto* head = new ElidedLabel(title, FontRole::Body, this);
  head->setRole(FontRole::Body, true);
  grid->addWidget(head, 0, 0, 1, 2);
  int at = 1;
  for (const auto& [keys, what] : rows) {
    auto* caps = new QHBoxLayout;
    caps->setSpacing(metric::spaceXs);
    for (const QString& key : keys.split(QLatin1Char(' '), Qt::SkipEmptyParts)) caps->addWidget(new KeyCap(key, this));
    caps->addStretch(1);
    grid->addLayout(caps, at, 0);
    grid->addWidget(new ElidedLabel(what, FontRole::Dense, this), at++, 1);
  }
  grid->setRowStretch(at, 1);
  grid->setColumnStretch(1, 1);
  columns->addLayout(grid);
}

} // namespace attune
