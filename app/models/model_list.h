// The models as a table whose first column draws their descent.
#pragma once

#include "models/lineage_lanes.h"
#include "models/model_card.h"

#include <QAbstractTableModel>
#include <QTreeView>

class QPainter;

namespace attune {

class ModelListModel : public QAbstractTableModel {
  Q_OBJECT
public:
  enum Column { Lanes, Name, MadeBy, Size, Data, Hash, Result, Made, ColumnCount };
  using QAbstractTableModel::QAbstractTableModel;

  // `search`: words that must all be in name, kind, data or hash.
  void setCards(const QList<ModelCard>& cards, const QString& search);
  const ModelCard& card(int row) const { return shown[layout.order[size_t(row)]]; }
  int rowOf(const QString& id) const; // -1: not shown
  const LaneLayout& lanes() const { return layout; }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex&) const override { return ColumnCount; }
  QVariant data(const QModelIndex& index, int role) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
  void renameWanted(const QString& id, const QString& name);

private:
  QList<ModelCard> shown;
  LaneLayout layout;
};

class ModelList : public QTreeView {
  Q_OBJECT
public:
  explicit ModelList(QWidget* parent = nullptr);

  ModelListModel* models() const { return list; }
  void setCards(const QList<ModelCard>& cards, const QString& search); // keeps the choice
  QString chosen() const;                                              // an id; empty: none
  QStringList chosenIds() const;                                       // with Ctrl or Shift several
  void choose(const QString& id);
  void editName();

Q_SIGNALS:
  void chosenChanged();
  void opened(); // Enter, or a double click

protected:
  void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

private:
  void fitColumns();

  ModelListModel* list;
};

// The mark of a kind of model: circle, square, triangle, diamond, each in its colour.
void paintModelMark(QPainter& painter, const QPointF& middle, ModelKind kind, const QColor& ground);

} // namespace attune
