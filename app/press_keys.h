// Keys as words, for pictures made by a command.
#pragma once

#include <QString>

class QWidget;

namespace attune {

// Presses 'A Shift+Down': one after the other, each for whatever of the window has the focus by then (the window need
// not be active), or for `otherwise`.
void pressKeys(QWidget& window, QWidget* otherwise, const QString& keys);

} // namespace attune
