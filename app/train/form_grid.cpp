#include "train/form_grid.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>

namespace attune {

QLabel* hintLabel(const QString& words) {
  auto* label = new QLabel(words);
  label->setForegroundRole(QPalette::PlaceholderText);
  label->setFont(Theme::font(FontRole::Dense));
  label->setWordWrap(true);
  return label;
}

FormGrid::FormGrid(QWidget* parent)
    : QWidget(parent) {
  grid = new QGridLayout(this);
  grid->setContentsMargins(16, 8, 16, 8);
  grid->setHorizontalSpacing(12);
  grid->setVerticalSpacing(6);
  grid->setColumnMinimumWidth(0, Theme::px(150));
  grid->setColumnStretch(2, 1);
}

int FormGrid::addRow(const QString& label, QWidget* field, const QString& hint) {
  const int row = rows();
  Row made{new QLabel(label), field, hintLabel(hint)};
  made.label->setBuddy(field);
  if (field->accessibleName().isEmpty()) field->setAccessibleName(label);
  // Of a column (files and their buttons) the words stand beside its first line.
  const bool column = qobject_cast<QVBoxLayout*>(field->layout());
  const Qt::Alignment beside = column ? Qt::AlignTop : Qt::AlignVCenter;
  if (column)
    for (QLabel* words : {made.label, made.hint}) words->setContentsMargins(0, 5, 0, 0);
  grid->addWidget(made.label, row, 0, beside);
  if (qobject_cast<NumberField*>(field)) {
    auto* both = new QHBoxLayout;
    both->setSpacing(12);
    both->addWidget(field, 0, Qt::AlignVCenter);
    both->addWidget(made.hint, 1, Qt::AlignVCenter);
    grid->addLayout(both, row, 1, 1, 2);
  } else {
    grid->addWidget(field, row, 1, Qt::AlignLeft | Qt::AlignVCenter);
    grid->addWidget(made.hint, row, 2, beside);
  }
  list << made;
  return row;
}

QComboBox* FormGrid::addChoice(const QString& label, const QString& hint) {
  auto* box = new QComboBox;
  box->setFixedWidth(Theme::px(fieldWidth));
  addRow(label, box, hint);
  return box;
}

NumberField* FormGrid::addNumber(const QString& label, NumberField::Kind kind, double least, double most, double value,
                                 const QString& hint) {
  auto* field = new NumberField(label, kind, least, most, value);
  field->setFixedWidth(Theme::px(numberWidth));
  addRow(label, field, hint);
  return field;
}

int FormGrid::rowOf(const QWidget* field) const {
  for (int i = 0; i < list.size(); ++i)
    if (list[i].field == field) return i;
  return -1;
}

void FormGrid::setRowShown(int row, bool on) {
  const Row& one = list[row];
  for (QWidget* widget : {static_cast<QWidget*>(one.label), one.field, static_cast<QWidget*>(one.hint)})
    widget->setVisible(on);
}

void FormGrid::setHint(const QWidget* field, const QString& words) {
  if (const int row = rowOf(field); row >= 0) list[row].hint->setText(words);
}

void FormGrid::setLabel(const QWidget* field, const QString& words) {
  const int row = rowOf(field);
  if (row < 0) return;
  list[row].label->setText(words);
  list[row].field->setAccessibleName(words);
}

} // namespace attune
