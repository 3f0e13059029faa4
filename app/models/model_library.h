// The models folder as the panel changes it: names that are free, moving away and back. Everything here is a rename
// within one folder, so it is done at once or not at all.
#pragma once

#include <QString>
#include <filesystem>
#include <optional>

namespace attune::library {

// The name a model gets that is imported from `source`: its folder's or file's, made free in `folder` with -2, -3, ...
QString nameFor(const QString& source, const QString& folder);

// A tokenizer beside a llama2.c checkpoint: tokenizer.bin, tokenizer.json, tokNNN.bin, or the only other .bin file.
std::optional<std::filesystem::path> tokenizerBeside(const QString& checkpoint);

// Throws Error with what a name must be, or when it is taken.
void rename(const QString& folder, const QString& from, const QString& to);

// Moves a model or run folder into .removed beside it and returns where it lies now. Throws Error (also when a run is
// being trained).
QString moveAway(const QString& path);
void moveBack(const QString& removed, const QString& path);

// Removes for good what was moved away over 30 days ago.
void purge(const QString& folder);

} // namespace attune::library
