#include "store/exchange.h"

#include "application.h"
#include "catch.h"
#include "error.h"
#include "formats/file.h"
#include "formats/json.h"
#include "scratch.h"
#include "store/store.h"
#include <fstream>
#include <nlohmann/json.hpp>

using namespace attune;

namespace {

struct Exchange {
  Exchange() { test::application(); }
  test::Scratch scratch;
  Store store{QString::fromStdString((scratch / "a.sqlite").string())};
  std::filesystem::path write(const std::string& name, const std::string& text) {
    std::ofstream(scratch / name, std::ios::binary) << text;
    return scratch / name;
  }
  std::string refusal(const std::string& text, const std::string& name = "bad.jsonl") {
    try {
      importJsonLines(store, write(name, text));
    } catch (const Error& error) {
      CHECK(store.count(RecordKind::Comparison) + store.count(RecordKind::Demonstration) +
                store.count(RecordKind::Prompt) ==
            0);
      return error.what();
    }
    return "no error";
  }
};

Comparison ranked(const QList<int>& ranks) {
  Comparison c;
  c.prompt = QStringLiteral("Why?");
  for (int rank : ranks) {
    Answer a;
    a.text = QStringLiteral("answer %1").arg(c.answers.size());
    a.rank = rank;
    c.answers << a;
  }
  return c;
}

} // namespace

TEST_CASE("rankings and pairs are written in TRL's schemas; ties give no pair") {
  Exchange e;
  e.store.addComparisons({ranked({2, 1, 2})});
  const auto file = e.scratch / "out.jsonl";
  CHECK(exportJsonLines(e.store, ExchangeKind::Rankings, file) == 1);
  const Json line = parseJson(readFile(file), "out");
  CHECK(line["prompt"] == "Why?");
  CHECK(line["completions"] == Json::array({"answer 0", "answer 1", "answer 2"}));
  CHECK(line["ranks"] == Json::array({2, 1, 2}));
  CHECK(exportJsonLines(e.store, ExchangeKind::Pairs, file) == 2);
  const std::string pairs = readFile(file);
  const Json first = parseJson(pairs.substr(0, pairs.find('\n')), "pairs");
  CHECK(first == Json{{"prompt", "Why?"}, {"chosen", "answer 1"}, {"rejected", "answer 0"}});
  CHECK(pairLines(ranked({1, 1, 1})).empty());
  CHECK(pairLines(ranked({1, 2, 3, 4})).size() == 6);
  CHECK(pairLines(ranked({1, 0, 2})).size() == 1); // an answer without a rank is in no pair
}

TEST_CASE("what is exported is imported as it was") {
  Exchange e;
  Comparison c = ranked({1, 2, 2, 4});
  c.history = {{QStringLiteral("user"), QStringLiteral("Hi")},
               {QStringLiteral("assistant"), QStringLiteral("Hello \"you\"\n")}};
  c.answers[0].rating = 7;
  c.answers[3].flags = QStringList{QStringLiteral("hallucination")};
  c.answers[2].model = QStringLiteral("harbour-sft");
  c.note = QStringLiteral("why");
  c.labeler = QStringLiteral("B");
  c.useCase = QStringLiteral("chat");
  c.split = QStringLiteral("held out");
  c.source = QStringLiteral("here");
  c.scripted = true;
  e.store.addComparisons({c});
  Demonstration d;
  d.prompt = QStringLiteral("Sum it up.");
  d.history = c.history;
  d.answer = QStringLiteral("Short.");
  d.labeler = QStringLiteral("you");
  d.source = QStringLiteral("here");
  e.store.addDemonstrations({d});
  Prompt p;
  p.text = QStringLiteral("A riddle about fog");
  p.source = QStringLiteral("typed");
  e.store.addPrompts({p});
  Store other(QString::fromStdString((e.scratch / "b.sqlite").string()));
  for (ExchangeKind kind : {ExchangeKind::Rankings, ExchangeKind::Demonstrations, ExchangeKind::Prompts}) {
    exportJsonLines(e.store, kind, e.scratch / "x.jsonl");
    importJsonLines(other, e.scratch / "x.jsonl");
  }
  const Comparison back = other.comparisons().value(0);
  CHECK(back.answers == c.answers);
  CHECK(back.history == c.history);
  CHECK(back.note == c.note);
  CHECK(back.labeler == c.labeler);
  CHECK(back.useCase == c.useCase);
  CHECK(back.split == c.split);
  CHECK(back.scripted);
  const Demonstration demo = other.demonstrations().value(0);
  CHECK(demo.prompt == d.prompt);
  CHECK(demo.history == d.history);
  CHECK(demo.answer == d.answer);
  CHECK_FALSE(demo.scripted);
  const Prompt prompt = other.prompts().value(0);
  CHECK(prompt.text == p.text);
  CHECK(prompt.source == p.source);
  CHECK(other.promptSets().value(0).name == QStringLiteral("x"));
}

TEST_CASE("all of TRL's shapes are read, and one prompt a line") {
  Exchange e;
  const auto counts = importJsonLines(
      e.store,
      e.write("mixed.jsonl",
              "\xEF\xBB\xBF{\"prompt\": \"p\", \"completion\": \" c\"}\r\n"
              "\n"
              "{\"messages\": [{\"role\": \"system\", \"content\": \"s\"}, {\"role\": \"user\", \"content\": "
              "\"u\"}, {\"role\": \"assistant\", \"content\": \"a\"}]}\n"
              "{\"prompt\": \"p\", \"chosen\": \"good\", \"rejected\": \"bad\", \"score\": 3}\n"
              "{\"prompt\": [{\"role\": \"user\", \"content\": \"q\"}], \"chosen\": [{\"role\": \"assistant\", "
              "\"content\": \"good\"}], \"rejected\": [{\"role\": \"assistant\", \"content\": \"bad\"}]}\n"
              "{\"prompt\": \"only\"}"),
      {QStringLiteral("set"), {}, QStringLiteral("validation"), {}, QStringLiteral("C"), true});
  CHECK(counts.demonstrations == 2);
  CHECK(counts.comparisons == 2);
  CHECK(counts.prompts == 1);
  const Demonstration d = e.store.demonstrations({QStringLiteral("u a")}).value(0);
  CHECK(d.history == QList<StoredMessage>{{QStringLiteral("system"), QStringLiteral("s")}});
  CHECK(d.source == QStringLiteral("mixed.jsonl"));
  CHECK(d.split == QStringLiteral("validation"));
  CHECK(d.scripted);
  CHECK(e.store.comparisons().value(0).prompt == QStringLiteral("q"));
  CHECK(importJsonLines(e.store, e.write("list.txt", "one\n\ntwo {\"x\"}\r\n")).prompts == 2);
  CHECK(e.store.prompts({QStringLiteral("two")}).value(0).text == QStringLiteral("two {\"x\"}"));
}

TEST_CASE("a wrong line is named, and nothing of the file is added") {
  Exchange e;
  const std::string good = "{\"prompt\": \"p\", \"completion\": \"c\"}\n";
  CHECK(e.refusal(good + "{\"prompt\": ").find("line 2") != std::string::npos);
  CHECK(e.refusal(good + "{\"other\": 1}").find("line 2 has none of the fields") != std::string::npos);
  CHECK(e.refusal(good + "[1]").find("line 2") != std::string::npos);
  CHECK(e.refusal("{\"prompt\": \"p\", \"completions\": [\"a\", \"b\"], \"ranks\": [1]}").find("\"ranks\"") !=
        std::string::npos);
  CHECK(
      e.refusal("{\"prompt\": \"p\", \"completions\": [\"a\", \"b\"], \"ranks\": [1, 3]}").find("from 1 to 2, not 3") !=
      std::string::npos);
  CHECK(e.refusal("{\"prompt\": \"p\", \"completions\": [\"a\"], \"ranks\": [1]}").find("two answers") !=
        std::string::npos);
  CHECK(e.refusal("{\"prompt\": \"p\", \"chosen\": 4, \"rejected\": \"b\"}").find("\"chosen\"") != std::string::npos);
  CHECK(e.refusal("{\"prompt\": 7}").find("\"prompt\"") != std::string::npos);
  CHECK(e.refusal("{\"messages\": [{\"role\": \"user\", \"content\": \"u\"}]}").find("assistant") != std::string::npos);
  CHECK(e.refusal(std::string(100000, '[')).find("line 1") != std::string::npos);
  CHECK(e.refusal("\n\n").find("no line to import") != std::string::npos);
  CHECK(e.refusal("a\xFF", "bad.txt").find("UTF-8") != std::string::npos);
  CHECK(e.refusal("{\"prompt\": \"a\xFF\"}").find("line 1") != std::string::npos);
  CHECK(e.store.promptSets().isEmpty());
}

TEST_CASE("a conversation is exported as Markdown and JSON") {
  Exchange e;
  Conversation c;
  c.title = QStringLiteral("Ferry");
  c.systemPrompt = QStringLiteral("Be kind.");
  const RecordId id = e.store.addConversation(c);
  const RecordId question = e.store.addTurn({0, id, 0, QStringLiteral("user"), QStringLiteral("Why?")});
  Turn reply;
  reply.conversation = id, reply.parent = question;
  reply.role = QStringLiteral("assistant"), reply.text = QStringLiteral("Wind."),
  reply.model = QStringLiteral("harbour");
  reply.sampler.seed = 12345678901234567890ull;
  reply.tokens = {{7, 0.5f, 1.0f, 1, {{7, 0.5f}, {8, 0.25f}}}};
  e.store.addTurn(reply);
  reply.text = QStringLiteral("Waves.");
  e.store.addTurn(reply);
  CHECK(conversationMarkdown(e.store, id) ==
        QStringLiteral("# Ferry\n\n**System**\n\nBe kind.\n\n**You**\n\nWhy?\n\n**Reply** (harbour)\n\nWaves.\n"));
  const Json json = parseJson(conversationJson(e.store, id), "export");
  CHECK(json["messages"].size() == 3);
  CHECK(json["messages"][2]["content"] == "Waves.");
  CHECK(json["turns"].size() == 3); // the first version too
  CHECK(json["turns"][1]["tokens"][0]["likeliest"][1][0] == 8);
  CHECK(json["turns"][1]["sampler"]["seed"] == 12345678901234567890ull);
}
