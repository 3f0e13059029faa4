// Any exception as the sentence that a person is told. Ours come as they are; those of the standard library, which know
// nothing of the job, get the words that help: which file, and what to do.
//
// Always one line of UTF-8 that a terminal can show: line ends and control characters that a quoted name brings along
// become blanks, stray bytes U+FFFD, and of a very long one the beginning and the end are kept.
#pragma once

#include <exception>
#include <string>

namespace attune {

std::string sentenceOf(const std::exception& problem);

} // namespace attune
