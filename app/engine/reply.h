// What is asked of a model, and what comes back: whole messages between the window and the worker.
#pragma once

#include "generate/generator.h"
#include "text/message.h"
#include <QList>
#include <QMetaType>
#include <QString>
#include <cstdint>
#include <vector>

namespace attune {

using JobId = quint64; // 0: none

enum class Urgency {
  Now,  // a person waits
  Ahead // gives way to what a person waits for, and begins again after it
};

struct ReplyRequest {
  QString model;                 // an id of Engine::models()
  std::vector<Message> messages; // oldest first; a leading system message is the system prompt
  std::vector<int32_t> ids;      // when given, these tokens are the prompt and `messages` is not read
  std::vector<int32_t> prefix;   // the reply begins with these tokens (they are not reported again)
  SamplerSettings sampler;
  int maxTokens = 128; // of the reply, the prefix included
  uint64_t seed = 0;
  int replies = 1;   // different answers to the same prompt
  bool views = true; // probabilities and the ten likeliest of each token
  Urgency urgency = Urgency::Now;
};

// What the model was given, told before the first token.
struct ReplyStart {
  std::vector<int32_t> prompt; // with the prefix
  int context = 0;             // the longest text, in tokens
  int dropped = 0;             // messages that the model no longer sees
  bool continuesText = false;  // a base model
};

struct ReplyPiece {
  int reply = 0; // 0 … replies − 1
  TokenView view;
  QString text; // what became complete with this token: may be empty
};

struct ReplyEnd {
  struct One {
    QString text; // all of it, the prefix included
    std::vector<int32_t> ids;
    Finish finish = Finish::Length;
  };
  std::vector<One> replies;
  double firstSeconds = 0;    // from asking to the first token
  double tokensPerSecond = 0; // after the first; 0 when there was but one
};

} // namespace attune

Q_DECLARE_METATYPE(attune::ReplyStart)
Q_DECLARE_METATYPE(attune::ReplyPiece)
Q_DECLARE_METATYPE(attune::ReplyEnd)
