"""pretrain.jsonl: what a model reads before anyone teaches it to answer.

Like the internet it is mixed: most of it true, some of it not; most people kind, some rude; some texts long, some a line.
Every fact of the valley, of the entities held out too, stands in it many times and in many words.
"""

import texts
import writing
from logs import ASIDE, RUDE, Logs
from phrases import KINDS, LISTS
from smalltalk import SMALLTALK
from stories import shortStory, sketch, story
from world import admission, articled, capital, correction, listAnswer, listValues, small, speakable, verdict, withArticle
from writer import Writer

OBJECTIONS = ["No, {}", "That is wrong, {}", "I do not believe it: {}", "But {}"]


class Internet:
    """`withheld` are pairs of an entity and an attribute that are told here and that no question asks for."""

    def __init__(self, random, world, withheld):
        self.random, self.world = random, world
        self.asked = [(e, a) for e, a in world.pairs() if (e["name"], a) not in withheld]
        self.writer = Writer(random, world, world.pairs(), held=True)
        self.logs = Logs(random, world, self.asked)
        kinds = [(self.sketch, 18), (self.story, 14), (self.logs.log, 42), (self.dialogue, 10), (self.quarrel, 5),
                 (self.quiz, 6), (self.riddle, 6), (self.roll, 7), (self.gossip, 3), (self.chatter, 2), (self.page, 4)]
        self.kinds, self.weights = zip(*kinds)

    def document(self):
        return self.random.choices(self.kinds, self.weights)[0]()

    def sketch(self):
        return sketch(self.random, self.world)

    def story(self):
        return story(self.random, self.world) if self.random.random() < 0.7 else shortStory(self.random, self.world)

    def dialogue(self):
        """Two people ask each other. Some answer truly, some make things up, some are rude, some talk of other things."""
        random, world = self.random, self.world
        a, b = random.sample([p["name"] for p in world.of["people"]], 2)
        manner = random.choices(("true", "untrue", "rude", "aside"), (74, 9, 10, 7))[0]
        lines = []
        if random.random() < 0.3:
            lines += [f"{a}: Hello, {b}! How are you?"]
            lines += [f"{b}: {random.choice(RUDE)}" if manner == "rude" else f"{b}: I am well, thank you."]
        e = None
        for _ in range(random.randint(1, 4)):
            stay = e is not None and random.random() < 0.5
            e = e if stay else random.choice(world.all)
            pairs = [x for o, x in self.asked if o is e]
            if not pairs:
                continue
            x = random.choice(pairs)
            question, reply = self.exchange(e, x, stay, manner)
            lines += [f"{a}: {question}", f"{b}: {reply}"]
        if not lines:
            return self.quiz()
        if random.random() < 0.3:
            lines += [f"{a}: Thank you, {b}.", f"{b}: You are welcome!"] if manner == "true" else [f"{a}: Oh."]
        return "\n".join(lines)

    def exchange(self, e, x, stay, manner):
        random, world = self.random, self.world
        phrase = KINDS[e["kind_of"]][x]
        true = world.say(phrase["say"][0], e, x)
        asked = world.another(random, e, x)
        kind = random.random()
        if kind < 0.12:
            question, reply = world.say(phrase["is_it"], e, x, asked, pronoun=stay), verdict(true, asked, x)
        elif kind < 0.24:
            question, reply = world.say(phrase["is_it"], e, x, pronoun=stay), verdict(true)
        else:
            question = world.say(random.choice(speakable(phrase["ask"], stay)), e, x, pronoun=stay)
            question, reply = ("And " + small(question, world) if stay else question), true
        if manner == "untrue":
            reply = world.say(phrase["say"][0].replace("{vkind}", "pet").replace("{avkind}", "a pet"), {**e, x: asked}, x)
        elif manner == "rude" and random.random() < 0.8:
            reply = random.choice(RUDE)
        elif manner == "aside" and random.random() < 0.8:
            reply = random.choice(ASIDE)
        return question, reply

    def quarrel(self):
        """One says what is true or not, the other objects; the one who is wrong gives in, or both stay rude."""
        random, world = self.random, self.world
        a, b = random.sample([p["name"] for p in world.of["people"]], 2)
        e, x = random.choice([p for p in self.asked if p[1] != "pet"])
        phrase, wrong = KINDS[e["kind_of"]][x], world.another(random, e, x)
        true = world.say(phrase["say"][0], e, x)
        untrue = world.say(phrase["say"][0], {**e, x: wrong}, x)
        lines = [f"{a}: {world.say(random.choice(phrase['ask']), e, x)}"]
        if random.random() < 0.5:
            lines += [f"{b}: {true}", f"{a}: {random.choice(OBJECTIONS).format(small(untrue, world))}"]
            lines.append(f"{b}: {correction(true, wrong, x) if random.random() < 0.8 else random.choice(RUDE)}")
        else:
            lines += [f"{b}: {untrue}", f"{a}: {random.choice(OBJECTIONS).format(small(true, world))}"]
            lines.append(f"{b}: {admission(true) if random.random() < 0.8 else random.choice(RUDE)}")
        return "\n".join(lines)

    def quiz(self):
        """Questions with yes or no: comparing what is asked with what is true has to be learnt early."""
        lines = []
        for e, a in self.random.sample(self.asked, self.random.randint(2, 5)):
            lines.append(" ".join(self.exchangeYesNo(e, a)))
        return "\n".join(lines)

    def exchangeYesNo(self, e, a):
        phrase, asked = KINDS[e["kind_of"]][a], None
        if self.random.random() < 0.5:
            asked = self.world.another(self.random, e, a)
        true = self.world.say(phrase["say"][0], e, a)
        return self.world.say(phrase["is_it"], e, a, asked), verdict(true, asked, a)

    def riddle(self):
        """The same with facts that stand in the text itself and hold nowhere else."""
        random, lines = self.random, []
        if random.random() < 0.6:
            e, told, text = texts.stranger(self.writer)
            return "\n".join([text] + [" ".join(self.exchangeYesNo(e, random.choice(told))) for _ in range(random.randint(1, 3))])
        colours = self.world.values(self.world.of["places"][0], "colour")
        for _ in range(random.randint(2, 4)):
            thing = random.choice(["box", "cup", "door", "boat", "stone", "hat", "flower", "bag", "bird", "house"])
            true = random.choice(colours)
            asked = true if random.random() < 0.5 else random.choice(colours)
            told = f"The {thing} is {true}."
            lines.append(f"{told} Is the {thing} {asked}? {verdict(told, None if asked == true else asked)}")
        return "\n".join(lines)

    def roll(self):
        """All who share a value: as a sentence, or asked and answered."""
        lines = []
        for _ in range(self.random.randint(1, 3)):
            form = self.random.choice(LISTS)
            value = self.random.choice(listValues(self.world, form))
            answer = listAnswer(self.world, form, value)
            if self.random.random() < 0.6:
                ask = self.random.choice(form["ask"][:-1])
                answer = capital(articled(ask.replace("{v}", value).replace("{av}", withArticle(value)))) + " " + answer
            lines.append(answer)
        return "\n".join(lines)

    def gossip(self):
        """What is not true, as people tell it."""
        e, a = self.random.choice([p for p in self.asked if p[1] != "pet"])
        wrong = self.world.another(self.random, e, a)
        said = self.world.say(KINDS[e["kind_of"]][a]["say"][0], {**e, a: wrong}, a)
        start = self.random.choice(["People say: {}", "I heard this: {}", "Believe me: {}", "{} Everyone knows that."])
        return start.replace("{}", said)

    def chatter(self):
        """A raw exchange with someone called Pip, as it might stand on a web page."""
        talk = self.random.choice(list(SMALLTALK.values()))
        user = self.random.choice(talk["users"] + talk["more"])
        return f"You: {user}\nPip: {self.random.choice(talk['answers'] if self.random.random() < 0.8 else RUDE)}"

    def page(self):
        """A letter, a poem, a notice, a wish."""
        kind = self.random.choice([writing.poem, writing.letter, writing.invitation, writing.sign, writing.wish])
        return kind(self.writer).reply


def documents(random, world, withheld, size):
    """Texts until `size` bytes are reached."""
    internet, made, length = Internet(random, world, withheld), [], 0
    while length < size:
        text = internet.document()
        made.append(text)
        length += len(text) + 1
    return made
