// Where the Attention panel gets its numbers: asked by signal and slot, answered later, never blocking the window.
#pragma once

#include "attention/attention_data.h"

#include <QObject>

namespace attune {

class AttentionSource : public QObject {
  Q_OBJECT
public:
  using QObject::QObject;

  struct Model {
    QString id, name, detail; // detail: 'PPO, step 50'
  };
  virtual QList<Model> models() const = 0;
  // Runs the model over the text once and answers with ready() or failed(). A new request replaces one that has not
  // been answered: its answer is not sent any more.
  virtual void request(const QString& modelId, const QString& text) = 0;
  // The same for tokens that are already known (a reply in Chat, its ids and where it came from).
  virtual void requestIds(const QString& modelId, const std::vector<int>& ids, const QString& origin) = 0;

Q_SIGNALS:
  void modelsChanged();
  void ready(attune::AttentionPtr data);
  // One sentence that names the thing, what was expected and what to do.
  void failed(const QString& sentence);
  // What goes on while it lasts: 'Reading 812 tokens'.
  void working(const QString& words);
};

} // namespace attune
