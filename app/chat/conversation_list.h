// The conversations by day, newest first, with a search over titles and texts. Renaming happens in place (F2), Delete
// can be undone.
#pragma once

#include "store/records.h"
#include <QAbstractListModel>
#include <QListView>
#include <functional>

class QLineEdit;

namespace attune {

class KeyButton;
class Store;
class Workbench;

// Day headings and conversations as rows.
class ConversationModel : public QAbstractListModel {
  Q_OBJECT
public:
  enum Role { IdRole = Qt::UserRole, DetailRole, WhenRole, HeadingRole };
  explicit ConversationModel(QObject* parent = nullptr);

  void set(const QList<Conversation>& conversations, const QDateTime& now);
  int rowOf(RecordId id) const;
  // The name of a model's id, as the second line says it.
  std::function<QString(const QString& model)> modelName;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;

Q_SIGNALS:
  void renamed(attune::RecordId id, const QString& from, const QString& to);

private:
  struct Row {
    QString heading; // or a conversation
    Conversation conversation;
    QString when;
  };
  QList<Row> rows;
};

class ConversationList : public QWidget {
  Q_OBJECT
public:
  explicit ConversationList(Workbench& bench, QWidget* parent = nullptr);

  void setModelNames(std::function<QString(const QString& model)> names);
  void setCurrent(RecordId id); // 0: none
  QLineEdit* searchField() const { return search; }
  QListView* view() const { return list; }
  void renameCurrent();
  void removeCurrent();

public Q_SLOTS:
  void refresh();

Q_SIGNALS:
  void chosen(attune::RecordId id);
  void newAsked();
  void gone(attune::RecordId id); // deleted, while it was the current one

private:
  RecordId idAt(const QModelIndex& index) const;

  Workbench& bench;
  Store& store;
  QLineEdit* search;
  QListView* list;
  ConversationModel* rows;
  RecordId current = 0;
};

} // namespace attune
