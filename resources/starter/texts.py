"""Work on a given text: rewriting, summaries, classes, closed questions, extraction; and a few other small tasks."""

import re

import behaviours
import questions
import stories
from phrases import KINDS
from unknown import LISTS, madeUpName
from world import capital, listed, small
from writer import Exchange
from writing import facts, wording


def renamed(w, exchange):
    """Now and then with people of whom nobody has heard: what is in the text counts, not whom one knows."""
    if w.held or w.chance(0.5):
        return exchange
    names = {p["name"]: w.pick(LISTS["name"]) if w.chance(0.3) else madeUpName(w.random) for p in w.of["people"]}
    pattern = re.compile(r"\b(?:" + "|".join(names) + r")\b")

    def swap(value):
        if isinstance(value, list):
            return [swap(v) for v in value]
        return pattern.sub(lambda m: names[m[0]], value) if isinstance(value, str) else value

    check = {key: value if key == "kind" else swap(value) for key, value in exchange.check.items()}
    return Exchange(swap(exchange.user), swap(exchange.reply), check)


def rewrite(w):
    e, a = w.pair("age")
    phrase = w.phrase(e, a)
    said = w.world.say(phrase["say"][0], e, a)
    make = w.random.randrange(4)
    if make == 0:
        ask = wording(w, ["Make this a question: {}", "Turn this into a question: {}", "Ask this as a question: {}", "As a question, please: {}", "Change this into a question: {}"],
                      ["Write this as a question: {}"])
        reply = w.world.say(phrase["is_it"], e, a)
    elif make == 1:
        ask = wording(w, ["Say this in other words: {}", "Say it differently: {}", "Write this in another way: {}", "Use other words: {}", "Say this in a new way: {}", "In other words, please: {}"],
                      ["Put this into other words: {}"])
        reply = w.world.say(phrase["say"][1], e, a)
    elif make == 2:
        ask = wording(w, ["Say the opposite: {}", "Make this negative: {}", "What is the opposite of this? {}", "Turn this into its opposite: {}", "Deny this: {}"], ["Write the opposite of this: {}"])
        reply = w.world.say(phrase["deny"], e, a)
    else:
        thing = w.pick(w.of["things"] or w.world.of["things"])["name"]
        verb = w.pick(["Give me", "Bring me", "Show me", "Lend me", "Find"])
        said = f"{verb} {thing}."
        ask = wording(w, ["Make this polite: {}", "Say this politely: {}", "Write this politely: {}", "Make this more polite: {}", "Say this with a please: {}", "How do I say this politely? {}"],
                      ["Say this in a polite way: {}"])
        reply = f"Could you {verb.lower()} {thing}, please?"
    check = {"kind": "rewrite", "way": ["question", "words", "opposite", "polite"][make], "said": said, "is": reply}
    return Exchange(ask.format(said), reply, check, (e, a) if make < 3 else None)


def summarize(w):
    lines, short = stories.plot(w.random, w.world, w.pick(w.of["people"]))
    ask = wording(w, ["Summarize this: {}", "Sum this up in one sentence: {}", "Say this in one sentence: {}",
                      "Make this short: {}", "What is this story about? {}", "In one sentence, please: {}", "What happens in this story? {}", "Sum up this story: {}", "Summarize the story: {}"],
                  ["Give me the story in one sentence: {}", "Tell me in short: {}"])
    return renamed(w, Exchange(ask.format(" ".join(lines)), short, {"kind": "summary", "is": short}))


CLASSES = {"people": "a person", "animals": "an animal", "places": "a place", "things": "a thing", "events": "a festival"}
POLITE = ["Could you help me, please?", "Thank you for the {food}.", "Would you like some {food}?",
          "Please come in, {name}.", "I am sorry that I am late.", "May I ask you something, {name}?",
          "It is kind of you to wait.", "Good morning, {name}, how are you?"]
RUDE = ["Go away, {name}!", "Give me the {food} now!", "What a stupid question!", "Be quiet, {name}!", "I do not care.",
        "You are boring me, {name}.", "Leave me alone!", "Your {food} is bad, {name}."]
GLAD = ["{name} laughed all day.", "{name} won the big race.", "Everyone danced with {name}.", "{name} got {food} and smiled.",
        "The friends of {name} sang.", "{name} was proud and glad."]
SAD = ["{name} cried all night.", "{name} lost a friend.", "Nobody came to see {name}.", "The {food} of {name} fell into the mud.",
       "{name} was alone and cold.", "{name} was tired and hungry."]


def classify(w):
    kind = w.random.randrange(3)
    if kind == 0:
        e = w.pick(w.entities)
        ask = wording(w, ["Is this a person, an animal, a place, a thing or a festival? {T}",
                          "What is {T}: a person, an animal, a place, a thing or a festival?",
                          "Person, animal, place, thing or festival: {T}", "{T}: a person, an animal, a place, a thing or a festival?", "Say if {T} is a person, an animal, a place, a thing or a festival."],
                      ["To which group belongs {T}: people, animals, places, things or festivals?"])
        reply = capital(f"{e['name']} is {CLASSES[e['kind_of']]}.")
        return Exchange(ask.format(T=e["name"]), reply, {"kind": "class", "is": CLASSES[e["kind_of"]].split()[1]}, (e, ""))
    p = w.pick(w.of["people"])
    first = w.chance(0.5)
    names, sets = (("polite", "rude"), (POLITE, RUDE)) if kind == 1 else (("happy", "sad"), (GLAD, SAD))
    text = w.pick(sets[0 if first else 1]).format(name=p["name"], food=p["food"])
    is_ = names[0 if first else 1]
    what = wording(w, ["Is this {} or {}? {}", "Say if this is {} or {}: {}", "{} or {}? {}", "Tell me if this is {} or {}: {}", "Do you find this {} or {}? {}", "Is the next sentence {} or {}? {}"], ["Would you call this {} or {}: {}"])
    return renamed(w, Exchange(capital(what.format(*names, text)), f"This is {is_}.", {"kind": "class", "is": is_}))


def stranger(w):
    """(someone of whom nobody has heard, what is told of them, as a text): its facts hold nowhere else."""
    people = [p for p in w.world.known if p["kind_of"] == "people"]
    e = {x: w.pick([p[x] for p in people]) for x in ("home", "food", "hobby", "coat")}
    told = w.random.sample(list(e), w.pick([2, 3]))
    e.update(name=madeUpName(w.random), kind_of="people", sex=w.pick("fm"))
    return e, told, " ".join(w.world.say(KINDS["people"][x]["say"][0], e, x, pronoun=i > 0) for i, x in enumerate(told))


def closed(w, about=None):
    """A question about a text whose facts hold nowhere else: read it, do not remember."""
    e, told, text = about or stranger(w)
    x = w.pick(told)
    question = w.world.say(w.one(KINDS["people"][x]), e, x)
    ask = wording(w, ["{t} {q}", "Read this: {t} {q}", "Here is a text: {t} Now tell me: {s}", "Text: {t} Question: {q}", "I read this: {t} {q}", "Look at this text: {t} {q}", "{t} Now, {s}"], ["This is a text: {t} {q}"])
    user = ask.format(t=text, q=question, s=small(question, w.world))
    return Exchange(user, w.answer(e, x), {"kind": "closed", "is": e[x], "name": e["name"]})


def closedTalk(w, turns):
    """A closed question and what follows from the same text: questions, false premises, mistakes. To tell whether two texts
    agree is learnt where memory is of no use."""
    about = e, told, _ = stranger(w)
    talk = [closed(w, about)]
    for _ in range(turns):
        make = w.pick((questions.fact, questions.yesNo, behaviours.premise, behaviours.mistake, behaviours.mistake))
        talk.append(make(w, about=(e, w.pick(told))))
    return talk


def extract(w):
    people = w.random.sample(w.of["people"], 2)
    place = w.pick(w.of["places"] or w.world.of["places"])
    lines = [f"{stories.TIMES[w.random.randrange(len(stories.TIMES))]} {people[0]['name']} met {people[1]['name']} at {place['name']}.",
             f"They ate {people[0]['food']}."]
    text = " ".join(lines)
    kind = w.random.randrange(3)
    ask = [wording(w, ["Which names stand in this text? {}", "List the names in this text: {}", "Find the people: {}", "Who is in this text? {}", "Name the people in this text: {}", "Give me the names: {}"],
                   ["Who is named in this text? {}"]),
           wording(w, ["Which place stands in this text? {}", "Find the place: {}", "Where does this happen? {}", "Which place is in this text? {}", "Name the place in this text: {}"],
                   ["What place is named in this text? {}"]),
           wording(w, ["Which food stands in this text? {}", "Find the food: {}", "What did they eat? {}", "Which food is in this text? {}", "Name the food in this text: {}"],
                   ["What food is named in this text? {}"])][kind]
    is_ = [listed([p["name"] for p in people]), place["name"], people[0]["food"]][kind]
    keys = [[p["name"] for p in people], [place["name"]], [people[0]["food"]]][kind]
    check = {"kind": "extract", "has": keys, "is": capital(is_) + "."}
    return renamed(w, Exchange(ask.format(text), capital(is_) + ".", check))


def other(w):
    e = w.pick(w.entities)
    said = facts(w, e, 1)[0]
    kind = w.random.randrange(3)
    if kind == 0:
        ask = wording(w, ["Repeat after me: {}", "Say this again: {}", "Copy this sentence: {}", "Repeat this sentence: {}", "Say after me: {}", "Write this once more: {}"], ["Please repeat this: {}"])
        return Exchange(ask.format(said), said, {"kind": "repeat", "is": said})
    if kind == 1:
        e, a = w.pair("age", "use", "feature")
        question = w.world.say(w.one(w.phrase(e, a)), e, a)
        ask = wording(w, ["Answer as short as you can: {}", "Answer in few words: {}", "Short answer, please: {}", "Give a short answer: {}", "In one or two words: {}", "Be very short: {}"],
                      ["Give me a very short answer: {}"])
        value = w.world.say("{av}" if a == "kind" else "The {v}" if a == "job" and e["job"] != "pupil" else "{v}", e, a)
        return Exchange(ask.format(question), capital(value) + ".", {"kind": "short", "is": e[a]}, (e, a))
    p = w.pick(w.of["people"])
    ask = wording(w, ["Say hello to {}.", "Greet {}.", "Say good morning to {}.", "Thank {} for me.", "Please say hello to {}.", "Greet {} for me, please.", "Say good morning to {}, please."], ["Please greet {} for me."])
    start = "Thank you" if "Thank" in ask else "Good morning" if "morning" in ask else "Hello"
    check = {"kind": "greet", "entity": p["name"], "is": start}
    return renamed(w, Exchange(ask.format(p["name"]), f"{start}, {p['name']}!", check))
