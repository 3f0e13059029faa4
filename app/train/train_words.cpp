#include "train/train_words.h"

#include "widgets/plot_axis.h"

#include <QObject>
#include <cmath>

namespace attune {

QString durationWords(double seconds) {
  const qint64 whole = std::max<qint64>(0, std::llround(seconds));
  if (whole < 60) return QObject::tr("%1 s").arg(whole);
  if (whole < 600) return QObject::tr("%1 min %2 s").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
  if (whole < 3600) return QObject::tr("%1 min").arg((whole + 30) / 60);
  if (whole < 48 * 3600) return QObject::tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
  return QObject::tr("%1 days").arg((whole + 43200) / 86400);
}

QString sizeWords(quint64 bytes) {
  const double mib = double(bytes) / (1 << 20);
  if (mib < 0.1) return QObject::tr("%1 KiB").arg(double(bytes) / 1024, 0, 'f', 1);
  if (mib < 10) return QObject::tr("%1 MiB").arg(mib, 0, 'f', 1);
  if (mib < 1024) return QObject::tr("%1 MiB").arg(mib, 0, 'f', 0);
  return QObject::tr("%1 GiB").arg(mib / 1024, 0, 'f', 1);
}

QString countWords(double count) {
  if (count < 1e4) return plainNumber(std::round(count), 4);
  if (count < 1e6) return QObject::tr("%1 k").arg(count / 1e3, 0, 'f', 0);
  if (count < 1e9) return QObject::tr("%1 M").arg(count / 1e6, 0, 'f', count < 1e8 ? 1 : 0);
  return QObject::tr("%1 G").arg(count / 1e9, 0, 'f', 1);
}

} // namespace attune
