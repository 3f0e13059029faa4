#include "widgets/picture_file.h"

#include "error.h"

#include <QBuffer>
#include <QPainter>
#include <QSaveFile>
#include <QSvgGenerator>

namespace attune {

QImage paintedImage(QSize size, double scale, const std::function<void(QPainter&)>& paint) {
  QImage image(size * scale, QImage::Format_RGB32);
  image.setDevicePixelRatio(scale);
  image.fill(Qt::white);
  QPainter painter(&image);
  paint(painter);
  return image;
}

QByteArray paintedSvg(QSize size, const QString& title, const std::function<void(QPainter&)>& paint) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  {
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(), size));
    generator.setTitle(title.toHtmlEscaped());
    generator.setDescription(QStringLiteral("Made by Attune"));
    // One unit is one pixel: without this, sizes are written in millimetres of a printer's resolution.
    generator.setResolution(96);
    QPainter painter(&generator);
    paint(painter);
  }
  return bytes;
}

void saveBytes(const QString& path, const QByteArray& bytes) {
  QSaveFile file(path);
  if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
    throw Error("'" + path.toStdString() + "' cannot be written: " + file.errorString().toStdString() +
                ". Choose another place.");
}

void savePicture(const QString& path, const std::function<QImage()>& png, const std::function<QByteArray()>& svg,
                 const std::function<QByteArray()>& csv) {
  const QString ending = path.section(u'.', -1).toLower();
  if (ending == u"csv") return saveBytes(path, csv());
  if (ending == u"svg") return saveBytes(path, svg());
  if (ending != u"png")
    throw Error("'" + path.toStdString() + "' ends in none of .png, .svg and .csv, so its format is not known.");
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  png().save(&buffer, "PNG");
  saveBytes(path, bytes);
}

QString pictureFileName(const QString& title, const QString& ending) {
  QString name;
  for (QChar c : title.toLower())
    if (c.isLetterOrNumber())
      name += c;
    else if (!name.isEmpty() && !name.endsWith(u'-'))
      name += u'-';
  while (name.endsWith(u'-')) name.chop(1);
  return (name.isEmpty() ? QStringLiteral("attune") : name) + u'.' + ending;
}

QString pictureFilter(const QString& ending) { return QStringLiteral("%1 (*.%2)").arg(ending.toUpper(), ending); }

QString csvField(QString text) {
  if (text.contains(u'"') || text.contains(u',') || text.contains(u'\n') || text.contains(u'\r'))
    return u'"' + text.replace(u'"', QStringLiteral("\"\"")) + u'"';
  return text;
}

} // namespace attune
