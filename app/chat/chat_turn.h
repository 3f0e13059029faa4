// A turn of the conversation as Chat shows it: what the store keeps, its place among its versions, and where each token
// stands in the text.
#pragma once

#include "engine/model_text.h"
#include "engine/reply.h"
#include "store/records.h"

namespace attune {

// A token's piece of the text, in UTF-16 units. Empty where its bytes only complete a character with the next token.
struct TokenPlace {
  int start = 0, length = 0;
};

struct ChatTurn {
  Turn record;
  int version = 0, versions = 1;  // its place among its siblings, from 0
  std::vector<TokenPlace> places; // of record.tokens; empty where they are not known
  bool streaming = false;
  QString note; // under the text: how long, how fast, why it ended
  bool isReply() const { return record.role == QLatin1String("assistant"); }
};

// Where the tokens of a stored reply stand. Empty when they do not give the text (another tokenizer, an edited text).
std::vector<TokenPlace> tokenPlaces(const ModelText& text, const std::vector<TokenTrace>& tokens, const QString& words);

TokenTrace traceOf(const TokenView& view);

// The token at a place in the text; −1: none.
int tokenAt(const std::vector<TokenPlace>& places, int at);

// A half-streamed reply as its draft keeps it, and back; false for bytes that are none.
QByteArray draftOf(const Turn& turn);
bool readDraft(const QByteArray& bytes, Turn& turn);

} // namespace attune
