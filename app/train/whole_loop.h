// The whole loop as a child process: resources/starter/loop.sh, which goes from the starter over rankings made by rules
// and a reward model to a PPO policy and judges both. It keeps each stage by the hash of its inputs, so that one that
// was stopped or killed goes on where it stood. The runs among its stages are runs like any others once they are made:
// they move into the runs' folder as loop-STAGE, and a link in their place leads the script to them.
#pragma once

#include <QDateTime>
#include <QObject>
#include <QTimer>

class QProcess;

namespace attune {

class WholeLoop : public QObject {
  Q_OBJECT
public:
  struct Places {
    QString script, program; // loop.sh, and the attune-cli that it calls
    QString folder;          // of its stages
    QString runs;            // where runs lie
  };
  static Places standard(); // the script beside the starter; empty where it is not installed

  explicit WholeLoop(Places places, QObject* parent = nullptr);
  ~WholeLoop() override; // what runs is told to stop; it keeps what it has

  QString unready() const; // why it cannot be started; empty: it can
  void start();
  void stop(); // within a step; a run on the way keeps a checkpoint
  bool running() const { return process != nullptr; }
  bool stopping() const { return leaving; }

  struct Stage {
    enum State { Todo, Now, Done };
    QString name; // the script's
    State state = Todo;
  };
  QList<Stage> stages() const;
  QString doing() const { return words; }    // of the stage that is being made; empty: not known
  double share() const { return part; }      // of it; below 0: not known
  QString trouble() const { return reason; } // why it ended before its end, not by a stop
  QString results() const;                   // the page of the last loop that came to its end; empty: none did
  bool finished() const;                     // every stage is made, and the page

Q_SIGNALS:
  void changed();

private:
  void read();
  void ended(int code);
  bool anyLeft() const;                  // processes of the loop
  void handOver();                       // the runs that are made
  bool gone(const QString& stage) const; // its run was renamed or deleted meanwhile: it is to be made again
  void forgetGone();

  const Places places;
  QStringList names; // of the stages, in order
  QProcess* process = nullptr;
  qint64 group = 0;
  bool leaving = false;
  int begun = -1; // the stage that was named last
  double part = -1;
  QString words, reason, last;
  QByteArray rest;
  QTimer watch; // for the end of what was stopped
};

// What a stage does, in words.
QString loopStageWords(const QString& stage);

} // namespace attune
