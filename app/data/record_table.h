// The records of one part of the store as a table; pages are read as they come into view.
#pragma once

#include "store/records.h"

#include <QAbstractTableModel>
#include <QTableView>

namespace attune {

class Store;

// One record as a row shows it.
struct RecordRow {
  RecordId id = 0;
  QString prompt, answer, useCase, order, labeler, split, source;
  int pairs = 0;
  bool scripted = false;
  qint64 time = 0;
};

class RecordTableModel : public QAbstractTableModel {
  Q_OBJECT
public:
  enum Column { Prompt, Answer, UseCase, Order, Pairs, Labeler, Source, Split, When, ColumnCount };
  RecordTableModel(Store& store, QObject* parent = nullptr);

  void show(RecordKind kind, const RecordFilter& filter);
  RecordKind kind() const { return what; }
  const RecordFilter& filter() const { return which; }
  const RecordRow& record(int row) const { return rows[row]; }
  int rowOf(RecordId id) const; // among those read so far; -1: none
  bool has(int column) const;   // whether records of this kind have it

  int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : int(rows.size()); }
  int columnCount(const QModelIndex&) const override { return ColumnCount; }
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  bool canFetchMore(const QModelIndex& parent) const override;
  void fetchMore(const QModelIndex& parent) override;

private:
  QList<RecordRow> page(int offset);

  Store& store;
  RecordKind what = RecordKind::Comparison;
  RecordFilter which;
  QList<RecordRow> rows;
  bool more = false;
};

class RecordTable : public QTableView {
  Q_OBJECT
public:
  explicit RecordTable(Store& store, QWidget* parent = nullptr);

  RecordTableModel* records() const { return list; }
  void show(RecordKind kind, const RecordFilter& filter); // keeps the choice where it still is
  QList<RecordId> chosen() const;

Q_SIGNALS:
  void chosenChanged();
  void picked(); // chosen by the person, not because the list is another one

protected:
  void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;
  void resizeEvent(QResizeEvent* event) override;

private:
  void fitColumns();

  RecordTableModel* list;
};

} // namespace attune
