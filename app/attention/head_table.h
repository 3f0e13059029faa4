// The heads by what they do: a sortable list of name, habit, share and entropy.
#pragma once

#include "attention/attention_data.h"

#include <QAbstractTableModel>
#include <QTableView>

namespace attune {

class HeadTableModel : public QAbstractTableModel {
  Q_OBJECT
public:
  enum Column { Head, Reads, Share, Entropy };
  using QAbstractTableModel::QAbstractTableModel;

  void setData(AttentionPtr data);
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& = {}) const override { return 4; }
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  void sort(int column, Qt::SortOrder order) override;
  // The row of a head, and the head of a row.
  int rowOf(int layer, int head) const;
  int layerAt(int row) const { return order[row] / source->nHead; }
  int headAt(int row) const { return order[row] % source->nHead; }

private:
  AttentionPtr source;
  std::vector<int> order;
};

class HeadTable : public QTableView {
  Q_OBJECT
public:
  explicit HeadTable(QWidget* parent = nullptr);
  void setData(AttentionPtr data);
  void choose(int layer, int head);

Q_SIGNALS:
  void chosen(int layer, int head);

protected:
  void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
  HeadTableModel* heads;
};

} // namespace attune
