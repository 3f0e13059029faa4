// Chat: conversations | what is said | how replies are made.
#pragma once

#include "chat/transcript.h"
#include "engine/model_catalog.h"
#include "engine/model_text.h"
#include "panel.h"
#include "store/records.h"

class QMenu;
class QStackedWidget;

namespace attune {

class ChatSession;
class ChatStart;
class Composer;
class ConversationList;
class Engine;
class KeyButton;
class MessageStrip;
class ReplySettings;
class TokenCounter;

class ChatPanel : public Panel {
  Q_OBJECT
public:
  // The workbench has a store; the engine outlives the panel.
  ChatPanel(Workbench& bench, Engine& engine, QWidget* parent = nullptr);

  bool escape() override;
  void shown() override;
  void open(const QVariantMap& request) override; // {"model": id}: talk to this one; {"text"}: as if it were typed
  QList<QPair<QString, QString>> keys() const override;

  ChatSession& session() { return *talk; }
  Transcript* transcript() const { return script; }
  Composer* composer() const { return typed; }
  ConversationList* conversations() const { return list; }
  MessageStrip* messages() const { return strip; }
  ReplySettings* settings() const { return side; }
  KeyButton* modelButton() const { return chooser; }
  // Writes the open conversation, as Markdown or (by the name's end) JSON. Throws Error.
  void exportTo(const QString& file);

private:
  void makeActions();
  QWidget* makeContent();
  // --- models (chat_models.cpp)
  void fillModels();
  void showModel();
  void sayTemplate(const ModelEntry* entry, const ModelTextPtr& text, bool base);
  void copyWithTemplate(const QString& path, const QString& name);
  void fineTune(const QString& path);
  void sayFailed(const QString& sentence);
  void sayDevice();
  QString modelName(const QString& id) const;
  // ---
  void showTurns();
  void act(int turn, Transcript::Action action);
  void sendTyped(const QString& text);
  void startNew();
  void enableActions();
  void leaveEditing();
  void lookInside(int turn);
  void rankCandidates(int turn);
  void askExport(const QString& ending); // chat_export.cpp
  void count();
  QString draftKey() const;

  Engine& engine;
  ChatSession* talk;
  ConversationList* list;
  Transcript* script;
  Composer* typed;
  ReplySettings* side;
  MessageStrip *strip, *baseStrip;
  ChatStart* start;
  QStackedWidget* pages;
  KeyButton *chooser, *exportButton, *settingsButton;
  QMenu* modelMenu;
  TokenCounter* counter;
  QAction *againAction, *editAction, *copyAction, *lookAction, *rankAction, *olderAction, *newerAction, *exportMarkdown,
      *exportJson;
  int editingTurn = -1;
  QString keptText; // what was typed before an earlier message was edited
  bool loading = false;
};

} // namespace attune
