// What the panels share: the store, undo, the settings, and the words of the status bar.
//
// A panel never knows another panel. It asks `open("attention", {...})` and the window shows that panel and hands it
// the request; it says what its worker does with `setWork`; it makes every change of the person's undoable with `act`.
#pragma once

#include <QList>
#include <QObject>
#include <QSettings>
#include <QUndoStack>
#include <QVariantMap>
#include <functional>

#include "store/save_state.h"

namespace attune {

class Store;

// A device as Preferences and the status bar show it. `refusal` empty: usable.
struct DeviceChoice {
  QString selector; // for --device
  QString name;     // "GPU 0, discrete"
  QString detail;   // its driver
  QString refusal;
  quint64 memory = 0; // bytes
};

// What a worker does now. `key` tells one worker from another ("chat", "train"); several may work at once.
struct Work {
  QString key;
  QString words;        // "Candidate 2 of 4, 61 tokens a second"
  QString panel;        // a click shows it
  bool running = false; // a dot on the panel's icon while it is not the one shown
};

class Workbench : public QObject {
  Q_OBJECT
public:
  explicit Workbench(QObject* parent = nullptr);

  Store* store = nullptr; // set by main before panels are made; null only in tests of widgets
  QUndoStack* undo() { return &stack; }
  QSettings* settings() { return &kept; }

  // Does it and puts it on the undo stack. `text` names it in the menu ("rename"). Where it throws Error, nothing is
  // put there, `failed` says why, and false comes back.
  bool act(const QString& text, std::function<void()> redo, std::function<void()> undo);
  // The same for a deletion: the status bar offers Undo for 10 s.
  bool remove(const QString& what, std::function<void()> redo, std::function<void()> undo);

  void open(const QString& panel, const QVariantMap& request = {});
  void setWork(const Work& work); // empty words: this worker is ready again
  const QList<Work>& works() const { return working; }

  void setCheckpoint(const QString& words); // "Last checkpoint: step 30, 9 s ago"; empty hides it
  void setDevice(const QString& name);
  QString device() const { return deviceName; } // the one in use, as in DeviceChoice::name; empty until it is open
  void setMemory(quint64 used, quint64 total);  // bytes of the device in use; total 0 hides it
  void setSaveState(SaveState state, const QString& why = {});

  void setDevices(const QList<DeviceChoice>& devices);
  const QList<DeviceChoice>& devices() const { return choices; }
  QString chosenDevice() const; // selector kept in the settings; empty: the fastest usable
  void chooseDevice(const QString& selector);

Q_SIGNALS:
  void failed(const QString& sentence); // to be told above the panel
  void openRequested(const QString& panel, const QVariantMap& request);
  void worksChanged();
  void removed(const QString& what);
  void checkpointChanged(const QString& words);
  void deviceChanged(const QString& name);
  void memoryChanged(quint64 used, quint64 total);
  void saveStateChanged(attune::SaveState state, const QString& why);
  void devicesChanged();
  void deviceChosen(const QString& selector);

private:
  QUndoStack stack;
  QSettings kept;
  QList<Work> working;
  QList<DeviceChoice> choices;
  QString deviceName;
};

} // namespace attune
