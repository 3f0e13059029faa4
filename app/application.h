// The program. An Error that nobody caught on its way up to the event loop is told in the window, which stays.
#pragma once

#include <QApplication>

namespace attune {

class Application : public QApplication {
  Q_OBJECT
public:
  using QApplication::QApplication;
  bool notify(QObject* receiver, QEvent* event) override;

Q_SIGNALS:
  void failed(const QString& sentence);
};

} // namespace attune
