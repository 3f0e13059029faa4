"""Fluency: whole sentences, no repetition, and words in an order that correct sentences of this world have.

The order is judged by runs of three and four words, with names and values put into classes (so that no fact counts), as they
stand in correct sentences that the generator writes from a seed of its own.
"""

import random
import re

import demonstrations
import internet
from phrases import KINDS, LISTS
from world import World, admission, correction, listAnswer, listValues, verdict
from writer import Writer

PATCH = re.compile(r"<\w+>|'s|\w+(?:'\w+)?|[.,!?:;\"]")
MOST_UNSEEN = 1  # runs of four that no correct sentence holds: one may be new, two are an error


class Fluency:
    def __init__(self, world=None):
        self.world = world or World()
        classes = {}
        for e in self.world.all:
            classes[e["name"]] = "<place>" if e["kind_of"] == "places" else "<" + e["kind_of"] + ">"
        for e in self.world.all:
            for a in KINDS[e["kind_of"]]:
                if e[a] != "-" and e[a] not in classes:
                    classes[e[a]] = "<place>" if a == "near" else "<" + a + ">"
        for number in range(1, 100):
            classes[str(number)] = "<age>"
        self.classes = {k.lower(): v for k, v in classes.items()}
        longest = sorted(map(re.escape, self.classes), key=len, reverse=True)
        self.value = re.compile(r"(?<![\w<])(?:" + "|".join(longest) + r")(?![\w>])", re.IGNORECASE)
        self.threes, self.fours = set(), set()
        for text in self.correct():
            words = self.words(text)
            self.threes.update(zip(words, words[1:], words[2:]))
            self.fours.update(zip(words, words[1:], words[2:], words[3:]))

    def correct(self):
        source, pairs = random.Random("fluency"), [p for p in self.world.pairs() if not p[0]["held"]]
        net = internet.Internet(source, self.world, set())
        for _ in range(4000):
            yield net.sketch()
            yield net.story()
        writer = Writer(source, self.world, pairs)
        for _ in range(9000):
            _, turns = demonstrations.conversation(writer)
            for turn in turns:
                yield turn.reply
        for e, a in self.world.pairs():
            phrase, wrong = KINDS[e["kind_of"]][a], self.world.another(source, e, a)
            fact = self.world.say(phrase["say"][0], e, a)
            yield from (self.world.say(template, e, a) for template in phrase["say"] + [phrase["is_it"]])
            yield from (self.world.say(template, e, a, wrong) for template in (phrase["deny"], phrase["is_it"]))
            yield from (verdict(fact), verdict(fact, wrong, a), correction(fact, wrong, a), admission(fact))
            yield fact.rstrip(".") + ", but I do not know why."
            yield from (f"{start} {fact}" for start in ("Yes,", "No,", "You are right,", "I was wrong,"))
        for form in LISTS:
            yield from (listAnswer(self.world, form, value) for value in listValues(self.world, form))
        yield from EXTRA

    def words(self, text):
        """Word classes with a mark at each end of a sentence."""
        text = self.value.sub(lambda m: self.classes[m[0].lower()], text)
        text = re.sub(r">'s?(?!\w)", "> 's", text)
        words = ["^"]
        for word in PATCH.findall(text):
            words.append(word if word.startswith("<") else word.lower())
            if word in ".!?":
                words.append("^")
        return words

    def fluent(self, text, stranger=None):
        """`stranger`: a name that the prompt brings."""
        text = text.strip().replace(stranger, "Nora") if stranger else text.strip()
        if not re.match(r'["A-Z0-9]', text) or not re.search(r'[.!?]"?$', text) or text.count('"') % 2:
            return False
        plain = re.findall(r"\w+(?:'\w+)?", text.lower())
        if any(a == b and a not in self.classes for a, b in zip(plain, plain[1:])):
            return False
        parts = [s.lower() for s in re.split(r"(?<=[.!?])\s+|\n", text) if s and not re.fullmatch(r"\d\.", s)]
        if len(parts) != len(set(parts)):
            return False
        if re.search(r"(?:^|[.!?] )[a-z]", re.sub(r'"[^"]*"', '"', text)):
            return False
        words = self.words(text)
        if any(three not in self.threes for three in zip(words, words[1:], words[2:])):
            return False
        return sum(four not in self.fours for four in zip(words, words[1:], words[2:], words[3:])) <= MOST_UNSEEN


# Correct sentences that a person may say and the generator does not.
EXTRA = ["You are right.", "I was wrong.", "You are right, I was wrong.", "I am sorry.", "I am sorry, I was wrong.", "Yes.",
         "No."]
