// The parts of the store that the Data panel lists: all of a kind, by hand, scripted, a source, a set of prompts.
#pragma once

#include "store/records.h"

#include <QAbstractListModel>
#include <QListView>

namespace attune {

class Store;

struct RecordSet {
  RecordKind kind = RecordKind::Comparison;
  QString title, detail;
  int count = 0;
  RecordFilter filter;
  bool heading = false;  // names a kind, cannot be chosen
  bool scripted = false; // no person ranked or wrote these
  bool sameAs(const RecordSet& other) const {
    return kind == other.kind && title == other.title && heading == other.heading;
  }
};

// What is not there is not listed; an empty store gives an empty list.
QList<RecordSet> recordSets(Store& store);

// 'Rankings', and '3 rankings' with the right number.
QString kindTitle(RecordKind kind);
QString kindCount(RecordKind kind, int count);

class RecordSetModel : public QAbstractListModel {
  Q_OBJECT
public:
  using QAbstractListModel::QAbstractListModel;
  void setSets(const QList<RecordSet>& sets);
  const RecordSet& set(int row) const { return list[row]; }
  int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : int(list.size()); }
  QVariant data(const QModelIndex& index, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
  QList<RecordSet> list;
};

class RecordSetList : public QListView {
  Q_OBJECT
public:
  explicit RecordSetList(QWidget* parent = nullptr);
  RecordSetModel* sets() const { return list; }
  void setSets(const QList<RecordSet>& sets); // keeps the choice where it still is
  const RecordSet* chosen() const;
  void choose(int row) { setCurrentIndex(list->index(row)); }

Q_SIGNALS:
  void chosenChanged();

protected:
  void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
  RecordSetModel* list;
};

} // namespace attune
