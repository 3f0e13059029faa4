// Models: what there is, what each was made from, import, export, rename, delete; and what Attune computes on.
#pragma once

#include "formats/safetensors.h"
#include "models/model_card.h"
#include "panel.h"

class QLabel;
class QMenu;
class QStackedWidget;

namespace attune {

class DeviceTable;
class Engine;
class EvaluatePage;
class EvaluateSetup;
class KeyButton;
class MessageStrip;
class ModelList;
class ModelSide;
class SectionHeader;
class StarterResults;
class WordProgress;

class ModelsPanel : public Panel {
  Q_OBJECT
public:
  // The engine outlives the panel; models are imported into `folder`.
  ModelsPanel(Workbench& bench, Engine& engine, const QString& folder, QWidget* parent = nullptr);

  void open(const QVariantMap& request) override; // {"model": id}; {"import": file or folder}; {"compare": ids}
  void shown() override;
  QList<QPair<QString, QString>> keys() const override;

  // In the background; the strip tells how it went. `tokenizer`: for a llama2.c file; empty: found beside it.
  void importFrom(const QString& source, const QString& tokenizer = {});
  void exportTo(const QString& folder, DType dtype); // the chosen model, as a folder of its name
  void removeChosen();

  ModelList* list() const { return models; }
  ModelSide* side() const { return beside; }
  DeviceTable* devices() const { return deviceTable; }
  MessageStrip* messages() const { return strip; }
  EvaluatePage* comparison() const { return evaluation; } // of models; beside it its setup
  EvaluateSetup* comparisonSetup() const { return setup; }
  KeyButton* compareButton() const { return compare; }
  void showComparison(bool on);
  bool escape() override;
  StarterResults* starterResults() const { return results; }
  bool working() const { return jobs > 0; }

protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

private:
  QWidget* makeContent();
  QWidget* makeList();
  QString comparisonsFolder() const;
  void askComparison();
  void refresh(); // the list of the engine
  void computeHashes();
  void showCards();
  void showChosen();
  void fillExport(QMenu* menu);
  void askImport();
  void askExport(DType dtype);
  void rename(const QString& id, const QString& name);
  void follow(const QString& before, const QString& name);
  const ModelCard* chosenCard() const;
  void startJob(const QString& words);
  void endJob();

  Engine& engine;
  QString folder;
  QList<ModelCard> cards;
  QString chooseNext; // an id that is to be chosen when it appears
  quint64 reading = 0, checking = 0;
  int jobs = 0;

  KeyButton *importButton, *exportButton, *renameButton, *deleteButton, *compare;
  QLineEdit* search;
  MessageStrip* strip;
  WordProgress* progress;
  QStackedWidget *pages, *whole, *sides; // whole: the list, the comparison or the starter's results; sides likewise
  EvaluateSetup* setup;
  EvaluatePage* evaluation;
  ModelList* models;
  QLabel* hint;
  SectionHeader* devicesHeader;
  DeviceTable* deviceTable;
  ModelSide* beside;
  StarterResults* results;
};

} // namespace attune
