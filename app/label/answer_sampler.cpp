#include "label/answer_sampler.h"

#include "engine/engine.h"
#include "engine/sampler_settings.h"
#include <QRandomGenerator>
#include <algorithm>

namespace attune {
namespace {

constexpr int rounds = 3; // to find answers that differ

} // namespace

AnswerSampler::AnswerSampler(Engine& engine, QObject* parent)
    : QObject(parent)
    , engine(engine) {
  connect(&engine, &Engine::replyTokens, this, [this](JobId job, const QList<ReplyPiece>& pieces) {
    if (!now.jobs.contains(job)) return;
    counted += int(pieces.size());
    Q_EMIT progress();
  });
  connect(&engine, &Engine::replyFinished, this, [this](JobId job, const ReplyEnd& end) { take(job, &end, {}); });
  connect(&engine, &Engine::replyFailed, this,
          [this](JobId job, const QString& sentence) { take(job, nullptr, sentence); });
}

QList<Answer> AnswerSampler::shuffled(QList<Answer> answers) {
  std::shuffle(answers.begin(), answers.end(), *QRandomGenerator::global());
  return answers;
}

void AnswerSampler::sample(const SampleOrder& order) {
  stop();
  counted = 0;
  if (const auto found = made.constFind(order.prompt); found != made.cend() && found->first == order) {
    const QList<Answer> answers = found->second;
    made.remove(order.prompt);
    Q_EMIT ready(order.prompt, answers);
    return;
  }
  if (ahead.active() && ahead.order.prompt == order.prompt) { // begun ahead: now it is waited for
    const Batch old = std::exchange(ahead, {});
    for (auto job = old.jobs.keyBegin(); job != old.jobs.keyEnd(); ++job) engine.stop(*job);
  }
  now = {};
  now.order = order;
  ask(now, Urgency::Now);
}

void AnswerSampler::stop() {
  if (!now.active()) return;
  now.stopped = true;
  const QList<JobId> jobs = now.jobs.keys();
  now.jobs.clear(); // what they still say is not wanted
  for (const JobId job : jobs) engine.stop(job);
  close(now);
}

void AnswerSampler::ask(Batch& batch, Urgency urgency) {
  const int missing = batch.order.count - int(batch.different.size());
  const int models = int(batch.order.models.size());
  for (int m = 0; m < models; ++m) {
    const int share = missing / models + ((m + batch.round) % models < missing % models ? 1 : 0);
    if (share == 0) continue;
    StoredSampler sampler = batch.order.sampler;
    sampler.seed = QRandomGenerator::global()->generate64() >> 1;
    ReplyRequest request;
    request.model = batch.order.models[m];
    for (const StoredMessage& message : batch.order.history)
      request.messages.push_back({message.role.toStdString(), message.content.toStdString()});
    request.messages.push_back({"user", batch.order.text.toStdString()});
    request.sampler = engineSampler(sampler);
    request.maxTokens = sampler.maxTokens;
    request.seed = sampler.seed;
    request.replies = share;
    request.views = false;
    request.urgency = urgency;
    batch.jobs.insert(engine.reply(request), {request.model, sampler});
  }
}

void AnswerSampler::take(JobId job, const ReplyEnd* end, const QString& error) {
  Batch* batch = now.jobs.contains(job) ? &now : ahead.jobs.contains(job) ? &ahead : nullptr;
  if (!batch) return;
  const auto [model, sampler] = batch->jobs.take(job);
  if (!end) batch->error = error;
  if (end)
    for (const ReplyEnd::One& one : end->replies) {
      if (one.finish == Finish::Cancelled) continue;
      Answer answer;
      answer.text = one.text.trimmed();
      answer.model = model;
      answer.sampler = sampler;
      answer.finish = QString::fromLatin1(finishName(one.finish));
      const bool seen = std::any_of(batch->different.begin(), batch->different.end(),
                                    [&](const Answer& other) { return other.text == answer.text; });
      (seen ? batch->repeated : batch->different) << answer;
    }
  if (!batch->jobs.isEmpty()) return;
  if (batch->error.isEmpty() && batch->different.size() < batch->order.count && ++batch->round < rounds)
    return ask(*batch, batch == &now ? Urgency::Now : Urgency::Ahead);
  close(*batch);
}

void AnswerSampler::close(Batch& batch) {
  const Batch done = std::exchange(batch, {});
  const bool waited = &batch == &now;
  QList<Answer> answers = done.different;
  // Fewer different ones than asked for: some stand twice.
  for (int i = 0; i < done.repeated.size() && answers.size() < done.order.count; ++i) answers << done.repeated[i];
  answers = shuffled(answers.first(std::min<qsizetype>(answers.size(), done.order.count)));
  const bool whole = answers.size() == done.order.count;
  if (!waited) {
    if (whole)
      made.insert(done.order.prompt, {done.order, answers});
    else
      refused << done.order.prompt;
  } else if (whole) {
    Q_EMIT ready(done.order.prompt, answers);
  } else {
    Q_EMIT failed(done.order.prompt, answers,
                  !done.error.isEmpty() ? done.error
                  : done.stopped        ? QString()
                                 : tr("The model gave %1 of %2 answers.").arg(answers.size()).arg(done.order.count));
  }
  nextAhead();
}

void AnswerSampler::setAhead(const QList<SampleOrder>& orders) {
  wanted = orders;
  for (const RecordId prompt : made.keys())
    if (!wanted.contains(made[prompt].first)) made.remove(prompt);
  if (ahead.active() && !wanted.contains(ahead.order)) {
    const Batch old = std::exchange(ahead, {});
    for (auto job = old.jobs.keyBegin(); job != old.jobs.keyEnd(); ++job) engine.stop(*job);
  }
  nextAhead();
}

void AnswerSampler::nextAhead() {
  if (ahead.active() || now.active()) return;
  for (const SampleOrder& order : wanted)
    if (!made.contains(order.prompt) && !refused.contains(order.prompt)) {
      ahead = {};
      ahead.order = order;
      ask(ahead, Urgency::Ahead);
      break;
    }
  Q_EMIT progress();
}

} // namespace attune
