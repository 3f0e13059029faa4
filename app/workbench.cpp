#include "workbench.h"

#include "error.h"
#include "paths.h"
#include <QCoreApplication>
#include <QEvent>
#include <QThreadPool>
#include <QTimer>
#include <atomic>
#include <cstdio>
#include <utility>

namespace attune {
namespace {

class Change : public QUndoCommand {
public:
  Change(const QString& text, std::function<void()> redo, std::function<void()> undo)
      : QUndoCommand(text)
      , again(std::move(redo))
      , back(std::move(undo)) {}
  void redo() override {
    if (std::exchange(done, false)) return; // `act` did it already
    again();
  }
  void undo() override { back(); }

private:
  std::function<void()> again, back;
  bool done = true;
};

// QSettings writes its file when the event loop comes round, and waits until the disk has it: a tenth of a second while
// a training saves. So that is kept from it; a thread writes the file beside and renames it. What is left is
// written when the settings go.
class SettingsWriter : public QObject {
public:
  SettingsWriter(QSettings& settings, QObject* parent)
      : QObject(parent)
      , settings(settings)
      , written(all()) {
    settings.installEventFilter(this);
    look.setInterval(700);
    connect(&look, &QTimer::timeout, this, [this] { write(); });
    look.start();
    if (auto* program = QCoreApplication::instance())
      connect(program, &QCoreApplication::aboutToQuit, this, [this] {
        look.stop();
        hand.waitForDone();
      });
  }

protected:
  bool eventFilter(QObject*, QEvent* e) override { return e->type() == QEvent::UpdateRequest; }

private:
  QVariantMap all() const {
    QVariantMap values;
    for (const QString& key : settings.allKeys()) values.insert(key, settings.value(key));
    return values;
  }
  void write() {
    const QVariantMap now = all();
    if (writing || now == written) return;
    writing = true;
    written = now;
    const QString file = settings.fileName(), beside = file + QStringLiteral(".beside");
    hand.start([this, now, file, beside] {
      QSettings out(beside, QSettings::IniFormat);
      out.clear();
      for (auto value = now.cbegin(); value != now.cend(); ++value) out.setValue(value.key(), value.value());
      out.sync();
      if (out.status() == QSettings::NoError) std::rename(qUtf8Printable(beside), qUtf8Printable(file));
      writing = false;
    });
  }

  QSettings& settings;
  QVariantMap written;
  QTimer look;
  std::atomic<bool> writing = false;
  QThreadPool hand; // done when the program ends, before the settings write what is left
};

} // namespace

Workbench::Workbench(QObject* parent)
    : QObject(parent)
    , kept(paths::settings(), QSettings::IniFormat) {
  new SettingsWriter(kept, this);
  qRegisterMetaType<SaveState>();
  stack.setUndoLimit(200);
}

bool Workbench::act(const QString& text, std::function<void()> redo, std::function<void()> undo) {
  try {
    redo();
  } catch (const Error& error) {
    Q_EMIT failed(QString::fromUtf8(error.what()));
    return false;
  }
  stack.push(new Change(text, std::move(redo), std::move(undo)));
  return true;
}

bool Workbench::remove(const QString& what, std::function<void()> redo, std::function<void()> undo) {
  if (!act(tr("delete %1").arg(what), std::move(redo), std::move(undo))) return false;
  Q_EMIT removed(what);
  return true;
}

void Workbench::open(const QString& panel, const QVariantMap& request) { Q_EMIT openRequested(panel, request); }

void Workbench::setWork(const Work& work) {
  working.removeIf([&](const Work& other) { return other.key == work.key; });
  if (!work.words.isEmpty()) working.append(work);
  Q_EMIT worksChanged();
}

void Workbench::setCheckpoint(const QString& words) { Q_EMIT checkpointChanged(words); }
void Workbench::setDevice(const QString& name) {
  deviceName = name;
  Q_EMIT deviceChanged(name);
}
void Workbench::setMemory(quint64 used, quint64 total) { Q_EMIT memoryChanged(used, total); }
void Workbench::setSaveState(SaveState state, const QString& why) { Q_EMIT saveStateChanged(state, why); }

void Workbench::setDevices(const QList<DeviceChoice>& devices) {
  choices = devices;
  Q_EMIT devicesChanged();
}

QString Workbench::chosenDevice() const { return kept.value(QStringLiteral("device")).toString(); }

void Workbench::chooseDevice(const QString& selector) {
  if (selector == chosenDevice()) return;
  kept.setValue(QStringLiteral("device"), selector);
  Q_EMIT deviceChosen(selector);
}

} // namespace attune
