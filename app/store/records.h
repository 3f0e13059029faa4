// What the store keeps, as plain structs. An id of 0 is a record not stored yet; times are milliseconds since 1970
// (UTC).
#pragma once

#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>
#include <cstdint>
#include <vector>

namespace attune {

using RecordId = int64_t;

struct StoredMessage {
  QString role; // "system", "user", "assistant"
  QString content;
  bool operator==(const StoredMessage&) const = default;
};

// How a text was sampled; part of every reply and answer, so that it can be made again.
struct StoredSampler {
  double temperature = 1, topP = 1, minP = 0, repetitionPenalty = 1;
  int topK = 0, maxTokens = 128;
  bool greedy = false;
  uint64_t seed = 0;
  bool operator==(const StoredSampler&) const = default;
  QJsonObject toJson() const;
  static StoredSampler fromJson(const QJsonObject& object);
};

// One token of a reply as the model saw it: what was chosen, and the ten likeliest in its place (before sampling).
struct TokenTrace {
  int32_t id = 0;
  float probability = 0;
  float entropy = 0; // nats
  int32_t rank = 0;  // 1: it was the likeliest; 0: unknown
  struct Likely {
    int32_t id = 0;
    float probability = 0;
    bool operator==(const Likely&) const = default;
  };
  std::vector<Likely> likeliest;
  bool operator==(const TokenTrace&) const = default;
};

// --- chat

struct Conversation {
  RecordId id = 0;
  QString title, model, systemPrompt;
  QJsonObject settings; // sampling, best of n, as Chat likes
  qint64 created = 0, updated = 0;
};

// The replies that a shown one was chosen from, best first where they have scores.
struct Candidate {
  QString text, finish;
  double score = 0;
  int tokens = 0;
  bool operator==(const Candidate&) const = default;
};
struct CandidateSet {
  QString judge;         // a model's id, or a rule's file
  bool rule = false;     // a rule judged, which no person taught
  QString unscored;      // why they have no scores, as a sentence; empty: they have
  QList<Candidate> list; // empty: the reply came alone
  int chosen = 0;        // the one that is shown
  bool operator==(const CandidateSet&) const = default;
  QJsonObject toJson() const;
  static CandidateSet fromJson(const QJsonObject& object);
};

// A turn has one parent (0: it is the first) and knows whether it is the one shown among its siblings. Another answer
// to the same turn, or an edited question in the same place, is a sibling: a version.
struct Turn {
  RecordId id = 0, conversation = 0, parent = 0;
  QString role, text;
  QString model; // of a reply
  StoredSampler sampler;
  QString finish; // "eos", "length", "stopped"; empty for what a person wrote
  std::vector<TokenTrace> tokens;
  CandidateSet candidates; // of a reply
  bool shown = true;
  qint64 created = 0;
};

// --- data

struct PromptSet {
  RecordId id = 0;
  QString name;
  qint64 created = 0;
  int prompts = 0;
};

struct Prompt {
  RecordId id = 0, set = 0;     // set 0: in none
  QString text;                 // what the user says last
  QList<StoredMessage> history; // what came before
  QString useCase, split = QStringLiteral("train"), source, labeler;
  qint64 created = 0, updated = 0;
};

struct Demonstration {
  RecordId id = 0;
  QString prompt;
  QList<StoredMessage> history;
  QString answer;
  QString labeler, useCase, split = QStringLiteral("train"), source;
  bool scripted = false; // no person wrote it
  qint64 created = 0, updated = 0, tookMs = 0;
  QString moderation; // JSON; empty until something moderates
};

struct Answer {
  QString text, model;
  StoredSampler sampler;
  int rank = 0;      // 1 is best; ties share; 0: not ranked
  int rating = 0;    // 1 to 7; 0: none
  QStringList flags; // ids of labels::flags()
  QString finish;
  bool operator==(const Answer&) const = default;
};

struct Comparison {
  RecordId id = 0, promptId = 0;
  QString prompt;
  QList<StoredMessage> history;
  QList<Answer> answers; // in the order shown
  QString note, labeler, useCase, split = QStringLiteral("train"), source;
  bool scripted = false;
  qint64 created = 0, updated = 0, tookMs = 0;
  QString moderation;
};

// What a list of prompts tells of a ranked one.
struct RankedPrompt {
  RecordId comparison = 0;
  bool scripted = false;
  qint64 tookMs = 0;
};

// A ranking as text, 'D > A = B > E'; letters are the places shown.
QString orderText(const Comparison& comparison);
// How many pairs it gives: one for each two answers of different ranks.
int pairCount(const Comparison& comparison);

// --- asking

enum class RecordKind { Conversation = 0, Turn = 1, Prompt = 2, Demonstration = 3, Comparison = 4, PromptSet = 5 };

// Empty fields do not filter. `search` matches every word anywhere in the texts, case ignored.
struct RecordFilter {
  QString search, labeler, split, source, useCase;
  RecordId set = 0;  // prompts of one set
  int scripted = -1; // 0 or 1
  int limit = -1, offset = 0;
};

// How many records of a kind have each value of a column; for Data's tables.
enum class CountBy { Split, Source, UseCase, Labeler };
struct ValueCount {
  QString value;
  int count = 0;
};

} // namespace attune
