// The open conversation as a file.
#include "chat/chat_panel.h"
#include "chat/chat_session.h"
#include "error.h"
#include "formats/file.h"
#include "in_pool.h"
#include "store/exchange.h"
#include "widgets/message_strip.h"
#include "workbench.h"
#include <QFileDialog>

namespace attune {

void ChatPanel::exportTo(const QString& file) {
  inPool(
      this,
      [store = bench.store, id = talk->conversation().id, file]() -> QString {
        try {
          writeFileAtomically(file.toStdString(), file.endsWith(QLatin1String(".json"))
                                                      ? conversationJson(*store, id)
                                                      : conversationMarkdown(*store, id).toStdString());
          return {};
        } catch (const Error& error) {
          return QString::fromUtf8(error.what());
        }
      },
      [this, file](const QString& error) {
        if (error.isEmpty())
          strip->show(MessageStrip::Success, tr("Exported."), file);
        else
          strip->show(MessageStrip::Error, tr("Not exported."), error);
      });
}

void ChatPanel::askExport(const QString& ending) {
  QString name = talk->conversation().title;
  for (QChar& c : name)
    if (!c.isLetterOrNumber() && c != QLatin1Char(' ') && c != QLatin1Char('-')) c = QLatin1Char(' ');
  name = name.simplified() + QLatin1Char('.') + ending;
  const QString file =
      QFileDialog::getSaveFileName(this, tr("Export the conversation"), name,
                                   ending == QLatin1String("md") ? tr("Markdown (*.md)") : tr("JSON (*.json)"));
  if (!file.isEmpty()) exportTo(file);
}

} // namespace attune
