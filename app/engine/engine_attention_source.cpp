#include "engine/engine_attention_source.h"

#include "engine/engine.h"
#include "engine/look_inside.h"
#include "text/utf8.h"

#include <chrono>

namespace attune {
EngineAttentionSource::EngineAttentionSource(Engine& engine, QObject* parent)
    : AttentionSource(parent)
    , engine(engine) {
  connect(&engine, &Engine::modelsChanged, this, &EngineAttentionSource::modelsChanged);
  connect(&engine, &Engine::workChanged, this, [this](const QString& words) {
    if (waiting && !words.isEmpty()) Q_EMIT working(words);
  });
}

QList<AttentionSource::Model> EngineAttentionSource::models() const {
  QList<Model> list;
  for (const ModelEntry& entry : engine.models())
    if (entry.trouble.isEmpty()) list << Model{entry.id, entry.name, entry.tag};
  return list;
}

void EngineAttentionSource::request(const QString& modelId, const QString& text) {
  ask({modelId, {}, text.toStdString(), {}});
}

void EngineAttentionSource::requestIds(const QString& modelId, const std::vector<int>& ids, const QString& origin) {
  if (ids.empty()) return Q_EMIT failed(tr("There is nothing to look into: the reply has no tokens."));
  ask({modelId, origin, {}, {ids.begin(), ids.end()}});
}

void EngineAttentionSource::ask(Question question) {
  if (waiting) engine.stop(job);
  waiting = true;
  Q_EMIT working(tr("Reading the text"));
  auto data = std::make_shared<AttentionData>();
  data->modelId = question.model;
  if (const ModelEntry* entry = engine.model(question.model)) data->modelName = entry->name;
  data->origin = question.origin;
  const auto begin = std::chrono::steady_clock::now();
  const QString model = question.model;
  const auto work = [data, question = std::move(question), begin](LoadedModel& loaded, const Interrupt& interrupt) {
    const Tokenizer& tokenizer = *loaded.text->tokenizer;
    const ModelConfig& config = loaded.model->config();
    std::vector<int32_t> ids =
        question.ids.empty() ? tokenizer.encode(question.text, SpecialTokens::AsText) : question.ids;
    if (int64_t(ids.size()) > config.nCtx) {
      data->note = tr("These are the first %L1 of %L2 tokens: longer texts do not fit into the model's context.")
                       .arg(qlonglong(config.nCtx))
                       .arg(ids.size());
      ids.resize(size_t(config.nCtx));
    }
    data->text = question.ids.empty() ? QString::fromStdString(question.text)
                                      : QString::fromStdString(validUtf8(tokenizer.decode(ids)));
    lookInside(*data, *loaded.model, &tokenizer, ids, true, [&] { return interrupt.wanted(); });
    data->milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  };
  job = engine.withModel(model, work, this, [this, next = ++asked, data](const QString& error) {
    if (next != asked) return; // another question came
    waiting = false;
    if (error.isEmpty())
      Q_EMIT ready(data);
    else
      Q_EMIT failed(error);
  });
}

} // namespace attune
