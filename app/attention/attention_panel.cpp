#include "attention/attention_panel.h"

#include "attention/attention_side.h"
#include "attention/head_grid.h"
#include "attention/head_lines.h"
#include "attention/head_map.h"
#include "attention/head_table.h"
#include "attention/ramp_bar.h"
#include "widgets/empty_state.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/message_strip.h"
#include "widgets/picture_file.h"
#include "widgets/segmented_control.h"
#include "widgets/word_progress.h"
#include "workbench.h"

#include <QApplication>
#include <QComboBox>
#include <QElapsedTimer>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QPointer>
#include <QSplitter>
#include <QStackedWidget>
#include <QThreadPool>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace attune {

namespace {
// Up to here a head is computed at once; larger ones on another thread, so that the window never waits.
constexpr int placesAtOnce = 256;

QVBoxLayout* columnOf(QWidget* widget) {
  auto* column = new QVBoxLayout(widget);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  return column;
}
} // namespace

AttentionPanel::AttentionPanel(Workbench& bench, AttentionSource& source, QWidget* parent)
    : Panel(bench, QStringLiteral("attention"), tr("Attention"), QStringLiteral("attention"), parent)
    , source(source) {
  QWidget* bar = makeBar();
  setPanes(makeList(), makeContent(), makeSide(), 424, 232);
  // The three panes and what shows while there is nothing take turns; bar and messages stand above both.
  auto* column = static_cast<QVBoxLayout*>(layout());
  QWidget* panes = column->takeAt(0)->widget();
  pages = new QStackedWidget;
  pages->addWidget(new EmptyState(QStringLiteral("attention"), tr("Nothing to look at yet"),
                                  tr("Type a text and press Enter, or press Ctrl+I on a reply in Chat.")));
  pages->addWidget(panes);
  column->setSpacing(0);
  column->addWidget(bar);
  column->addWidget(strip = new MessageStrip);
  column->addWidget(progress = new WordProgress);
  column->addWidget(pages, 1);
  progress->finish();

  connect(&source, &AttentionSource::modelsChanged, this, &AttentionPanel::fillModels);
  connect(&source, &AttentionSource::ready, this, &AttentionPanel::setData);
  connect(&source, &AttentionSource::working, this, [this](const QString& words) { progress->report(words); });
  connect(&source, &AttentionSource::failed, this, [this](const QString& sentence) {
    progress->finish();
    strip->show(MessageStrip::Error, tr("There is no picture of this text."), sentence);
  });
  fillModels();
  setShade(Shade(std::clamp(bench.settings()->value(QStringLiteral("attention/shade"), 0).toInt(), 0, 1)));
  setData(nullptr);
}

QWidget* AttentionPanel::makeBar() {
  auto* bar = new BarRow(metric::toolBar);
  model = new QComboBox;
  model->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  model->setMinimumContentsLength(18);
  model->setAccessibleName(tr("Model"));
  bar->add(model);
  text = new QLineEdit;
  text->setPlaceholderText(tr("A text to look at"));
  text->setAccessibleName(tr("Text"));
  bar->add(text, 1);
  setSearchField(text);
  connect(text, &QLineEdit::returnPressed, this, &AttentionPanel::look);
  auto* button = new KeyButton(tr("Look"));
  button->showKey(QKeySequence(Qt::Key_Enter));
  connect(button, &QPushButton::clicked, this, &AttentionPanel::look);
  bar->add(button);
  bar->add(new Line(Qt::Vertical));
  for (const char* ending : {"png", "svg", "csv"}) {
    const QString name = QString::fromLatin1(ending);
    auto* save =
        new KeyButton(name.toUpper(), exports.isEmpty() ? QStringLiteral("out") : QString(), {}, KeyButton::Flat);
    save->setToolTip(tr("Save this head or all heads as %1").arg(name.toUpper()));
    save->setAccessibleName(save->toolTip());
    connect(save, &QPushButton::clicked, this, [this, save, name] {
      QMenu menu(this);
      fillExport(&menu, name);
      menu.exec(save->mapToGlobal(QPoint(0, save->height())));
    });
    bar->add(save);
    exports.append(save);
  }
  return bar;
}

QWidget* AttentionPanel::makeList() {
  auto* split = new QSplitter(Qt::Vertical);
  split->setHandleWidth(1);
  split->setChildrenCollapsible(false);
  auto* top = new QWidget;
  auto* column = columnOf(top);
  headsHeader = new SectionHeader(tr("All heads"));
  shadeButton = new KeyButton(tr("square root"), KeyButton::Flat);
  shadeButton->setMenuArrow(true);
  shadeButton->setToolTip(tr("How weights become colours: the square root shows small ones, linear is true to size"));
  connect(shadeButton, &QPushButton::clicked, this, [this] {
    QMenu menu(this);
    for (Shade to : {Shade::SquareRoot, Shade::Linear}) {
      QAction* action = menu.addAction(to == Shade::SquareRoot ? tr("square root") : tr("linear"), this,
                                       [this, to] { setShade(to); });
      action->setCheckable(true);
      action->setChecked(to == shade);
    }
    menu.exec(shadeButton->mapToGlobal(QPoint(0, shadeButton->height())));
  });
  auto* shadeLabel = new ElidedLabel(tr("Shade"), FontRole::Small);
  shadeLabel->setMuted(true);
  headsHeader->addRight(shadeLabel);
  headsHeader->addRight(shadeButton);
  column->addWidget(headsHeader);
  column->addWidget(heads = new HeadGrid, 1);
  split->addWidget(top);

  auto* bottom = new QWidget;
  column = columnOf(bottom);
  column->addWidget(tableHeader = new SectionHeader(tr("Heads by what they do")));
  column->addWidget(list = new HeadTable, 1);
  auto* foot = new BarRow(metric::header, BarRow::Above);
  foot->add(ramp = new RampBar);
  foot->addStretch();
  for (const char* arrow : {"←", "→", "↑", "↓"}) foot->add(new KeyCap(QString::fromUtf8(arrow)));
  foot->add(new ElidedLabel(tr("head"), FontRole::Small));
  column->addWidget(foot);
  split->addWidget(bottom);
  split->setStretchFactor(0, 3);
  split->setStretchFactor(1, 3);
  split->setSizes({348, 330});

  connect(heads, &HeadGrid::chosen, this, &AttentionPanel::chooseHead);
  connect(heads, &HeadGrid::enlarged, this, [this] {
    if (large->isVisible())
      large->setFocus();
    else
      arcs->setFocus();
  });
  connect(list, &HeadTable::chosen, this, &AttentionPanel::chooseHead);
  return split;
}

QWidget* AttentionPanel::makeContent() {
  auto* content = new QWidget;
  auto* column = columnOf(content);
  mapHeader = new SectionHeader(QString());
  views = new SegmentedControl({tr("Map and lines"), tr("Map"), tr("Lines")});
  views->setDense(true);
  views->setAccessibleName(tr("What shows of this head"));
  connect(views, &SegmentedControl::currentChanged, this, &AttentionPanel::showViews);
  mapHeader->addRight(views);
  fitButton = new KeyButton(QString(), QStringLiteral("search"), {}, KeyButton::Flat);
  fitButton->setToolTip(tr("Show the whole map (0)"));
  fitButton->setAccessibleName(tr("Show the whole map"));
  mapHeader->addRight(fitButton);
  zoomLabel = new ElidedLabel(QString(), FontRole::Small);
  zoomLabel->setMuted(true);
  mapHeader->addRight(zoomLabel);
  column->addWidget(mapHeader);
  column->addWidget(large = new HeadMap, 4);
  column->addWidget(linesHeader = new SectionHeader(tr("Lines")));
  column->addWidget(arcs = new HeadLines, 1);
  connect(fitButton, &QPushButton::clicked, large, &HeadMap::fit);
  connect(large, &HeadMap::cellChanged, this, &AttentionPanel::cellMoved);
  connect(large, &HeadMap::viewChanged, this, &AttentionPanel::viewMoved);
  connect(arcs, &HeadLines::queryChosen, this, [this](int place) {
    const int key = head ? int(std::max_element(head->weights.begin() + std::ptrdiff_t(place) * data->places(),
                                                head->weights.begin() + std::ptrdiff_t(place + 1) * data->places()) -
                               head->weights.begin() - std::ptrdiff_t(place) * data->places())
                         : 0;
    large->setCell(place, key);
  });
  return content;
}

QWidget* AttentionPanel::makeSide() {
  auto* pane = new QWidget;
  auto* column = columnOf(pane);
  column->addWidget(beside = new AttentionSide, 1);
  origin = new QLabel;
  origin->setWordWrap(true);
  origin->setMargin(metric::edge);
  origin->setForegroundRole(QPalette::PlaceholderText);
  column->addWidget(origin);
  connect(beside, &AttentionSide::keyChosen, this, [this](int key) { chooseCell(large->query(), key, true); });
  return pane;
}

void AttentionPanel::fillModels() {
  const QString chosen = model->currentData().toString();
  model->clear();
  for (const auto& one : source.models())
    model->addItem(one.detail.isEmpty() ? one.name : tr("%1 (%2)").arg(one.name, one.detail), one.id);
  model->setCurrentIndex(std::max(0, model->findData(chosen)));
}

void AttentionPanel::look() {
  strip->clear();
  if (model->count() == 0) {
    strip->show(MessageStrip::Warning, tr("There is no model to look into."),
                tr("Import one in Models, or train one."));
    return;
  }
  if (text->text().isEmpty()) {
    strip->show(MessageStrip::Info, tr("There is no text."), tr("Type one and press Enter."));
    text->setFocus();
    return;
  }
  source.request(model->currentData().toString(), text->text());
}

void AttentionPanel::open(const QVariantMap& request) {
  strip->clear();
  const int place = model->findData(request.value(QStringLiteral("model")));
  if (place >= 0) model->setCurrentIndex(place);
  if (request.contains(QStringLiteral("ids"))) {
    std::vector<int> ids;
    for (const auto& id : request.value(QStringLiteral("ids")).toList()) ids.push_back(id.toInt());
    source.requestIds(model->currentData().toString(), ids, request.value(QStringLiteral("origin")).toString());
  } else if (request.contains(QStringLiteral("text"))) {
    text->setText(request.value(QStringLiteral("text")).toString());
    look();
  }
}

void AttentionPanel::shown() {
  if (!data) text->setFocus();
}

void AttentionPanel::setData(AttentionPtr to) {
  QElapsedTimer timer;
  timer.start();
  data = std::move(to);
  head.reset();
  progress->finish();
  if (data) strip->clear();
  if (data && !data->note.isEmpty()) strip->show(MessageStrip::Info, data->note);
  pages->setCurrentIndex(data ? 1 : 0);
  for (KeyButton* save : exports) save->setEnabled(data != nullptr);
  heads->setData(data);
  list->setData(data);
  large->setData(data);
  arcs->setData(data);
  origin->setText(data ? data->origin : QString());
  origin->setVisible(!origin->text().isEmpty());
  beside->setCell(nullptr, nullptr, -1, -1, false);
  if (!data) return;
  headsHeader->setDetail(tr("%1 layers, %2 heads, %L3 tokens").arg(data->nLayer).arg(data->nHead).arg(data->places()));
  tableHeader->setDetail(tr("%1, by strength").arg(data->heads.size()));
  const QString whole = data->text.isEmpty() ? data->tokens.join(QString()) : data->text;
  if (text->text() != whole) {
    text->setText(whole.simplified());
    text->setCursorPosition(0);
  }
  chooseHead(heads->layer(), heads->head());
  const int last = data->places() - 1;
  if (large->query() < 0 || large->query() > last) large->setCell(last, std::max(0, last - 1));
  bench.setWork({QStringLiteral("attention"),
                 tr("Computed in %L1 ms, shown in %2 ms").arg(data->milliseconds, 0, 'f', 0).arg(timer.elapsed()),
                 QStringLiteral("attention"), false});
}

void AttentionPanel::chooseHead(int layer, int number) {
  if (!data) return;
  heads->choose(layer, number);
  list->choose(layer, number);
  mapHeader->setTitle(headTitle(layer, number));
  const quint64 mine = ++loading;
  const auto show = [this](std::shared_ptr<const LoadedHead> loaded) {
    head = std::move(loaded);
    large->setHead(head);
    arcs->setHead(head);
    cellMoved();
    viewMoved();
  };
  if (data->places() <= placesAtOnce) return show(loadHead(*data, layer, number));
  QPointer<AttentionPanel> self = this;
  QThreadPool::globalInstance()->start([self, show, mine, of = data, layer, number] {
    if (!self || self->loading != mine) return;
    auto loaded = loadHead(*of, layer, number);
    QMetaObject::invokeMethod(qApp, [self, show, mine, loaded] {
      if (self && self->loading == mine) show(loaded);
    });
  });
}

void AttentionPanel::chooseCell(int query, int key, bool pinned) {
  large->setCell(query, key);
  large->setPinned(pinned);
}

void AttentionPanel::cellMoved() {
  if (!data) return;
  if (large->query() >= 0) arcs->setQuery(large->query());
  beside->setCell(data, head, large->query(), large->key(), large->pinned());
  const QString from = arcs->query() >= 0 ? shownToken(data->tokens[arcs->query()]) : QString();
  QString words =
      tr("from %1 back to what it reads, weights above %2 %").arg(from).arg(arcs->threshold() * 100, 0, 'f', 0);
  if (const QString rest = arcs->rest(); !rest.isEmpty()) words += QStringLiteral("; ") + rest;
  linesHeader->setDetail(words);
}

void AttentionPanel::viewMoved() {
  if (!data) return;
  const double cell = large->cellSize();
  zoomLabel->setText(cell >= 1 ? tr("%1 px").arg(cell, 0, 'f', cell < 10 && cell != std::round(cell) ? 1 : 0)
                               : tr("%1 tokens a pixel").arg(1 / cell, 0, 'f', 1));
  mapHeader->setDetail(large->rest());
  beside->setCell(data, head, large->query(), large->key(), large->pinned());
}

void AttentionPanel::setShade(Shade to) {
  shade = to;
  bench.settings()->setValue(QStringLiteral("attention/shade"), int(shade));
  shadeButton->setText(shade == Shade::SquareRoot ? tr("square root") : tr("linear"));
  heads->setShade(shade);
  large->setShade(shade);
  ramp->setShade(shade);
}

void AttentionPanel::showViews() {
  const QString word = views->words().value(views->current());
  const bool both = word == tr("Map and lines");
  large->setVisible(both || word == tr("Map"));
  arcs->setVisible(both || word == tr("Lines"));
  linesHeader->setVisible(arcs->isVisibleTo(arcs->parentWidget()));
  fitButton->setVisible(large->isVisibleTo(large->parentWidget()));
  zoomLabel->setVisible(fitButton->isVisibleTo(mapHeader));
}

void AttentionPanel::resizeEvent(QResizeEvent* event) {
  Panel::resizeEvent(event);
  // A low window has no room for both: the lines become a tab of their own.
  const bool low = window()->height() < metric::low;
  if ((views->words().size() == 2) == low) return;
  const QString word = views->words().value(views->current());
  views->setWords(low ? QStringList{tr("Map"), tr("Lines")} : QStringList{tr("Map and lines"), tr("Map"), tr("Lines")});
  views->setCurrent(std::max(0, int(views->words().indexOf(word))));
  showViews();
}

bool AttentionPanel::escape() {
  if (!large->pinned()) return false;
  large->setPinned(false);
  return true;
}

QList<QPair<QString, QString>> AttentionPanel::keys() const {
  return {{tr("Enter"), tr("look at the text; in the grid: go to the large head")},
          {QStringLiteral("← → ↑ ↓"), tr("another head; in the map: another token")},
          {QStringLiteral("+ − 0"), tr("zoom, show the whole map")},
          {tr("Space"), tr("keep the cell that is read; Esc lets it go")},
          {tr("Ctrl+K"), tr("the text")}};
}

void AttentionPanel::fillExport(QMenu* menu, const QString& ending) {
  const Theme* window = &Theme::current();
  if (head)
    menu->addAction(tr("%1…").arg(headTitle(head->layer, head->head)), this,
                    [=, this] { save(ending, false, nullptr); });
  menu->addAction(ending == QStringLiteral("csv") ? tr("All heads, by what they do…") : tr("All heads…"), this,
                  [=, this] { save(ending, true, nullptr); });
  if (!window->dark || ending == QStringLiteral("csv")) return;
  menu->addSeparator();
  if (head)
    menu->addAction(tr("%1, in dark colours…").arg(headTitle(head->layer, head->head)), this,
                    [=, this] { save(ending, false, window); });
  menu->addAction(tr("All heads, in dark colours…"), this, [=, this] { save(ending, true, window); });
}

void AttentionPanel::save(const QString& ending, bool wholeGrid, const Theme* theme) {
  if (!data || (!wholeGrid && !head)) return;
  const QString title =
      (wholeGrid ? QStringLiteral("heads") : headTitle(head->layer, head->head)) + u' ' + data->modelName;
  const QString path = QFileDialog::getSaveFileName(this, tr("Save as %1").arg(ending.toUpper()),
                                                    pictureFileName(title, ending), pictureFilter(ending));
  if (path.isEmpty()) return;
  try {
    savePicture(
        path, [&] { return wholeGrid ? gridImage(*data, shade, theme) : headImage(*data, *head, shade, theme); },
        [&] { return wholeGrid ? gridSvg(*data, shade, theme) : headSvg(*data, *head, shade, theme); },
        [&] { return wholeGrid ? gridCsv(*data) : headCsv(*data, *head); });
    strip->show(MessageStrip::Success, tr("Saved."), path);
  } catch (const std::exception& error) {
    strip->show(MessageStrip::Error, tr("Nothing was saved."), QString::fromUtf8(error.what()));
  }
}

} // namespace attune
