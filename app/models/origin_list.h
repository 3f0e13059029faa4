// 'Made from': parents and data of a model, each with its hash and whether it still is the same.
#pragma once

#include "models/model_origins.h"

#include <QWidget>

namespace attune {

class OriginList : public QWidget {
  Q_OBJECT
public:
  explicit OriginList(QWidget* parent = nullptr);
  void setOrigins(const QList<ModelOrigin>& origins);
  static QString stateWords(const ModelOrigin& origin); // empty where all is as it was
  const QList<ModelOrigin>& origins() const { return list; }

  // 'all 7 hashes match', '1 changed, 2 are gone'.
  QString verdict() const;
  bool allMatch() const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {80, sizeHint().height()}; }

protected:
  void paintEvent(QPaintEvent*) override;
  bool event(QEvent* event) override;

private:
  int heightOf(const ModelOrigin& origin) const;

  QList<ModelOrigin> list;
};

} // namespace attune
