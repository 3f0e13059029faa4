// The list of Label: the prompts of a set, done, begun, skipped and open, or the rankings made so far; above them how
// far one is and how long the rest takes.
#pragma once

#include "store/records.h"
#include <QAbstractListModel>
#include <QListView>
#include <QSet>
#include <QTimer>
#include <QWidget>

class QComboBox;
class QLineEdit;

namespace attune {

class ElidedLabel;
class KeyButton;
class Store;
class ThinBar;

struct LabelRow {
  enum State { Open, Begun, Done, Skipped };
  RecordId prompt = 0, comparison = 0;
  int number = 0; // its place in the set, from 1
  QString text;   // the prompt
  QString second; // of a ranking: its order and day
  State state = Open;
  bool scripted = false; // no person ranked it
  bool operator==(const LabelRow&) const = default;
};

class LabelListModel : public QAbstractListModel {
  Q_OBJECT
public:
  using QAbstractListModel::QAbstractListModel;
  void setRows(const QList<LabelRow>& rows);
  const QList<LabelRow>& rows() const { return list; }
  int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : int(list.size()); }
  QVariant data(const QModelIndex& index, int role) const override;

private:
  QList<LabelRow> list;
};

// Single letters belong to the panel, not to a search by first letter.
class LabelListView : public QListView {
  Q_OBJECT
public:
  using QListView::QListView;

protected:
  void keyPressEvent(QKeyEvent* e) override;
};

class LabelList : public QWidget {
  Q_OBJECT
public:
  // What is listed: the prompts of a set (0: of all), or the rankings.
  enum class Kind { Prompts, Rankings };

  explicit LabelList(Store& store, QWidget* parent = nullptr);

  void forgetPrompts() { promptsKnown = false; } // they changed in the store
  void setSkipped(const QSet<RecordId>& prompts) { skipped = prompts; }
  void reload();                                         // keeps what is current
  void setCurrent(RecordId prompt, RecordId comparison); // without asking for it
  Kind kind() const { return shownKind; }
  RecordId set() const { return shownSet; }
  void showPrompts(RecordId set);
  void showRankings();
  const LabelListModel* model() const { return rows; }
  QListView* view() const { return list; }
  QLineEdit* searchField() const { return search; }
  int prompts() const { return all; } // of the set
  int ranked() const { return done; }
  LabelRow currentRow() const;

  KeyButton* addButton() const { return add; }
  KeyButton* moreButton() const { return more; }

Q_SIGNALS:
  void promptAsked(attune::RecordId prompt);
  void comparisonAsked(attune::RecordId comparison);
  void setChanged(attune::RecordId set);
  void deleteAsked();

private:
  void fillChooser();
  void showRows(); // those that the search finds
  void loadPrompts();
  void loadRankings();
  void askFor(const QModelIndex& index);
  bool eventFilter(QObject* watched, QEvent* e) override;

  Store& store;
  QSet<RecordId> skipped;
  Kind shownKind = Kind::Prompts;
  RecordId shownSet = 0, currentPrompt = 0, currentComparison = 0;
  QComboBox* chooser;
  KeyButton *add, *more;
  QLineEdit* search;
  ElidedLabel *progress, *percent, *pace;
  ThinBar* bar;
  LabelListView* list;
  LabelListModel* rows;
  QList<LabelRow> listed;                          // before the search
  QList<std::pair<RecordId, QString>> promptTexts; // of shownSet, until prompts change
  bool promptsKnown = false;
  QTimer searching;
  int all = 0, done = 0;
  bool filling = false;
};

} // namespace attune
