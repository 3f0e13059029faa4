// A page of results that a program wrote: Markdown with tables and SVG charts beside it, in the colours of the theme.
#pragma once

#include <QTextBrowser>

namespace attune {

class ResultsPage : public QTextBrowser {
  Q_OBJECT
public:
  explicit ResultsPage(QWidget* parent = nullptr);

  // Reads the file where it changed since the last time; false: there is none that can be read, and the page is empty.
  bool setFile(const QString& path);

  // The charts are written for white paper; this gives them the theme's.
  static QByteArray inTheme(QByteArray svg);

protected:
  void resizeEvent(QResizeEvent* event) override;
  QVariant loadResource(int type, const QUrl& name) override;

private:
  void fill();

  QString shown, stamp;
};

} // namespace attune
