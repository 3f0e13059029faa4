// Saving what a view shows: PNG, SVG and CSV by one road, written beside and renamed, with a reason when it fails.
#pragma once

#include <QByteArray>
#include <QImage>
#include <QSize>
#include <QString>
#include <functional>

class QPainter;

namespace attune {

// Paints into an image of size × scale pixels.
QImage paintedImage(QSize size, double scale, const std::function<void(QPainter&)>& paint);
// Paints into an SVG document of that size.
QByteArray paintedSvg(QSize size, const QString& title, const std::function<void(QPainter&)>& paint);

// Writes png, svg or csv by the path's ending. Throws attune::Error naming the file when the ending is another one or
// when the file cannot be written; the old file then stays as it was.
void savePicture(const QString& path, const std::function<QImage()>& png, const std::function<QByteArray()>& svg,
                 const std::function<QByteArray()>& csv);
void saveBytes(const QString& path, const QByteArray& bytes);

// A file name made of a title ("Layer 3, head 5" gives layer-3-head-5.png), and the filter of a save dialog.
QString pictureFileName(const QString& title, const QString& ending);
QString pictureFilter(const QString& ending);

// One field of a CSV line, quoted when it has to be.
QString csvField(QString text);

} // namespace attune
