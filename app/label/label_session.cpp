#include "label/label_session.h"

#include "engine/engine.h"
#include "error.h"
#include "store/store.h"
#include "workbench.h"
#include <QJsonDocument>
#include <QRandomGenerator>
#include <algorithm>

namespace attune {
namespace {

constexpr int samplesAhead = 3;
const QString currentKey = QStringLiteral("label/current");
const QString skippedPrefix = QStringLiteral("label/skipped/");

} // namespace

LabelSession::LabelSession(Workbench& bench, Engine& engine, QObject* parent)
    : QObject(parent)
    , bench(bench)
    , engine(engine)
    , store(*bench.store)
    , sampler(new AnswerSampler(engine, this)) {
  QSettings* kept = bench.settings();
  k = kept->value(QStringLiteral("label/count"), 5).toInt();
  if (!answers::refusal(k).isEmpty()) k = 5;
  chosenModels = kept->value(QStringLiteral("label/models")).toStringList();
  promptSet = kept->value(QStringLiteral("label/set"), 0).toLongLong();
  sampling_.maxTokens = 96;
  if (const QString text = kept->value(QStringLiteral("label/sampler")).toString(); !text.isEmpty())
    sampling_ = StoredSampler::fromJson(QJsonDocument::fromJson(text.toUtf8()).object());
  for (const QString& key : store.draftKeys(skippedPrefix)) skips << key.mid(skippedPrefix.size()).toLongLong();
  begin.setSingleShot(true);
  begin.setInterval(150);
  connect(&begin, &QTimer::timeout, this, &LabelSession::sample);
  connect(sampler, &AnswerSampler::ready, this, &LabelSession::take);
  connect(sampler, &AnswerSampler::failed, this,
          [this](RecordId prompt, const QList<Answer>& answers, const QString& sentence) {
            if (prompt != now.prompt.id || now.saved()) return;
            if (!answers.isEmpty() && (!replacing || answers.size() >= answers::fewest)) take(prompt, answers, {});
            replacing = false;
            sayWork();
            Q_EMIT samplingChanged();
            if (!sentence.isEmpty()) Q_EMIT samplingFailed(sentence);
          });
  connect(sampler, &AnswerSampler::progress, this, [this] {
    sayWork();
    Q_EMIT samplingChanged();
  });
  connect(&engine, &Engine::modelRenamed, this, [this](const QString& from, const QString& to) {
    for (Answer& answer : now.answers)
      if (answer.model == from) answer.model = to;
    if (!chosenModels.contains(from)) return;
    QStringList ids = chosenModels;
    setModels(ids.replaceInStrings(from, to));
  });
  connect(&engine, &Engine::modelsChanged, this, [this] {
    if (now.open() && !now.saved() && now.answers.isEmpty() && !sampling()) begin.start();
  });
}

// --- which prompt

void LabelSession::setSet(RecordId set) {
  promptSet = set;
  bench.settings()->setValue(QStringLiteral("label/set"), qint64(set));
  sampleAhead();
  Q_EMIT listChanged();
}

QList<Prompt> LabelSession::nextPrompts(int most) {
  QList<Prompt> next;
  const auto take = [&](RecordId after) {
    for (const Prompt& prompt : store.promptsToRank(promptSet, most + int(skips.size()) + 1, after)) {
      const bool there = std::any_of(next.begin(), next.end(), [&](const Prompt& one) { return one.id == prompt.id; });
      if (next.size() < most && prompt.id != now.prompt.id && !skips.contains(prompt.id) && !there) next << prompt;
    }
  };
  take(now.prompt.id);
  if (next.size() < most && now.prompt.id) take(0);
  return next;
}

void LabelSession::setTask(const LabelTask& task) {
  const bool other = !task.same(now);
  if (other) {
    begin.stop();
    const bool was = sampling();
    now = {}; // what a stopped sampling still has is for nobody
    replacing = false;
    sampler->stop();
    if (was) Q_EMIT samplingChanged();
  }
  now = task;
  since.start();
  if (now.open())
    store.keepDraft(currentKey, now.draftKey().toUtf8());
  else
    store.dropDraft(currentKey);
  if (other) sampleAhead();
  Q_EMIT taskChanged();
}

void LabelSession::openPrompt(RecordId id) {
  const std::optional<Prompt> prompt = store.prompt(id);
  if (!prompt) throw Error("This prompt is not in the store any more; choose another.");
  LabelTask task;
  task.prompt = *prompt;
  LabelTask::readDraft(store.draft(task.draftKey()), task);
  opened = {};
  setTask(task);
  if (task.answers.isEmpty()) begin.start();
}

void LabelSession::openComparison(RecordId id) {
  const std::optional<Comparison> comparison = store.comparison(id);
  if (!comparison) throw Error("This ranking is not in the store any more; choose another.");
  LabelTask task = LabelTask::fromComparison(*comparison);
  const LabelTask stored = task;
  LabelTask::readDraft(store.draft(task.draftKey()), task);
  opened = stored;
  setTask(task);
}

void LabelSession::close() {
  opened = {};
  setTask({});
}

void LabelSession::openAgain(RecordId id) {
  const std::optional<Comparison> comparison = store.comparison(id);
  if (!comparison || !store.prompt(comparison->promptId))
    throw Error("This ranking or its prompt is not in the store any more; choose another.");
  LabelTask task = LabelTask::fromComparison(*comparison);
  task.comparison = 0;
  task.scripted = false;
  task.note.clear();
  task.tookMs = 0;
  QList<Answer> answers = std::exchange(task.answers, {});
  for (Answer& answer : answers) {
    answer.rank = answer.rating = 0;
    answer.flags.clear();
  }
  std::shuffle(answers.begin(), answers.end(), *QRandomGenerator::global());
  task.ranking = Ranking();
  task.chosen = -1;
  task.addAnswers(answers);
  opened = {};
  setTask(task);
  keepDraft();
}

int LabelSession::byHand() {
  int count = 0;
  const QHash<RecordId, RankedPrompt> ranked = store.rankedPrompts();
  for (const auto& [prompt, text] : store.promptTexts(promptSet))
    if (const auto found = ranked.constFind(prompt); found != ranked.cend()) count += !found->scripted;
  return count;
}

bool LabelSession::rankSomeAgain(int most) {
  again.clear();
  const QHash<RecordId, RankedPrompt> ranked = store.rankedPrompts();
  for (const auto& [prompt, text] : store.promptTexts(promptSet))
    if (const auto found = ranked.constFind(prompt); found != ranked.cend() && !found->scripted)
      again << found->comparison;
  std::shuffle(again.begin(), again.end(), *QRandomGenerator::global());
  again = again.first(std::min<qsizetype>(again.size(), most));
  return openNext();
}

bool LabelSession::openNext() {
  while (!again.isEmpty()) {
    const std::optional<Comparison> next = store.comparison(again.takeFirst());
    if (!next || !store.prompt(next->promptId)) continue; // deleted meanwhile
    openAgain(next->id);
    return true;
  }
  const QList<Prompt> next = nextPrompts(1);
  if (next.isEmpty()) {
    close();
    return false;
  }
  openPrompt(next.first().id);
  return true;
}

void LabelSession::resume() {
  const QString key = QString::fromUtf8(store.draft(currentKey));
  const RecordId id = key.section(QLatin1Char('/'), -1).toLongLong();
  try {
    if (key.startsWith(QStringLiteral("label/comparison/")) && store.comparison(id)) return openComparison(id);
    if (key.startsWith(QStringLiteral("label/task/")) && store.prompt(id)) return openPrompt(id);
    openNext();
  } catch (const Error& error) {
    Q_EMIT bench.failed(QString::fromUtf8(error.what()));
  }
}

// --- steps

void LabelSession::spend() {
  if (since.isValid()) now.tookMs += std::min<qint64>(since.restart(), 60000);
}

void LabelSession::keepDraft() {
  if (!now.open()) return;
  if (now.saved() && !changed())
    store.dropDraft(now.draftKey());
  else
    store.keepDraft(now.draftKey(), now.toDraft());
}

void LabelSession::restore(const LabelTask& task) {
  LabelTask back = task;
  if (back.same(now)) {
    back.note = now.note; // the note has its own undo
    back.tookMs = now.tookMs;
  } else if (back.saved()) {
    openComparison(back.comparison);
  } else {
    opened = {};
  }
  setTask(back);
  keepDraft();
}

bool LabelSession::step(const QString& words, const std::function<bool(LabelTask&)>& change) {
  spend();
  const LabelTask before = now;
  LabelTask after = now;
  if (!now.open() || !change(after)) return false;
  return bench.act(
      words, [this, after] { restore(after); }, [this, before] { restore(before); });
}

void LabelSession::choose(int answer) {
  if (answer < 0 || answer >= now.answers.size() || answer == now.chosen) return;
  spend();
  now.chosen = answer;
  keepDraft();
  Q_EMIT taskChanged();
}

void LabelSession::setNote(const QString& note) {
  if (note == now.note || !now.open()) return;
  spend();
  now.note = note;
  keepDraft();
  Q_EMIT taskChanged();
}

QString LabelSession::unsavable() const {
  if (!now.open()) return tr("No prompt is open");
  if (sampling()) return tr("Answers are still being sampled");
  if (const QString why = now.unready(); !why.isEmpty()) return why;
  if (now.saved() && !changed()) return tr("Nothing was changed");
  return {};
}

bool LabelSession::save() {
  if (!unsavable().isEmpty()) return false;
  spend();
  const LabelTask task = now;
  if (task.saved()) {
    const std::optional<Comparison> old = store.comparison(task.comparison);
    if (!old) {
      Q_EMIT bench.failed(tr("This ranking is not in the store any more; it may have been deleted."));
      return false;
    }
    const auto write = [this, task](const Comparison& comparison) {
      store.atomically([&] {
        store.updateComparison(comparison);
        store.dropDraft(task.draftKey());
      });
      if (now.same(task)) openComparison(task.comparison);
      Q_EMIT listChanged();
    };
    Comparison fresh = task.toComparison(labeler());
    fresh.created = old->created;
    fresh.moderation = old->moderation;
    return bench.act(
        tr("change the ranking"), [write, fresh] { write(fresh); }, [write, old] { write(*old); });
  }
  auto id = std::make_shared<RecordId>(0);
  return bench.act(
      tr("save the ranking"),
      [this, task, id] {
        if (*id == 0)
          *id = store.addComparisons({task.toComparison(labeler())}).first();
        else
          store.setDeleted(RecordKind::Comparison, {*id}, false);
        store.dropDraft(task.draftKey());
        setSkipped(task.prompt.id, false);
        openNext();
        Q_EMIT listChanged();
      },
      [this, task, id] {
        store.setDeleted(RecordKind::Comparison, {*id}, true);
        restore(task);
        Q_EMIT listChanged();
      });
}

void LabelSession::setSkipped(RecordId prompt, bool on) {
  const QString key = skippedPrefix + QString::number(prompt);
  if (on) {
    skips << prompt;
    store.keepDraft(key, "1");
  } else if (skips.remove(prompt)) {
    store.dropDraft(key);
  }
}

void LabelSession::skip() {
  if (!now.open() || now.saved()) return;
  spend();
  const LabelTask task = now;
  bench.act(
      tr("skip the prompt"),
      [this, task] {
        setSkipped(task.prompt.id, true);
        openNext();
        Q_EMIT listChanged();
      },
      [this, task] {
        setSkipped(task.prompt.id, false);
        restore(task);
        Q_EMIT listChanged();
      });
}

// --- sampling

QString LabelSession::setCount(int count) {
  const QString why = answers::refusal(count);
  if (!why.isEmpty() || count == k) return why;
  k = count;
  bench.settings()->setValue(QStringLiteral("label/count"), k);
  if (now.open() && !now.saved() && now.answers.isEmpty()) {
    stopSampling();
    begin.start();
  }
  sampleAhead();
  Q_EMIT samplingChanged();
  return {};
}

QStringList LabelSession::models() const {
  QStringList ids;
  for (const ModelEntry& entry : engine.models())
    if (entry.speaks() && chosenModels.contains(entry.id)) ids << entry.id;
  for (const ModelEntry& entry : engine.models())
    if (ids.isEmpty() && entry.speaks()) ids << entry.id;
  return ids;
}

void LabelSession::setModels(const QStringList& ids) {
  chosenModels = ids;
  bench.settings()->setValue(QStringLiteral("label/models"), ids);
  sampleAhead();
  Q_EMIT samplingChanged();
}

void LabelSession::setSettings(const StoredSampler& settings) {
  sampling_ = settings;
  bench.settings()->setValue(QStringLiteral("label/sampler"),
                             QString::fromUtf8(QJsonDocument(settings.toJson()).toJson(QJsonDocument::Compact)));
  sampleAhead();
}

SampleOrder LabelSession::orderFor(const Prompt& prompt, int missing, const QList<Answer>& unlike) const {
  SampleOrder order{prompt.id, prompt.text, prompt.history, missing, models(), sampling_, {}};
  for (const Answer& answer : unlike) order.unlike << answer.text;
  return order;
}

void LabelSession::sample() {
  const int missing = k - int(now.answers.size());
  if (!now.open() || now.saved() || missing <= 0 || sampling()) return;
  if (models().isEmpty()) {
    if (engine.modelsKnown())
      Q_EMIT samplingFailed(tr("There is no model that can answer. Import one in Models or train one in Train; the "
                               "ideal answer can be written meanwhile."));
    return;
  }
  replacing = false;
  sampler->sample(orderFor(now.prompt, missing, now.answers));
  sayWork();
  Q_EMIT samplingChanged();
}

void LabelSession::sampleOthers() {
  if (!now.open() || now.saved() || sampling()) return;
  if (now.answers.isEmpty() || models().isEmpty()) return sample();
  replacing = true;
  sampler->sample(orderFor(now.prompt, k));
  sayWork();
  Q_EMIT samplingChanged();
}

void LabelSession::stopSampling() {
  begin.stop();
  if (!sampling()) return;
  sampler->stop();
}

void LabelSession::take(RecordId prompt, const QList<Answer>& answers, const QString& note) {
  if (prompt != now.prompt.id || now.saved()) return;
  const auto add = [&](LabelTask& task) {
    task.addAnswers(answers);
    if (!note.isEmpty()) task.least = std::clamp(int(task.answers.size()), 2, answers::fewest);
    return true;
  };
  if (std::exchange(replacing, false)) {
    step(tr("sample others"), [&](LabelTask& task) {
      task.answers.clear();
      task.ranking = Ranking();
      task.chosen = -1;
      task.least = answers::fewest;
      return add(task);
    });
  } else {
    add(now);
    since.start(); // waiting is no work
    keepDraft();
    Q_EMIT taskChanged();
  }
  if (!note.isEmpty()) Q_EMIT samplingNoted(note);
  sampleAhead();
  sayWork();
  Q_EMIT samplingChanged();
}

// The prompts that come next, once there are answers to the one that is open.
void LabelSession::sampleAhead() {
  QList<SampleOrder> orders;
  if (now.open() && !now.saved() && !now.answers.isEmpty() && !models().isEmpty()) {
    for (const Prompt& prompt : nextPrompts(samplesAhead))
      if (store.draft(QStringLiteral("label/task/%1").arg(prompt.id)).isEmpty()) orders << orderFor(prompt, k);
  }
  sampler->setAhead(orders);
}

void LabelSession::sayWork() {
  Work work{QStringLiteral("label"), {}, QStringLiteral("label"), sampling()};
  if (sampling())
    work.words = tr("Sampling answers, %1 tokens").arg(sampledTokens());
  else if (sampler->aheadNow())
    work.words = tr("Sampling answers for the next prompts");
  bench.setWork(work);
}

// --- the labeler

QString LabelSession::labeler() const {
  const QString name = bench.settings()->value(QStringLiteral("label/labeler")).toString();
  if (!name.isEmpty()) return name;
  const QString user = qEnvironmentVariable("USER", qEnvironmentVariable("USERNAME"));
  return user.isEmpty() ? QStringLiteral("me") : user;
}

void LabelSession::setLabeler(const QString& name) {
  bench.settings()->setValue(QStringLiteral("label/labeler"), name.trimmed());
}

} // namespace attune
