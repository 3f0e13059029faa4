// The runs: state as icon and words, two lines each; several can be selected. F2 renames, Del deletes.
#pragma once

#include "train/train_source.h"

#include <QAbstractListModel>
#include <QListView>

namespace attune {

// '62 %, 2 min left', 'paused at 41 %', 'step 12 kept', 'loss 1.21'.
QString runStateWords(const RunInfo& run, double lastLoss);

class RunListModel : public QAbstractListModel {
  Q_OBJECT
public:
  using QAbstractListModel::QAbstractListModel;
  // Keeps the selection of runs that stay: rows are changed in place where the ids are the same.
  void setRuns(const QList<RunInfo>& runs, const QHash<QString, double>& lastLoss);
  int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : int(list.size()); }
  QVariant data(const QModelIndex& index, int role) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override; // a name that was typed
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  const RunInfo& run(int row) const { return list[row]; }
  double loss(int row) const { return losses.value(list[row].id, std::nan("")); }
  int rowOf(const QString& id) const;

Q_SIGNALS:
  void renameWanted(const QString& id, const QString& name);

private:
  QList<RunInfo> list;
  QHash<QString, double> losses;
};

class RunList : public QListView {
  Q_OBJECT
public:
  explicit RunList(QWidget* parent = nullptr);
  void setRuns(const QList<RunInfo>& runs, const QHash<QString, double>& lastLoss);
  void choose(const QString& id);
  QStringList chosen() const; // ids, the current one first
  RunListModel* runs() const { return rows; }

Q_SIGNALS:
  void chosenChanged();
  void renameWanted(const QString& id, const QString& name);
  void removeWanted(const QString& id);
  void againWanted(const QString& id);

protected:
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;

private:
  RunListModel* rows;
};

} // namespace attune
