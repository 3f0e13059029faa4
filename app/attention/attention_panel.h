// Attention: type a text, see every head of every layer, one large, its lines, and how each weight came about.
#pragma once

#include "attention/attention_source.h"
#include "attention/head_painter.h"
#include "panel.h"

class QComboBox;
class QLabel;
class QMenu;
class QStackedWidget;

namespace attune {

class AttentionSide;
class ElidedLabel;
class HeadGrid;
class HeadLines;
class HeadMap;
class HeadTable;
class KeyButton;
class MessageStrip;
class RampBar;
class SectionHeader;
class SegmentedControl;
class WordProgress;

class AttentionPanel : public Panel {
  Q_OBJECT
public:
  // The source outlives the panel.
  AttentionPanel(Workbench& bench, AttentionSource& source, QWidget* parent = nullptr);

  // From Chat: {"model", "ids" (list of numbers), "origin" ('From the reply …')} or {"model", "text"}.
  void open(const QVariantMap& request) override;
  void shown() override;
  bool escape() override;
  QList<QPair<QString, QString>> keys() const override;

  void setData(AttentionPtr data);
  void chooseHead(int layer, int head);
  // Reads a cell, as the pointer does; pinned keeps it.
  void chooseCell(int query, int key, bool pinned);
  HeadGrid* grid() const { return heads; }
  HeadMap* map() const { return large; }
  HeadLines* lines() const { return arcs; }
  HeadTable* table() const { return list; }
  AttentionSide* side() const { return beside; }
  QLineEdit* textField() const { return text; }
  MessageStrip* messages() const { return strip; }

protected:
  void resizeEvent(QResizeEvent* event) override;

private:
  QWidget* makeBar();
  QWidget* makeList();
  QWidget* makeContent();
  QWidget* makeSide();
  void look();
  void fillModels();
  void cellMoved();
  void viewMoved();
  void setShade(Shade shade);
  void showViews();
  void fillExport(QMenu* menu, const QString& ending);
  void save(const QString& ending, bool wholeGrid, const Theme* theme);

  AttentionSource& source;
  AttentionPtr data;
  std::shared_ptr<const LoadedHead> head;
  Shade shade = Shade::SquareRoot;
  quint64 loading = 0; // which head's loading counts; older answers are dropped

  QComboBox* model;
  QLineEdit* text;
  MessageStrip* strip;
  WordProgress* progress;
  QStackedWidget* pages;
  HeadGrid* heads;
  HeadTable* list;
  HeadMap* large;
  HeadLines* arcs;
  AttentionSide* beside;
  QLabel* origin;
  RampBar* ramp;
  SectionHeader *headsHeader, *tableHeader, *mapHeader, *linesHeader;
  SegmentedControl* views;
  KeyButton *shadeButton, *fitButton;
  QList<KeyButton*> exports;
  ElidedLabel* zoomLabel;
};

} // namespace attune
