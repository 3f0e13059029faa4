// The files that a run reads: added by dialog or drop, or written from the store's records; removed, summed up.
#pragma once

#include "train/form_grid.h"
#include "train/train_source.h"

class QListWidget;
class QMenu;

namespace attune {

class KeyButton;

class FileForm : public FormGrid {
  Q_OBJECT
public:
  // Main: the run's own data; Beside: what may be added to it (PPO's pre-training text).
  enum Role { Main, Beside };
  explicit FileForm(TrainSource& source, Role role = Main, QWidget* parent = nullptr);

  QStringList files() const;
  void addFiles(const QStringList& paths);
  void addStored(bool withScripted = true); // of the kind, written to a file by the source
  void clear();
  void setKind(TrainKind kind); // what the files hold

Q_SIGNALS:
  void changed();

private:
  void sumUp();
  void showStored();
  std::optional<StoreRecords> recordsOfKind() const;

  TrainSource& source;
  const Role role;
  KeyButton* fromStore;
  QMenu* storeMenu;
  bool waits = false; // for a file of the store's records
  TrainKind kind = TrainKind::Pretrain;
  QWidget* holder;
  QListWidget* list;
};

} // namespace attune
