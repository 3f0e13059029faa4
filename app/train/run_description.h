// What a person asks for in 'New run': the options of `attune-cli pretrain` and `sft`, and where the model comes from.
#pragma once

#include <QList>
#include <QPair>
#include <QString>
#include <QStringList>
#include <optional>

namespace attune {

enum class TrainKind { Pretrain, Finetune };
QString trainKindWords(TrainKind kind); // 'Pre-training', 'Fine-tuning'

// A model that does not exist yet.
struct NewModel {
  QString architecture = QStringLiteral("gpt2"); // or llama
  int nLayer = 4, nHead = 4, nEmbd = 128, nCtx = 128;
  // Tokens: the 256 bytes and end-of-text (257), or more, learned from the run's files; or those of another model.
  int vocabulary = 257;
  QString tokenizerDir;

  // Parameters with tied embeddings, as `model info` counts them.
  qint64 parameters() const;
};

struct RunDescription {
  TrainKind kind = TrainKind::Pretrain;
  QString name;
  QString modelDir; // what the run starts from; empty with `newModel` set
  std::optional<NewModel> newModel;
  QStringList files;
  // The contract's defaults where it has them.
  int steps = 2000, batch = 12, context = 64;
  double learningRate = 1e-3;
  QString heldOut = QStringLiteral("0.1"); // a share, a file, or empty: none
  double minLearningRate = 1e-4;
  int warmup = 100;
  double beta1 = 0.9, beta2 = 0.95, epsilon = 1e-8, weightDecay = 0.1, clip = 1;
  int accumulate = 1;
  double dropout = 0;
  int checkpointEvery = 500, evaluateEvery = 100;
  quint64 seed = 0;
};

// The command lines that do the same without the window, to be pasted into a shell; `home` is the folder for models and
// runs.
QString commandOf(const RunDescription& run, const QString& home);

// Settings as label and value, for the side panel: the ones that matter first.
QList<QPair<QString, QString>> settingsOf(const RunDescription& run);

} // namespace attune
