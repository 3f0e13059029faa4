// What a person asks for in 'New run': the options of `attune-cli pretrain`, `sft`, `reward`, `ppo` and `dpo`, and
// where the model comes from.
#pragma once

#include <QList>
#include <QPair>
#include <QString>
#include <QStringList>
#include <optional>

namespace attune {

enum class TrainKind { Pretrain, Finetune, Reward, Ppo, Dpo };
inline constexpr int trainKinds = 5;
QString trainKindWords(TrainKind kind);     // 'Pre-training', 'Fine-tuning', 'Reward model', 'PPO', 'DPO'
QString trainKindName(TrainKind kind);      // 'pretrain', 'sft', 'reward', 'ppo', 'dpo': the command
TrainKind trainKindOf(const QString& name); // of a command; pre-training where it is none
bool ofRankings(TrainKind kind);            // reward models and DPO

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

// What PPO has beside the rest. The policy is RunDescription::modelDir, the prompts its files.
struct PpoDescription {
  QString reward; // a reward model's folder, or a rule's file
  QString gold;   // the same, asked at evaluations only; empty: none
  QStringList pretrainFiles;
  double klCoef = 0.05, klTarget = 0, pretrainCoef = 0;
  double discount = 1, lambda = 0.95, clipRange = 0.2, valueClip = 0.2, valueCoef = 0.1;
  double valueRate = 0; // 0: the policy's
  int valueWarmup = 0, epochs = 4, minibatches = 1, replies = 1;
  double temperature = 1;
  int maxTokens = 64;
  double endPenalty = 0;
  bool whitenRewards = false, normalizeScores = false;
};

struct RewardDescription {
  bool hinge = false, freezeBody = false;
  int addLayers = 0;           // on top of the model's
  QString demonstrations;      // a file; empty: none
  QStringList heldOutLabelers; // whose rankings are kept from training and reported on
};

struct RunDescription {
  TrainKind kind = TrainKind::Pretrain;
  QString name;
  QString modelDir; // what the run starts from; empty with `newModel` set
  std::optional<NewModel> newModel;
  QStringList files;
  // The contract's defaults where it has them. Steps 0, of rankings: one epoch; warm-up below 0: a tenth of the steps.
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
  RewardDescription reward;
  PpoDescription ppo;
  double beta = 0.1; // DPO's
};

// The values that a run of this kind begins with, as attune-cli has them.
RunDescription usualRun(TrainKind kind);

// A model or file by its name; a run's checkpoint by the run's: 'bells, step 3'.
QString nameOfPath(const QString& path);

// The command lines that do the same without the window, to be pasted into a shell; `home` is the folder for models and
// runs.
QString commandOf(const RunDescription& run, const QString& home);

// Settings as label and value, for the side panel: the ones that matter first.
QList<QPair<QString, QString>> settingsOf(const RunDescription& run);

} // namespace attune
