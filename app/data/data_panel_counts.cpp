// Data: the tables of counts, as InstructGPT's tables 1 and 6 have them, and prompts that stand in two splits.
#include "data/count_views.h"
#include "data/data_panel.h"
#include "data/record_sets.h"
#include "store/labels.h"
#include "store/store.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/message_strip.h"
#include "widgets/segmented_control.h"
#include "workbench.h"

#include <QPushButton>

namespace attune {
namespace {

constexpr RecordKind kinds[] = {RecordKind::Demonstration, RecordKind::Comparison, RecordKind::Prompt};

} // namespace

void DataPanel::showCounts() {
  const RecordSet* part = parts->chosen();
  const RecordKind kind = part ? part->kind : RecordKind::Prompt;
  bars->setCounts(overview.of(kind).useCases);
  casesHeader->setDetail(tr("%1; ticks: InstructGPT's shares").arg(kindCount(kind, overview.of(kind).count)));
  const QStringList headings{tr("Demonstr."), tr("Rankings"), tr("Prompts")};
  const auto grid = [&](QList<ValueCount> RecordOverview::Kind::*column, const QStringList& first, bool sum) {
    QStringList names = first;
    QHash<QString, QList<int>> counts;
    for (int k = 0; k < 3; ++k)
      for (const ValueCount& one : overview.of(kinds[k]).*column) {
        if (!names.contains(one.value)) names << one.value;
        auto& row = counts[one.value];
        row.resize(3);
        row[k] = one.count;
      }
    QList<CountGrid::Row> rows;
    QList<int> total(3, 0);
    for (const QString& name : names) {
      QList<int> row = counts.value(name);
      row.resize(3);
      for (int k = 0; k < 3; ++k) total[k] += row[k];
      rows << CountGrid::Row{name.isEmpty() ? tr("not named") : name, row};
    }
    if (sum) rows << CountGrid::Row{tr("All"), total, true};
    return rows;
  };
  QStringList splitNames;
  for (const char* one : labels::splits()) splitNames << QString::fromLatin1(one);
  if (together->current() == 1) return showTogether(headings);
  splits->setRows(QStringList{tr("Split")} + headings, grid(&RecordOverview::Kind::splits, splitNames, true));
  // The largest sources, as many as stand beside the bars.
  QList<CountGrid::Row> from = grid(&RecordOverview::Kind::sources, {}, false);
  std::stable_sort(from.begin(), from.end(), [](const CountGrid::Row& a, const CountGrid::Row& b) {
    return a.counts[0] + a.counts[1] + a.counts[2] > b.counts[0] + b.counts[1] + b.counts[2];
  });
  constexpr int most = 4;
  if (from.size() > most) {
    CountGrid::Row rest{tr("%1 more").arg(from.size() - most + 1), {0, 0, 0}};
    for (int i = most - 1; i < from.size(); ++i)
      for (int k = 0; k < 3; ++k) rest.counts[k] += from[i].counts[k];
    from = from.mid(0, most - 1);
    from << rest;
  }
  sources->show();
  sources->setRows(QStringList{tr("Source")} + headings, from);
}

// Split and source together, as InstructGPT's table 6 has them; of each split the largest sources.
void DataPanel::showTogether(const QStringList& headings) {
  constexpr int most = 3; // sources a split
  QList<CountGrid::Row> rows;
  QList<int> total(3, 0);
  for (const char* one : labels::splits()) {
    const QString name = QString::fromLatin1(one);
    QStringList order;
    QHash<QString, QList<int>> counts;
    CountGrid::Row whole{name, {0, 0, 0}, true};
    for (int k = 0; k < 3; ++k)
      for (const Store::SplitSourceCount& cell : overview.of(kinds[k]).together) {
        if (cell.split != name) continue;
        if (!order.contains(cell.source)) order << cell.source;
        auto& row = counts[cell.source];
        row.resize(3);
        row[k] += cell.count;
        whole.counts[k] += cell.count;
        total[k] += cell.count;
      }
    if (order.isEmpty()) continue;
    const auto sum = [&](const QString& source) { return counts[source][0] + counts[source][1] + counts[source][2]; };
    std::stable_sort(order.begin(), order.end(), [&](const QString& a, const QString& b) { return sum(a) > sum(b); });
    rows << whole;
    CountGrid::Row rest{tr("    %1 more").arg(order.size() - most + 1), {0, 0, 0}};
    for (int i = 0; i < order.size(); ++i)
      if (order.size() <= most || i < most - 1)
        rows << CountGrid::Row{QStringLiteral("    ") + (order[i].isEmpty() ? tr("not named") : order[i]),
                               counts[order[i]]};
      else
        for (int k = 0; k < 3; ++k) rest.counts[k] += counts[order[i]][k];
    if (order.size() > most) rows << rest;
  }
  rows << CountGrid::Row{tr("All"), total, true};
  splits->setRows(QStringList{tr("Split, source")} + headings, rows);
  sources->hide();
}

// Prompts that are held out and trained on as well: what is measured on them is too good.
void DataPanel::showOverlap() {
  int prompts = 0;
  QStringList where;
  for (const auto* found : {&findings.comparisons, &findings.demonstrations})
    for (auto it = found->cbegin(); it != found->cend(); ++it) {
      prompts += int(it->size());
      if (!where.contains(it.key())) where << it.key();
    }
  if (prompts == 0) return overlap->clear();
  where.sort();
  const QString what = prompts == 1 ? tr("1 prompt is in train and in %1.").arg(where.join(tr(" or ")))
                                    : tr("%1 prompts are in train and in %2.").arg(prompts).arg(where.join(tr(" or ")));
  if (overlap->isVisibleTo(this) && overlap->what() == what) return;
  overlap->show(MessageStrip::Warning, what, tr("Held-out scores would be too high."));
  connect(overlap->addAction(tr("Move them to train")), &QPushButton::clicked, this, &DataPanel::moveToTrain);
}

void DataPanel::moveToTrain() {
  const auto comparisons = findings.comparisons, demonstrations = findings.demonstrations;
  const auto set = [store = bench.store, comparisons, demonstrations](bool train) {
    store->atomically([&] {
      const auto move = [&](RecordKind kind, const QHash<QString, QList<RecordId>>& from) {
        for (auto it = from.cbegin(); it != from.cend(); ++it)
          store->setSplit(kind, it.value(), train ? QStringLiteral("train") : it.key());
      };
      move(RecordKind::Comparison, comparisons);
      move(RecordKind::Demonstration, demonstrations);
    });
  };
  bench.act(
      tr("move to train"), [set] { set(true); }, [set] { set(false); });
}

} // namespace attune
