// Times, sizes and shares as the Train panel words them.
#pragma once

#include <QString>

namespace attune {

// '40 s', '2 min 32 s', '2 h 10 min'.
QString durationWords(double seconds);
// '376 MiB', '1.4 GiB'.
QString sizeWords(quint64 bytes);
// '2.3 M', '124 M', '812'.
QString countWords(double count);

} // namespace attune
