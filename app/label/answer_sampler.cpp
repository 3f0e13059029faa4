#include "label/answer_sampler.h"

#include "engine/engine.h"
#include "engine/sampler_settings.h"
#include <QRandomGenerator>
#include <algorithm>

namespace attune {
AnswerSampler::Batch::Batch(const SampleOrder& order)
    : order(order)
    , seed(QRandomGenerator::global()->generate64() >> 1)
    , found(order.count, order.unlike) {}

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
  if (const auto found = made.constFind(order.prompt); found != made.cend() && found->order == order) {
    const Made there = made.take(order.prompt);
    Q_EMIT ready(order.prompt, there.answers, there.note);
    return;
  }
  if (ahead.active() && ahead.order.prompt == order.prompt) { // begun ahead: now it is waited for
    const Batch old = std::exchange(ahead, Batch());
    for (auto job = old.jobs.keyBegin(); job != old.jobs.keyEnd(); ++job) engine.stop(*job);
  }
  now = Batch(order);
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
  const int missing = batch.found.missing();
  const int models = int(batch.order.models.size());
  for (int m = 0; m < models; ++m) {
    const int share = missing / models + ((m + batch.attempt) % models < missing % models ? 1 : 0);
    if (share == 0) continue;
    Job job{batch.order.models[m], batch.order.sampler, share};
    job.sampler.seed = batch.seed + uint64_t(m);
    job.sampler = DifferentAnswers::settings(job.sampler, batch.attempt);
    ReplyRequest request;
    request.model = job.model;
    for (const StoredMessage& message : batch.order.history)
      request.messages.push_back({message.role.toStdString(), message.content.toStdString()});
    request.messages.push_back({"user", batch.order.text.toStdString()});
    request.sampler = engineSampler(job.sampler);
    request.maxTokens = job.sampler.maxTokens;
    request.seed = job.sampler.seed;
    // As many in every try: a wide step costs little more than a narrow one, and the cache stays.
    request.replies = (batch.order.count + models - 1) / models;
    request.views = false;
    request.urgency = urgency;
    batch.jobs.insert(engine.reply(request), job);
  }
}

void AnswerSampler::take(JobId id, const ReplyEnd* end, const QString& error) {
  Batch* batch = now.jobs.contains(id) ? &now : ahead.jobs.contains(id) ? &ahead : nullptr;
  if (!batch) return;
  Job job = batch->jobs.take(id);
  if (!end) batch->error = error;
  if (end)
    for (const ReplyEnd::One& one : end->replies) {
      if (one.finish == Finish::Cancelled) continue;
      Answer answer;
      answer.text = one.text.trimmed();
      answer.model = job.model;
      answer.sampler = job.sampler;
      answer.finish = QString::fromLatin1(finishName(one.finish));
      if (job.share == 0)
        batch->spare << answer;
      else if (batch->found.add(answer))
        --job.share;
    }
  if (!batch->jobs.isEmpty()) return;
  for (const Answer& answer : std::exchange(batch->spare, {})) batch->found.add(answer);
  if (batch->error.isEmpty() && batch->found.missing() && batch->attempt++ < DifferentAnswers::tries)
    return ask(*batch, batch == &now ? Urgency::Now : Urgency::Ahead);
  close(*batch);
}

void AnswerSampler::close(Batch& batch) {
  const bool waited = &batch == &now;
  const Batch done = std::exchange(batch, Batch());
  const RecordId prompt = done.order.prompt;
  const QList<Answer> answers = shuffled(done.found.answers());
  const int all = int(answers.size() + done.order.unlike.size()), wanted = all + done.found.missing();
  const bool broken = done.stopped || !done.error.isEmpty();
  const QString same = broken || !done.found.missing() ? QString()
                       : all < 2
                           ? tr("All answers came out the same, however hot they were sampled, so there is nothing to "
                                "rank; choose another model or a higher temperature.")
                           : tr("Only %1 of %2 answers differ; the others came out the same, however hot they were "
                                "sampled. These can be ranked as they are.")
                                 .arg(all)
                                 .arg(wanted);
  const bool enough = !broken && (!done.found.missing() || all >= 2);
  if (!waited && enough)
    made.insert(prompt, {done.order, answers, same});
  else if (!waited)
    refused << prompt;
  else if (enough)
    Q_EMIT ready(prompt, answers, same);
  else
    Q_EMIT failed(prompt, answers, broken ? done.error : same);
  nextAhead();
}

void AnswerSampler::setAhead(const QList<SampleOrder>& orders) {
  wanted = orders;
  for (const RecordId prompt : made.keys())
    if (!wanted.contains(made[prompt].order)) made.remove(prompt);
  if (ahead.active() && !wanted.contains(ahead.order)) {
    const Batch old = std::exchange(ahead, Batch());
    for (auto job = old.jobs.keyBegin(); job != old.jobs.keyEnd(); ++job) engine.stop(*job);
  }
  nextAhead();
}

void AnswerSampler::nextAhead() {
  if (ahead.active() || now.active()) return;
  for (const SampleOrder& order : wanted)
    if (!made.contains(order.prompt) && !refused.contains(order.prompt)) {
      ahead = Batch(order);
      ask(ahead, Urgency::Ahead);
      break;
    }
  Q_EMIT progress();
}

} // namespace attune
