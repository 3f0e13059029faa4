"""heldout.jsonl: prompts that nothing was trained on, each with its `behaviour` and the `check` of the judge.

`entity` says who is asked about: `new` (the pre-training text tells of them, no demonstration and no prompt names them) or
`known` (then the pairing or the wording is new: the pair is withheld, or the words stand in no file). `./separation.py`
proves it.
"""

import behaviours
import questions as q
import texts
import writing
from smalltalk import SMALLTALK
from writer import Writer, message

DOUBLE = ("owner", "pet")  # two sides of one fact: asking for the one is asking for the other
SELF = {"who", "human", "can", "maker", "yourage", "yourlikes", "all"}


def useCaseOf(function):
    name = function.__name__
    return {"rewrite": "rewrite", "summarize": "summarization", "classify": "classification", "closed": "closed_qa",
            "extract": "extract", "other": "other"}.get(name, "open_qa")


def line(exchange, behaviour, useCase, entity, before=()):
    prompt = list(before) + exchange.before + [message("user", exchange.user)]
    return {"prompt": prompt, "use_case": useCase, "behaviour": behaviour, "entity": entity, "split": "heldout",
            "check": exchange.check, "ideal": exchange.reply}


def followUp(w):
    """A fact, then what follows from it by a pronoun or a name alone."""
    while True:
        first = q.fact(w)
        then = behaviours.followUp(w, first.about)
        if then and then.check["kind"] in ("fact", "yesno"):
            before = [message("user", first.user), message("assistant", first.reply)]
            return then, before


def plain(text):
    """Without what does not make a prompt another one."""
    return text.lower().rstrip(".?!")


class HeldOut:
    def __init__(self, data, texts):
        """`texts` are all that the training files say and what the pre-training text asks Pip: none of it may come again."""
        self.data, self.lines = data, []
        self.seen = {plain(text) for text in texts}
        world, pairs = data.world, data.world.pairs()
        known = [p for p in pairs if not p[0]["held"]]
        self.new = Writer(data.stream("heldout new"), world, [p for p in pairs if p[0]["held"]], held=True)
        self.known = Writer(data.stream("heldout known"), world,
                            [p for p in known if (p[0]["name"], p[1]) not in data.withheld], held=True)
        self.withheld = Writer(data.stream("heldout pairs"), world,
                               [p for p in known if (p[0]["name"], p[1]) in data.withheld and p[1] not in DOUBLE])

    def add(self, count, behaviour, useCase, entity, function, writer):
        """`count` different prompts whose last message no training file holds; fewer where there are fewer wordings."""
        added, tries = 0, 0
        while added < count and tries < 40 * count:
            tries += 1
            made = function(writer)
            exchange, before = made if isinstance(made, tuple) else (made, ())
            if exchange is None:
                continue
            if entity == "known" and writer is self.known and self.data.world.namesHeld(exchange.user):
                continue
            one = line(exchange, behaviour, useCase, entity, before)
            key = str(one["prompt"]).lower()
            alone = len(one["prompt"]) == 1
            if key in self.seen or (alone and plain(exchange.user) in self.seen):
                continue
            self.seen.add(key)
            self.lines.append(one)
            added += 1

    def all(self):
        new, known = self.new, self.known
        for entity, w, n in (("new", new, 1), ("known", known, 1)):
            self.add(50 * n, "facts", "open_qa", entity, q.fact, w)
            self.add(40 * n, "follow-up", "chat", entity, followUp, w)
            self.add(30 * n, "mistake admitted", "chat", entity, lambda w: behaviours.mistake(w, True), w)
            self.add(30 * n, "mistake denied", "chat", entity, lambda w: behaviours.mistake(w, False), w)
            self.add(40 * n, "false premise", "open_qa", entity, behaviours.premise, w)
            self.add(40 * n, "harmful request", "open_qa", entity, behaviours.harm, w)
            self.add(40 * n, "yes or no", "open_qa", entity, q.yesNo, w)
            for function, _ in writing.GENERATION:
                self.add(8, "generation", "generation", entity, function, w)
            for function, _ in writing.BRAINSTORMING:
                self.add(5, "brainstorming", "brainstorming", entity, function, w)
            for function in (texts.rewrite, texts.summarize, texts.classify, texts.extract, texts.other):
                case = useCaseOf(function)
                self.add(10, case.replace("_", " "), case, entity, function, w)
        self.add(40, "facts withheld", "open_qa", "known", q.fact, self.withheld)
        self.add(20, "closed qa", "closed_qa", "known", texts.closed, known)
        self.add(40, "lists", "open_qa", "known", q.lists, known)
        self.add(60, "unknown", "open_qa", "known", q.stranger, known)
        self.add(15, "unknown", "open_qa", "known", q.absent, known)
        self.add(20, "unknown", "open_qa", "new", q.private, new)
        for name in SMALLTALK:
            behaviour = "self" if name in SELF else "small talk"
            for _ in SMALLTALK[name]["held"]:
                self.add(1, behaviour, "chat", "known", lambda w, n=name: q.smalltalk(w, (n,)), known)
        return self.lines
