// The look in one place: colours, type, series and ramps of the light and the dark theme.
//
// A Theme is a struct of tokens. `Theme::current()` is what painters ask; `Theme::use(mode)` fills the application's
// palette and its one style sheet (resources/style.qss, where @token@ stands for a colour or a size) and polishes once.
// Icons (icons.h) and everything painted read the tokens at paint time, so a switch needs nothing but a repaint.
#pragma once

#include <QColor>
#include <QFont>
#include <QList>
#include <QObject>
#include <QPen>

namespace attune {

enum class ThemeMode { System, Light, Dark };

enum class FontRole { Small, Dense, Body, Reading, Prompt, Figure, Mono }; // 11, 12, 13, 14, 15, 20 bold, fixed 12

enum class Ramp { Attention, Difference };

struct Theme {
  bool dark = false;
  QColor window, surface, raised, hover, border, outline, grid;
  QColor text, muted, accent, accentHover, accentText, selection;
  QColor success, successGround, warning, warningGround, error, errorGround, infoGround;
  QList<QColor> series;              // six, in order; a curve also wears the dash of its place
  QList<QRgb> attention, difference; // 256 colours each, lightness monotone

  static const Theme& light();
  static const Theme& darkTheme();
  static const Theme& current();

  // Sets style, palette and style sheet of the application. Emits ThemeNotifier::changed when the colours changed.
  static void use(ThemeMode mode);
  static ThemeMode mode();

  // The system's font at a role's size, relative to its body size (13 px at 96 dpi).
  static QFont font(FontRole role, bool bold = false);
  static int px(int at13); // a size in the pictures' pixels, scaled with the body font

  const QList<QRgb>& ramp(Ramp which) const { return which == Ramp::Attention ? attention : difference; }
  // Black or white, whichever contrasts more.
  static QColor textOn(const QColor& ground);
  // Pen of series 0..5 (repeats beyond): colour and dash belong together.
  QPen seriesPen(int place, qreal width = 1.5) const;
};

// While one lives, widgets are made without the style sheet; it is set when it goes. Qt matches the sheet's rules to a
// widget when it is made and again when it is first shown: of a whole window, hidden panels and all, the first time is
// waste, and most of what its start takes.
class WithoutStyleSheet {
public:
  WithoutStyleSheet();
  ~WithoutStyleSheet();
  WithoutStyleSheet(const WithoutStyleSheet&) = delete;
  WithoutStyleSheet& operator=(const WithoutStyleSheet&) = delete;
};

// The WCAG contrast of two opaque colours, 1 to 21.
double contrast(const QColor& a, const QColor& b);

// Tells painted caches (images with a ramp, laid-out text with colours) that the theme changed.
class ThemeNotifier : public QObject {
  Q_OBJECT
public:
  static ThemeNotifier& instance();
Q_SIGNALS:
  void changed();
};

// Heights and spaces, in pixels.
namespace metric {
inline constexpr int spaceXs = 4, space = 8, edge = 12, spaceL = 16, spaceXl = 24;
inline constexpr int radiusTag = 3, radius = 4, radiusPopover = 6;
inline constexpr int control = 28, dense = 24, toolBar = 40, header = 28, status = 26, row = 26, denseRow = 22,
                     item = 42, railButton = 56, rail = 72;
inline constexpr int listWidth = 220, narrow = 1180, low = 700;
} // namespace metric

} // namespace attune
