#include "cli/chat.h"

#include "cli/interrupt.h"
#include "cli/loading.h"
#include "cli/output.h"
#include "cli/qt.h"
#include "cli/terminal_line.h"
#include "engine/model_catalog.h"
#include "engine/model_text.h"
#include "error.h"
#include "formats/file.h"
#include "formats/model_folder.h"
#include "store/exchange.h"
#include "store/store.h"
#include "text/utf8.h"

#include <nlohmann/json.hpp>

namespace attune::cli {
namespace {

namespace fs = std::filesystem;

fs::path chosenModel(const Arguments& arguments) {
  if (arguments.has("model")) return modelFolder(arguments);
  useQtCore();
  const QString starter = ModelPlaces::standard().starter;
  if (starter.isEmpty())
    throw Error("The starter model is not there; give --model a model folder, a checkpoint or a run.");
  return starter.toStdString();
}

class Chat {
public:
  Chat(const Arguments& arguments, const GenerateRequest& settings)
      : arguments(arguments)
      , request(settings)
      , folder(chosenModel(arguments))
      , text(ModelText::read(folder))
      , system(arguments.text("system"))
      , generator(open()) {
    if (!text->refusal.empty()) throw Error(text->refusal);
    request.stopIds = text->stopIds;
    requireUtf8(system, "--system");
    if (text->continuesText() && !system.empty())
      throw Error("The model " + folder.string() +
                  " is a base model, which continues a text and knows no system prompt; leave --system out.");
  }

  int run() {
    greet();
    Interrupt interrupt;
    while (true) {
      const auto line = askLine(text->continuesText() ? "Text: " : "You: ");
      if (!line) {
        if (!interrupt.raised()) break;
        interrupt.lower();
        if (!inputIsTerminal()) throw Error("The chat was stopped.");
        tell("\n(Ctrl+D ends the chat.)");
        continue;
      }
      if (line->find_first_not_of(" \t") == line->npos) continue;
      try {
        if (line->front() == '/')
          obey(*line);
        else
          answer(*line, interrupt);
      } catch (const Error& error) {
        // On a terminal a person can do better at once; a script must see that it failed.
        if (!inputIsTerminal()) throw;
        tell(std::string("! ") + error.what());
      }
    }
    if (inputIsTerminal()) tell("");
    if (arguments.json()) printJson({{"model", folder.string()}, {"messages", messagesJson()}});
    return 0;
  }

private:
  std::shared_ptr<Model> open() {
    if (messagesAreOnTerminal()) tell("Loading " + folder.string() + " …");
    auto device = openDevice(arguments);
    if (messagesAreOnTerminal())
      device->onProgram = [this](std::string_view, int number, int of) {
        preparing.show(double(number) / of,
                       "Preparing kernels: " + std::to_string(number) + " of " + std::to_string(of));
      };
    return Model::load(device, folder);
  }

  void greet() const {
    if (inputIsTerminal())
      tell(folder.filename().string() + (text->continuesText() ? "" : " is listening") +
           " (/help lists the commands, Ctrl+D ends).");
    if (text->continuesText()) tell("This is a base model without a chat template: it continues the text you give it.");
  }

  void obey(const std::string& line) {
    const size_t space = line.find(' ');
    const std::string command = line.substr(0, space);
    const std::string rest = space == line.npos ? ""
                                                : line.substr(line.find_first_not_of(' ', space) == line.npos
                                                                  ? line.size()
                                                                  : line.find_first_not_of(' ', space));
    if (command == "/reset") {
      messages.clear();
      tell("The conversation begins anew.");
    } else if (command == "/system") {
      if (text->continuesText()) throw Error("A base model knows no system prompt.");
      requireUtf8(rest, "The system prompt");
      system = rest;
      tell(system.empty() ? "There is no system prompt any more." : "The system prompt is set.");
    } else if (command == "/save") {
      save(rest);
    } else if (command == "/help") {
      tell("/reset        begins anew\n/system TEXT  sets the system prompt (nothing: none)\n/save         keeps the "
           "conversation in the store\n"
           "/save FILE    writes it as Markdown (.md) or JSON\nCtrl+C stops a reply, Ctrl+D ends.");
    } else
      throw Error("The command " + command + " is unknown; /help lists the commands.");
  }

  std::vector<Message> conversation() const {
    std::vector<Message> all;
    if (!system.empty()) all.push_back({"system", system});
    all.insert(all.end(), messages.begin(), messages.end());
    return all;
  }

  void answer(const std::string& line, Interrupt& interrupt) {
    requireUtf8(line, "The text");
    messages.push_back({"user", line});
    try {
      const PromptTokens prompt = promptTokens(*text, conversation(), promptRoom(*text, request.maxTokens));
      if (prompt.dropped > dropped)
        tell("(The model no longer sees the oldest " + std::to_string(prompt.dropped) +
             (prompt.dropped == 1 ? " message." : " messages.") + ")");
      dropped = prompt.dropped;
      request.prompt = prompt.ids;
      stream(interrupt);
    } catch (const Error&) {
      messages.pop_back();
      throw;
    }
    ++request.seed; // the same question again may get another answer; the whole chat repeats with its seed
  }

  void stream(Interrupt& interrupt) {
    std::string reply;
    StreamDecoder decoder(text->tokenizer);
    const auto say = [&](const std::string& words) {
      preparing.clear();
      reply += words;
      if (!arguments.json()) print(words);
    };
    const auto replies = generator.generate(request, [&](const GeneratedToken& token) {
      say(decoder.add(token.view.id));
      return !interrupt.raised();
    });
    say(decoder.finish());
    if (!arguments.json()) print("\n");
    if (replies[0].finish == Finish::Cancelled) {
      interrupt.lower();
      tell("(Stopped.)");
    } else if (replies[0].finish == Finish::Length)
      tell("(Cut off after " + std::to_string(replies[0].ids.size()) + " tokens.)");
    finishes.resize(messages.size());
    messages.push_back({"assistant", reply});
    finishes.push_back(replies[0].finish == Finish::Cancelled ? "stopped" : finishName(replies[0].finish));
  }

  Json messagesJson() const {
    Json list = Json::array();
    for (const Message& message : conversation())
      list.push_back({{"role", message.role}, {"content", message.content}});
    return list;
  }

  void save(const std::string& file) {
    if (messages.empty()) throw Error("There is nothing to save yet; say something first.");
    if (file.empty()) return saveToStore();
    std::string body;
    if (fs::path(file).extension() == ".md") {
      for (const Message& message : conversation())
        body += "**" +
                std::string(message.role == "user"     ? "You"
                            : message.role == "system" ? "System"
                                                       : "Reply") +
                "**\n\n" + message.content + "\n\n";
    } else
      body = Json{{"model", folder.string()}, {"messages", messagesJson()}}.dump(2) + "\n";
    writeFileAtomically(file, body);
    tell("Wrote " + file + ".");
  }

  void saveToStore() {
    const auto store = openStore(arguments, true);
    Conversation kept;
    kept.title = QString::fromStdString(messages.front().content).simplified().left(60);
    kept.model = QString::fromStdString(folder.string());
    kept.systemPrompt = QString::fromStdString(system);
    store->atomically([&] {
      Turn turn;
      turn.conversation = store->addConversation(kept);
      for (size_t i = 0; i < messages.size(); ++i) {
        turn.role = QString::fromStdString(messages[i].role);
        turn.text = QString::fromStdString(messages[i].content);
        const bool reply = messages[i].role == "assistant";
        turn.model = reply ? kept.model : QString();
        turn.finish = reply && i < finishes.size() ? QString::fromStdString(finishes[i]) : QString();
        turn.parent = store->addTurn(turn);
      }
    });
    tell("Kept in the store; the window lists it among its conversations.");
  }

  const Arguments& arguments;
  GenerateRequest request;
  fs::path folder;
  ModelTextPtr text;
  std::string system;
  Progress preparing;
  Generator generator;
  std::vector<Message> messages;
  std::vector<std::string> finishes; // of each reply, by the message's place
  int dropped = 0;
};

} // namespace

int runChat(const Arguments& arguments, const GenerateRequest& settings) { return Chat(arguments, settings).run(); }

} // namespace attune::cli
