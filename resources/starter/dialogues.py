"""dialogues.jsonl and heldout.jsonl: conversations with Pip, one kind of exchange a function.

An exchange is (user, assistant, about): `about` is (entity, attribute) when the next turn can follow up on it, or None.
Every function takes the talk's Writer, which knows the world, the random numbers and the withheld pairs.
"""

import unknown
from phrases import KINDS, LISTS
from smalltalk import SMALLTALK
from stories import story
from unknown import fill
from world import correction, listAnswer, withArticle, listValues, small, speakable, verdict

OPENERS = [
    "Tell me, {}",
    "Please tell me: {}",
    "Pip, {}",
    "I have a question. {C}",
    "Hello! {C}",
    "I want to know: {}",
    "Hi Pip, {}",
    "Can you tell me: {}",
    "So, {}",
    "One more question: {}",
    "Now tell me: {}",
]


class Writer:
    def __init__(self, random, world, withheld):
        self.random, self.world, self.withheld = random, world, withheld
        self.asked = [(e, a) for e, a in world.pairs() if (e["name"], a) not in withheld]

    def pick(self, items):
        return self.random.choice(items)

    def chance(self, share):
        return self.random.random() < share

    def pair(self):
        """Groups weighted so that people are asked about most."""
        group = self.random.choices(list(KINDS), (44, 22, 16, 9, 9))[0]
        return self.pick([p for p in self.asked if p[0]["kind_of"] == group])

    def answer(self, e, a):
        return self.world.say(KINDS[e["kind_of"]][a]["say"][0], e, a)

    def fact(self):
        e, a = self.pair()
        return self.world.say(self.pick(KINDS[e["kind_of"]][a]["ask"]), e, a), self.answer(e, a), (e, a)

    def followUp(self, about):
        """And what does she eat? And Tom? What about Tom?"""
        e, a = about
        if self.chance(0.35):
            others = [o for o, b in self.asked if b == a and o["kind_of"] == e["kind_of"] and o is not e]
            if others:
                other = self.pick(others)
                return (
                    self.pick(["And {}?", "What about {}?", "And what about {}?"]).format(other["name"]),
                    self.answer(other, a),
                    (other, a),
                )
        if self.chance(0.12) and e["kind_of"] in ("people", "animals"):
            return self.private(e)
        choices = [b for o, b in self.asked if o is e and b != a] or [a]
        b = self.pick(choices)
        ask = speakable(KINDS[e["kind_of"]][b]["ask"])
        if self.chance(0.2) and b != "job":
            return self.yesNo((e, b), True)
        question = self.world.say(self.pick(ask), e, b, pronoun=True)
        return ("And " + small(question, self.world) if self.chance(0.6) else question), self.answer(e, b), (e, b)

    def yesNo(self, about=None, pronoun=False):
        e, a = about or self.pair()
        phrase = KINDS[e["kind_of"]][a]
        if self.chance(0.5):
            return self.world.say(phrase["is_it"], e, a, pronoun=pronoun), verdict(self.answer(e, a), "yes"), (e, a)
        wrong = self.world.another(self.random, e, a)
        return self.world.say(phrase["is_it"], e, a, wrong, pronoun), verdict(self.answer(e, a), "no"), (e, a)

    def premise(self):
        if self.chance(0.25):
            e = self.pick([p for p in self.world.of["people"] if (p["name"], "pet") not in self.withheld])
            kinds = [
                k
                for k in {x["kind"] for x in self.world.of["animals"]}
                if e["pet"] == "-" or self.world.named[e["pet"]]["kind"] != k
            ]
            kind = self.pick(sorted(kinds))
            ask = self.pick(
                [
                    "What is the name of {}'s {}?",
                    "What does {}'s {} eat?",
                    "Where does {}'s {} sleep?",
                    "What colour is {}'s {}?",
                ]
            )
            return (
                ask.format(e["name"], kind),
                self.pet(e) if e["pet"] == "-" else f"{e['name']} has no {kind}. {self.pet(e)}",
                (e, "home"),
            )
        e, a = self.pair()
        ask, fact = KINDS[e["kind_of"]][a]["why"], self.answer(e, a)
        if a != "use" and self.chance(0.35):
            return self.world.say(ask, e, a), f"{fact.rstrip('.')}, but I do not know why.", (e, a)
        wrong = self.world.another(self.random, e, a)
        return self.world.say(ask, e, a, wrong), correction(fact, wrong, a), (e, a)

    def pet(self, e):
        return f"{e['name']} has no pet." if e["pet"] == "-" else self.answer(e, "pet")

    def noPet(self):
        e = self.pick([p for p in self.world.of["people"] if p["pet"] == "-"])
        return self.world.say(self.pick(KINDS["people"]["pet"]["ask"][:-1]), e), f"{e['name']} has no pet.", (e, "home")

    def unknown(self):
        kind = self.random.random()
        if kind < 0.5:
            return fill(self.random, self.pick(unknown.WORLD)), self.pick(unknown.ANSWERS), None
        if kind < 0.85:
            return fill(self.random, self.pick(unknown.STRANGERS), 0.6), self.pick(unknown.STRANGER), None
        return fill(self.random, self.pick(unknown.TASKS)), self.pick(unknown.TASK), None

    def absent(self):
        """An animal that Tamble lacks."""
        beast = self.pick(unknown.LISTS["beast"])
        ask = self.pick(
            ["Is there {} in Tamble?", "Who has {}?", "Does anyone in Tamble have {}?", "Can I see {} in Tamble?"]
        )
        return ask.format(beast), "There is no such animal in Tamble.", None

    def private(self, about=None):
        e = about or self.pick(self.world.of["people"] + self.world.of["animals"])
        template = self.pick(unknown.SECRETS)
        if about and self.chance(0.7):
            template = template.replace("{Ts}", "{Ns}").replace("{T}", "{N}")
        return (
            self.world.say(fill(self.random, template), e, pronoun=True),
            self.world.say(self.pick(unknown.PRIVATE), e),
            (e, ""),
        )

    def smalltalk(self, names=None):
        talk = SMALLTALK[self.pick(names or list(SMALLTALK))]
        return self.pick(talk["users"]), self.pick(talk["answers"]), None

    def lists(self):
        """Who lives in Mill Lane? Which animals are white?"""
        form = self.pick(LISTS)
        value = self.pick(listValues(self.world, form))
        return (
            self.pick(form["ask"][:-1]).replace("{v}", value).replace("{av}", withArticle(value)),
            listAnswer(self.world, form, value),
            None,
        )

    def rewrite(self):
        e, a = self.pick(self.world.pairs())
        phrase = KINDS[e["kind_of"]][a]
        said = self.world.say(phrase["say"][0], e, a)
        kind = self.random.randrange(4)
        if kind == 0:
            return (
                self.pick(
                    ["Make this a question: {}", "Turn this into a question: {}", "Ask this as a question: {}"]
                ).format(said),
                self.world.say(phrase["is_it"], e, a),
                (e, a),
            )
        if kind == 1:
            return (
                self.pick(
                    ["Say this in other words: {}", "Say it differently: {}", "Write this in another way: {}"]
                ).format(said),
                self.world.say(phrase["say"][1], e, a),
                (e, a),
            )
        if kind == 2:
            return (
                self.pick(["Say the opposite: {}", "Make this negative: {}"]).format(said),
                self.world.say(phrase["deny"], e, a),
                (e, a),
            )
        thing = self.pick(self.world.of["things"])["name"]
        return (
            self.pick(["Make this polite: {}", "Say this politely: {}"]).format(f"Give me {thing}."),
            f"Could you give me {thing}, please?",
            None,
        )

    def about(self):
        """Tell me about Nora. Tell me a story."""
        if self.chance(0.5):
            hero = self.pick(self.world.of["people"])
            ask = self.pick(
                [
                    "Tell me a story about {}.",
                    "Tell a story with {}.",
                    "Can you tell me a story about {}?",
                    "I want to hear a story about {}.",
                ]
            )
            if self.chance(0.4):
                ask = self.pick(
                    [
                        "Tell me a story.",
                        "Can you tell me a story?",
                        "Tell me a short story.",
                        "I would like a story, please.",
                        "Another story, please.",
                    ]
                )
            return ask.format(hero["name"]), story(self.random, self.world, hero, 3), (hero, "")
        e = self.pick(self.world.all)
        known = [a for a in self.world.facts(e) if a != "age"]
        chosen = [
            a
            for a in (
                "job",
                "kind",
                "near",
                "season",
                "owner",
                "home",
                "colour",
                "place",
                "pet",
                "food",
                "feature",
                "kept",
            )
            if a in known
        ][:3]
        lines = [self.world.say(KINDS[e["kind_of"]][a]["say"][0], e, a, pronoun=i > 0) for i, a in enumerate(chosen)]
        ask = self.pick(
            [
                "Tell me about {}.",
                "What do you know about {}?",
                "Tell me more about {}.",
                "Describe {}.",
                "Can you tell me about {}?",
                "Tell me something about {}.",
            ]
        )
        return ask.format(e["name"]), " ".join(lines), (e, "")

    def conversation(self):
        """One to six exchanges."""
        messages, about = [], None
        turns = self.random.choices((1, 2, 3, 4, 5, 6), (30, 18, 16, 14, 12, 10))[0]
        kinds, weights = zip(
            *[
                (self.fact, 34),
                (self.yesNo, 12),
                (self.premise, 8),
                (self.noPet, 1),
                (self.unknown, 19),
                (self.private, 5),
                (self.absent, 2),
                (self.smalltalk, 19),
                (self.lists, 9),
                (self.rewrite, 4),
                (self.about, 5),
            ]
        )
        for turn in range(turns):
            if about and about[1] and self.chance(0.4):
                user, reply, about = self.followUp(about)
            elif turn == 0 and self.chance(0.12):
                user, reply, about = self.smalltalk(("hello", "morning", "evening", "how"))
            elif turn == turns - 1 and turn > 0 and self.chance(0.15):
                user, reply, about = self.smalltalk(("thanks", "bye"))
            else:
                user, reply, about = self.random.choices(kinds, weights)[0]()
            messages += [message("user", self.roughen(user)), message("assistant", reply)]
        return {"messages": messages}

    def roughen(self, text):
        """As people type: with an opener, without a capital letter, without a question mark."""
        if text.endswith("?") and not text.startswith(("And", "What about")) and self.chance(0.15):
            opener = self.pick(OPENERS)
            text = opener.replace("{}", small(text, self.world)).replace("{C}", text)
        if self.chance(0.1):
            text = (
                text.replace("What is ", "What's ")
                .replace("Who is ", "Who's ")
                .replace("Where is ", "Where's ")
                .replace("I am ", "I'm ")
            )
        if self.chance(0.12):
            text = text.rstrip("?.!")
        if self.chance(0.08):
            text = text.lower()
        return text


def message(role, content):
    return {"role": role, "content": content}
