// The files that a run reads: added by dialog or drop, removed, summed up.
#pragma once

#include "train/form_grid.h"
#include "train/run_description.h"

class QListWidget;

namespace attune {

class FileForm : public FormGrid {
  Q_OBJECT
public:
  explicit FileForm(QWidget* parent = nullptr);

  QStringList files() const;
  void addFiles(const QStringList& paths);
  void clear();
  void setKind(TrainKind kind); // what the files hold

Q_SIGNALS:
  void changed();

private:
  void sumUp();

  TrainKind kind = TrainKind::Pretrain;
  QWidget* holder;
  QListWidget* list;
};

} // namespace attune
