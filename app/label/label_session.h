// What goes on in Label: the prompt that is open, its answers and their order, what comes next. It knows the store and
// the engine, and no widgets. Every step can be undone, every change is a draft within a second, and what is saved is
// on the disk when the call returns.
#pragma once

#include "label/answer_sampler.h"
#include "label/label_task.h"
#include <QElapsedTimer>
#include <QObject>
#include <QSet>
#include <QTimer>
#include <functional>

namespace attune {

class Store;
class Workbench;

class LabelSession : public QObject {
  Q_OBJECT
public:
  LabelSession(Workbench& bench, Engine& engine, QObject* parent = nullptr);

  const LabelTask& task() const { return now; }
  bool sampling() const { return sampler->busy(); }
  int sampledTokens() const { return sampler->tokens(); }
  bool changed() const { return now.saved() && !now.sameWork(opened); } // a saved one, edited

  // Which prompts come one after the other: a set, or 0 for all.
  RecordId set() const { return promptSet; }
  void setSet(RecordId set);
  // Up to `most` prompts of the set that are neither ranked nor skipped nor open: those behind the open one first.
  QList<Prompt> nextPrompts(int most);
  const QSet<RecordId>& skipped() const { return skips; }

  void openPrompt(RecordId prompt); // a new ranking, or its draft
  void openComparison(RecordId comparison);
  // The answers of a saved ranking once more, shuffled and without ranks: another ranking of the same prompt, which
  // tells how steady one's judgement is. Throws Error where there is no such ranking or its prompt is gone.
  void openAgain(RecordId comparison);
  // These answers to this prompt, shuffled, to be ranked; the prompt is stored in the set of that name unless it is
  // there. Of more than a ranking holds, some are taken from best to worst (`answers` come in that order); those that
  // say the same come once. Throws Error where all do.
  void openAnswers(const QString& set, Prompt prompt, const QList<Answer>& answers);
  int byHand();                 // prompts of the set that a person has ranked
  bool rankSomeAgain(int most); // chance picks which; they come one after the other
  bool openNext();              // the open prompt after this one; false: there is none, and nothing is open then
  void close();
  // What was open when the program ended, or else the next prompt.
  void resume();

  // A step that undo takes back. `change` says whether it changed anything.
  bool step(const QString& words, const std::function<bool(LabelTask&)>& change);
  void choose(int answer);
  void setNote(const QString& note);

  QString unsavable() const; // why Save is not possible now; empty: it is
  bool save();               // a new ranking; or the change of a saved one
  void skip();

  // --- sampling
  int count() const { return k; }
  QString setCount(int count); // why not, as a sentence; empty: set
  QStringList models() const;  // those chosen that are still there, or the first that can speak
  void setModels(const QStringList& ids);
  const StoredSampler& settings() const { return sampling_; }
  void setSettings(const StoredSampler& settings);
  void sample();       // the answers that are missing
  void sampleOthers(); // K other answers in the place of these; can be undone
  void stopSampling();

  QString labeler() const;
  void setLabeler(const QString& name);

Q_SIGNALS:
  void taskChanged();     // another one, or anything of it
  void samplingChanged(); // begun, more tokens, over
  void listChanged();     // what is open, done or skipped
  void samplingFailed(const QString& sentence);
  void samplingNoted(const QString& sentence); // fewer answers than asked for, which can be ranked

private:
  void setTask(const LabelTask& task);
  void keepDraft();
  void restore(const LabelTask& task); // by undo
  void setSkipped(RecordId prompt, bool on);
  void take(RecordId prompt, const QList<Answer>& answers, const QString& note);
  SampleOrder orderFor(const Prompt& prompt, int missing, const QList<Answer>& unlike = {}) const;
  void sampleAhead();
  void sayWork();
  void spend(); // adds the time since the last step, at most a minute of it

  Workbench& bench;
  Engine& engine;
  Store& store;
  AnswerSampler* sampler;
  LabelTask now;
  LabelTask opened; // a saved one as it is stored
  RecordId promptSet = 0;
  QSet<RecordId> skips;
  QList<RecordId> again;  // rankings that are to be made once more
  bool replacing = false; // the answers that come take the place of those there
  int k = answers::fewest;
  QStringList chosenModels;
  StoredSampler sampling_;
  QElapsedTimer since;
  QTimer begin; // sampling begins when a prompt stays open for a moment
};

} // namespace attune
