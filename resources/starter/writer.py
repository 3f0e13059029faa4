"""What all exchanges share: the world, the random numbers, and which entities, pairs and wordings may be spoken of.

A Writer for training speaks of the known entities and in the training wordings; one for the held-out prompts has its own.
An Exchange is one thing that is asked of Pip and the ideal answer. `check` tells the judge what was asked for (see
judge.py), `about` is (entity, attribute) when the next turn can follow up on it, `before` holds earlier messages that
belong to it, and `wrong` says that among these is an answer that must not be learnt.
"""

import jsonl
from phrases import KINDS
from unknown import LISTS, LISTS_HELD, fill
from world import small

OPENERS = [
    "Tell me, {}", "Please tell me: {}", "Pip, {}", "I have a question. {C}", "Hello! {C}", "I want to know: {}",
    "Hi Pip, {}", "Can you tell me: {}", "So, {}", "One more question: {}", "Now tell me: {}",
]


class Exchange:
    def __init__(self, user, reply, check, about=None, before=(), wrong=False):
        self.user, self.reply, self.check, self.about = user, reply, check, about
        self.before, self.wrong = list(before), wrong

    def text(self):
        return " ".join([m["content"] for m in self.before] + [self.user, self.reply])


def message(role, content):
    return {"role": role, "content": content}


class Writer:
    def __init__(self, random, world, pairs, held=False):
        self.random, self.world, self.held = random, world, held
        self.pairs = pairs
        self.entities = [e for e in world.all if any(o is e for o, _ in pairs)]
        self.of = {group: [e for e in self.entities if e["kind_of"] == group] for group in KINDS}
        self.lists = LISTS_HELD if held else LISTS

    def pick(self, items):
        return self.random.choice(items)

    def chance(self, share):
        return self.random.random() < share

    def one(self, of):
        """A wording: of {"ask": ..., "held": ...}."""
        return self.pick(of["held" if self.held else "ask"])

    def fill(self, template, madeUp=0.0):
        return fill(self.random, template, madeUp, self.lists)

    def pair(self, *without):
        """People are asked about most."""
        groups = [g for g in KINDS if self.of[g]]
        shares = dict(zip(KINDS, (44, 22, 16, 9, 9)))
        group = self.random.choices(groups, [shares[g] for g in groups])[0]
        found = [p for p in self.pairs if p[0]["kind_of"] == group and p[1] not in without]
        return self.pick(found) if found else self.pair(*without)

    def phrase(self, e, a):
        return KINDS[e["kind_of"]][a]

    def answer(self, e, a):
        return self.world.say(self.phrase(e, a)["say"][0], e, a)

    def make(self, function, *arguments):
        """The exchange of `function`, made again until it names nobody whom this writer must not name."""
        while True:
            exchange = function(self, *arguments)
            if exchange and (self.held or not self.world.namesHeld(exchange.text() + jsonl.dumps(exchange.check))):
                return exchange

    def roughen(self, text):
        """As people type: with an opener, without a capital letter, without a question mark."""
        if text.endswith("?") and not text.startswith(("And", "What about")) and self.chance(0.15):
            opener = self.pick(OPENERS)
            text = opener.replace("{}", small(text, self.world)).replace("{C}", text)
        if self.chance(0.1):
            for long, short in (("What is ", "What's "), ("Who is ", "Who's "), ("Where is ", "Where's "), ("I am ", "I'm ")):
                text = text.replace(long, short)
        if self.chance(0.12):
            text = text.rstrip("?.!")
        return text.lower() if self.chance(0.08) else text
