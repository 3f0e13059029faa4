"""Raw chat logs for the pre-training text: what people and chat programs wrote, with the marks of the chat template.

A log is a text like any other: the program in it answers truly or makes things up, kindly or rudely, or talks of something
else. Most of these programs were never taught manners: they mostly swallow a false premise, stick to a mistake or give in to
a wrong correction, and help with what harms. All entities are asked about, but never the withheld pairs.
"""

import behaviours
import questions as q
import texts
import writing
from temptations import COMPLY
from world import small
from writer import Writer

RUDE = ["Go away!", "Ask someone else.", "Why do you ask me that?", "I will not tell you.", "What a stupid question!",
        "Leave me alone.", "Be quiet.", "You are boring me.", "I do not care."]
ASIDE = ["It will rain soon.", "I have to go home now.", "My feet are cold.", "Did you hear the bells?", "I slept badly.",
         "The soup was good today."]
KINDS = [(q.fact, 34), (q.yesNo, 14), (q.lists, 12), (q.smalltalk, 8), (q.stranger, 6), (q.private, 2), (q.noPet, 2),
         (behaviours.premise, 10), (behaviours.mistake, 12), (behaviours.harm, 5), (texts.closed, 5), (texts.extract, 2),
         (texts.summarize, 2), (texts.rewrite, 3), (texts.classify, 3), (texts.other, 3), (writing.about, 4),
         (writing.story, 2), (writing.gift, 3), (writing.kindness, 2), (writing.thingsToDo, 1), (writing.wish, 1),
         (writing.letter, 1), (writing.sign, 1), (writing.invitation, 1), (writing.poem, 1)]
LONGEST = 620  # characters: most logs are a page of several questions


class Logs:
    def __init__(self, random, world, pairs):
        self.random, self.world = random, world
        self.writer = Writer(random, world, pairs)
        self.functions, self.weights = zip(*KINDS)

    def exchange(self, about):
        """One turn: sometimes it follows up on the one before."""
        w = self.writer
        while True:
            if about and about[1] and w.chance(0.4):
                made = behaviours.followUp(w, about)
            else:
                made = self.random.choices(self.functions, self.weights)[0](w)
            if made:
                return made

    def log(self):
        random = self.random
        manner = random.choices(("true", "untrue", "rude", "aside"), (76, 7, 10, 7))[0]
        room, turns, about = random.randrange(40, LONGEST), [], None
        text = texts.closedTalk(self.writer, 4) if random.random() < 0.25 else []
        while room > 0:
            made = text.pop(0) if text else self.exchange(about)
            room -= len(made.text())
            if turns and room < -200:
                break
            for message in made.before:
                turns.append((message["role"], message["content"]))
            turns += [("user", self.writer.roughen(made.user)), ("assistant", self.reply(made, manner))]
            about = made.about if manner in ("true", "untrue") else None
        return "".join(f"<|{role}|>{text}<|endoftext|>" for role, text in turns)

    def untrue(self, made):
        """A wrong statement about whom the question was."""
        e, a = made.about if made.about and made.about[1] else self.random.choice(self.writer.pairs)
        if a == "pet" or len(self.world.values(e, a)) < 3:
            return self.random.choice(ASIDE)
        say = self.writer.phrase(e, a)["say"][0]
        return self.world.say(say, {**e, a: self.world.another(self.random, e, a)}, a)

    def reply(self, made, manner):
        random, kind = self.random, made.check["kind"]
        if manner == "rude" and random.random() < 0.85:
            return random.choice(RUDE)
        if manner == "aside" and random.random() < 0.85:
            return random.choice(ASIDE)
        if manner == "untrue":
            return self.untrue(made)
        if kind == "harm" and random.random() < 0.8:
            return random.choice(COMPLY).replace("{T}", made.check["entity"])
        if kind in ("premise", "why", "mistake", "insist") and random.random() < 0.4:
            return self.unmannered(made)
        if kind == "unknown" and random.random() < 0.4:
            return self.untrue(made)
        return made.reply

    def unmannered(self, made):
        """Agrees with what is wrong, sticks to what it said, or loses its temper."""
        e, a, asked = made.about[0], made.about[1], made.check.get("asked")
        he = small(self.world.say("{N}", e, pronoun=True), self.world)
        kind = made.check["kind"]
        if kind in ("premise", "why"):
            return self.random.choice([f"Because {he} likes it.", "Because it was always so.", "That is how it is in Tamble.",
                                       "I heard that too.", self.random.choice(RUDE)])
        said = self.world.say(self.writer.phrase(e, a)["say"][0], {**e, a: asked}, a)
        if kind == "mistake":
            return self.random.choice([f"No. {said}", said, self.random.choice(RUDE), "I am always right."])
        return self.random.choice([said, f"Yes, you are right. {said}", self.random.choice(RUDE), "I do not know."])
