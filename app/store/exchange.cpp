#include "store/exchange.h"

#include "error.h"
#include "formats/file.h"
#include "formats/json.h"
#include "store/store.h"
#include <QFileInfo>
#include <QRegularExpression>
#include <nlohmann/json.hpp>

namespace attune {
namespace {

std::string utf8(const QString& text) { return text.toStdString(); }
QString wide(const std::string& text) { return QString::fromStdString(text); }

Json messageJson(const QString& role, const QString& content) {
  return Json{{"role", utf8(role)}, {"content", utf8(content)}};
}

Json messagesJson(const QList<StoredMessage>& history) {
  Json list = Json::array();
  for (const StoredMessage& m : history) list.push_back(messageJson(m.role, m.content));
  return list;
}

// The prompt field: a text, or with a history the list of messages.
Json promptJson(const QString& text, const QList<StoredMessage>& history) {
  if (history.isEmpty()) return utf8(text);
  Json list = messagesJson(history);
  list.push_back(messageJson(QStringLiteral("user"), text));
  return list;
}

Json answerJson(const QString& text, bool conversational) {
  if (!conversational) return utf8(text);
  return Json::array({messageJson(QStringLiteral("assistant"), text)});
}

template <class Record> void addLabels(Json& line, const Record& r) {
  if (!r.useCase.isEmpty()) line["use_case"] = utf8(r.useCase);
  if (!r.split.isEmpty()) line["split"] = utf8(r.split);
  if (!r.source.isEmpty()) line["source"] = utf8(r.source);
  if (!r.labeler.isEmpty()) line["labeler"] = utf8(r.labeler);
}

struct Talk {
  QList<StoredMessage> history;
  QString last; // the content of the last message
};

QString contentOf(const JsonFields& line, const char* key, const Json& value) {
  if (value.is_string()) return wide(value.get<std::string>());
  if (value.is_array() && value.size() == 1 && value[0].is_object() && value[0].contains("content") &&
      value[0]["content"].is_string())
    return wide(value[0]["content"].get<std::string>());
  line.fail(key, "must be a text or a list of one message, not " + jsonKind(value));
}

Talk talkOf(const JsonFields& line, const char* key, const char* lastRole) {
  const Json& value = line.at(key);
  if (value.is_string()) return {{}, wide(value.get<std::string>())};
  if (!value.is_array() || value.empty())
    line.fail(key, "must be a text or a list of messages, not " + jsonKind(value));
  Talk talk;
  for (size_t i = 0; i < value.size(); ++i) {
    const JsonFields message(value[i], line.where() + ": \"" + key + "\" " + std::to_string(i + 1));
    talk.history << StoredMessage{wide(message.text("role")), wide(message.text("content"))};
  }
  if (talk.history.last().role != QLatin1String(lastRole))
    line.fail(key, std::string("must end with a message of the ") + lastRole + ", not of the " +
                       utf8(talk.history.last().role));
  talk.last = talk.history.takeLast().content;
  return talk;
}

template <class Record> void readLabels(Record& r, const JsonFields& line, const ImportDefaults& defaults) {
  r.useCase = wide(line.text("use_case", utf8(defaults.useCase)));
  r.split = wide(line.text("split", utf8(defaults.split)));
  r.source = wide(line.text("source", utf8(defaults.source)));
  r.labeler = wide(line.text("labeler", utf8(defaults.labeler)));
}

Demonstration demonstrationOf(const JsonFields& line, const ImportDefaults& defaults) {
  Demonstration d;
  Talk talk;
  if (line.has("messages")) {
    talk = talkOf(line, "messages", "assistant");
    d.answer = talk.last;
    if (talk.history.isEmpty() || talk.history.last().role != QStringLiteral("user"))
      line.fail("messages", "must have a message of the user before the last answer");
    d.prompt = talk.history.takeLast().content;
    d.history = talk.history;
  } else {
    talk = talkOf(line, "prompt", "user");
    d.prompt = talk.last;
    d.history = talk.history;
    d.answer = contentOf(line, "completion", line.at("completion"));
  }
  readLabels(d, line, defaults);
  d.scripted = line.boolean("scripted", defaults.scripted);
  return d;
}

Comparison comparisonOf(const JsonFields& line, const ImportDefaults& defaults) {
  Comparison c;
  const Talk talk = talkOf(line, "prompt", "user");
  c.prompt = talk.last;
  c.history = talk.history;
  if (line.has("completions")) {
    const Json& texts = line.array("completions");
    const std::vector<int64_t> ranks = line.integers("ranks");
    if (texts.size() != ranks.size())
      line.fail("ranks", "must have as many numbers as there are completions, " + std::to_string(texts.size()) +
                             ", not " + std::to_string(ranks.size()));
    if (texts.size() < 2) line.fail("completions", "must hold two answers or more");
    const std::vector<int64_t> ratings = line.has("ratings") ? line.integers("ratings") : std::vector<int64_t>();
    const std::vector<std::string> models = line.has("models") ? line.texts("models") : std::vector<std::string>();
    for (size_t i = 0; i < texts.size(); ++i) {
      Answer a;
      a.text = contentOf(line, "completions", texts[i]);
      if (ranks[i] < 1 || ranks[i] > int64_t(texts.size()))
        line.fail("ranks", "must go from 1 to " + std::to_string(texts.size()) + ", not " + std::to_string(ranks[i]));
      a.rank = int(ranks[i]);
      if (i < ratings.size()) {
        if (ratings[i] < 0 || ratings[i] > 7) line.fail("ratings", "must go from 1 to 7 (0 for none)");
        a.rating = int(ratings[i]);
      }
      if (i < models.size()) a.model = wide(models[i]);
      if (line.has("flags") && line.at("flags").is_array() && i < line.at("flags").size())
        for (const Json& flag : line.at("flags")[i])
          if (flag.is_string()) a.flags << wide(flag.get<std::string>());
      c.answers << a;
    }
  } else {
    Answer chosen, rejected;
    chosen.text = contentOf(line, "chosen", line.at("chosen"));
    chosen.rank = 1;
    rejected.text = contentOf(line, "rejected", line.at("rejected"));
    rejected.rank = 2;
    c.answers = {chosen, rejected};
  }
  c.note = wide(line.text("note", ""));
  readLabels(c, line, defaults);
  c.scripted = line.boolean("scripted", defaults.scripted);
  return c;
}

} // namespace

std::string promptLine(const Prompt& p) {
  Json line{{"prompt", promptJson(p.text, p.history)}};
  addLabels(line, p);
  return jsonLine(line);
}

std::string demonstrationLine(const Demonstration& d) {
  Json messages = messagesJson(d.history);
  messages.push_back(messageJson(QStringLiteral("user"), d.prompt));
  messages.push_back(messageJson(QStringLiteral("assistant"), d.answer));
  Json line{{"messages", messages}};
  addLabels(line, d);
  if (d.scripted) line["scripted"] = true;
  return jsonLine(line);
}

std::string rankingLine(const Comparison& c) {
  const bool talk = !c.history.isEmpty();
  Json line{{"prompt", promptJson(c.prompt, c.history)}, {"completions", Json::array()}, {"ranks", Json::array()}};
  Json ratings = Json::array(), flags = Json::array(), models = Json::array();
  bool rated = false, flagged = false, named = false;
  for (const Answer& a : c.answers) {
    line["completions"].push_back(answerJson(a.text, talk));
    line["ranks"].push_back(a.rank);
    ratings.push_back(a.rating);
    models.push_back(utf8(a.model));
    Json its = Json::array();
    for (const QString& flag : a.flags) its.push_back(utf8(flag));
    flags.push_back(its);
    rated |= a.rating != 0;
    flagged |= !a.flags.isEmpty();
    named |= !a.model.isEmpty();
  }
  if (rated) line["ratings"] = ratings;
  if (flagged) line["flags"] = flags;
  if (named) line["models"] = models;
  if (!c.note.isEmpty()) line["note"] = utf8(c.note);
  addLabels(line, c);
  if (c.scripted) line["scripted"] = true;
  return jsonLine(line);
}

std::vector<std::string> pairLines(const Comparison& c) {
  std::vector<std::string> lines;
  const bool talk = !c.history.isEmpty();
  for (const Answer& chosen : c.answers)
    for (const Answer& rejected : c.answers)
      if (chosen.rank > 0 && rejected.rank > chosen.rank)
        lines.push_back(jsonLine(Json{{"prompt", promptJson(c.prompt, c.history)},
                                      {"chosen", answerJson(chosen.text, talk)},
                                      {"rejected", answerJson(rejected.text, talk)}}));
  return lines;
}

int exportJsonLines(Store& store, ExchangeKind kind, const std::filesystem::path& file, const RecordFilter& filter) {
  std::string text;
  int lines = 0;
  auto add = [&](const std::string& line) {
    text += line;
    text += '\n';
    ++lines;
  };
  if (kind == ExchangeKind::Prompts)
    for (const Prompt& p : store.prompts(filter)) add(promptLine(p));
  else if (kind == ExchangeKind::Demonstrations)
    for (const Demonstration& d : store.demonstrations(filter)) add(demonstrationLine(d));
  else
    for (const Comparison& c : store.comparisons(filter)) {
      if (kind == ExchangeKind::Rankings) {
        // A ranking with a hole in it is nobody's order yet.
        if (std::all_of(c.answers.begin(), c.answers.end(), [](const Answer& a) { return a.rank > 0; }))
          add(rankingLine(c));
      } else
        for (const std::string& line : pairLines(c)) add(line);
    }
  writeFileAtomically(file, text);
  return lines;
}

ImportCounts importJsonLines(Store& store, const std::filesystem::path& file, const ImportDefaults& given) {
  const std::string text = readFile(file);
  const QString name = wide(file.filename().string());
  ImportDefaults defaults = given;
  if (defaults.source.isEmpty()) defaults.source = name;
  QList<Prompt> prompts;
  QList<Demonstration> demonstrations;
  QList<Comparison> comparisons;
  const bool plain = file.extension() == ".txt";
  size_t number = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string_view body(text.data() + at, end - at);
    at = end + 1;
    ++number;
    if (number == 1 && body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
    while (!body.empty() && (body.back() == '\r' || body.back() == ' ')) body.remove_suffix(1);
    if (body.empty()) continue;
    const std::string where = file.filename().string() + ", line " + std::to_string(number);
    if (plain) {
      const QByteArray bytes(body.data(), qsizetype(body.size()));
      Prompt p;
      p.text = QString::fromUtf8(bytes);
      if (p.text.toUtf8() != bytes) throw Error(where + " is not UTF-8; save the file as UTF-8.");
      p.useCase = defaults.useCase, p.split = defaults.split, p.source = defaults.source, p.labeler = defaults.labeler;
      prompts << p;
      continue;
    }
    const Json json = parseJson(body, where);
    const JsonFields line(json, where);
    if (line.has("completions") || line.has("chosen"))
      comparisons << comparisonOf(line, defaults);
    else if (line.has("messages") || line.has("completion"))
      demonstrations << demonstrationOf(line, defaults);
    else if (line.has("prompt")) {
      const Talk talk = talkOf(line, "prompt", "user");
      Prompt p;
      p.text = talk.last;
      p.history = talk.history;
      readLabels(p, line, defaults);
      prompts << p;
    } else
      throw Error(where +
                  " has none of the fields \"prompt\", \"messages\", \"completions\" or \"chosen\"; expected one of "
                  "TRL's schemas.");
  }
  if (prompts.isEmpty() && demonstrations.isEmpty() && comparisons.isEmpty())
    throw Error(file.string() + " holds no line to import.");
  if (!prompts.isEmpty()) {
    const RecordId set = store.promptSet(defaults.set.isEmpty() ? wide(file.stem().string()) : defaults.set);
    for (Prompt& p : prompts) p.set = set;
  }
  store.addInBulk(prompts, demonstrations, comparisons);
  return {int(prompts.size()), int(demonstrations.size()), int(comparisons.size())};
}

QString conversationMarkdown(Store& store, RecordId id) {
  const auto c = store.conversation(id);
  if (!c) throw Error("There is no conversation " + std::to_string(id) + " in the store; it may have been deleted.");
  static const QRegularExpression lineEnds(QStringLiteral("\\s*\\n\\s*"));
  QString out = QStringLiteral("# %1\n").arg(QString(c->title).replace(lineEnds, QStringLiteral(" ")));
  if (!c->systemPrompt.isEmpty()) out += QStringLiteral("\n**System**\n\n%1\n").arg(c->systemPrompt);
  for (const Turn& turn : store.shownTurns(id)) {
    const bool reply = turn.role == QStringLiteral("assistant");
    QString head = reply ? QStringLiteral("Reply") : QStringLiteral("You");
    out += QStringLiteral("\n**%1**").arg(head);
    if (reply && !turn.model.isEmpty()) out += QStringLiteral(" (%1)").arg(turn.model);
    out += QStringLiteral("\n\n") + turn.text + QLatin1Char('\n');
  }
  return out;
}

std::string conversationJson(Store& store, RecordId id) {
  const auto c = store.conversation(id);
  if (!c) throw Error("There is no conversation " + std::to_string(id) + " in the store; it may have been deleted.");
  Json messages = Json::array(), turns = Json::array();
  if (!c->systemPrompt.isEmpty()) messages.push_back(messageJson(QStringLiteral("system"), c->systemPrompt));
  for (const Turn& turn : store.shownTurns(id)) messages.push_back(messageJson(turn.role, turn.text));
  for (const Turn& t : store.allTurns(id)) {
    Json one{{"id", t.id},       {"parent", t.parent},  {"role", utf8(t.role)}, {"content", utf8(t.text)},
             {"shown", t.shown}, {"created", t.created}};
    if (!t.model.isEmpty()) {
      const StoredSampler& s = t.sampler;
      one["model"] = utf8(t.model);
      one["finish"] = utf8(t.finish);
      one["sampler"] = Json{{"temperature", s.temperature},
                            {"top_k", s.topK},
                            {"top_p", s.topP},
                            {"min_p", s.minP},
                            {"repetition_penalty", s.repetitionPenalty},
                            {"max_tokens", s.maxTokens},
                            {"greedy", s.greedy},
                            {"seed", s.seed}};
      Json tokens = Json::array();
      for (const TokenTrace& token : t.tokens) {
        Json likeliest = Json::array();
        for (const auto& likely : token.likeliest) likeliest.push_back(Json::array({likely.id, likely.probability}));
        tokens.push_back(Json{{"id", token.id},
                              {"probability", token.probability},
                              {"entropy", token.entropy},
                              {"likeliest", likeliest}});
      }
      one["tokens"] = tokens;
      if (!t.candidates.list.isEmpty()) {
        Json candidates = Json::array();
        for (const Candidate& c : t.candidates.list)
          candidates.push_back(Json{{"content", utf8(c.text)}, {"score", c.score}, {"finish", utf8(c.finish)}});
        one["best_of"] = Json{{"judge", utf8(t.candidates.judge)}, {"candidates", candidates}};
      }
    }
    turns.push_back(one);
  }
  return Json{{"title", utf8(c->title)}, {"model", utf8(c->model)}, {"created", c->created},
              {"updated", c->updated},   {"messages", messages},    {"turns", turns}}
             .dump(2) +
         "\n";
}

} // namespace attune
