// The tokens of a reply as bytes: little-endian, 17 bytes a token and 8 for each of its likeliest.
#pragma once

#include "store/records.h"
#include <QByteArray>

namespace attune {

QByteArray packTokens(const std::vector<TokenTrace>& tokens); // at most 255 likeliest a token
// Throws Error when the bytes are not what packTokens makes.
std::vector<TokenTrace> unpackTokens(const QByteArray& bytes);

} // namespace attune
