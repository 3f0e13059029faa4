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
  OriginList* origins() const { return made; }
  PropertyRows* properties() const { return rows; }

protected:
  void paintEvent(QPaintEvent*) override;

private:
  class Mark;
  Mark* mark;
  ElidedLabel* name;
  Tag* tag;
  KeyButton *chat, *ppo, *look;
  QLabel* trouble;
  PropertyRows* rows;
  SectionHeader* madeHeader;
  QLabel *verdict, *verdictIcon;
  OriginList* made;
  QLabel* note;
  QWidget* body;
};

} // namespace attune
