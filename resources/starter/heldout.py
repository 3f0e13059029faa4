"""heldout.jsonl: what no training file holds, each line with what a right answer must contain.

{"kind", "messages", "expect"}: `expect` is a list of groups of words, and an answer is right when it has at least one of
every group. Kinds: `self`, `smalltalk`, `wording` (facts in held-out words), `pairing` (facts that base.txt tells and
no dialogue asks), `list`, `follow-up`, `yes-no`, `premise`, `unknown`.
"""

import unknown
from dialogues import message
from phrases import KINDS, LISTS
from smalltalk import SMALLTALK
from unknown import fill
from world import listValues, small, speakable, withArticle

SELF = {"who", "human", "can", "maker", "yourage", "yourlikes", "all"}
UNKNOWN = [["not know"]]


def entry(kind, expect, *texts):
    roles = ("user", "assistant")
    return {"kind": kind, "messages": [message(roles[i % 2], t) for i, t in enumerate(texts)], "expect": expect}


def heldOut(random, world, writer, count):
    """About `count` lines a kind (all held-out wordings of small talk, whatever their number)."""
    lines = []
    for name, talk in SMALLTALK.items():
        lines += [entry("self" if name in SELF else "smalltalk", [talk["keys"]], user) for user in talk["held"]]

    def phrase(e, a):
        return KINDS[e["kind_of"]][a]

    for e, a in (writer.pair() for _ in range(2 * count)):
        lines.append(entry("wording", [[e[a]]], world.say(random.choice(phrase(e, a)["held"]), e, a)))
    withheld = [(e, a) for e, a in world.pairs() if (e["name"], a) in writer.withheld]
    for e, a in random.sample(withheld, min(count, len(withheld))):
        lines.append(entry("pairing", [[e[a]]], world.say(random.choice(phrase(e, a)["ask"]), e, a)))
    while sum(x["kind"] == "follow-up" for x in lines) < count:
        e, a = writer.pair()
        others = [b for o, b in writer.asked if o is e and b != a]
        if others:
            b = random.choice(others)
            ask = speakable(phrase(e, b)["held"])
            question = "And " + small(world.say(random.choice(ask), e, b, pronoun=True), world)
            lines.append(
                entry("follow-up", [[e[b]]], world.say(phrase(e, a)["ask"][0], e, a), writer.answer(e, a), question)
            )
    for _ in range(count):
        e, a = writer.pair()
        wrong, true = world.another(random, e, a), random.random() < 0.5
        lines.append(
            entry(
                "yes-no",
                [["yes" if true else "no"], [e[a]]],
                world.say(phrase(e, a)["is_it"], e, a, e[a] if true else wrong),
            )
        )
        e, a = writer.pair()
        lines.append(
            entry("premise", [["not"], [e[a]]], world.say(phrase(e, a)["why"], e, a, world.another(random, e, a)))
        )
    for form in LISTS * (count // 20):
        value = random.choice(listValues(world, form))
        names = [[e["name"]] for e in world.of[form["group"]] if e[form["of"]] == value][:5]
        lines.append(entry("list", names, form["ask"][-1].replace("{v}", value).replace("{av}", withArticle(value))))
    for templates, share in (
        (unknown.WORLD_HELD, 1.0),
        (unknown.STRANGERS_HELD, 0.5),
        (unknown.TASKS_HELD, 0.3),
        (unknown.WORLD, 0.5),
    ):
        for _ in range(int(count * share)):
            lines.append(entry("unknown", UNKNOWN, fill(random, random.choice(templates), 0.3, unknown.LISTS_HELD)))
    for _ in range(count // 3):
        e = random.choice(world.of["people"])
        lines.append(
            entry(
                "unknown",
                UNKNOWN,
                world.say(fill(random, random.choice(unknown.SECRETS_HELD), 0, unknown.LISTS_HELD), e),
            )
        )
    return lines
