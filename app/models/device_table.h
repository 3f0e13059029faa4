// What Attune may compute on: every device, which one is used, and why one is refused.
#pragma once

#include "workbench.h"

#include <QAbstractTableModel>
#include <QTableView>

namespace attune {

class DeviceTableModel : public QAbstractTableModel {
  Q_OBJECT
public:
  enum Column { Device, Memory, Driver, State, ColumnCount };
  using QAbstractTableModel::QAbstractTableModel;

  // `inUse`: the name of the device that is open; `trouble`: why none is.
  void setDevices(const QList<DeviceChoice>& devices, const QString& inUse, const QString& chosen,
                  const QString& trouble);
  const DeviceChoice& device(int row) const { return list[row]; }
  bool isUsed(int row) const { return used == row; }

  int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : int(list.size()); }
  int columnCount(const QModelIndex&) const override { return ColumnCount; }
  QVariant data(const QModelIndex& index, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
  QList<DeviceChoice> list;
  QString chosen, trouble;
  int used = -1;
};

class DeviceTable : public QTableView {
  Q_OBJECT
public:
  explicit DeviceTable(Workbench& bench, QWidget* parent = nullptr);

  DeviceTableModel* devices() const { return list; }
  void refresh(const QString& trouble);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }

protected:
  void keyPressEvent(QKeyEvent* event) override;

private:
  void use(int row);

  Workbench& bench;
  DeviceTableModel* list;
};

} // namespace attune
