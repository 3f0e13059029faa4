#include "chat/chat_panel.h"

#include "chat/best_of_settings.h"
#include "chat/chat_session.h"
#include "chat/chat_start.h"
#include "chat/composer.h"
#include "chat/conversation_list.h"
#include "chat/reply_settings.h"
#include "chat/token_counter.h"
#include "error.h"
#include "store/store.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/message_strip.h"
#include "workbench.h"
#include <QApplication>
#include <QClipboard>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace attune {

ChatPanel::ChatPanel(Workbench& bench, Engine& engine, QWidget* parent)
    : Panel(bench, QStringLiteral("chat"), tr("Chat"), QStringLiteral("chat"), parent)
    , engine(engine)
    , talk(new ChatSession(bench, engine, this))
    , counter(new TokenCounter(this)) {
  list = new ConversationList(bench, this);
  list->setModelNames([this](const QString& id) { return modelName(id); });
  side = new ReplySettings(this);
  setPanes(list, makeContent(), side, metric::listWidth, 256);
  setSearchField(list->searchField());
  makeActions();

  const auto setting = [&bench](const char* name, bool otherwise) {
    return bench.settings()->value(QStringLiteral("chat/") + QLatin1String(name), otherwise).toBool();
  };
  connect(side, &ReplySettings::hoverChanged, this, [this, &bench](bool on) {
    bench.settings()->setValue(QStringLiteral("chat/hover"), on);
    script->setHover(on);
  });
  connect(side, &ReplySettings::markRareChanged, this, [this, &bench](bool on) {
    bench.settings()->setValue(QStringLiteral("chat/markRare"), on);
    script->setMarkRare(on);
  });
  side->setHover(setting("hover", true));
  side->setMarkRare(setting("markRare", true));
  script->setHover(setting("hover", true));
  script->setMarkRare(setting("markRare", true));
  connect(side, &ReplySettings::samplerChanged, talk, &ChatSession::setSampler);
  connect(side->bestOf(), &BestOfSettings::changed, talk, &ChatSession::setBestOf);
  connect(talk, &ChatSession::unscored, this, [this](const QString& why) {
    strip->show(MessageStrip::Warning, tr("The candidates have no scores."), why);
  });
  connect(side, &ReplySettings::systemPromptChanged, talk, &ChatSession::setSystemPrompt);

  connect(list, &ConversationList::newAsked, this, &ChatPanel::startNew);
  connect(list, &ConversationList::chosen, this, [this](RecordId id) {
    if (id != talk->conversation().id) talk->open(id);
  });
  connect(list, &ConversationList::gone, this, [this](RecordId id) {
    if (id == talk->conversation().id) startNew();
  });
  connect(talk, &ChatSession::opened, this, &ChatPanel::showTurns);
  connect(talk, &ChatSession::settingsChanged, this, &ChatPanel::showModel);
  connect(talk, &ChatSession::failed, this, &ChatPanel::sayFailed);
  connect(talk, &ChatSession::stateChanged, this, [this] {
    typed->setBusy(talk->busy());
    if (!talk->busy()) count();
    enableActions();
  });
  connect(talk, &ChatSession::turnChanged, this, [this] {
    const ModelTextPtr text = talk->busy() ? this->engine.text(talk->conversation().model) : nullptr;
    if (text) typed->setContext(talk->tokensInUse(), text->context);
  });
  connect(script, &Transcript::actionAsked, this, &ChatPanel::act);
  connect(script, &Transcript::continueAsked, talk, &ChatSession::continueFrom);
  connect(typed, &Composer::sent, this, &ChatPanel::sendTyped);
  connect(typed, &Composer::stopAsked, talk, &ChatSession::stop);
  connect(typed, &Composer::textChanged, this, [this](const QString& text) {
    if (!loading && editingTurn < 0) this->bench.store->keepDraft(draftKey(), text.toUtf8());
    count();
  });
  connect(counter, &TokenCounter::counted, this, [this](int tokens, int context, int dropped) {
    typed->setContext(tokens, context);
    if (!talk->busy()) talk->setDropped(dropped);
  });
  connect(start, &ChatStart::exampleChosen, this, &ChatPanel::sendTyped);
  connect(&engine, &Engine::modelsChanged, this, &ChatPanel::fillModels);
  connect(&engine, &Engine::deviceChanged, this, &ChatPanel::sayDevice);
  connect(&engine, &Engine::textReady, this, [this](const QString& id) {
    if (id == talk->conversation().model) showModel();
  });
  fillModels();
  const RecordId last = bench.settings()->value(QStringLiteral("chat/conversation")).toLongLong();
  if (last && bench.store->conversation(last))
    talk->open(last);
  else
    showTurns();
}

QWidget* ChatPanel::makeContent() {
  auto* content = new QWidget(this);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* bar = new BarRow(metric::toolBar, BarRow::Below, content);
  chooser = new KeyButton(tr("Model"), KeyButton::Plain, bar);
  chooser->setMenuArrow(true);
  modelMenu = new QMenu(chooser);
  modelMenu->setToolTipsVisible(true);
  connect(chooser, &QPushButton::clicked, this,
          [this] { modelMenu->popup(chooser->mapToGlobal(QPoint(0, chooser->height() + 2))); });
  bar->add(chooser);
  bar->addStretch();
  exportButton = new KeyButton(tr("Export"), QStringLiteral("out"), {}, KeyButton::Flat, bar);
  connect(exportButton, &QPushButton::clicked, this, [this] {
    QMenu menu(this);
    menu.addAction(tr("As Markdown …"), this, [this] { askExport(QStringLiteral("md")); });
    menu.addAction(tr("As JSON, with every version and token …"), this, [this] { askExport(QStringLiteral("json")); });
    menu.exec(exportButton->mapToGlobal(QPoint(0, exportButton->height() + 2)));
  });
  bar->add(exportButton);
  settingsButton = new KeyButton(tr("Reply settings"), QStringLiteral("settings"), {}, KeyButton::Flat, bar);
  settingsButton->showKey(QKeySequence(Qt::Key_F9));
  settingsButton->setCheckable(true);
  connect(settingsButton, &QPushButton::clicked, this, [this] { showSide(!sideShown()); });
  connect(this, &Panel::panesChanged, this, [this] { settingsButton->setChecked(sideShown()); });
  bar->add(settingsButton);
  column->addWidget(bar);
  strip = new MessageStrip(content);
  column->addWidget(strip);
  baseStrip = new MessageStrip(content);
  baseStrip->setClosable(false);
  column->addWidget(baseStrip);
  pages = new QStackedWidget(content);
  script = new Transcript(*talk, engine, pages);
  start = new ChatStart(pages);
  pages->addWidget(start);
  pages->addWidget(script);
  column->addWidget(pages, 1);
  typed = new Composer(content);
  column->addWidget(typed);
  return content;
}

void ChatPanel::makeActions() {
  const auto key = [](Qt::KeyboardModifier modifier, Qt::Key k) { return QKeySequence(modifier | k); };
  connect(addMenuAction(File, tr("&New conversation"), key(Qt::ControlModifier, Qt::Key_N)), &QAction::triggered, this,
          &ChatPanel::startNew);
  exportMarkdown = addMenuAction(File, tr("Export as &Markdown …"));
  connect(exportMarkdown, &QAction::triggered, this, [this] { askExport(QStringLiteral("md")); });
  exportJson = addMenuAction(File, tr("Export as &JSON …"));
  connect(exportJson, &QAction::triggered, this, [this] { askExport(QStringLiteral("json")); });
  const auto onReply = [&](Menu menu, const QString& text, const QKeySequence& k, Transcript::Action what) {
    QAction* action = addMenuAction(menu, text, k);
    connect(action, &QAction::triggered, this, [this, what] {
      if (talk->lastReply() >= 0) act(talk->lastReply(), what);
    });
    return action;
  };
  againAction = onReply(Model, tr("Reply &again"), key(Qt::ControlModifier, Qt::Key_R), Transcript::Action::Again);
  olderAction = onReply(Model, tr("&Older version"), key(Qt::AltModifier, Qt::Key_Left), Transcript::Action::Older);
  newerAction = onReply(Model, tr("&Newer version"), key(Qt::AltModifier, Qt::Key_Right), Transcript::Action::Newer);
  lookAction = onReply(Model, tr("&Look inside"), key(Qt::ControlModifier, Qt::Key_I), Transcript::Action::LookInside);
  lookAction->setVisible(false);
  rankAction =
      onReply(Model, tr("&Rank the candidates"), key(Qt::ControlModifier, Qt::Key_L), Transcript::Action::Rank);
  editAction = onReply(Edit, tr("Edit &message"), key(Qt::ControlModifier, Qt::Key_E), Transcript::Action::Edit);
  copyAction = onReply(Edit, tr("&Copy reply"), key(Qt::ControlModifier, Qt::Key_Y), Transcript::Action::Copy);
  copyAction->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C));
  connect(addMenuAction(Edit, tr("&Rename conversation")), &QAction::triggered, list, &ConversationList::renameCurrent);
  connect(addMenuAction(Edit, tr("&Delete conversation")), &QAction::triggered, list, &ConversationList::removeCurrent);
}

QList<QPair<QString, QString>> ChatPanel::keys() const {
  return {{QStringLiteral("Enter"), tr("send")},
          {QStringLiteral("Shift+Enter"), tr("new line")},
          {QStringLiteral("Esc"), tr("stop the reply")},
          {QStringLiteral("F2"), tr("rename the conversation (in the list)")},
          {QStringLiteral("Del"), tr("delete the conversation (in the list)")}};
}

void ChatPanel::shown() {
  // The Attention panel, where there is one; it may be added to the window after this one.
  QMetaObject::invokeMethod(
      this,
      [this] {
        const bool can = window()->findChild<Panel*>(QStringLiteral("attention")) != nullptr;
        lookAction->setVisible(can);
        script->setLookInside(can);
      },
      Qt::QueuedConnection);
  settingsButton->setChecked(sideShown());
  typed->field()->setFocus();
}

// --- turns

QString ChatPanel::draftKey() const { return QStringLiteral("chat/typed/%1").arg(talk->conversation().id); }

void ChatPanel::showTurns() {
  const bool any = !talk->turns().isEmpty();
  pages->setCurrentWidget(any ? static_cast<QWidget*>(script) : start);
  const RecordId id = talk->conversation().id;
  bench.settings()->setValue(QStringLiteral("chat/conversation"), qlonglong(id));
  list->setCurrent(id);
  exportButton->setVisible(any);
  for (QAction* action : {exportMarkdown, exportJson}) action->setEnabled(any);
  if (property("conversation").toLongLong() != id || !property("begun").toBool()) {
    setProperty("conversation", qlonglong(id));
    setProperty("begun", true);
    editingTurn = -1;
    typed->setEditing(false);
    loading = true;
    typed->setText(QString::fromUtf8(bench.store->draft(draftKey())));
    loading = false;
  }
  enableActions();
  count();
}

void ChatPanel::enableActions() {
  const int last = talk->lastReply();
  for (QAction* action : {againAction, editAction, olderAction, newerAction, lookAction, copyAction})
    action->setEnabled(!talk->busy() && last >= 0);
  rankAction->setEnabled(!talk->busy() && last >= 0 && !talk->turns()[last].record.candidates.list.isEmpty());
}

void ChatPanel::startNew() {
  talk->startNew();
  typed->field()->setFocus();
}

void ChatPanel::sendTyped(const QString& text) {
  if (text.trimmed().isEmpty() || talk->busy()) return;
  strip->clear();
  Store& store = *bench.store;
  if (editingTurn >= 0) {
    const int turn = editingTurn;
    const QString kept = keptText;
    editingTurn = -1;
    typed->setEditing(false);
    typed->setText(kept);
    talk->edit(turn, text);
    return;
  }
  const QString key = draftKey();
  const RecordId before = talk->conversation().id;
  const int turns = int(talk->turns().size());
  loading = true;
  talk->send(text);
  loading = false;
  if (talk->turns().size() <= turns) return; // it could not be kept: the text stays where it was typed
  setProperty("conversation", qlonglong(talk->conversation().id));
  loading = true;
  typed->setText({});
  loading = false;
  store.dropDraft(key);
  if (before != talk->conversation().id) list->refresh();
  list->setCurrent(talk->conversation().id);
}

void ChatPanel::act(int turn, Transcript::Action action) {
  if (turn < 0 || turn >= talk->turns().size()) return;
  const ChatTurn& what = talk->turns()[turn];
  switch (action) {
  case Transcript::Action::Copy:
    QApplication::clipboard()->setText(what.record.text.trimmed());
    break;
  case Transcript::Action::Again:
    strip->clear();
    talk->again(turn);
    break;
  case Transcript::Action::Older:
    talk->showVersion(turn, -1);
    break;
  case Transcript::Action::Newer:
    talk->showVersion(turn, 1);
    break;
  case Transcript::Action::Rank:
    rankCandidates(turn);
    break;
  case Transcript::Action::LookInside:
    lookInside(turn);
    break;
  case Transcript::Action::Edit:
    if (talk->busy() || turn == 0) break;
    if (editingTurn < 0) keptText = typed->text();
    editingTurn = turn - 1;
    typed->setText(talk->turns()[editingTurn].record.text);
    typed->setEditing(true);
    typed->field()->setFocus();
    break;
  }
}

void ChatPanel::leaveEditing() {
  editingTurn = -1;
  typed->setEditing(false);
  typed->setText(keptText);
}

bool ChatPanel::escape() {
  if (editingTurn >= 0) {
    leaveEditing();
    return true;
  }
  if (talk->busy()) {
    talk->stop();
    return true;
  }
  return false;
}

void ChatPanel::open(const QVariantMap& request) {
  const QString model = request.value(QStringLiteral("model")).toString();
  if (!model.isEmpty() && engine.model(model)) {
    if (!talk->turns().isEmpty() && model != talk->conversation().model) talk->startNew();
    talk->setModel(model);
  }
  const QString text = request.value(QStringLiteral("text")).toString();
  if (!text.isEmpty()) typed->setText(text);
}

void ChatPanel::lookInside(int turn) {
  const ChatTurn& what = talk->turns()[turn];
  QVariantMap request{{QStringLiteral("model"), what.record.model},
                      {QStringLiteral("origin"), tr("From a reply in “%1”").arg(talk->conversation().title)}};
  const ModelTextPtr text = engine.text(what.record.model);
  QVariantList ids;
  if (text && !what.record.tokens.empty()) {
    try {
      const int room = std::max(1, text->context - int(what.record.tokens.size()));
      const std::vector<Message> messages = talk->messagesBefore(turn);
      for (const int32_t id : promptTokens(*text, messages, room).ids) ids << id;
      for (const TokenTrace& token : what.record.tokens) ids << token.id;
    } catch (const Error&) {
      ids.clear();
    }
  }
  if (ids.isEmpty())
    request.insert(QStringLiteral("text"), what.record.text);
  else
    request.insert(QStringLiteral("ids"), ids);
  bench.open(QStringLiteral("attention"), request);
}

// The candidates, without their scores and in another order, as a prompt of the store.
void ChatPanel::rankCandidates(int turn) {
  const ChatTurn& what = talk->turns()[turn];
  QVariantList history, answers;
  const std::vector<Message> messages = talk->messagesBefore(turn);
  if (messages.empty() || what.record.candidates.list.isEmpty()) return;
  for (size_t i = 0; i + 1 < messages.size(); ++i)
    history << QVariant(
        QVariantList{QString::fromStdString(messages[i].role), QString::fromStdString(messages[i].content)});
  for (const Candidate& one : what.record.candidates.list) answers << QVariant(QVariantList{one.text, one.finish});
  bench.open(QStringLiteral("label"), {{QStringLiteral("text"), QString::fromStdString(messages.back().content)},
                                       {QStringLiteral("history"), history},
                                       {QStringLiteral("answers"), answers},
                                       {QStringLiteral("model"), what.record.model},
                                       {QStringLiteral("sampler"), what.record.sampler.toJson().toVariantMap()},
                                       {QStringLiteral("set"), tr("From Chat")},
                                       {QStringLiteral("source"), tr("chat")}});
}

void ChatPanel::count() {
  const ModelTextPtr text =
      engine.model(talk->conversation().model) ? engine.text(talk->conversation().model) : nullptr;
  std::vector<Message> messages = talk->messagesBefore(int(talk->turns().size()));
  if (const QString now = typed->text(); editingTurn < 0 && !now.trimmed().isEmpty())
    messages.push_back({"user", now.toStdString()});
  if (talk->busy()) return; // the reply itself tells
  if (messages.empty()) {
    typed->setContext(0, text ? text->context : 0);
    return;
  }
  counter->ask(text, std::move(messages), talk->sampler().maxTokens);
}

} // namespace attune
