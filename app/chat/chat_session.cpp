#include "chat/chat_session.h"

#include "engine/sampler_settings.h"
#include "error.h"
#include "store/store.h"
#include "workbench.h"
#include <QDateTime>
#include <QHash>

namespace attune {
namespace {

QString titleOf(const QString& text) {
  QString title = text.simplified();
  if (title.size() > 48) {
    title.truncate(48);
    const int space = int(title.lastIndexOf(QLatin1Char(' ')));
    if (space > 24) title.truncate(space);
    title += QChar(0x2026);
  }
  return title;
}

} // namespace

StoredSampler chatDefaults() {
  StoredSampler sampler;
  sampler.temperature = 0.8;
  sampler.topP = 0.95;
  return sampler;
}

ChatSession::ChatSession(Workbench& bench, Engine& engine, QObject* parent)
    : QObject(parent)
    , bench(bench)
    , engine(engine)
    , store(*bench.store)
    , judge(new CandidateJudge(engine, this)) {
  const QVariantMap kept = bench.settings()->value(QStringLiteral("chat/sampler")).toMap();
  if (kept.isEmpty())
    sampler_ = chatDefaults();
  else
    readSettings(QJsonObject::fromVariantMap(kept));
  connect(judge, &CandidateJudge::scored, this, [this](const QList<double>& scores) { takeScores(scores, {}); });
  connect(judge, &CandidateJudge::failed, this, [this](const QString& why) { takeScores({}, why); });
  open_.model = bench.settings()->value(QStringLiteral("chat/model")).toString();
  settingsTimer.setSingleShot(true);
  settingsTimer.setInterval(300);
  connect(&settingsTimer, &QTimer::timeout, this, &ChatSession::keepSettings);
  draftTimer.setInterval(400);
  connect(&draftTimer, &QTimer::timeout, this, [this] {
    const Turn& turn = turns_.last().record;
    store.keepDraft(replyKey(turn.id), draftOf(turn));
  });
  connect(&engine, &Engine::replyStarted, this, [this](JobId id, const ReplyStart& start) {
    if (id != job) return;
    prompt_ = int(start.prompt.size());
    setDropped(start.dropped);
  });
  connect(&engine, &Engine::replyTokens, this, [this](JobId id, const QList<ReplyPiece>& pieces) {
    if (id == job) take(pieces);
  });
  connect(&engine, &Engine::replyFinished, this, [this](JobId id, const ReplyEnd& end) {
    if (id != job) return;
    const ReplyEnd::One& one = end.replies.front();
    if (asked_.wanted() && one.finish != Finish::Cancelled) return askJudge(end);
    ChatTurn& turn = turns_.last();
    turn.record.text = one.text;
    finish(one.finish == Finish::Cancelled ? QStringLiteral("stopped") : QString::fromLatin1(finishName(one.finish)));
  });
  connect(&engine, &Engine::replyFailed, this, [this](JobId id, const QString& sentence) {
    if (id != job) return;
    finish(QStringLiteral("failed"));
    Q_EMIT failed(sentence);
  });
  connect(&engine, &Engine::textReady, this, [this](const QString& model) {
    bool news = false;
    for (ChatTurn& turn : turns_)
      if (!turn.streaming && turn.record.model == model && turn.places.empty()) {
        place(turn);
        news = true;
      }
    if (news) Q_EMIT opened();
  });
  connect(&engine, &Engine::modelRenamed, this, [this](const QString& from, const QString& to) {
    for (ChatTurn& turn : turns_)
      if (turn.record.model == from) turn.record.model = to;
    if (bestOf_.judge == from) setBestOf({bestOf_.n, to});
    if (open_.model != from) return;
    open_.model = to;
    settingsTimer.start();
    Q_EMIT settingsChanged();
  });
  guarded([this] { recoverDrafts(); });
}

ChatSession::~ChatSession() {
  if (busy()) {
    engine.stop(job);
    finish(QStringLiteral("stopped"));
  }
  if (settingsTimer.isActive()) keepSettings();
}

// Replies that were being said when the program ended.
void ChatSession::recoverDrafts() {
  for (const QString& key : store.draftKeys(QStringLiteral("chat/reply/"))) {
    Turn drafted;
    if (readDraft(store.draft(key), drafted))
      if (std::optional<Turn> turn = store.turn(drafted.id); turn && turn->finish.isEmpty()) {
        turn->text = drafted.text;
        turn->tokens = drafted.tokens;
        turn->finish = QStringLiteral("stopped");
        store.updateTurn(*turn);
      }
    store.dropDraft(key);
  }
}

int ChatSession::lastReply() const {
  for (int i = int(turns_.size()) - 1; i >= 0; --i)
    if (turns_[i].isReply()) return i;
  return -1;
}

void ChatSession::open(RecordId id) {
  if (busy()) stop();
  if (busy()) finish(QStringLiteral("stopped")); // what comes later is not heard
  if (settingsTimer.isActive()) keepSettings();
  const std::optional<Conversation> found = store.conversation(id);
  if (!found) return startNew();
  const QString model = open_.model;
  open_ = *found;
  if (!engine.model(open_.model) && engine.modelsKnown()) open_.model = model; // it is gone: what was used last
  if (!open_.settings.isEmpty()) readSettings(open_.settings);
  dropped_ = 0;
  load();
  Q_EMIT settingsChanged();
  Q_EMIT opened();
}

void ChatSession::startNew() {
  if (busy()) stop();
  if (busy()) finish(QStringLiteral("stopped"));
  if (settingsTimer.isActive()) keepSettings();
  Conversation fresh;
  fresh.model = open_.model;
  fresh.systemPrompt = open_.systemPrompt;
  open_ = fresh;
  turns_.clear();
  dropped_ = 0;
  Q_EMIT settingsChanged();
  Q_EMIT opened();
}

// What is open already is not read again: a long conversation grows by two turns at a time.
void ChatSession::load() {
  QHash<RecordId, ChatTurn> known;
  for (const ChatTurn& turn : std::exchange(turns_, {}))
    if (turn.record.conversation == open_.id && !turn.streaming) known.insert(turn.record.id, turn);
  for (const Store::ShownTurn& shown : store.shownPath(open_.id)) {
    ChatTurn turn = known.value(shown.id);
    if (turn.record.id == 0) {
      const std::optional<Turn> record = store.turn(shown.id);
      if (!record) break;
      turn.record = *record;
      if (turn.isReply()) place(turn);
    }
    turn.version = shown.version;
    turn.versions = shown.versions;
    turns_ << turn;
  }
}

void ChatSession::place(ChatTurn& turn) {
  const QString& how = turn.record.finish;
  const int tokens = int(turn.record.tokens.size());
  turn.note = how == QLatin1String("length") ? tr("%n tokens, cut at the longest reply", nullptr, tokens)
              : how == QLatin1String("stopped") || how.isEmpty() ? tr("Stopped after %n tokens", nullptr, tokens)
              : how == QLatin1String("failed")                   ? tr("No reply")
                                                                 : QString();
  if (turn.record.tokens.empty()) return;
  if (const ModelTextPtr text = engine.text(turn.record.model))
    turn.places = tokenPlaces(*text, turn.record.tokens, turn.record.text);
}

// --- settings

void ChatSession::keepSettings() {
  settingsTimer.stop();
  bench.settings()->setValue(QStringLiteral("chat/sampler"), settingsJson().toVariantMap());
  bench.settings()->setValue(QStringLiteral("chat/model"), open_.model);
  open_.settings = settingsJson();
  if (open_.id) guarded([this] { store.updateConversation(open_); });
}

// What the store cannot keep is said, and the window goes on.
bool ChatSession::guarded(const std::function<void()>& call) {
  try {
    call();
    return true;
  } catch (const Error& error) {
    Q_EMIT failed(QString::fromUtf8(error.what()));
    return false;
  }
}

void ChatSession::setModel(const QString& id) {
  if (open_.model == id) return;
  open_.model = id;
  settingsTimer.start();
  Q_EMIT settingsChanged();
}

void ChatSession::setSystemPrompt(const QString& text) {
  if (open_.systemPrompt == text) return;
  open_.systemPrompt = text;
  settingsTimer.start();
  Q_EMIT settingsChanged();
}

void ChatSession::setSampler(const StoredSampler& sampler) {
  if (sampler_ == sampler) return;
  sampler_ = sampler;
  settingsTimer.start();
  Q_EMIT settingsChanged();
}

void ChatSession::setDropped(int count) {
  if (count == dropped_) return;
  dropped_ = count;
  Q_EMIT droppedChanged();
}

// --- turns

std::vector<Message> ChatSession::messagesBefore(int turn) const {
  std::vector<Message> messages;
  if (!open_.systemPrompt.trimmed().isEmpty())
    messages.push_back({"system", open_.systemPrompt.trimmed().toStdString()});
  for (int i = 0; i < turn && i < turns_.size(); ++i)
    if (!turns_[i].isReply() || !turns_[i].record.text.isEmpty())
      messages.push_back({turns_[i].record.role.toStdString(), turns_[i].record.text.toStdString()});
  return messages;
}

void ChatSession::send(const QString& text) {
  if (busy()) return;
  if (!open_.id && !guarded([&] {
        open_.title = titleOf(text);
        open_.settings = settingsJson();
        open_.id = store.addConversation(open_);
      }))
    return;
  Turn turn;
  turn.conversation = open_.id;
  turn.parent = turns_.isEmpty() ? 0 : turns_.last().record.id;
  turn.role = QStringLiteral("user");
  turn.text = text;
  turn.created = QDateTime::currentMSecsSinceEpoch();
  RecordId added = 0;
  if (guarded([&] { added = store.addTurn(turn); })) reply(added, {}, {}, sampler_.seed);
}

void ChatSession::edit(int at, const QString& text) {
  if (busy() || at < 0 || at >= turns_.size()) return;
  Turn turn = turns_[at].record;
  turn.id = 0;
  turn.text = text;
  turn.created = QDateTime::currentMSecsSinceEpoch();
  RecordId added = 0;
  if (guarded([&] { added = store.addTurn(turn); })) reply(added, {}, {}, sampler_.seed);
}

void ChatSession::again(int at) {
  if (busy() || at < 1 || at >= turns_.size() || !turns_[at].isReply()) return;
  // Another seed than the versions before it had, and the same one each time this is done over.
  uint64_t seed = sampler_.seed;
  for (const RecordId id : store.versions(turns_[at].record.id))
    if (const auto version = store.turn(id); version && version->finish != QLatin1String("failed"))
      seed = std::max(seed, version->sampler.seed + 1);
  reply(turns_[at - 1].record.id, {}, {}, seed);
}

void ChatSession::continueFrom(int at, int token, int32_t id) {
  if (busy() || at < 1 || at >= turns_.size() || !turns_[at].isReply()) return;
  const Turn& old = turns_[at].record;
  if (token < 0 || size_t(token) >= old.tokens.size()) return;
  std::vector<TokenTrace> kept(old.tokens.begin(), old.tokens.begin() + token + 1);
  TokenTrace& chosen = kept.back();
  for (size_t i = 0; i < chosen.likeliest.size(); ++i)
    if (chosen.likeliest[i].id == id) {
      chosen.probability = chosen.likeliest[i].probability;
      chosen.rank = int32_t(i) + 1;
    }
  chosen.id = id;
  std::vector<int32_t> prefix;
  for (const TokenTrace& one : kept) prefix.push_back(one.id);
  reply(turns_[at - 1].record.id, std::move(prefix), std::move(kept), old.sampler.seed);
}

void ChatSession::reply(RecordId parent, std::vector<int32_t> prefix, std::vector<TokenTrace> kept, uint64_t seed) {
  Turn turn;
  turn.conversation = open_.id;
  turn.parent = parent;
  turn.role = QStringLiteral("assistant");
  turn.model = open_.model;
  turn.sampler = sampler_;
  turn.sampler.seed = seed;
  turn.created = QDateTime::currentMSecsSinceEpoch();
  turn.tokens = std::move(kept);
  const ModelTextPtr text = engine.text(open_.model);
  if (text && !prefix.empty()) {
    StreamDecoder decoder(text->tokenizer);
    for (const int32_t id : prefix) turn.text += QString::fromStdString(decoder.add(id));
  }
  if (!guarded([&] { turn.id = store.addTurn(turn); })) return load(), opened();
  load();
  ChatTurn& shown = turns_.last();
  shown.streaming = true;
  shown.note.clear();
  if (text) shown.places = tokenPlaces(*text, shown.record.tokens, shown.record.text);

  ReplyRequest request;
  request.model = open_.model;
  request.messages = messagesBefore(int(turns_.size()) - 1);
  request.prefix = std::move(prefix);
  request.sampler = engineSampler(turn.sampler);
  request.maxTokens = turn.sampler.maxTokens;
  request.seed = seed;
  asked_ = request.prefix.empty() && !sampler_.greedy ? bestOf_ : BestOfChoice();
  request.replies = asked_.wanted() ? asked_.n : 1;
  traces.assign(size_t(request.replies), {});
  state_ = State::Asking;
  fresh = 0;
  prompt_ = 0;
  job = engine.reply(request);
  draftTimer.start();
  sayWork();
  Q_EMIT opened();
  Q_EMIT stateChanged();
}

void ChatSession::take(const QList<ReplyPiece>& pieces) {
  ChatTurn& turn = turns_.last();
  if (state_ == State::Asking) since.start();
  for (const ReplyPiece& piece : pieces) {
    ++fresh;
    if (asked_.wanted()) traces[size_t(piece.reply)].push_back(traceOf(piece.view));
    if (piece.reply > 0) continue; // the first one is to be read meanwhile
    turn.places.push_back({int(turn.record.text.size()), int(piece.text.size())});
    turn.record.text += piece.text;
    turn.record.tokens.push_back(traceOf(piece.view));
  }
  const double rate = since.elapsed() > 300 ? 1000.0 * fresh / double(since.elapsed()) : 0;
  turn.note = rate > 0
                  ? tr("%1 tokens, %2 a second").arg(turn.record.tokens.size()).arg(rate, 0, 'f', rate < 10 ? 1 : 0)
                  : tr("%n tokens", nullptr, int(turn.record.tokens.size()));
  if (asked_.wanted()) turn.note = tr("%1 candidates, %2").arg(asked_.n).arg(turn.note);
  const bool first = state_ == State::Asking;
  state_ = State::Streaming;
  sayWork();
  Q_EMIT turnChanged(int(turns_.size()) - 1);
  if (first) Q_EMIT stateChanged();
}

void ChatSession::finish(const QString& how) {
  draftTimer.stop();
  job = 0;
  state_ = State::Idle;
  ChatTurn& turn = turns_.last();
  turn.streaming = false;
  turn.record.finish = how;
  const double rate =
      since.isValid() && since.elapsed() > 300 && fresh > 1 ? 1000.0 * fresh / double(since.elapsed()) : 0;
  if (guarded([&] { store.updateTurn(turn.record); }))
    store.dropDraft(replyKey(turn.record.id));
  else
    store.keepDraft(replyKey(turn.record.id), draftOf(turn.record));
  turn.places.clear();
  place(turn);
  const int tokens = int(turn.record.tokens.size());
  if (const int all = int(turn.record.candidates.list.size()); all > 0 && fresh > 0)
    turn.note = rate > 0 ? tr("%1 candidates, %2 tokens, %3 a second").arg(all).arg(fresh).arg(rate, 0, 'f', 0)
                         : tr("%1 candidates, %2 tokens").arg(all).arg(fresh);
  else if (turn.note.isEmpty() && tokens > 0)
    turn.note = rate > 0 ? tr("%1 tokens, %2 a second").arg(tokens).arg(rate, 0, 'f', rate < 10 ? 1 : 0)
                         : tr("%n tokens", nullptr, tokens);
  since.invalidate();
  sayWork();
  Q_EMIT turnChanged(int(turns_.size()) - 1);
  Q_EMIT stateChanged();
}

void ChatSession::stop() {
  engine.stop(job);
  judge->stop();
}

void ChatSession::showVersion(int at, int step) {
  if (busy() || at < 0 || at >= turns_.size()) return;
  const QList<RecordId> versions = store.versions(turns_[at].record.id);
  const int next = turns_[at].version + step;
  if (next < 0 || next >= versions.size()) return;
  if (!guarded([&] { store.showVersion(versions[next]); })) return;
  load();
  Q_EMIT opened();
}

void ChatSession::sayWork() {
  QString words;
  if (busy()) words = turns_.last().note.isEmpty() ? tr("Reading") : tr("Replying, %1").arg(turns_.last().note);
  bench.setWork({QStringLiteral("chat"), words, QStringLiteral("chat"), busy()});
}

} // namespace attune
