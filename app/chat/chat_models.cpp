// Which model Chat talks to, and what stands in its way.
#include "chat/best_of_settings.h"
#include "chat/chat_panel.h"
#include "chat/chat_session.h"
#include "chat/chat_start.h"
#include "chat/composer.h"
#include "chat/reply_settings.h"
#include "in_pool.h"
#include "models/talking_copy.h"
#include "widgets/key_button.h"
#include "widgets/message_strip.h"
#include "workbench.h"
#include <QFileInfo>
#include <QMenu>
#include <QPlainTextEdit>

namespace attune {

QString ChatPanel::modelName(const QString& id) const {
  const ModelEntry* entry = engine.model(id);
  return entry ? entry->name : id.section(QLatin1Char('/'), -1);
}

void ChatPanel::fillModels() {
  side->bestOf()->setModels(engine.models());
  modelMenu->clear();
  const ModelEntry* first = nullptr;
  for (const ModelEntry& entry : engine.models()) {
    if (!entry.speaks()) continue;
    if (!first || (entry.chat && !first->chat)) first = &entry; // one that answers, rather
    QString words = entry.name;
    if (!entry.tag.isEmpty()) words += QStringLiteral("  (%1)").arg(entry.tag);
    QAction* action =
        modelMenu->addAction(words.replace(QLatin1Char('&'), QLatin1String("&&")) + QLatin1Char('\t') + entry.detail);
    action->setCheckable(true);
    action->setChecked(entry.id == talk->conversation().model);
    action->setData(entry.id);
    connect(action, &QAction::triggered, this, [this, id = entry.id] {
      talk->setModel(id);
      fillModels();
      typed->field()->setFocus();
    });
  }
  const ModelEntry* chosen = engine.model(talk->conversation().model);
  if (engine.modelsKnown() && first && !(chosen && chosen->speaks())) {
    const QString was = talk->conversation().model;
    if (!was.isEmpty() && talk->conversation().id)
      strip->show(MessageStrip::Info, tr("%1 is not there any more.").arg(modelName(was)),
                  tr("What it said stays; %1 goes on with the conversation.").arg(first->name));
    talk->setModel(first->id);
  }
  showModel();
}

void ChatPanel::showModel() {
  const QString id = talk->conversation().model;
  const ModelEntry* entry = engine.model(id);
  const bool there = entry && entry->speaks();
  const ModelTextPtr text = there ? engine.text(id) : nullptr;
  const bool base = text ? text->continuesText() && text->refusal.empty() : there && !entry->chat;
  QString words = there ? entry->name : engine.modelsKnown() ? tr("No model") : tr("Looking for models");
  if (there && !entry->tag.isEmpty()) words += QStringLiteral("  (%1)").arg(entry->tag);
  chooser->setText(words);
  chooser->setAccessibleName(tr("Model: %1").arg(words));
  chooser->setToolTip(there ? entry->detail : QString());
  chooser->setEnabled(!modelMenu->isEmpty());
  chooser->updateGeometry();
  for (QAction* action : modelMenu->actions()) action->setChecked(action->data().toString() == id);
  script->setModelName(there ? entry->name : tr("The model"));
  sayTemplate(there ? entry : nullptr, text, base);
  typed->setContinues(base);
  side->setBaseModel(base, there ? entry->name : QString());
  if (text) side->setContext(text->context);
  side->show(talk->sampler(), talk->conversation().systemPrompt);
  side->bestOf()->show(talk->bestOf(), talk->sampler().greedy);
  if (there) {
    start->showModel(entry->name, id == QLatin1String("starter"), base);
    typed->setCanSend(true);
    if (id != property("prepared").toString()) engine.prepare(id);
    setProperty("prepared", id);
  } else if (engine.modelsKnown()) {
    start->showNoModel(
        tr("The starter model is not installed, and the models folder is empty. Import a model in Models, or train "
           "one in Train."));
    typed->setCanSend(false, tr("There is no model to talk to yet"));
  } else {
    start->showModel(tr("the model"), false, false);
    typed->setCanSend(false, tr("Looking for models"));
  }
  count();
}

void ChatPanel::sayDevice() {
  if (engine.deviceTrouble().isEmpty()) {
    if (strip->property("device").toBool()) strip->clear();
    strip->setProperty("device", false);
    return;
  }
  strip->setProperty("device", true);
  strip->show(MessageStrip::Error, tr("No device can be used."), engine.deviceTrouble());
}

void ChatPanel::sayFailed(const QString& sentence) {
  strip->setProperty("device", false);
  QString words = sentence;
  if (!words.isEmpty()) words[0] = words[0].toUpper();
  strip->show(MessageStrip::Error, tr("No reply."),
              words + (words.endsWith(QLatin1Char('.')) ? QString() : QStringLiteral(".")));
}

// What a model without a known chat template can and cannot do, and the way out.
void ChatPanel::sayTemplate(const ModelEntry* entry, const ModelTextPtr& text, bool base) {
  const bool refused = text && !text->refusal.empty();
  const QString key = entry && (base || refused) ? entry->path + (refused ? u'!' : u'?') : QString();
  if (baseStrip->property("about").toString() == key) return;
  baseStrip->setProperty("about", key);
  if (key.isEmpty()) return baseStrip->clear();
  const auto offer = [this](const QString& words, auto call) {
    connect(baseStrip->addAction(words), &QPushButton::clicked, this, call);
  };
  if (refused) {
    baseStrip->show(MessageStrip::Warning, tr("%1 has a chat template that Attune does not know.").arg(entry->name),
                    tr("A copy can have Attune's own; it learns to use it by fine-tuning."));
    offer(tr("Make the copy"), [this, path = entry->path, name = entry->name] { copyWithTemplate(path, name); });
    return;
  }
  baseStrip->show(MessageStrip::Info, tr("%1 is a base model.").arg(entry->name),
                  tr("It continues the text; nobody taught it to answer."));
  offer(tr("Fine-tune it"), [this, path = entry->path] { fineTune(path); });
}

void ChatPanel::fineTune(const QString& path) {
  bench.open(QStringLiteral("train"),
             {{QStringLiteral("new"), QStringLiteral("sft")}, {QStringLiteral("model"), path}});
}

void ChatPanel::copyWithTemplate(const QString& path, const QString& name) {
  const QString folder = engine.modelPlaces().models + QLatin1Char('/');
  QString copy = name + QStringLiteral("-attune");
  for (int n = 2; QFileInfo::exists(folder + copy); ++n) copy = QStringLiteral("%1-attune-%2").arg(name).arg(n);
  bench.setWork({QStringLiteral("copy"), tr("Copying %1").arg(name), QStringLiteral("chat"), true});
  inPool(
      this,
      [path, target = folder + copy] {
        try {
          makeTalkingCopy(path.toStdString(), target.toStdString());
        } catch (const std::exception& error) {
          return QString::fromUtf8(error.what());
        }
        return QString();
      },
      [this, name, copy, folder](const QString& error) {
        bench.setWork({QStringLiteral("copy"), {}, {}, false});
        if (!error.isEmpty()) return strip->show(MessageStrip::Error, tr("%1 was not copied.").arg(name), error);
        engine.refreshModels();
        strip->show(MessageStrip::Success, tr("%1 has Attune's template.").arg(copy),
                    tr("Fine-tune it on conversations, and it answers."));
        connect(strip->addAction(tr("Fine-tune it")), &QPushButton::clicked, this,
                [this, path = folder + copy] { fineTune(path); });
      });
}

} // namespace attune
