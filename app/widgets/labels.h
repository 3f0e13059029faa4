// Small pieces of text with a look of their own: elided labels, tags, key caps, headers and rows of tools.
#pragma once

#include "widgets/theme.h"
#include <QFrame>
#include <QLabel>

class QHBoxLayout;

namespace attune {

// A line of text that ends in … where it does not fit, and then says the whole in its tool tip.
class ElidedLabel : public QWidget {
  Q_OBJECT
public:
  explicit ElidedLabel(const QString& text = {}, FontRole role = FontRole::Body, QWidget* parent = nullptr);

  void setText(const QString& text);
  QString text() const { return words; }
  void setRole(FontRole role, bool bold = false);
  void setMuted(bool on);
  void setAlignment(Qt::Alignment alignment);
  void setElideMode(Qt::TextElideMode mode);

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

protected:
  void paintEvent(QPaintEvent*) override;
  bool event(QEvent*) override;

private:
  QString words;
  bool muted = false;
  Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter;
  Qt::TextElideMode mode = Qt::ElideRight;
};

// A small framed word: a split, a kind of model, 'scripted' (in the warning colour: no person ranked or judged this).
class Tag : public QWidget {
  Q_OBJECT
public:
  enum Kind { Plain, Warning };
  explicit Tag(const QString& text, Kind kind = Plain, const QString& iconName = {}, QWidget* parent = nullptr);
  static Tag* scripted(QWidget* parent = nullptr);

  void setText(const QString& text);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

  // The same for delegates: paints with its left edge at `left`, centred on `middle`; returns the width taken.
  static int paint(QPainter& painter, QPoint leftMiddle, const QString& text, Kind kind = Plain,
                   const QString& iconName = {});
  static QSize sizeOf(const QString& text, const QString& iconName = {});

protected:
  void paintEvent(QPaintEvent*) override;

private:
  QString words, iconName;
  Kind kind;
};

// The key of a key list, as a cap.
class KeyCap : public QWidget {
  Q_OBJECT
public:
  explicit KeyCap(const QString& key, QWidget* parent = nullptr);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

protected:
  void paintEvent(QPaintEvent*) override;

private:
  QString key;
};

// A row of controls on window ground with a line under it: the 40 px tool bars and the 28 px section headers.
class BarRow : public QFrame {
  Q_OBJECT
public:
  enum Line { Below, Above, Both };
  explicit BarRow(int height = metric::toolBar, Line line = Below, QWidget* parent = nullptr);

  QHBoxLayout* row() const { return layoutRow; }
  void add(QWidget* widget, int stretch = 0);
  void addStretch();

protected:
  void paintEvent(QPaintEvent*) override;

private:
  QHBoxLayout* layoutRow;
  Line line;
};

// 'Use cases  600 prompts' and, at the right end, what belongs to it.
class SectionHeader : public BarRow {
  Q_OBJECT
public:
  explicit SectionHeader(const QString& title, const QString& detail = {}, QWidget* parent = nullptr,
                         int height = metric::header);
  void setTitle(const QString& title);
  void setDetail(const QString& detail);
  void addRight(QWidget* widget); // after the detail, at the right end

private:
  ElidedLabel *titleLabel, *detailLabel;
};

// A 1 px line.
class Line : public QWidget {
  Q_OBJECT
public:
  explicit Line(Qt::Orientation orientation = Qt::Horizontal, QWidget* parent = nullptr);

protected:
  void paintEvent(QPaintEvent*) override;
};

} // namespace attune
