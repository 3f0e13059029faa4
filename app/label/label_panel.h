// Label: a prompt, K answers, and the order a person gives them, with keys alone or by dragging.
//
// The session (label_session.h) knows what goes on; this panel shows it and hands keys, clicks and drags to it. What is
// being written (a prompt, an ideal answer, a note, a half-made order) is a draft within a second.
#pragma once

#include "label/label_form.h"
#include "label/label_session.h"
#include "panel.h"
#include "store/exchange.h"

class QComboBox;
class QMenu;
class QStackedWidget;

namespace attune {

class AnswerBoard;
class AnswerSide;
class ElidedLabel;
class EmptyState;
class KeyButton;
class LabelList;
class MessageStrip;
class PromptHead;

class LabelPanel : public Panel {
  Q_OBJECT
public:
  LabelPanel(Workbench& bench, Engine& engine, QWidget* parent = nullptr);

  enum class Page { Empty, Rank, Done, Type };
  Page page() const;
  LabelSession& session() { return *work; }
  AnswerBoard* board() const { return cards; }
  AnswerSide* answerSide() const { return side; }
  LabelList* promptList() const { return list; }
  LabelForm* typeForm() const { return typed; }
  LabelForm* idealForm() const { return ideal; }
  KeyButton* saveButton() const { return save; }
  KeyButton* sampleButton() const { return sample; }
  KeyButton* rankAgainButton() const { return againButton; }   // of a saved ranking
  KeyButton* rankSomeAgainButton() const { return someAgain; } // when all are ranked
  MessageStrip* message() const { return strip; }
  QString footWords() const; // beside Save: why not, or what it will give
  QComboBox* countBox() const { return countChooser; }

  void typePrompt(); // Ctrl+N
  void writeIdeal(); // W
  void useStarterPrompts();
  bool importFile(const QString& file);
  void exportFile(ExchangeKind kind, const QString& file);

  bool escape() override;
  void open(const QVariantMap& request) override; // "prompt", "comparison", "set": an id; "text": a prompt to rank,
                                                  // with "answers": these are ranked (see label_texts.cpp)
  void shown() override;
  QList<QPair<QString, QString>> keys() const override;

protected:
  void keyPressEvent(QKeyEvent* e) override;
  void resizeEvent(QResizeEvent* e) override;

private:
  QWidget* makeContent();
  QWidget* makeBar();
  QWidget* makeRankPage();
  void makeActions();
  void showTask();
  void showBar();
  void showFoot();
  void fillModels();
  void setPage(Page page);
  void settle(); // the page that fits: something open, all done, or nothing there
  bool onKey(int key, Qt::KeyboardModifiers modifiers);
  bool onLetter(int key);
  void moveChoice(int by);
  void undo();
  bool guarded(const std::function<void()>& call); // tells what was refused; false then
  void openAnswers(const QVariantMap& request);    // label_texts.cpp
  void askImport();
  void askExport(ExchangeKind kind);
  void removeCurrent();
  // --- texts (label_texts.cpp)
  void addTyped();
  void saveIdeal();
  void closeIdeal();
  void showIdeal();
  QString idealKey() const;
  std::optional<Demonstration> idealOf(const LabelTask& task);
  QString modelName(const QString& id) const;

  Engine& engine;
  LabelSession* work;
  LabelList* list;
  AnswerSide* side;
  MessageStrip* strip;
  QStackedWidget* pages;
  EmptyState *empty, *done;
  PromptHead* head;
  LabelForm *typed, *ideal;
  AnswerBoard* cards;
  KeyButton *sample, *models, *flags, *undoButton, *skip, *save, *againButton, *someAgain;
  ElidedLabel *from, *countLabel, *hint, *foot;
  QComboBox* countChooser;
  QMenu* modelMenu;
  QTimer reload;
  QString idealFor;                     // the draft key the form was filled for
  std::optional<Demonstration> written; // the ideal answer that is there
  bool started = false;
};

} // namespace attune
