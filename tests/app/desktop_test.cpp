// The program put together: how it is made quickly.
#include "desktop.h"

#include "application.h"
#include "catch.h"
#include "paths.h"
#include "status_line.h"
#include <QTemporaryDir>
#include <QTest>
#include <QThreadPool>
#include <optional>

using namespace attune;

namespace {

// Where everything that shows stands, by panel. The status bar says what goes on at the moment and is left out.
QMap<QString, QStringList> places(Desktop& desktop) {
  QMap<QString, QStringList> found;
  for (Panel* panel : desktop.window.panels()) {
    desktop.window.showPanel(panel->name);
    for (int rounds = 0; rounds < 4; ++rounds) { // what is read beside and told then may ask for more
      QApplication::processEvents();
      QThreadPool::globalInstance()->waitForDone();
    }
    QApplication::processEvents();
    for (const QWidget* widget : panel->findChildren<QWidget*>()) {
      if (!widget->isVisible()) continue;
      const QRect at(widget->mapTo(panel, QPoint()), widget->size());
      found[panel->name] << QStringLiteral("%1 %2 at %3, %4, %5 x %6")
                                .arg(QString::fromLatin1(widget->metaObject()->className()), widget->accessibleName())
                                .arg(at.x())
                                .arg(at.y())
                                .arg(at.width())
                                .arg(at.height());
    }
  }
  return found;
}

} // namespace

TEST_CASE("a window made without the style sheet stands as one made with it") {
  test::application();
  QTemporaryDir folder;
  QMap<QString, QStringList> made[2];
  for (const bool bare : {false, true}) {
    paths::make();
    Workbench bench;
    std::optional<WithoutStyleSheet> without;
    if (bare) without.emplace();
    CHECK(qApp->styleSheet().isEmpty() == bare);
    Desktop desktop(bench, folder.filePath(QStringLiteral("%1.sqlite").arg(int(bare))));
    without.reset();
    CHECK_FALSE(qApp->styleSheet().isEmpty());
    desktop.window.resize(1280, 800);
    desktop.window.show();
    REQUIRE(QTest::qWaitFor([&] { return desktop.engine.modelsKnown() && desktop.engine.deviceReady(); }, 600000));
    QApplication::processEvents();
    made[bare] = places(desktop);
  }
  REQUIRE(made[0].size() == 6);
  for (const QString& panel : made[0].keys()) {
    QStringList with = made[0][panel], without = made[1][panel];
    for (const QString& same : made[0][panel])
      if (without.removeOne(same)) with.removeOne(same);
    INFO(panel.toStdString());
    CHECK(with.join(u'\n').toStdString() == without.join(u'\n').toStdString());
  }
}
