// Data: what people made. Its parts, counts by use case, split and source, the records, import and export.
#pragma once

#include "data/record_overview.h"
#include "panel.h"
#include "store/exchange.h"

#include <QTimer>
#include <memory>
#include <mutex>

class QComboBox;
class QMenu;
class QStackedWidget;

namespace attune {

class CountGrid;
class KeyButton;
class LabelerSide;
class MessageStrip;
class RecordSetList;
class RecordSide;
class RecordTable;
class SectionHeader;
class SegmentedControl;
class UseCaseBars;
class WordProgress;

class DataPanel : public Panel {
  Q_OBJECT
public:
  // Of bench.store.
  explicit DataPanel(Workbench& bench, QWidget* parent = nullptr);
  ~DataPanel() override; // waits for what reads the store

  void open(const QVariantMap& request) override; // {"import": file}
  void shown() override;
  QList<QPair<QString, QString>> keys() const override;

  // Any shape that Attune reads, in the background; the strip tells what came of it.
  void importFrom(const QString& file);
  // What the table shows, in the background.
  void exportTo(const QString& file, ExchangeKind kind);
  void removeChosen();

  RecordSetList* sets() const { return parts; }
  RecordTable* table() const { return records; }
  RecordSide* side() const { return beside; }
  UseCaseBars* useCases() const { return bars; }
  CountGrid* splitCounts() const { return splits; }
  LabelerSide* labelers() const { return people; }
  SegmentedControl* sideChoice() const { return what; }      // labelers or the record
  SegmentedControl* countChoice() const { return together; } // splits and sources apart or together
  MessageStrip* overlapStrip() const { return overlap; }     // prompts in two splits
  QLineEdit* searchField() const { return search; }
  MessageStrip* messages() const { return strip; }
  bool working() const { return jobs > 0; }

protected:
  void resizeEvent(QResizeEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

private:
  QWidget* makeList();
  QWidget* makeContent();
  QWidget* makeSide();
  QString ownName() const;
  void look();
  void refresh(); // after a change in the store
  void showOverview(const RecordOverview& counted);
  void showPart();
  void countFound(RecordKind kind, const RecordFilter& filter, int all);
  void showCounts(); // this and what follows: data_panel_counts.cpp
  void showTogether(const QStringList& headings);
  void showOverlap();
  void moveToTrain();
  void fillExport(QMenu* menu); // this and what follows: data_panel_files.cpp
  void askImport();
  void askExport(ExchangeKind kind, const QString& name);
  void startJob(const QString& words);
  void endJob();

  int jobs = 0;
  QTimer settle, searching;
  RecordOverview overview;
  struct Gate { // the store goes after the panel: whoever reads it in the pool holds this meanwhile
    std::mutex mutex;
    bool closed = false;
  };
  std::shared_ptr<Gate> gate = std::make_shared<Gate>();
  RecordFindings findings;
  bool counting = false, countAgain = false, looking = false, lookAgain = false;
  RecordSetList* parts;
  KeyButton *importButton, *exportButton, *deleteButton, *rewardButton;
  SectionHeader *title, *tableHeader, *casesHeader;
  MessageStrip *strip, *overlap;
  SegmentedControl *what, *together;
  LabelerSide* people;
  WordProgress* progress;
  QStackedWidget* pages;
  QWidget* figures;
  UseCaseBars* bars;
  CountGrid *splits, *sources;
  QComboBox *labeler, *split;
  QLineEdit* search;
  RecordTable* records;
  RecordSide* beside;
};

} // namespace attune
