// A form as the pages have it: label, field, and beside it in small what the field means now. Rows come and go without
// leaving a gap.
#pragma once

#include "train/number_field.h"
#include "widgets/theme.h"

#include <QHash>
#include <QLabel>
#include <QWidget>

class QComboBox;
class QGridLayout;

namespace attune {

class FormGrid : public QWidget {
  Q_OBJECT
public:
  static constexpr int fieldWidth = 300, numberWidth = 112; // at a body font of 13 px

  explicit FormGrid(QWidget* parent = nullptr);

  // Returns the row. The field keeps its own width.
  int addRow(const QString& label, QWidget* field, const QString& hint = {});
  // A field of the forms' width.
  QComboBox* addChoice(const QString& label, const QString& hint = {});
  NumberField* addNumber(const QString& label, NumberField::Kind kind, double least, double most, double value,
                         const QString& hint = {});
  int rows() const { return int(list.size()); }
  int rowOf(const QWidget* field) const;
  void setRowShown(int row, bool on);
  void setHint(const QWidget* field, const QString& words);
  void setLabel(const QWidget* field, const QString& words);

private:
  struct Row {
    QLabel* label;
    QWidget* field;
    QLabel* hint;
  };
  QGridLayout* grid;
  QList<Row> list;
};

// Small muted words beside or under a field.
QLabel* hintLabel(const QString& words = {});

} // namespace attune
