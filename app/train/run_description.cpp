#include "train/run_description.h"

#include "widgets/plot_axis.h"

#include <QObject>

namespace attune {

namespace {

QString quoted(const QString& word) {
  static const QString plain =
      QStringLiteral("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=,:+@%");
  bool safe = !word.isEmpty();
  for (QChar c : word) safe = safe && plain.contains(c);
  if (safe) return word;
  QString inner = word;
  return u'\'' + inner.replace(u'\'', QStringLiteral("'\\''")) + u'\'';
}

QString plain(double value) { return QString::number(value, 'g', 10); }

} // namespace

QString trainKindWords(TrainKind kind) {
  switch (kind) {
  case TrainKind::Pretrain:
    return QObject::tr("Pre-training");
  case TrainKind::Finetune:
    return QObject::tr("Fine-tuning");
  case TrainKind::Reward:
    return QObject::tr("Reward model");
  case TrainKind::Ppo:
    return QObject::tr("PPO");
  case TrainKind::Dpo:
    break;
  }
  return QObject::tr("DPO");
}

QString trainKindName(TrainKind kind) {
  constexpr const char* names[] = {"pretrain", "sft", "reward", "ppo", "dpo"};
  return QString::fromLatin1(names[int(kind)]);
}

TrainKind trainKindOf(const QString& name) {
  for (int i = 0; i < trainKinds; ++i)
    if (name == trainKindName(TrainKind(i))) return TrainKind(i);
  return TrainKind::Pretrain;
}

bool ofRankings(TrainKind kind) { return kind == TrainKind::Reward || kind == TrainKind::Dpo; }

QString nameOfPath(const QString& path) {
  const QString name = path.section(u'/', -1);
  if (path.section(u'/', -2, -2) == QLatin1String("starter"))
    return name == QLatin1String("model") ? QObject::tr("starter") : QObject::tr("starter %1").arg(name);
  if (path.section(u'/', -2, -2) != QLatin1String("checkpoints")) return name;
  return QObject::tr("%1, step %2").arg(path.section(u'/', -3, -3), name.section(u'-', -1));
}

RunDescription usualRun(TrainKind kind) {
  RunDescription run;
  run.kind = kind;
  if (ofRankings(kind)) {
    run.steps = 0;
    run.warmup = -1;
    run.batch = 8;
    run.context = 0;
    run.learningRate = 3e-4;
    run.minLearningRate = 3e-5;
    run.checkpointEvery = 500;
    run.evaluateEvery = 50;
  } else if (kind == TrainKind::Ppo) {
    run.steps = 100;
    run.warmup = 10;
    run.batch = 64;
    run.context = 0;
    run.learningRate = 1e-4;
    run.minLearningRate = 1e-5;
    run.epsilon = 1e-5;
    run.weightDecay = 0;
    run.checkpointEvery = run.evaluateEvery = 10;
  }
  return run;
}

qint64 NewModel::parameters() const {
  const qint64 C = nEmbd, V = vocabulary;
  if (architecture == QStringLiteral("llama")) {
    // q, k, v, o; gate, up, down of 8/3 the width; two norms a layer; final norm; embeddings tied.
    const qint64 inner = (8 * C / 3 + 31) / 32 * 32;
    return V * C + nLayer * (4 * C * C + 3 * C * inner + 2 * C) + C;
  }
  return V * C + qint64(nCtx) * C + nLayer * (12 * C * C + 13 * C) + 2 * C;
}

namespace {

QStringList ppoWords(const PpoDescription& ppo) {
  QStringList words{QStringLiteral("--reward"), quoted(ppo.reward)};
  if (!ppo.gold.isEmpty()) words << QStringLiteral("--gold") << quoted(ppo.gold);
  if (!ppo.pretrainFiles.isEmpty() && ppo.pretrainCoef > 0) {
    words << QStringLiteral("--pretrain-data");
    for (const auto& file : ppo.pretrainFiles) words << quoted(file);
    words << QStringLiteral("--pretrain-coef %1").arg(plain(ppo.pretrainCoef));
  }
  words << QStringLiteral("--kl-coef %1").arg(plain(ppo.klCoef));
  if (ppo.klTarget > 0) words << QStringLiteral("--kl-target %1").arg(plain(ppo.klTarget));
  words << QStringLiteral("--discount %1 --lambda %2 --clip-range %3 --value-clip %4 --value-coef %5")
               .arg(plain(ppo.discount), plain(ppo.lambda), plain(ppo.clipRange), plain(ppo.valueClip),
                    plain(ppo.valueCoef))
        << QStringLiteral("--epochs %1 --minibatches %2 --temperature %3 --max-tokens %4 --end-penalty %5")
               .arg(ppo.epochs)
               .arg(ppo.minibatches)
               .arg(plain(ppo.temperature))
               .arg(ppo.maxTokens)
               .arg(plain(ppo.endPenalty));
  if (ppo.valueRate > 0) words << QStringLiteral("--value-lr %1").arg(plain(ppo.valueRate));
  if (ppo.valueWarmup > 0) words << QStringLiteral("--value-warmup %1").arg(ppo.valueWarmup);
  if (ppo.replies > 1) words << QStringLiteral("--replies %1").arg(ppo.replies);
  if (ppo.whitenRewards) words << QStringLiteral("--whiten-rewards");
  if (ppo.normalizeScores) words << QStringLiteral("--normalize-scores");
  return words;
}

} // namespace

QString commandOf(const RunDescription& run, const QString& home) {
  QStringList lines;
  QString model = run.modelDir;
  if (run.newModel) {
    const NewModel& made = *run.newModel;
    model = home + QStringLiteral("/models/") + run.name + QStringLiteral("-start");
    QString tokenizer = made.tokenizerDir;
    if (tokenizer.isEmpty()) {
      tokenizer = home + QStringLiteral("/models/") + run.name + QStringLiteral("-tokenizer");
      QStringList words{QStringLiteral("attune-cli tokenizer train")};
      for (const auto& file : run.files) words << quoted(file);
      words << QStringLiteral("--vocab %1 --out").arg(made.vocabulary) << quoted(tokenizer);
      lines << words.join(u' ');
    }
    lines << QStringLiteral(
                 "attune-cli model init --architecture %1 --set n_layer=%2 --set n_head=%3 --set n_embd=%4 --set "
                 "n_ctx=%5 --tokenizer %6 --out %7")
                 .arg(made.architecture)
                 .arg(made.nLayer)
                 .arg(made.nHead)
                 .arg(made.nEmbd)
                 .arg(made.nCtx)
                 .arg(quoted(tokenizer), quoted(model));
  }
  const bool ppo = run.kind == TrainKind::Ppo;
  QStringList words{QStringLiteral("attune-cli ") + trainKindName(run.kind),
                    ppo ? QStringLiteral("--policy") : QStringLiteral("--model"), quoted(model),
                    ppo ? QStringLiteral("--prompts") : QStringLiteral("--data")};
  for (const auto& file : run.files) words << quoted(file);
  words << QStringLiteral("--out") << quoted(home + QStringLiteral("/runs/") + run.name);
  if (run.steps > 0) words << QStringLiteral("--steps %1").arg(run.steps);
  words << QStringLiteral("--batch %1").arg(run.batch);
  if (run.context > 0 && !ppo) words << QStringLiteral("--context %1").arg(run.context);
  words << QStringLiteral("--lr %1 --min-lr %2").arg(plain(run.learningRate), plain(run.minLearningRate));
  if (run.warmup >= 0) words << QStringLiteral("--warmup %1").arg(run.warmup);
  words << QStringLiteral("--betas %1,%2 --eps %3 --weight-decay %4 --clip %5 --accumulate %6")
               .arg(plain(run.beta1), plain(run.beta2), plain(run.epsilon), plain(run.weightDecay), plain(run.clip))
               .arg(run.accumulate);
  if (run.kind == TrainKind::Pretrain || run.kind == TrainKind::Finetune)
    words << QStringLiteral("--dropout %1").arg(plain(run.dropout));
  if (!run.heldOut.isEmpty()) words << QStringLiteral("--held-out") << quoted(run.heldOut);
  if (run.kind == TrainKind::Reward) {
    if (run.reward.hinge) words << QStringLiteral("--loss hinge");
    if (!run.reward.heldOutLabelers.isEmpty()) words << QStringLiteral("--held-out-labelers");
    for (const QString& name : run.reward.heldOutLabelers) words << quoted(name);
    if (run.reward.freezeBody) words << QStringLiteral("--freeze-body");
    if (run.reward.addLayers > 0) words << QStringLiteral("--add-layers %1").arg(run.reward.addLayers);
    if (!run.reward.demonstrations.isEmpty())
      words << QStringLiteral("--demonstrations") << quoted(run.reward.demonstrations);
  }
  if (run.kind == TrainKind::Dpo) words << QStringLiteral("--beta %1").arg(plain(run.beta));
  if (ppo) words += ppoWords(run.ppo);
  words << QStringLiteral("--checkpoint-every %1 --evaluate-every %2 --seed %3")
               .arg(run.checkpointEvery)
               .arg(run.evaluateEvery)
               .arg(run.seed);
  lines << words.join(u' ');
  return lines.join(QStringLiteral(" &&\n"));
}

QList<QPair<QString, QString>> settingsOf(const RunDescription& run) {
  const auto whole = [](double value) { return shortNumber(value); };
  const auto last = nameOfPath;
  const bool ppo = run.kind == TrainKind::Ppo;
  QList<QPair<QString, QString>> rows;
  if (run.newModel)
    rows.append({QObject::tr("Starts from"), QObject::tr("a new model, %1 layers").arg(run.newModel->nLayer)});
  else
    rows.append({ppo ? QObject::tr("Policy") : QObject::tr("Starts from"), last(run.modelDir)});
  if (ppo) {
    rows.append({QObject::tr("Reward"), last(run.ppo.reward)});
    if (!run.ppo.gold.isEmpty()) rows.append({QObject::tr("Judge"), last(run.ppo.gold)});
  }
  for (const auto& file : run.files) rows.append({ppo ? QObject::tr("Prompts") : QObject::tr("File"), last(file)});
  rows.append({QObject::tr("Held out"), run.heldOut.isEmpty() ? QObject::tr("nothing") : last(run.heldOut)});
  rows.append({QObject::tr("Steps"), run.steps > 0 ? whole(run.steps) : QObject::tr("one epoch")});
  if (ppo) {
    rows.append({QObject::tr("Episodes a step"), whole(run.batch)});
    rows.append({QObject::tr("KL coefficient"),
                 run.ppo.klTarget > 0
                     ? QObject::tr("%1, adaptive to %2").arg(whole(run.ppo.klCoef), whole(run.ppo.klTarget))
                     : whole(run.ppo.klCoef)});
    if (run.ppo.pretrainCoef > 0) rows.append({QObject::tr("Pre-training mix"), whole(run.ppo.pretrainCoef)});
    rows.append(
        {QObject::tr("Passes × minibatches"), QStringLiteral("%1 × %2").arg(run.ppo.epochs).arg(run.ppo.minibatches)});
    rows.append({QObject::tr("Longest reply"), QObject::tr("%1 tokens").arg(run.ppo.maxTokens)});
    rows.append({QObject::tr("Discount, lambda"),
                 QStringLiteral("%1, %2").arg(whole(run.ppo.discount), whole(run.ppo.lambda))});
    rows.append({QObject::tr("Clip of ratio, value"),
                 QStringLiteral("%1, %2").arg(whole(run.ppo.clipRange), whole(run.ppo.valueClip))});
    if (run.ppo.endPenalty != 0) rows.append({QObject::tr("End penalty"), whole(run.ppo.endPenalty)});
    if (run.ppo.whitenRewards) rows.append({QObject::tr("Rewards"), QObject::tr("whitened")});
    if (run.ppo.normalizeScores) rows.append({QObject::tr("Scores"), QObject::tr("normalized")});
  } else if (ofRankings(run.kind)) {
    rows.append({QObject::tr("Rankings a step"), whole(run.batch)});
  } else {
    rows.append({QObject::tr("Batch × context"), QStringLiteral("%1 × %2").arg(run.batch).arg(run.context)});
  }
  if (run.kind == TrainKind::Reward) {
    rows.append({QObject::tr("Loss"), run.reward.hinge ? QObject::tr("hinge") : QObject::tr("log-sigmoid")});
    if (run.reward.freezeBody)
      rows.append({QObject::tr("Trained"), run.reward.addLayers > 0 ? QObject::tr("the head and added layers")
                                                                    : QObject::tr("the head alone")});
    if (run.reward.addLayers > 0) rows.append({QObject::tr("Added layers"), QString::number(run.reward.addLayers)});
    for (const QString& name : run.reward.heldOutLabelers) rows.append({QObject::tr("Held-out labeler"), name});
    if (!run.reward.demonstrations.isEmpty()) rows.append({QObject::tr("Zero is at"), last(run.reward.demonstrations)});
  }
  if (run.kind == TrainKind::Dpo) rows.append({QObject::tr("Beta"), whole(run.beta)});
  rows.append({QObject::tr("Learning rate"),
               QStringLiteral("%1 to %2").arg(whole(run.learningRate), whole(run.minLearningRate))});
  rows.append({QObject::tr("Warm-up"), run.warmup < 0    ? QObject::tr("a tenth")
                                       : run.warmup == 1 ? QObject::tr("1 step")
                                                         : QObject::tr("%1 steps").arg(run.warmup)});
  rows.append({QObject::tr("Betas, epsilon"),
               QStringLiteral("%1, %2, %3").arg(whole(run.beta1), whole(run.beta2), whole(run.epsilon))});
  rows.append({QObject::tr("Weight decay"), whole(run.weightDecay)});
  rows.append({QObject::tr("Clip"), whole(run.clip)});
  if (run.accumulate != 1) rows.append({QObject::tr("Accumulate"), whole(run.accumulate)});
  if (run.dropout != 0) rows.append({QObject::tr("Dropout"), whole(run.dropout)});
  rows.append({QObject::tr("Seed"), QString::number(run.seed)});
  return rows;
}

} // namespace attune
