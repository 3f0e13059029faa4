#include "widgets/theme.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QFontInfo>
#include <QHash>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <cmath>

// The resources lie in a static library; a linker drops them unless someone asks. Must stand outside a namespace.
static void findResources() { Q_INIT_RESOURCE(resources); }

namespace attune {
namespace {

ThemeMode chosenMode = ThemeMode::System;
const Theme* currentTheme = nullptr;
bool systemIsDark = false;
int withoutSheet = 0;

QList<QRgb> rampOf(std::initializer_list<QRgb> stops) {
  QList<QRgb> table(256);
  const QRgb* stop = stops.begin();
  const double last = double(stops.size() - 1);
  for (int i = 0; i < 256; ++i) {
    const double place = i / 255.0 * last;
    const int low = std::min(int(place), int(last) - 1);
    const double part = place - low;
    auto mix = [&](int a, int b) { return int(std::lround(a + (b - a) * part)); };
    table[i] = qRgb(mix(qRed(stop[low]), qRed(stop[low + 1])), mix(qGreen(stop[low]), qGreen(stop[low + 1])),
                    mix(qBlue(stop[low]), qBlue(stop[low + 1])));
  }
  return table;
}

Theme makeLight() {
  Theme t;
  t.dark = false;
  t.window = 0xECEEF1, t.surface = 0xFFFFFF, t.raised = 0xF7F8F9, t.hover = 0xE1E5E9, t.border = 0xCDD2D8;
  t.outline = 0x7F8892, t.grid = 0xE6E9EC, t.text = 0x1A1E23, t.muted = 0x545D67, t.accent = 0x0A6787;
  t.accentHover = 0x08536D, t.accentText = 0xFFFFFF, t.selection = 0xCFE6EF;
  t.success = 0x1E6B37, t.successGround = 0xE2F2E6, t.warning = 0x7F5300, t.warningGround = 0xFFF1D1;
  t.error = 0xB3261E, t.errorGround = 0xFCE6E4, t.infoGround = 0xE3F1F6;
  t.series = {0x2E4FDC, 0xEB5A10, 0x1BA28F, 0x9B1F85, 0x504D06, 0x20252B};
  t.attention = rampOf({0xFFFFFF, 0xC9E9E5, 0x88D3D7, 0x42BACD, 0x089BBD, 0x007CA6, 0x125E89, 0x254260, 0x232934});
  t.difference = rampOf({0x0056AA, 0x447BC0, 0x79A1D4, 0xB1C9E7, 0xF9F6F4, 0xE2BEA9, 0xCA8F6B, 0xB1622D, 0x8A4000});
  return t;
}

Theme makeDark() {
  Theme t;
  t.dark = true;
  t.window = 0x26292D, t.surface = 0x1B1D20, t.raised = 0x30343A, t.hover = 0x363B41, t.border = 0x41474E;
  t.outline = 0x7E8791, t.grid = 0x2B2F33, t.text = 0xE6E9EC, t.muted = 0xA9B1BA, t.accent = 0x5DBBDB;
  t.accentHover = 0x82CCE6, t.accentText = 0x06222C, t.selection = 0x1E4557;
  t.success = 0x6FCF8A, t.successGround = 0x1B3424, t.warning = 0xE9B44C, t.warningGround = 0x3A2E14;
  t.error = 0xFF8F85, t.errorGround = 0x43211F, t.infoGround = 0x183540;
  t.series = {0x6C84FF, 0xF6731A, 0x70CDE8, 0xB07AA6, 0xFFCB5E, 0xE2F8EE};
  t.attention = rampOf({0x161F28, 0x0B3852, 0x00556C, 0x00737F, 0x02948D, 0x11B68E, 0x7ECE8C, 0xC4E29C, 0xF9F7C6});
  t.difference = rampOf({0x9DC7FE, 0x679FE7, 0x5278A8, 0x3C516B, 0x282625, 0x664735, 0x9E6744, 0xD88651, 0xFFAF7E});
  return t;
}

QPalette paletteOf(const Theme& t) {
  QPalette p;
  for (auto group : {QPalette::Active, QPalette::Inactive, QPalette::Disabled}) {
    const QColor words = group == QPalette::Disabled ? t.muted : t.text;
    p.setColor(group, QPalette::Window, t.window);
    p.setColor(group, QPalette::WindowText, words);
    p.setColor(group, QPalette::Base, t.surface);
    p.setColor(group, QPalette::AlternateBase, t.raised);
    p.setColor(group, QPalette::Text, words);
    p.setColor(group, QPalette::Button, t.raised);
    p.setColor(group, QPalette::ButtonText, words);
    p.setColor(group, QPalette::BrightText, t.error);
    p.setColor(group, QPalette::PlaceholderText, t.muted);
    p.setColor(group, QPalette::Highlight, t.selection);
    p.setColor(group, QPalette::HighlightedText, t.text);
    p.setColor(group, QPalette::Link, t.accent);
    p.setColor(group, QPalette::LinkVisited, t.accent);
    p.setColor(group, QPalette::Light, t.surface);
    p.setColor(group, QPalette::Midlight, t.hover);
    p.setColor(group, QPalette::Mid, t.border);
    p.setColor(group, QPalette::Dark, t.outline);
    p.setColor(group, QPalette::Shadow, t.outline);
    p.setColor(group, QPalette::ToolTipBase, t.surface);
    p.setColor(group, QPalette::ToolTipText, t.text);
  }
  return p;
}

QString styleSheetOf(const Theme& t) {
  QFile file(QStringLiteral(":/style.qss"));
  if (!file.open(QIODevice::ReadOnly)) return {};
  const QString sheet = QString::fromUtf8(file.readAll());
  const QHash<QString, QString> values{
      {QStringLiteral("window"), t.window.name()},
      {QStringLiteral("surface"), t.surface.name()},
      {QStringLiteral("raised"), t.raised.name()},
      {QStringLiteral("hover"), t.hover.name()},
      {QStringLiteral("border"), t.border.name()},
      {QStringLiteral("outline"), t.outline.name()},
      {QStringLiteral("grid"), t.grid.name()},
      {QStringLiteral("text"), t.text.name()},
      {QStringLiteral("muted"), t.muted.name()},
      {QStringLiteral("accent"), t.accent.name()},
      {QStringLiteral("accentHover"), t.accentHover.name()},
      {QStringLiteral("accentText"), t.accentText.name()},
      {QStringLiteral("selection"), t.selection.name()},
      {QStringLiteral("error"), t.error.name()},
      {QStringLiteral("controls"), t.dark ? QStringLiteral(":/controls/dark") : QStringLiteral(":/controls/light")},
      {QStringLiteral("small"), QString::number(Theme::px(11))},
      {QStringLiteral("dense"), QString::number(Theme::px(12))},
      {QStringLiteral("body"), QString::number(Theme::px(13))},
  };
  QString out;
  out.reserve(sheet.size());
  qsizetype at = 0;
  while (at < sheet.size()) { // @token@ -> its value
    const qsizetype open = sheet.indexOf(QLatin1Char('@'), at);
    const qsizetype close = open < 0 ? -1 : sheet.indexOf(QLatin1Char('@'), open + 1);
    if (close < 0) break;
    out += QStringView(sheet).mid(at, open - at);
    out += values.value(sheet.mid(open + 1, close - open - 1));
    at = close + 1;
  }
  return out.append(QStringView(sheet).mid(at));
}

double luminance(const QColor& c) {
  auto linear = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
  return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF());
}

} // namespace

const Theme& Theme::light() {
  static const Theme theme = makeLight();
  return theme;
}

const Theme& Theme::darkTheme() {
  static const Theme theme = makeDark();
  return theme;
}

const Theme& Theme::current() { return currentTheme ? *currentTheme : light(); }

ThemeMode Theme::mode() { return chosenMode; }

void Theme::use(ThemeMode mode) {
  static bool first = true;
  if (first) { // the system's own palette, before ours hides it
    findResources();
    const QColor ground = QApplication::palette().color(QPalette::Window);
    systemIsDark = ground.lightnessF() < 0.5f;
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  }
  chosenMode = mode;
  const bool wantDark = mode == ThemeMode::Dark || (mode == ThemeMode::System && systemIsDark);
  const Theme* next = wantDark ? &darkTheme() : &light();
  if (!first && next == currentTheme) return;
  first = false;
  currentTheme = next;
  QApplication::setFont(font(FontRole::Body));
  QApplication::setPalette(paletteOf(*next));
  if (!withoutSheet) qApp->setStyleSheet(styleSheetOf(*next));
  Q_EMIT ThemeNotifier::instance().changed();
}

int Theme::px(int at13) {
  // A desktop that sets no font of its own gives 12 px; less than 13 is not comfortable to read here.
  static const int body = std::max(13, QFontInfo(QFontDatabase::systemFont(QFontDatabase::GeneralFont)).pixelSize());
  return int(std::lround(at13 * body / 13.0));
}

QFont Theme::font(FontRole role, bool bold) {
  QFont f = role == FontRole::Mono ? QFontDatabase::systemFont(QFontDatabase::FixedFont)
                                   : QFontDatabase::systemFont(QFontDatabase::GeneralFont);
  static constexpr int sizes[] = {11, 12, 13, 14, 15, 20, 12};
  f.setPixelSize(px(sizes[int(role)]));
  f.setBold(bold || role == FontRole::Figure);
  return f;
}

QColor Theme::textOn(const QColor& ground) {
  return contrast(ground, Qt::black) >= contrast(ground, Qt::white) ? QColor(Qt::black) : QColor(Qt::white);
}

QPen Theme::seriesPen(int place, qreal width) const {
  static const QList<QList<qreal>> dashes{{}, {5, 3}, {2, 3}, {10, 3, 2, 3}, {4, 4}, {12, 4}};
  const int i = place % int(series.size());
  QPen pen(series[i], width);
  pen.setCapStyle(Qt::FlatCap);
  if (!dashes[i].isEmpty()) {
    QList<qreal> pattern = dashes[i]; // given in pixels; Qt counts in pen widths
    for (qreal& d : pattern) d /= width;
    pen.setDashPattern(pattern);
  }
  return pen;
}

WithoutStyleSheet::WithoutStyleSheet() {
  if (withoutSheet++ == 0 && !qApp->styleSheet().isEmpty()) qApp->setStyleSheet({});
}

WithoutStyleSheet::~WithoutStyleSheet() {
  if (--withoutSheet == 0 && currentTheme) qApp->setStyleSheet(styleSheetOf(*currentTheme));
}

double contrast(const QColor& a, const QColor& b) {
  const double la = luminance(a), lb = luminance(b);
  return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

ThemeNotifier& ThemeNotifier::instance() {
  static ThemeNotifier notifier;
  return notifier;
}

} // namespace attune
