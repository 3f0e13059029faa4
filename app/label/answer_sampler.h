// Samples K answers to a prompt: from one model or several in turn, different from each other where the models can,
// and shuffled, so that a place tells nothing. Prompts that come next are sampled ahead while nobody waits.
#pragma once

#include "engine/different_answers.h"
#include "engine/reply.h"
#include "store/records.h"
#include <QHash>
#include <QObject>

namespace attune {

class Engine;

// What is asked for. Answers made ahead serve only an order that is the same in everything.
struct SampleOrder {
  RecordId prompt = 0;
  QString text;
  QList<StoredMessage> history;
  int count = 4;
  QStringList models; // ids of Engine::models()
  StoredSampler sampler;
  QStringList unlike; // what the answers must differ from
  bool operator==(const SampleOrder&) const = default;
};

class AnswerSampler : public QObject {
  Q_OBJECT
public:
  explicit AnswerSampler(Engine& engine, QObject* parent = nullptr);

  // A person waits: answered by exactly one of ready and failed, also when it is stopped. One at a time.
  void sample(const SampleOrder& order);
  void stop();
  bool busy() const { return now.active(); }
  int tokens() const { return counted; } // that came for the one a person waits for

  // These, in this order, while nobody waits; others that were made or begun ahead are forgotten.
  void setAhead(const QList<SampleOrder>& orders);
  RecordId aheadNow() const { return ahead.active() ? ahead.order.prompt : 0; }

Q_SIGNALS:
  // `note`: empty, or why there are fewer than were asked for though they can be ranked, as a sentence.
  void ready(attune::RecordId prompt, const QList<attune::Answer>& answers, const QString& note);
  // Too few: those that there are, and why (empty: it was stopped).
  void failed(attune::RecordId prompt, const QList<attune::Answer>& answers, const QString& sentence);
  void progress(); // more tokens, or another prompt ahead

private:
  struct Job {
    QString model;
    StoredSampler sampler;
    int share = 0; // of the answers that are missing
  };
  struct Made {
    SampleOrder order;
    QList<Answer> answers;
    QString note;
  };
  struct Batch {
    explicit Batch(const SampleOrder& order = {});
    SampleOrder order;
    uint64_t seed;
    QHash<JobId, Job> jobs;
    DifferentAnswers found;
    QList<Answer> spare; // beyond a model's share
    QString error;
    int attempt = 0;
    bool stopped = false;
    bool active() const { return order.prompt != 0; }
  };
  void ask(Batch& batch, Urgency urgency);
  void take(JobId job, const ReplyEnd* end, const QString& error);
  void close(Batch& batch);
  void nextAhead();
  static QList<Answer> shuffled(QList<Answer> answers);

  Engine& engine;
  Batch now, ahead;
  QList<SampleOrder> wanted;
  QHash<RecordId, Made> made;
  QList<RecordId> refused; // ahead, and not tried again
  int counted = 0;
};

} // namespace attune
