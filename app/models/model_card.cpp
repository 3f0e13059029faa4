#include "models/model_card.h"

#include "formats/model_folder.h"
#include "sentence.h"
#include "train/metrics_file.h"
#include "train/train_words.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <cmath>

namespace attune {
namespace {

QString tr(const char* words) { return QCoreApplication::translate("attune::ModelCard", words); }

ModelKind kindOf(const QString& job, bool classifier) {
  if (classifier || job == QLatin1String("reward")) return ModelKind::Reward;
  if (job == QLatin1String("ppo") || job == QLatin1String("dpo")) return ModelKind::Rl;
  return job == QLatin1String("sft") ? ModelKind::Tuned : ModelKind::Base;
}

QString dtypeWords(DType dtype) {
  return dtype == DType::F16    ? QStringLiteral("float16")
         : dtype == DType::BF16 ? QStringLiteral("bfloat16")
                                : QStringLiteral("float32");
}

QString figure(double value) { return QString::number(value, 'f', 2).replace(u'-', QChar(0x2212)); }

// What says most of the run: the last of its figures, those of what was held out before the others.
QString resultOf(const QString& run) {
  MetricsFile file(run + QStringLiteral("/metrics.jsonl"));
  file.update();
  const auto& rows = file.rows();
  const auto last = [&](Measure measure) {
    for (auto row = rows.rbegin(); row != rows.rend(); ++row)
      if (const double value = row->measured(measure); std::isfinite(value)) return value;
    return std::nan("");
  };
  if (const double score = last(Measure::HeldOutScore); std::isfinite(score))
    return tr("held-out score %1 at KL %2").arg(figure(score), figure(last(Measure::HeldOutKl)));
  if (const double score = last(Measure::Score); std::isfinite(score))
    return tr("score %1 at KL %2").arg(figure(score), figure(last(Measure::Kl)));
  if (const double share = last(Measure::HeldOutAccuracy); std::isfinite(share))
    return tr("held-out accuracy %1 %").arg(100 * share, 0, 'f', 0);
  for (auto row = rows.rbegin(); row != rows.rend(); ++row)
    if (std::isfinite(row->heldOutLoss)) return tr("held-out loss %1").arg(figure(row->heldOutLoss));
  if (const double share = last(Measure::Accuracy); std::isfinite(share))
    return tr("accuracy %1 %").arg(100 * share, 0, 'f', 0);
  if (!rows.empty() && std::isfinite(rows.back().loss)) return tr("loss %1").arg(figure(rows.back().loss));
  return {};
}

QString canonical(const QString& path) {
  const QString found = QFileInfo(path).canonicalFilePath();
  return found.isEmpty() ? path : found;
}

} // namespace

QString ModelCard::runFolder() const {
  return isRun() ? QFileInfo(QFileInfo(entry.path).path()).path() : QString(); // RUN/checkpoints/step-N
}

QList<ModelCard> readCards(const QList<ModelEntry>& entries) {
  QList<ModelCard> cards;
  for (const ModelEntry& entry : entries) {
    ModelCard card;
    card.entry = entry;
    card.made = QFileInfo(entry.path + QStringLiteral("/config.json")).lastModified();
    try {
      const ModelFolder folder(entry.path.toStdString());
      card.config = folder.config();
      card.bytes = folder.weightBytes();
      card.dtype = dtypeWords(folder.dtype());
      for (const TensorEntry& tensor : folder.tensors()) card.parameters += tensor.elements();
      card.lineage = readLineage(entry.path.toStdString());
      if (card.isRun()) card.result = resultOf(card.runFolder());
    } catch (const std::exception& error) { // the entry's trouble mostly says it already
      if (card.entry.trouble.isEmpty()) card.entry.trouble = QString::fromStdString(sentenceOf(error));
    }
    // What was exported is of the kind that its run made; the starter's runs are named by it.
    QString job = QString::fromStdString(card.lineage.job);
    if (job == QLatin1String("export")) job = QFileInfo(QString::fromStdString(card.lineage.run)).fileName();
    card.kind = kindOf(job, card.config.classifier);
    cards << card;
  }
  return cards;
}

QString madeByWords(const ModelCard& card) {
  const QString job = QString::fromStdString(card.lineage.job);
  if (card.entry.id.startsWith(QLatin1String("starter"))) return tr("comes with Attune");
  QString words = job == QLatin1String("pretrain")                             ? tr("Pre-training")
                  : job == QLatin1String("sft")                                ? tr("Fine-tuning")
                  : job == QLatin1String("reward")                             ? tr("Reward model")
                  : job == QLatin1String("ppo") || job == QLatin1String("dpo") ? job.toUpper()
                  : job == QLatin1String("import")                             ? tr("imported")
                  : job == QLatin1String("init")                               ? tr("new, untrained")
                                                                               : tr("unknown");
  if (card.lineage.step) words += tr(", step %L1").arg(qlonglong(*card.lineage.step));
  return words;
}

QString dataWords(const ModelCard& card) {
  const auto& data = card.lineage.data;
  if (data.empty()) return card.lineage.job == "init" ? tr("none") : tr("unknown");
  const QString first = QFileInfo(QString::fromStdString(data.begin()->first)).fileName();
  return data.size() == 1 ? first : tr("%1 and %2 more").arg(first).arg(data.size() - 1);
}

QString shapeWords(const ModelConfig& config) {
  QString words = tr("%1 layers, %2 heads, %3 wide").arg(config.nLayer).arg(config.nHead).arg(config.nEmbd);
  if (config.nKvHead != config.nHead) words += tr(", %1 key heads").arg(config.nKvHead);
  return words;
}

QString resultsFile(const ModelCard& card) {
  if (!card.entry.id.startsWith(QLatin1String("starter"))) return {};
  const QString page = QDir::cleanPath(card.entry.path + QStringLiteral("/../results/results.md"));
  return QFileInfo::exists(page) ? page : QString();
}

QStringList resultWords(const ModelCard& card) {
  QStringList words;
  for (const ComparedResult& one : card.compared)
    if (const QString said = one.shortWords(); !said.isEmpty()) {
      words << said;
      break;
    }
  if (!card.result.isEmpty()) words << card.result;
  return words;
}

QString shortHash(const QString& hash) {
  return hash.isEmpty() ? QStringLiteral("–") : hash.left(4) + QLatin1Char(' ') + hash.mid(4, 4);
}

int cardOfParent(const QList<ModelCard>& cards, const Lineage::Parent& parent) {
  const QString path = canonical(QString::fromStdString(parent.path));
  for (int i = 0; i < cards.size(); ++i) {
    if (canonical(cards[i].entry.path) == path) return i;
    if (cards[i].isRun()) {
      const QString run = canonical(cards[i].runFolder());
      if (path == run || path.startsWith(run + QLatin1Char('/'))) return i;
    }
  }
  const QString hash = QString::fromStdString(parent.sha256);
  for (int i = 0; i < cards.size(); ++i)
    if (!hash.isEmpty() && cards[i].hash == hash) return i;
  return -1;
}

int parentOf(const ModelCard& card, const Lineage::Parent& parent, const QList<ModelCard>& cards) {
  // Copies of one model have the same hash: for what was imported, only the path tells.
  const bool copy = card.lineage.job == "import";
  const int place = cardOfParent(cards, copy ? Lineage::Parent{parent.path, {}, parent.role} : parent);
  return place >= 0 && cards[place].entry.id != card.entry.id ? place : -1;
}

} // namespace attune
