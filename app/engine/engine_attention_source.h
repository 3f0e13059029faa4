// Attention of the real models: the engine's worker reads the text, and what it leaves is the queries, keys and values.
#pragma once

#include "attention/attention_source.h"
#include "engine/reply.h"

namespace attune {

class Engine;

class EngineAttentionSource : public AttentionSource {
  Q_OBJECT
public:
  // The engine outlives the source.
  explicit EngineAttentionSource(Engine& engine, QObject* parent = nullptr);

  QList<Model> models() const override;
  void request(const QString& modelId, const QString& text) override;
  void requestIds(const QString& modelId, const std::vector<int>& ids, const QString& origin) override;

private:
  struct Question {
    QString model, origin;
    std::string text;         // read when there are no ids
    std::vector<int32_t> ids; // tokens that are already known
  };
  void ask(Question question);

  Engine& engine;
  JobId job = 0;     // of the question asked last
  quint64 asked = 0; // questions so far: only the last one is answered
  bool waiting = false;
};

} // namespace attune
