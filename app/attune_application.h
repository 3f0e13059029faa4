// The program. An Error that nobody caught on its way up to the event loop is told in the window, which stays.
#pragma once

#include <QApplication>
#include <functional>

namespace attune {

class Application : public QApplication {
  Q_OBJECT
public:
  using QApplication::QApplication;
  bool notify(QObject* receiver, QEvent* event) override;

  // Told of every event whose handling kept the window's thread longer than this: the receiver's class, the event's
  // type, milliseconds, and how many of them its processor worked. A dialog that is open counts as one.
  using TellSlow = std::function<void(const char* receiver, int type, double ms, double processorMs)>;
  void tellSlowEvents(double longerThan, TellSlow tell);

Q_SIGNALS:
  void failed(const QString& sentence);

private:
  bool guarded(QObject* receiver, QEvent* event);
  TellSlow tellSlow;
  double slow = 0;
  int depth = 0;
};

} // namespace attune
