// What a new run is called and starts from: a model that is there, or a new one with its size, family and tokens.
#pragma once

#include "train/form_grid.h"
#include "train/train_source.h"

#include <QComboBox>

namespace attune {

class ModelForm : public FormGrid {
  Q_OBJECT
public:
  explicit ModelForm(QWidget* parent = nullptr);

  // Those that a run of this kind may start from, and where it may, a new one.
  void setModels(const QList<TrainModel>& models, TrainKind kind);
  void begin(const QString& name);
  void startFrom(const QString& modelDir); // one of the models, or a checkpoint that is not among them

  QString runName() const { return name->text().trimmed(); }
  std::optional<NewModel> newModel() const;
  QString modelDir() const; // empty with a new model
  QStringList wrongs() const;
  QLineEdit* nameField() const { return name; }
  QHash<QString, NumberField*> fields() const { return numbers; } // n_layer, n_head, n_embd, n_ctx

Q_SIGNALS:
  void changed();
  void contextChosen(int tokens); // with a size

private:
  void showRows();

  QList<TrainModel> models;
  QString checkpoint; // that was added to them
  QLineEdit* name;
  QComboBox *model, *size, *family, *tokens;
  QWidget* shape;
  QHash<QString, NumberField*> numbers;
};

} // namespace attune
