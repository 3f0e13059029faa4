// The newest rollouts of a run of PPO: a table whose replies are coloured token by token; a click on a token (or the
// arrow keys) chooses it.
#pragma once

#include "train/rollout_model.h"

#include <QWidget>

class QLabel;
class QTableView;

namespace attune {

class RolloutDelegate;
class SectionHeader;
class SegmentedControl;

class RolloutView : public QWidget {
  Q_OBJECT
public:
  explicit RolloutView(QWidget* parent = nullptr);

  // Reads the newest of the files where it is not the one that shows; a broken one is told of in the header.
  void setFiles(const QStringList& files);
  void addRight(QWidget* widget); // into the header

  const RolloutModel& model() const { return *rows; }
  QTableView* table() const { return view; }
  SegmentedControl* colours() const { return by; }
  int chosenRow() const { return row; }
  int chosenToken() const { return token; }
  void choose(int row, int token);
  // The middle of a token in the table's viewport.
  QPoint placeOf(int row, int token) const;

Q_SIGNALS:
  void tokenChosen(); // or none any more

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  void colour();
  void fit();
  int tokenAt(QPoint where, int* row) const;

  RolloutModel* rows;
  RolloutDelegate* delegate;
  SectionHeader* header;
  SegmentedControl* by;
  QWidget* legend;
  QTableView* view;
  QString file;
  QString stamp; // of the file that shows
  int row = -1, token = -1;
};

} // namespace attune
