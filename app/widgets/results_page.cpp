#include "widgets/results_page.h"

#include "widgets/theme.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QPainter>
#include <QResizeEvent>
#include <QScrollBar>
#include <QSvgRenderer>
#include <QTextBlock>
#include <QTextTable>

namespace attune {
namespace {

constexpr int margin = metric::spaceL;
constexpr qint64 mostBytes = 4 << 20; // of a page, or of a chart

QByteArray contents(const QString& path) {
  QFile file(path);
  return file.size() <= mostBytes && file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// Headings and tables as the rest of the window has them.
void dress(QTextDocument& document) {
  const Theme& theme = Theme::current();
  for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
    const int level = block.blockFormat().headingLevel();
    QTextCursor cursor(block);
    QTextBlockFormat format = block.blockFormat();
    format.setTopMargin(level > 0 ? metric::spaceL : metric::spaceXs);
    format.setBottomMargin(metric::spaceXs);
    if (cursor.currentTable()) format.setTopMargin(0), format.setBottomMargin(0);
    cursor.setBlockFormat(format);
    if (level == 0) continue;
    cursor.select(QTextCursor::BlockUnderCursor);
    QTextCharFormat letters;
    letters.setProperty(QTextFormat::FontSizeAdjustment, 0); // Markdown's
    letters.setFont(Theme::font(level == 1 ? FontRole::Figure : FontRole::Reading, true));
    cursor.mergeCharFormat(letters);
  }
  for (QTextFrame* frame : document.rootFrame()->childFrames())
    if (auto* table = qobject_cast<QTextTable*>(frame)) {
      QTextTableFormat format = table->format();
      format.setBorder(1);
      format.setBorderCollapse(true);
      format.setBorderStyle(QTextFrameFormat::BorderStyle_Solid);
      format.setBorderBrush(theme.border);
      format.setCellPadding(metric::spaceXs);
      format.setCellSpacing(0);
      table->setFormat(format);
    }
}

} // namespace

ResultsPage::ResultsPage(QWidget* parent)
    : QTextBrowser(parent) {
  setFrameShape(NoFrame);
  setOpenLinks(false);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn); // else its coming and going would change the charts' room
  setAccessibleName(tr("Results"));
  document()->setDocumentMargin(margin);
  document()->setIndentWidth(metric::spaceL);
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, &ResultsPage::fill);
}

bool ResultsPage::setFile(const QString& path) {
  const QFileInfo file(path);
  const QString now = QStringLiteral("%1 %2").arg(file.size()).arg(file.lastModified().toMSecsSinceEpoch());
  if (path == shown && now == stamp) return !toPlainText().isEmpty();
  shown = path;
  stamp = now;
  fill();
  return !toPlainText().isEmpty();
}

void ResultsPage::fill() {
  document()->clear(); // and its pictures
  QByteArray text = shown.isEmpty() ? QByteArray() : contents(shown);
  if (text.isEmpty()) return;
  text.replace("![](", "![chart]("); // a picture without words would not be read
  document()->setMarkdown(QString::fromUtf8(text), QTextDocument::MarkdownDialectGitHub);
  dress(*document());
  moveCursor(QTextCursor::Start);
}

QByteArray ResultsPage::inTheme(QByteArray svg) {
  const Theme& theme = Theme::current();
  const std::pair<const char*, QColor> colours[] = {{"\"#fff\"", theme.surface},
                                                    {"fill:#444", theme.text},
                                                    {"\"#444\"", theme.text},
                                                    {"\"#ccc\"", theme.border},
                                                    {"\"#222\"", theme.text}};
  for (const auto& [paper, colour] : colours)
    svg.replace(paper, QByteArray(paper).replace(QByteArray(paper).mid(QByteArray(paper).indexOf('#'), 4),
                                                 colour.name().toLatin1()));
  return svg;
}

// Charts are as wide as there is room.
void ResultsPage::resizeEvent(QResizeEvent* event) {
  QTextBrowser::resizeEvent(event);
  if (event->size().width() == event->oldSize().width()) return;
  const int at = verticalScrollBar()->value();
  fill();
  verticalScrollBar()->setValue(at);
}

QVariant ResultsPage::loadResource(int type, const QUrl& name) {
  // Charts lie beside the page; nothing else is read.
  const QString file = name.fileName();
  if (type != QTextDocument::ImageResource || !file.endsWith(QStringLiteral(".svg"))) return {};
  QSvgRenderer chart(inTheme(contents(QFileInfo(shown).path() + u'/' + file)));
  if (!chart.isValid()) return {};
  const double scale = devicePixelRatioF();
  QSize size = chart.defaultSize();
  if (const int room = std::max(320, viewport()->width() - 2 * margin); size.width() > room)
    size.scale(room, size.height(), Qt::KeepAspectRatio);
  QImage image(size * scale, QImage::Format_ARGB32_Premultiplied);
  image.setDevicePixelRatio(scale);
  image.fill(Qt::transparent);
  QPainter painter(&image);
  chart.render(&painter, QRectF(QPointF(), QSizeF(size)));
  return image;
}

} // namespace attune
