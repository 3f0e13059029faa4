"""Generation and brainstorming: stories, descriptions, poems, letters, invitations, signs, wishes; ideas in threes."""

from phrases import KINDS
from stories import plot, ENDS
from world import withArticle
from writer import Exchange

ABOUT = ["job", "kind", "near", "season", "owner", "home", "colour", "place", "pet", "food", "feature", "kept", "hobby"]


def facts(w, e, count):
    """True sentences about e, the first with its name."""
    known = [a for a in ABOUT if a in KINDS[e["kind_of"]] and e[a] != "-"][:count]
    lines = [w.world.say(w.phrase(e, a)["say"][0], e, a, pronoun=i > 0) for i, a in enumerate(known)]
    return lines


def wording(w, ask, held):
    return w.pick(held if w.held else ask)


def about(w):
    e = w.pick(w.entities)
    count = w.pick([2, 3])
    ask = ["Tell me about {T}.", "What do you know about {T}?", "Describe {T}.", "Can you tell me about {T}?",
           "Tell me something about {T}.", "Write about {T}.", "Write a short text about {T}."]
    numbered = ["Write {n} sentences about {T}.", "Tell me {n} things about {T}.", "Give me {n} facts about {T}."]
    if w.held:
        ask, numbered = ["Write a few words about {T}.", "Please describe {T} to me."], ["Say {n} things about {T}."]
    exact = w.chance(0.4)
    user = w.pick(numbered if exact else ask).format(T=e["name"], n={2: "two", 3: "three"}[count])
    check = {"kind": "about", "entity": e["name"], "sentences": count if exact else 0}
    return Exchange(user, " ".join(facts(w, e, count if exact else 3)), check, (e, ""))


def story(w):
    hero = w.pick(w.of["people"])
    ask = ["Tell me a story about {T}.", "Tell a story with {T}.", "Can you tell me a story about {T}?",
           "I want to hear a story about {T}.", "Write a story about {T}.", "Write a short story about {T}."]
    open_ = ["Tell me a story.", "Can you tell me a story?", "Write a short story.", "I would like a story, please.",
             "Another story, please."]
    held = ["Please write a little story about {T}.", "I would like a story about {T}."]
    named = w.held or w.chance(0.7)
    lines, _ = plot(w.random, w.world, hero)
    user = wording(w, ask if named else open_, held).format(T=hero["name"])
    check = {"kind": "story", "entity": hero["name"] if named else ""}
    return Exchange(user, " ".join(lines[:3] + [w.pick(ENDS)]), check, (hero, ""))


def poem(w):
    e = w.pick(w.of["people"] + w.of["animals"])
    he = {"f": "she", "m": "he"}[e["sex"]]
    first = f"{e['name']}, {e['name']}, {e['colour'] + ' and' if 'colour' in e else 'kind and'} dear,"
    last = w.pick(["all the valley knows you are here.", "all of Tamble is glad you are here.",
                   "spring has come and you are here."])
    line = f"{he} likes {e['hobby'] if 'hobby' in e else e['likes']} day by day,"
    text = w.pick([f"{first}\n{last}", f"{first}\n{last}\n{line.capitalize()}\nand we like it that way."])
    user = wording(w, ["Write a poem about {}.", "Write a short poem about {}.", "Can you write a poem about {}?",
                       "Make a poem about {}.", "Write a little poem for {}."],
                   ["I would like a poem about {}.", "Please write a few lines of a poem about {}."])
    return Exchange(user.format(e["name"]), text, {"kind": "poem", "entity": e["name"]}, (e, ""))


def letter(w):
    a, b = w.random.sample(w.of["people"], 2)
    user = wording(w, ["Write a letter from {} to {}.", "Write a note from {} to {}.",
                       "Write a short letter from {} to {}.", "Please write a letter from {} to {}."],
                   ["I need a letter from {} to {}.", "Can you write a few lines from {} to {}?"])
    text = (f"Dear {b['name']}, please come and see me in {a['home']}. There will be {b['food']} for you, "
            f"because I know that you like it. Your friend {a['name']}.")
    check = {"kind": "letter", "from": a["name"], "to": b["name"]}
    return Exchange(user.format(a["name"], b["name"]), text, check, (a, ""))


def invitation(w):
    e = w.pick(w.of["events"])
    user = wording(w, ["Write an invitation to {}.", "Invite people to {}.", "Write a short invitation to {}.",
                       "Write a sign for {}.", "Write a notice about {}."],
                   ["I need an invitation to {}.", "Ask everyone to come to {}."])
    text = f"Dear friends, {e['name']} is in {e['season']} at {e['place']}. You can eat {e['food']} there. Please come!"
    return Exchange(user.format(e["name"]), text, {"kind": "invitation", "entity": e["name"]}, (e, ""))


def sign(w):
    e = w.pick(w.of["places"])
    user = wording(w, ["Write a sign for {}.", "Write a notice for {}.", "What should stand on a sign for {}?",
                       "Make a sign for {}."], ["I need a sign for {}.", "Please think of a sign for {}."])
    text = f"Welcome to {e['name']}! Here you can {e['use']} and see {e['feature']}."
    return Exchange(user.format(e["name"]), text, {"kind": "sign", "entity": e["name"]}, (e, ""))


def wish(w):
    e = w.pick(w.of["people"])
    user = wording(w, ["Write a birthday wish for {}.", "Write a kind wish for {}.", "Wish {} a happy birthday.",
                       "Write a birthday card for {}.", "Say something kind about {}."],
                   ["I need a birthday wish for {}.", "Please write something kind for {}."])
    text = f"Happy birthday, dear {e['name']}! May there be {e['food']} and much {e['hobby']} for you."
    if "kind about" in user or "kind for" in user:
        text = f"{e['name']} is kind and good, and all of Tamble likes {'him' if e['sex'] == 'm' else 'her'}."
    return Exchange(user.format(e["name"]), text, {"kind": "wish", "entity": e["name"]}, (e, ""))


def threeIdeas(lines):
    return " ".join(f"{i}. {line[:1].upper() + line[1:]}." for i, line in enumerate(lines, 1))


def gift(w):
    e = w.pick(w.of["people"])
    user = wording(w, ["Give me three ideas for a gift for {}.", "What could I give to {}? Give me three ideas.",
                       "Think of three gifts for {}.", "Three ideas for a present for {}, please.",
                       "I need ideas for a gift for {}."],
                   ["What gifts would {} like? Name three.", "List three presents for {}."])
    lines = [w.pick(["some {}", "a bowl of {}", "a basket of {}"]).format(e["food"]),
             w.pick([f"{withArticle(e['coat'])} hat", f"{withArticle(e['coat'])} scarf", f"{e['coat']} gloves"]),
             w.pick(["a book about {}", "a day of {}", "a picture of {}"]).format(e["hobby"])]
    return Exchange(user.format(e["name"]), threeIdeas(lines), {"kind": "gift", "entity": e["name"]}, (e, ""))


def thingsToDo(w):
    places = w.random.sample(w.of["places"], 3)
    user = wording(w, ["What can I do in Tamble? Give me three ideas.", "Give me three ideas for a day in Tamble.",
                       "Think of three things to do in Tamble.", "List three things to do in the valley.",
                       "How could I spend a day in Tamble? Name three things.", "I am bored. Give me three ideas."],
                   ["Name three things that I could do in Tamble.", "Three ideas for a Sunday in Tamble, please."])
    lines = [f"{p['use']} at {p['name']}" for p in places]
    return Exchange(user, threeIdeas(lines), {"kind": "todo"})


def animalNames(w):
    kind = w.pick(["dog", "cat", "horse", "sheep", "mouse", "goose", "cow", "donkey", "fox", "rabbit"])
    if w.held:
        kind = w.pick(["bee", "hedgehog", "owl"])
    names = w.random.sample(["Star", "Cloud", "Honey", "Berry", "Rain", "Leaf", "Sunny", "Button", "Apple", "Stone",
                             "Nut", "Sugar"], 3)
    user = wording(w, ["Think of three names for a {}.", "Give me three names for a new {}.",
                       "What could I call my {}? Give me three names.", "List three names for a {}."],
                   ["I need three good names for my {}."])
    return Exchange(user.format(kind), threeIdeas(names), {"kind": "names"})


def kindness(w):
    e = w.pick(w.of["animals"])
    him = "him" if e["sex"] == "m" else "her"
    user = wording(w, ["How can I make {} happy? Give me three ideas.", "Think of three ways to be kind to {}.",
                       "Give me three ideas for a good day with {}.", "List three things that {} would like."],
                   ["Name three things I can do for {}."])
    lines = [f"give {him} {e['food']}", f"let {him} enjoy {e['likes']}", f"be quiet when {e['name']} sleeps {e['sleeps']}"]
    return Exchange(user.format(e["name"]), threeIdeas(lines), {"kind": "kindness", "entity": e["name"]}, (e, ""))


GENERATION = [(about, 30), (story, 22), (poem, 9), (letter, 10), (invitation, 8), (sign, 8), (wish, 9)]
BRAINSTORMING = [(gift, 34), (thingsToDo, 26), (animalNames, 15), (kindness, 20)]
