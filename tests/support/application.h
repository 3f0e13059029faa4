// The one QApplication of a test program, with Attune's theme, offscreen unless told otherwise.
#pragma once

#include "attune_application.h"
#include "widgets/theme.h"
#include <QTemporaryDir>
#include <QWidget>

namespace attune::test {

// Also gives the program an ATTUNE_HOME of its own, so that no test touches the person's data.
inline Application& application() {
  static QTemporaryDir home;
  static int argc = 1;
  static char name[] = "test_app";
  static char* argv[] = {name, nullptr};
  static Application* app = [] {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    qputenv("ATTUNE_HOME", home.path().toUtf8());
    auto* made = new Application(argc, argv);
    Theme::use(ThemeMode::Light);
    return made;
  }();
  return *app;
}

// Saves a picture of the widget to $ATTUNE_PICTURES/NAME.png where that is set, to be looked at.
inline void picture(QWidget& widget, const QString& name) {
  const QString folder = qEnvironmentVariable("ATTUNE_PICTURES");
  QApplication::processEvents(); // pending layouts
  if (!folder.isEmpty()) widget.grab().save(folder + QLatin1Char('/') + name + QStringLiteral(".png"));
}

} // namespace attune::test
