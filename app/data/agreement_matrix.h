// Two small painted figures of those who rank: who agrees with whom (the diagonal, dashed: with themselves), and how
// often the answer in each place was ranked best.
#pragma once

#include "data/labeler_figures.h"

#include <QWidget>

namespace attune {

class AgreementMatrix : public QWidget {
  Q_OBJECT
public:
  explicit AgreementMatrix(QWidget* parent = nullptr);
  void setFigures(const LabelerFigures& figures);
  const QStringList& shown() const { return names; }
  QString cellWords(int row, int column) const; // '74 %, 162 pairs'; empty: they never met
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {160, sizeHint().height()}; }

protected:
  void paintEvent(QPaintEvent*) override;
  bool event(QEvent* event) override;

private:
  int cellHeight() const;
  QRect cellRect(int row, int column) const;
  QString headWords(const QString& name) const;

  LabelerFigures figures;
  QStringList names;
};

class PlaceBars : public QWidget {
  Q_OBJECT
public:
  explicit PlaceBars(QWidget* parent = nullptr);
  void setFigures(const LabelerFigures& figures);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {160, sizeHint().height()}; }

protected:
  void paintEvent(QPaintEvent*) override;

private:
  QList<ShareInterval> best;
};

} // namespace attune
