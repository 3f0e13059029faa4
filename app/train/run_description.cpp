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
  return kind == TrainKind::Pretrain ? QObject::tr("Pre-training") : QObject::tr("Fine-tuning");
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
  QStringList words{run.kind == TrainKind::Pretrain ? QStringLiteral("attune-cli pretrain")
                                                    : QStringLiteral("attune-cli sft"),
                    QStringLiteral("--model"), quoted(model), QStringLiteral("--data")};
  for (const auto& file : run.files) words << quoted(file);
  words << QStringLiteral("--out") << quoted(home + QStringLiteral("/runs/") + run.name)
        << QStringLiteral("--steps %1 --batch %2 --context %3 --lr %4 --min-lr %5 --warmup %6")
               .arg(run.steps)
               .arg(run.batch)
               .arg(run.context)
               .arg(plain(run.learningRate), plain(run.minLearningRate))
               .arg(run.warmup);
  words << QStringLiteral("--betas %1,%2 --eps %3 --weight-decay %4 --clip %5 --accumulate %6 --dropout %7")
               .arg(plain(run.beta1), plain(run.beta2), plain(run.epsilon), plain(run.weightDecay), plain(run.clip))
               .arg(run.accumulate)
               .arg(plain(run.dropout));
  if (!run.heldOut.isEmpty()) words << QStringLiteral("--held-out") << quoted(run.heldOut);
  words << QStringLiteral("--checkpoint-every %1 --evaluate-every %2 --seed %3")
               .arg(run.checkpointEvery)
               .arg(run.evaluateEvery)
               .arg(run.seed);
  lines << words.join(u' ');
  return lines.join(QStringLiteral(" &&\n"));
}

QList<QPair<QString, QString>> settingsOf(const RunDescription& run) {
  const auto whole = [](double value) { return shortNumber(value); };
  QList<QPair<QString, QString>> rows;
  if (run.newModel)
    rows.append({QObject::tr("Starts from"), QObject::tr("a new model, %1 layers").arg(run.newModel->nLayer)});
  else
    rows.append({QObject::tr("Starts from"), run.modelDir.section(u'/', -1)});
  for (const auto& file : run.files) rows.append({QObject::tr("File"), file.section(u'/', -1)});
  rows.append({QObject::tr("Held out"), run.heldOut.isEmpty() ? QObject::tr("nothing") : run.heldOut});
  rows.append({QObject::tr("Steps"), whole(run.steps)});
  rows.append({QObject::tr("Batch × context"), QStringLiteral("%1 × %2").arg(run.batch).arg(run.context)});
  rows.append({QObject::tr("Learning rate"),
               QStringLiteral("%1 to %2").arg(whole(run.learningRate), whole(run.minLearningRate))});
  rows.append({QObject::tr("Warm-up"), QObject::tr("%1 steps").arg(run.warmup)});
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
