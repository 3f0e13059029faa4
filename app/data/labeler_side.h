// Beside Data's table until a person chooses a record: how far labelers agree, one's own habits, and whether the place
// in which an answer is shown matters.
#pragma once

#include "data/labeler_figures.h"

#include <QWidget>

class QLabel;

namespace attune {

class AgreementMatrix;
class PlaceBars;
class PropertyRows;
class SectionHeader;

class LabelerSide : public QWidget {
  Q_OBJECT
public:
  explicit LabelerSide(QWidget* parent = nullptr);
  void setFigures(const LabelerFigures& figures);
  AgreementMatrix* agreement() const { return matrix; }
  QString words() const;      // under the matrix
  QString placeWords() const; // under the places
  QString habitsText() const;

private:
  void sayAgreement(const LabelerFigures& figures);

  SectionHeader *top, *own, *places;
  AgreementMatrix* matrix;
  QLabel *say, *sayPlaces;
  PropertyRows* habits;
  PlaceBars* bars;
};

} // namespace attune
