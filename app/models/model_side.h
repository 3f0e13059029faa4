// Beside the list: what the chosen model is, what can be done with it, and what it was made from.
#pragma once

#include "models/model_card.h"
#include "models/model_origins.h"

#include <QWidget>

class QLabel;

namespace attune {

class ElidedLabel;
class KeyButton;
class OriginList;
class PropertyRows;
class SectionHeader;
class Tag;

class ModelSide : public QWidget {
  Q_OBJECT
public:
  explicit ModelSide(QWidget* parent = nullptr);

  void setCard(const ModelCard* card); // null: none is chosen
  void setOrigins(const QList<ModelOrigin>& origins);
  void setChecking(); // the hashes are being computed

  KeyButton* chatButton() const { return chat; }
  KeyButton* ppoButton() const { return ppo; } // of a reward model
  KeyButton* lookButton() const { return look; }
  KeyButton* resultsButton() const { return results; } // of a model that comes with Attune and its results
  PropertyRows* comparisons() const { return compared; }
  OriginList* origins() const { return made; }
  PropertyRows* properties() const { return rows; }

protected:
  void paintEvent(QPaintEvent*) override;

private:
  void showComparisons(const ModelCard& card);

  class Mark;
  Mark* mark;
  ElidedLabel* name;
  Tag* tag;
  KeyButton *chat, *ppo, *look, *results;
  QLabel* trouble;
  PropertyRows* rows;
  SectionHeader *madeHeader, *comparedHeader;
  PropertyRows* compared;
  QLabel *verdict, *verdictIcon;
  OriginList* made;
  QLabel* note;
  QWidget* body;
};

} // namespace attune
