// JSON Lines in and out, in TRL's schemas, and conversations as Markdown and JSON.
//
//   prompts         {"prompt"}
//   demonstrations  {"messages": [{"role", "content"}]}          also read: {"prompt", "completion"}
//   rankings        {"prompt", "completions", "ranks"}            ties share a rank
//   pairs           {"prompt", "chosen", "rejected"}              tied answers give none
//
// With a history, `prompt` is the list of messages and answers are lists of one assistant message, as TRL's
// conversational form has it. What Attune knows beyond that (use_case, split, source, labeler, scripted, ratings,
// flags, note, models) stands in further fields where it is there, and is read again.
#pragma once

#include "store/records.h"
#include <filesystem>
#include <string>

namespace attune {

class Store;

enum class ExchangeKind { Prompts, Demonstrations, Rankings, Pairs };

// One record as a line (pairs: zero or more), without the line end.
std::string promptLine(const Prompt& prompt);
std::string demonstrationLine(const Demonstration& demonstration);
std::string rankingLine(const Comparison& comparison);
std::vector<std::string> pairLines(const Comparison& comparison);

// Writes the file whole or not at all; returns how many lines. Throws Error.
int exportJsonLines(Store& store, ExchangeKind kind, const std::filesystem::path& file,
                    const RecordFilter& filter = {});

struct ImportDefaults { // for what a line does not say
  QString set, useCase, split = QStringLiteral("train"), source, labeler;
  bool scripted = false;
};

struct ImportCounts {
  int prompts = 0, demonstrations = 0, comparisons = 0;
};

// Reads a JSON Lines file (or, with the name's end `.txt`, one prompt a line) and adds everything in one transaction;
// a wrong line stops it with its number, and nothing is added.
ImportCounts importJsonLines(Store& store, const std::filesystem::path& file, const ImportDefaults& defaults = {});

QString conversationMarkdown(Store& store, RecordId conversation);
std::string conversationJson(Store& store, RecordId conversation); // all versions, with tokens and settings

} // namespace attune
