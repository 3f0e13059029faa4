// The open conversation as a file.
#include "chat/chat_panel.h"
#include "chat/chat_session.h"
#include "error.h"
#include "formats/file.h"
#include "store/exchange.h"
#include "widgets/message_strip.h"
#include "workbench.h"
#include <QFileDialog>

namespace attune {

void ChatPanel::exportTo(const QString& file) {
  const RecordId id = talk->conversation().id;
  const std::string body = file.endsWith(QLatin1String(".json")) ? conversationJson(*bench.store, id)
                                                                 : conversationMarkdown(*bench.store, id).toStdString();
  writeFileAtomically(file.toStdString(), body);
}

void ChatPanel::askExport(const QString& ending) {
  QString name = talk->conversation().title;
  for (QChar& c : name)
    if (!c.isLetterOrNumber() && c != QLatin1Char(' ') && c != QLatin1Char('-')) c = QLatin1Char(' ');
  name = name.simplified() + QLatin1Char('.') + ending;
  const QString file =
      QFileDialog::getSaveFileName(this, tr("Export the conversation"), name,
                                   ending == QLatin1String("md") ? tr("Markdown (*.md)") : tr("JSON (*.json)"));
  if (file.isEmpty()) return;
  try {
    exportTo(file);
    strip->show(MessageStrip::Success, tr("Exported."), file);
  } catch (const Error& error) {
    strip->show(MessageStrip::Error, tr("Not exported."), QString::fromUtf8(error.what()));
  }
}

} // namespace attune
