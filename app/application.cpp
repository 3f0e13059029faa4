#include "application.h"

#include <cstdio>
#include <exception>

namespace attune {

bool Application::notify(QObject* receiver, QEvent* event) {
  try {
    return QApplication::notify(receiver, event);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "attune: %s\n", error.what());
    Q_EMIT failed(QString::fromUtf8(error.what()));
    return true;
  }
}

} // namespace attune
