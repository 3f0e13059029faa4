// Icons by name (resources/icons/NAME.svg), coloured for the theme at paint time.
//
// The files draw with `currentColor`; an icon replaces it by the colour of its role when it is painted, so one file
// serves both themes and an icon made before a switch is right after it.
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QString>

namespace attune {

enum class IconRole { Text, Muted, Accent, AccentText, Success, Warning, Error };

namespace Icons {

// Disabled state is drawn in the muted colour. An unknown name gives an empty icon and a warning on the console.
QIcon icon(const QString& name, IconRole role = IconRole::Text);
QPixmap pixmap(const QString& name, int size, const QColor& colour, qreal devicePixelRatio);
// Draws the icon centred in `where`, at the size of its shorter side.
void paint(QPainter& painter, const QRectF& where, const QString& name, const QColor& colour);
QColor colour(IconRole role);
QIcon program();

} // namespace Icons
} // namespace attune
