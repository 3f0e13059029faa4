#include "train/file_form.h"

#include "train/train_words.h"
#include "widgets/key_button.h"

#include <QEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QListWidget>
#include <QMenu>
#include <QPainter>
#include <QVBoxLayout>
#include <utility>

namespace attune {
namespace {

// An edge as fields have it around a list, in accent while the list has the focus.
class Outlined : public QWidget {
public:
  explicit Outlined(QWidget* inner)
      : inner(inner) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 4);
    column->addWidget(inner);
    inner->installEventFilter(this);
  }

protected:
  void paintEvent(QPaintEvent*) override {
    const Theme& theme = Theme::current();
    const bool focused = inner->hasFocus();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(focused ? theme.accent : theme.outline, focused ? 2 : 1));
    painter.setBrush(theme.surface);
    const double half = focused ? 1 : 0.5;
    painter.drawRoundedRect(QRectF(rect()).adjusted(half, half, -half, -half), metric::radius, metric::radius);
  }
  bool eventFilter(QObject* object, QEvent* event) override {
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
    return QWidget::eventFilter(object, event);
  }

private:
  QWidget* inner;
};

} // namespace

FileForm::FileForm(TrainSource& source, Role role, QWidget* parent)
    : FormGrid(parent)
    , source(source)
    , role(role) {
  list = new QListWidget;
  list->setAccessibleName(tr("Files"));
  list->setSelectionMode(QAbstractItemView::ExtendedSelection);
  list->setFixedHeight(Theme::px(52));
  list->setFrameShape(QFrame::NoFrame);
  holder = new QWidget;
  holder->setFixedWidth(Theme::px(fieldWidth));
  auto* column = new QVBoxLayout(holder);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  column->addWidget(new Outlined(list));
  auto* buttons = new QHBoxLayout;
  auto* add = new KeyButton(tr("Add files"), QStringLiteral("plus"),
                            role == Main ? QKeySequence(Qt::CTRL | Qt::Key_O) : QKeySequence());
  fromStore = new KeyButton(tr("From the store"), QStringLiteral("disk"), {});
  fromStore->setMenuArrow(true);
  storeMenu = new QMenu(fromStore);
  auto* remove = new KeyButton(QString(), QStringLiteral("trash"), {}, KeyButton::Flat);
  remove->setToolTip(tr("Remove the chosen files from the list; nothing is deleted"));
  remove->setAccessibleName(tr("Remove"));
  buttons->addWidget(add);
  buttons->addWidget(fromStore);
  buttons->addWidget(remove);
  buttons->addStretch();
  column->addLayout(buttons);
  addRow(tr("Files"), holder);
  remove->setEnabled(false);
  connect(add, &QPushButton::clicked, this, [this] {
    addFiles(QFileDialog::getOpenFileNames(this, tr("Add training files"), {},
                                           tr("Text and JSON Lines (*.txt *.md *.jsonl *.json);;All files (*)")));
  });
  connect(remove, &QPushButton::clicked, this, [this] {
    qDeleteAll(list->selectedItems());
    sumUp();
  });
  connect(fromStore, &QPushButton::clicked, this,
          [this] { storeMenu->popup(fromStore->mapToGlobal(QPoint(0, fromStore->height() + 2))); });
  connect(&source, &TrainSource::storedChanged, this, &FileForm::showStored);
  connect(&source, &TrainSource::exported, this, [this](const QString& file) {
    if (std::exchange(waits, false)) addFiles({file});
  });
  showStored();
  connect(list, &QListWidget::itemSelectionChanged, this,
          [this, remove] { remove->setEnabled(!list->selectedItems().isEmpty()); });
}

QStringList FileForm::files() const {
  QStringList paths;
  for (int i = 0; i < list->count(); i++) paths << list->item(i)->toolTip();
  return paths;
}

void FileForm::addFiles(const QStringList& paths) {
  for (const auto& path : paths) {
    if (files().contains(path)) continue;
    const QFileInfo file(path);
    auto* item = new QListWidgetItem(file.fileName() + QStringLiteral("   ") + sizeWords(quint64(file.size())));
    item->setToolTip(path);
    list->addItem(item);
  }
  sumUp();
}

void FileForm::clear() {
  list->clear();
  sumUp();
}

void FileForm::setKind(TrainKind to) {
  kind = to;
  setLabel(holder, role == Beside                ? tr("Pre-training text")
                   : kind == TrainKind::Ppo      ? tr("Prompts")
                   : kind == TrainKind::Pretrain ? tr("Texts")
                   : ofRankings(kind)            ? tr("Rankings")
                                                 : tr("Demonstrations"));
  showStored();
  sumUp();
}

std::optional<StoreRecords> FileForm::recordsOfKind() const {
  if (role == Beside || kind == TrainKind::Pretrain) return std::nullopt;
  return kind == TrainKind::Finetune ? StoreRecords::Demonstrations
         : kind == TrainKind::Ppo    ? StoreRecords::Prompts
                                     : StoreRecords::Rankings;
}

void FileForm::addStored(bool withScripted) {
  const auto records = recordsOfKind();
  if (!records) return;
  waits = true;
  source.exportRecords(*records, withScripted);
}

void FileForm::showStored() {
  const auto records = recordsOfKind();
  const StoreCount count = records ? source.stored(*records) : StoreCount();
  fromStore->setVisible(count.all > 0);
  storeMenu->clear();
  if (!records || count.all == 0) return;
  const auto entry = [&](const QString& words, bool withScripted) {
    storeMenu->addAction(words, this, [this, withScripted] { addStored(withScripted); });
  };
  const QString name = *records == StoreRecords::Rankings  ? tr("rankings")
                       : *records == StoreRecords::Prompts ? tr("prompts")
                                                           : tr("demonstrations");
  entry(count.scripted > 0 ? tr("All %L1 %2, %L3 of them scripted").arg(count.all).arg(name).arg(count.scripted)
                           : tr("All %L1 %2").arg(count.all).arg(name),
        true);
  if (count.scripted > 0 && count.scripted < count.all)
    entry(tr("The %L1 that persons made").arg(count.all - count.scripted), false);
}

void FileForm::sumUp() {
  quint64 bytes = 0;
  const QStringList paths = files();
  for (const auto& path : paths) bytes += quint64(QFileInfo(path).size());
  const QString empty =
      role == Beside                ? tr("goes on being predicted meanwhile, with the mix’s weight")
      : kind == TrainKind::Pretrain ? tr("text files, or JSON Lines with text")
      : kind == TrainKind::Ppo ? tr("a prompt a line, or JSON Lines with prompt; rankings and demonstrations do, too")
      : ofRankings(kind) ? tr("JSON Lines with prompt, chosen and rejected, or completions and ranks; HH-RLHF’s")
                         : tr("JSON Lines with messages, or prompt and completion");
  setHint(holder, paths.isEmpty() ? empty
                                  : tr("%1 in %2")
                                        .arg(sizeWords(bytes),
                                             paths.size() == 1 ? tr("one file") : tr("%1 files").arg(paths.size())));
  Q_EMIT changed();
}

} // namespace attune
