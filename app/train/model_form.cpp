#include "train/model_form.h"

#include "train/train_words.h"

#include <QHBoxLayout>
#include <QSignalBlocker>

namespace attune {
namespace {

const QString newModelId = QStringLiteral("new");

struct Size {
  const char* name;
  int layers, heads, width, context;
};
constexpr Size sizes[] = {{"tiny", 2, 2, 64, 64},
                          {"small", 4, 4, 128, 128},
                          {"medium", 6, 6, 192, 256},
                          {"large", 8, 8, 384, 512},
                          {"GPT-2 small", 12, 12, 768, 1024}};
constexpr int ownShape = int(std::size(sizes));

} // namespace

ModelForm::ModelForm(QWidget* parent)
    : FormGrid(parent) {
  name = new QLineEdit;
  name->setFixedWidth(Theme::px(fieldWidth));
  addRow(tr("Name"), name);
  model = addChoice(tr("Start from"));
  size = addChoice(tr("Size"));
  for (const Size& one : sizes)
    size->addItem(tr("%1: %2 layers, %3 heads, %4 wide")
                      .arg(QString::fromLatin1(one.name))
                      .arg(one.layers)
                      .arg(one.heads)
                      .arg(one.width));
  size->addItem(tr("another shape"));

  shape = new QWidget;
  auto* row = new QHBoxLayout(shape);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(8);
  const struct {
    const char* key;
    QString label;
    int value, most;
  } parts[] = {{"n_layer", tr("layers"), 4, 128},
               {"n_head", tr("heads"), 4, 128},
               {"n_embd", tr("wide"), 128, 16384},
               {"n_ctx", tr("context"), 128, 131072}};
  for (const auto& part : parts) {
    auto* field = new NumberField(part.label, NumberField::Whole, 1, part.most, part.value);
    field->setFixedWidth(Theme::px(64));
    numbers.insert(QString::fromLatin1(part.key), field);
    connect(field, &QLineEdit::textChanged, this, &ModelForm::changed);
    row->addWidget(field);
    QLabel* words = hintLabel(part.label);
    words->setWordWrap(false);
    row->addWidget(words);
  }
  addRow(tr("Shape"), shape);
  family = addChoice(tr("Family"));
  family->addItem(tr("GPT-2"), QStringLiteral("gpt2"));
  family->addItem(tr("Llama"), QStringLiteral("llama"));
  tokens = addChoice(tr("Tokens"));

  connect(name, &QLineEdit::textChanged, this, &ModelForm::changed);
  for (QComboBox* box : {model, family, tokens})
    connect(box, &QComboBox::currentIndexChanged, this, &ModelForm::changed);
  connect(size, &QComboBox::currentIndexChanged, this, [this](int place) {
    if (place >= 0 && place < ownShape) {
      numbers[QStringLiteral("n_layer")]->setValue(sizes[place].layers);
      numbers[QStringLiteral("n_head")]->setValue(sizes[place].heads);
      numbers[QStringLiteral("n_embd")]->setValue(sizes[place].width);
      numbers[QStringLiteral("n_ctx")]->setValue(sizes[place].context);
      Q_EMIT contextChosen(sizes[place].context);
    }
    Q_EMIT changed();
  });
  connect(this, &ModelForm::changed, this, &ModelForm::showRows);
}

void ModelForm::setModels(const QList<TrainModel>& all, TrainKind kind) {
  const bool newOnes = kind == TrainKind::Pretrain;
  models.clear();
  for (const TrainModel& one : all)
    if (!one.scores || kind == TrainKind::Reward) models << one;
  setLabel(model, kind == TrainKind::Ppo ? tr("Policy and reference") : tr("Start from"));
  const QString chosen = model->currentData().toString(), chosenTokens = tokens->currentData().toString();
  {
    const QSignalBlocker quiet(model), quietTokens(tokens);
    model->clear();
    tokens->clear();
    tokens->addItem(tr("bytes (257)"), QString());
    for (int vocabulary : {512, 1024, 4096, 16384})
      tokens->addItem(tr("%L1, learned from these files").arg(vocabulary), QStringLiteral("learn:%1").arg(vocabulary));
    if (newOnes) model->addItem(tr("a new model"), newModelId);
    for (const auto& one : models) {
      model->addItem(one.name, one.dir);
      tokens->addItem(tr("those of %1").arg(one.name), one.dir);
    }
    if (!checkpoint.isEmpty() && model->findData(checkpoint) < 0) model->addItem(nameOfPath(checkpoint), checkpoint);
    model->setCurrentIndex(std::max(0, model->findData(chosen)));
    tokens->setCurrentIndex(std::max(0, tokens->findData(chosenTokens)));
  }
  Q_EMIT changed();
}

void ModelForm::begin(const QString& words) {
  if (const int place = model->findData(checkpoint); place >= 0 && !checkpoint.isEmpty()) model->removeItem(place);
  checkpoint.clear();
  name->setText(words);
  size->setCurrentIndex(1);
  name->setFocus();
  name->selectAll();
}

void ModelForm::startFrom(const QString& modelDir) {
  if (modelDir.isEmpty()) return;
  if (model->findData(modelDir) < 0) { // an older checkpoint of a run, whose newest one is among the models
    checkpoint = modelDir;
    model->addItem(nameOfPath(modelDir), modelDir);
  }
  model->setCurrentIndex(model->findData(modelDir));
}

void ModelForm::showRows() {
  const std::optional<NewModel> made = newModel();
  for (QWidget* field : {static_cast<QWidget*>(size), static_cast<QWidget*>(family), static_cast<QWidget*>(tokens)})
    setRowShown(rowOf(field), made.has_value());
  setRowShown(rowOf(shape), made && size->currentIndex() == ownShape);
  if (made) {
    setHint(model, tr("%1 parameters").arg(countWords(double(made->parameters()))));
    setHint(size, tr("context %1").arg(made->nCtx));
    return;
  }
  QString detail = checkpoint.isEmpty() ? QString() : tr("a checkpoint of a run");
  for (const auto& one : models)
    if (one.dir == modelDir()) detail = one.detail;
  setHint(model, detail);
}

std::optional<NewModel> ModelForm::newModel() const {
  if (model->currentData().toString() != newModelId) return std::nullopt;
  NewModel made;
  made.architecture = family->currentData().toString();
  made.nLayer = numbers[QStringLiteral("n_layer")]->whole();
  made.nHead = numbers[QStringLiteral("n_head")]->whole();
  made.nEmbd = numbers[QStringLiteral("n_embd")]->whole();
  made.nCtx = numbers[QStringLiteral("n_ctx")]->whole();
  const QString from = tokens->currentData().toString();
  if (from.startsWith(QStringLiteral("learn:")))
    made.vocabulary = from.mid(6).toInt();
  else
    made.tokenizerDir = from;
  return made;
}

QString ModelForm::modelDir() const {
  const QString chosen = model->currentData().toString();
  return chosen == newModelId ? QString() : chosen;
}

QStringList ModelForm::wrongs() const {
  QStringList words;
  if (runName().isEmpty()) words << tr("The run has no name.");
  if (runName().contains(u'/') || runName().startsWith(u'.'))
    words << tr("The name becomes a folder: it has no slash and starts with no dot.");
  const std::optional<NewModel> made = newModel();
  if (!made && modelDir().isEmpty())
    words << tr("There is no model to start from; pre-train one, or import one in Models.");
  for (const NumberField* field : numbers)
    if (!field->valid()) words << field->sentence();
  if (made && made->nEmbd % made->nHead != 0)
    words << tr("%1 heads do not divide a width of %2.").arg(made->nHead).arg(made->nEmbd);
  return words;
}

} // namespace attune
