"""Open questions: facts, yes or no, lists, and what Pip cannot know; and small talk. A function a kind of exchange."""

import unknown
from phrases import KINDS, LISTS
from smalltalk import SMALLTALK
from world import articled, listAnswer, listValues, speakable, verdict, withArticle
from writer import Exchange


def known(kind, e, a):
    return {"kind": kind, "entity": e["name"], "attribute": a}


def fact(w, about=None, pronoun=False):
    e, a = about or w.pair()
    ask = w.phrase(e, a)
    ask = w.pick(speakable(ask["held" if w.held else "ask"], pronoun))
    return Exchange(w.world.say(ask, e, a, pronoun=pronoun), w.answer(e, a), known("fact", e, a), (e, a))


def yesNo(w, about=None, pronoun=False):
    e, a = about or w.pair()
    asked = w.world.another(w.random, e, a) if w.chance(0.5) else None
    user = w.world.say(w.phrase(e, a)["is_it"], e, a, asked, pronoun)
    return Exchange(user, verdict(w.answer(e, a), asked, a), {**known("yesno", e, a), "asked": asked or e[a]}, (e, a))


def noPet(w):
    people = [p for p in w.of["people"] if p["pet"] == "-"]
    if not people:
        return None
    e = w.pick(people)
    user = w.world.say(w.one(KINDS["people"]["pet"]).replace("{vkind}", "pet"), e)
    return Exchange(user, f"{e['name']} has no pet.", known("nopet", e, "pet"), (e, "home"))


def lists(w):
    """Who lives in Mill Lane? Which animals are white?"""
    form = w.pick(LISTS)
    value = w.pick(listValues(w.world, form))
    ask = form["ask"][-1] if w.held else w.pick(form["ask"][:-1])
    names = [e["name"] for e in w.world.of[form["group"]] if e[form["of"]] == value]
    check = {"kind": "list", "names": names, "group": form["group"], "of": form["of"], "value": value}
    if form["one"].startswith("{owner}"):
        check["owner"] = w.world.named[names[0]]["owner"]
    return Exchange(
        articled(ask.replace("{v}", value).replace("{av}", withArticle(value))), listAnswer(w.world, form, value), check
    )


def stranger(w):
    """The wide world, people of whom nobody has heard, tasks that Pip cannot do."""
    kind = w.random.random()
    if w.held:
        templates = unknown.WORLD_HELD if kind < 0.5 else unknown.STRANGERS_HELD if kind < 0.85 else unknown.TASKS_HELD
    else:
        templates = unknown.WORLD if kind < 0.5 else unknown.STRANGERS if kind < 0.85 else unknown.TASKS
    reply = unknown.ANSWERS if kind < 0.5 else unknown.STRANGER if kind < 0.85 else unknown.TASK
    return Exchange(w.fill(w.pick(templates), 0.6 if 0.5 <= kind < 0.85 else 0), w.pick(reply), {"kind": "unknown"})


def absent(w):
    """An animal that Tamble lacks."""
    ask = ["Is there {beast} in Tamble?", "Who has {beast}?", "Does anyone in Tamble have {beast}?",
           "Can I see {beast} in Tamble?"]
    held = ["Who in Tamble has {beast}?", "Where can I see {beast} in Tamble?"]
    user = w.fill(w.pick(held if w.held else ask))
    return Exchange(user, "There is no such animal in Tamble.", {"kind": "absent"})


def private(w, about=None):
    """What nobody wrote down about those whom Pip knows."""
    e = about or w.pick(w.of["people"] + w.of["animals"])
    template = w.pick(unknown.SECRETS_HELD if w.held else unknown.SECRETS)
    if about and w.chance(0.7):
        template = template.replace("{Ts}", "{Ns}").replace("{T}", "{N}")
    user = w.world.say(w.fill(template), e, pronoun=True)
    return Exchange(user, w.world.say(w.pick(unknown.PRIVATE), e), {"kind": "unknown"}, (e, ""))


def smalltalk(w, names=None):
    name = w.pick(names or list(SMALLTALK))
    talk = SMALLTALK[name]
    user = w.pick(talk["held"] if w.held else talk["more"] if w.chance(0.5) else talk["users"])
    return Exchange(user, w.pick(talk["answers"]), {"kind": "smalltalk", "intent": name})
