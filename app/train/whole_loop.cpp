#include "train/whole_loop.h"

#include "engine/model_catalog.h"
#include "paths.h"
#include "step_back.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <csignal>
#include <sys/prctl.h>
#include <unistd.h>

namespace attune {
namespace {

// The script names its stages at the beginnings of its lines: 'stage reward INPUT… -- COMMAND…'.
QStringList stagesIn(const QString& script) {
  if (script.isEmpty()) return {};
  QFile file(script);
  if (!file.open(QIODevice::ReadOnly)) return {};
  static const QRegularExpression line(QStringLiteral("^stage (\\w+) "), QRegularExpression::MultilineOption);
  QStringList names;
  auto found = line.globalMatch(QString::fromUtf8(file.readAll()));
  while (found.hasNext()) names << found.next().captured(1);
  return names;
}

// '42 %  Step 21 of 50'
bool readProgress(const QString& line, double& share, QString& words) {
  static const QRegularExpression form(QStringLiteral("^(\\d{1,3}) %\\s+(.+)$"));
  const auto match = form.match(line);
  if (!match.hasMatch()) return false;
  share = match.captured(1).toDouble() / 100;
  words = match.captured(2);
  return true;
}

} // namespace

QString loopStageWords(const QString& stage) {
  if (stage == QLatin1String("data")) return WholeLoop::tr("Write texts and prompts of the small world");
  if (stage == QLatin1String("sampled"))
    return WholeLoop::tr("Answer prompts, four times each; rules rank the answers");
  if (stage == QLatin1String("reward")) return WholeLoop::tr("Train a reward model on the rankings");
  if (stage == QLatin1String("ppo")) return WholeLoop::tr("Train a policy by PPO against it");
  if (stage == QLatin1String("answers"))
    return WholeLoop::tr("Answer held-out prompts, before and after; a rule judges");
  return stage;
}

WholeLoop::Places WholeLoop::standard() {
  const QString starter = ModelPlaces::standard().starter;
  Places found{{},
               QCoreApplication::applicationDirPath() + QStringLiteral("/attune-cli"),
               paths::home() + QStringLiteral("/loop"),
               paths::runs()};
  if (!starter.isEmpty()) found.script = QDir::cleanPath(starter + QStringLiteral("/../loop.sh"));
  if (!QFileInfo::exists(found.script)) found.script.clear();
  return found;
}

WholeLoop::WholeLoop(Places to, QObject* parent)
    : QObject(parent)
    , places(std::move(to))
    , names(stagesIn(places.script)) {
  watch.setInterval(100);
  connect(&watch, &QTimer::timeout, this, [this] {
    if (anyLeft()) return;
    watch.stop();
    leaving = false;
    process->deleteLater();
    process = nullptr;
    begun = -1;
    handOver();
    Q_EMIT changed();
  });
  handOver(); // of a loop that was made when the program was ended
}

WholeLoop::~WholeLoop() {
  if (!process) return;
  process->disconnect(this);
  ::kill(-pid_t(group), SIGTERM);
  process->waitForFinished(2000);
}

QString WholeLoop::unready() const {
  if (places.script.isEmpty() || !QFileInfo::exists(places.script))
    return tr("The loop's script (loop.sh) is not beside the starter model.");
  if (!QFileInfo(places.program).isExecutable())
    return tr("The loop needs attune-cli beside this program: %1 is not there.").arg(places.program);
  for (const char* tool : {"python3", "sha256sum"})
    if (QStandardPaths::findExecutable(QLatin1String(tool)).isEmpty())
      return tr("The loop needs %1, which is not installed.").arg(QLatin1String(tool));
  return {};
}

void WholeLoop::start() {
  if (process) return;
  reason = unready();
  if (!reason.isEmpty()) return Q_EMIT changed();
  forgetGone();
  words.clear();
  last.clear();
  rest.clear();
  part = -1;
  begun = -1;
  process = new QProcess(this);
  process->setStandardOutputFile(QProcess::nullDevice());
  process->setStandardInputFile(QProcess::nullDevice());
  // A group of its own, so that it stops as a whole.
  process->setChildProcessModifier([] {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    stepBack(stepsOfTraining);
  });
  connect(process, &QProcess::readyReadStandardError, this, &WholeLoop::read);
  connect(process, &QProcess::finished, this, &WholeLoop::ended);
  connect(process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error == QProcess::FailedToStart) ended(-1);
  });
  process->start(QStringLiteral("sh"), {places.script, places.program, places.folder});
  group = process->processId();
  Q_EMIT changed();
}

void WholeLoop::stop() {
  if (!process || leaving) return;
  leaving = true;
  words = tr("Stopping");
  part = -1;
  ::kill(-pid_t(group), SIGTERM);
  Q_EMIT changed();
}

void WholeLoop::read() {
  rest += process->readAllStandardError();
  for (qsizetype end; (end = rest.indexOf('\n')) >= 0; rest.remove(0, end + 1)) {
    QString line = QString::fromUtf8(rest.left(end)).trimmed();
    if (line.isEmpty()) continue;
    if (line.startsWith(QStringLiteral("Stage "))) {
      const QString name = line.mid(6);
      if (!names.contains(name)) names << name;
      begun = int(names.indexOf(name));
      words.clear();
      part = -1;
    } else if (!leaving && !readProgress(line, part, words)) {
      last = line;
    }
  }
  Q_EMIT changed();
}

void WholeLoop::ended(int code) {
  if (!process) return;
  read();
  const bool cut = code != 0 || process->exitStatus() != QProcess::NormalExit;
  if (cut && !leaving) reason = last.isEmpty() ? tr("The loop's script could not be run.") : last;
  // A shell that was stopped is gone before its children have saved what they have.
  leaving = true;
  watch.start();
  Q_EMIT changed();
}

// Those that have ended but were not yet waited for count no more.
bool WholeLoop::anyLeft() const {
  for (const QString& name : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs)) {
    if (!name[0].isDigit()) continue;
    QFile file(QStringLiteral("/proc/%1/stat").arg(name));
    if (!file.open(QIODevice::ReadOnly)) continue;
    const QByteArray text = file.readAll();
    const QList<QByteArray> fields = text.mid(text.lastIndexOf(')') + 2).split(' '); // state, parent, group, …
    if (fields.value(2).toLongLong() == group && fields[0] != "Z" && fields[0] != "X") return true;
  }
  return false;
}

QList<WholeLoop::Stage> WholeLoop::stages() const {
  QList<Stage> list;
  bool before = true; // a stage counts as made only while those before it are: it would be made anew
  for (int i = 0; i < names.size(); ++i) {
    Stage stage{names[i], Stage::Todo};
    const bool made = QFileInfo::exists(QStringLiteral("%1/%2.done").arg(places.folder, names[i])) && !gone(names[i]);
    if (running() && begun >= 0)
      stage.state = i < begun ? Stage::Done : i == begun && !made ? Stage::Now : i == begun ? Stage::Done : Stage::Todo;
    else
      stage.state = made && before ? Stage::Done : Stage::Todo;
    before = before && made;
    list << stage;
  }
  return list;
}

void WholeLoop::handOver() {
  for (const QString& name : names) {
    const QFileInfo made(places.folder + QLatin1Char('/') + name);
    if (made.isSymLink() || !QFileInfo::exists(made.filePath() + QStringLiteral("/run.json")) ||
        !QFileInfo::exists(made.filePath() + QStringLiteral(".done")))
      continue;
    QString to = QStringLiteral("%1/loop-%2").arg(places.runs, name);
    for (int n = 2; QFileInfo::exists(to); ++n) to = QStringLiteral("%1/loop-%2-%3").arg(places.runs, name).arg(n);
    if (!QDir().mkpath(places.runs) || !QDir().rename(made.filePath(), to)) continue; // it stays and shows here alone
    QFile::link(QDir(places.folder).relativeFilePath(to), made.filePath());
  }
}

bool WholeLoop::gone(const QString& stage) const {
  const QFileInfo made(places.folder + QLatin1Char('/') + stage);
  return made.isSymLink() && !made.exists();
}

void WholeLoop::forgetGone() {
  for (const QString& name : names)
    if (gone(name))
      for (const char* ending : {"", ".done"})
        QFile::remove(places.folder + QLatin1Char('/') + name + QLatin1String(ending));
}

QString WholeLoop::results() const {
  const QString page = places.folder + QStringLiteral("/page/results.md");
  return QFileInfo::exists(page) ? page : QString();
}

bool WholeLoop::finished() const {
  if (running() || names.isEmpty() || results().isEmpty()) return false;
  for (const Stage& stage : stages())
    if (stage.state != Stage::Done) return false;
  return true;
}

} // namespace attune
