"""The valley of Tamble: reads world/*.tsv and turns a phrase, an entity and a value into a sentence.

An entity is a dictionary of its row, with `kind_of` (people, animals, places, things, events) beside it. `facts` lists
the attributes that phrases.py can speak of and that hold for the entity. `held` marks the entities that the pre-training text
tells of and that no demonstration and no prompt for ranking or PPO may name.
"""

import csv
import os
import re

from phrases import KINDS

HERE = os.path.dirname(os.path.abspath(__file__))
PRONOUNS = {"f": ("she", "her", "her"), "m": ("he", "his", "him"), "n": ("it", "its", "it")}


class World:
    def __init__(self):
        self.of = {}
        for group in KINDS:
            with open(os.path.join(HERE, "world", group + ".tsv"), encoding="utf-8") as file:
                rows = list(csv.DictReader(file, delimiter="\t"))
            for row in rows:
                row["kind_of"] = group
                row.setdefault("sex", "n")
                row["held"] = row["held"] == "yes"
            self.of[group] = rows
        self.all = [e for rows in self.of.values() for e in rows]
        self.named = {e["name"]: e for e in self.all}
        self.known = [e for e in self.all if not e["held"]]
        heldNames = "|".join(re.escape(e["name"]) for e in self.all if e["held"])
        self._held = re.compile(rf"(?<!\w)(?:{heldNames})(?!\w)", re.IGNORECASE)

    def namesHeld(self, text):
        """Whether the text names an entity that only the pre-training text and the held-out prompts may name."""
        return bool(self._held.search(text))

    def facts(self, e):
        return [a for a in KINDS[e["kind_of"]] if e[a] != "-"]

    def values(self, e, attribute):
        """Every value of this attribute in the entity's group, sorted."""
        return sorted({o[attribute] for o in self.of[e["kind_of"]] if o[attribute] != "-"})

    def another(self, random, e, attribute):
        """A wrong value of the same kind."""
        own = {e[attribute], e["name"]}
        return random.choice([v for v in self.values(e, attribute) if v not in own])

    def pairs(self):
        return [(e, a) for e in self.all for a in self.facts(e)]

    def say(self, template, e, attribute=None, value=None, pronoun=False):
        """The template as a sentence. `pronoun` speaks of the entity as he, she or it."""
        name, own = e["name"], possessive(e["name"])
        he, his, him = PRONOUNS[e["sex"]] if pronoun else (name, own, name)
        true = e.get(attribute, "") if attribute else ""
        value = true if value is None else value
        pupil = e.get("job") == "pupil"
        text = template
        if pupil and attribute == "job":
            text = (
                text.replace("the {v}", "a {v}")
                .replace("The {v} of Tamble is {T}", "One {v} of Tamble is {T}")
                .replace("the {w}", "a {w}")
            )
        kind = self.named[true]["kind"] if attribute == "pet" and true in self.named else e.get("kind", "")
        for slot, filler in (
            ("{Ns}", his),
            ("{No}", him),
            ("{N}", he),
            ("{Ts}", own),
            ("{T}", name),
            ("{v}", true),
            ("{w}", value),
            ("{av}", withArticle(true)),
            ("{aw}", withArticle(value)),
            ("{vkind}", kind),
            ("{avkind}", withArticle(kind)),
            ("{kind}", kind),
            ("{owner}", e.get("owner", "")),
            ("{works}", "learns" if pupil else "works"),
            ("{work}", "learn" if pupil else "work"),
        ):
            text = text.replace(slot, filler)
        return capital(articled(text))


def articled(text):
    """"An" where a value that begins with a vowel came after "a"."""
    return re.sub(r"\b([Aa]) (?=orange\b|apple\b)", r"\1n ", text)


def verdict(fact, asked=None, attribute=None):
    """Yes, or with `asked` no. The fact stands first: a small model that says it decides by it, and does not guess."""
    if asked is None:
        return f"{fact.rstrip('.')}, so the answer is yes."
    return correction(fact, asked, attribute)[:-1] + ", so the answer is no."


def correction(fact, wrong, attribute):
    """The fact, and what it is not."""
    return f"{fact.rstrip('.')}, not {valueAs(wrong, attribute)}."


def admission(fact):
    """What the one who was wrong says."""
    return f"{fact.rstrip('.')}, so you are right and I was wrong."


def valueAs(value, attribute):
    """A value as it stands after "not"."""
    return {"job": "the " + value, "kind": withArticle(value), "coat": withArticle(value) + " one"}.get(attribute, value)


def speakable(templates, pronoun=True):
    """Those that can speak with a pronoun; all of them where none can or none must."""
    return [t for t in templates if "{T}" not in t] or templates if pronoun else templates


def possessive(name):
    return name + ("'" if name.endswith("s") and not name.startswith("the") else "'s")


def withArticle(noun):
    return ("an " if noun[:1] in "aeiou" else "a ") + noun


def capital(text):
    return text[:1].upper() + text[1:]


def small(text, world):
    """The sentence as it stands after a comma: a small first letter unless it begins with a name or with I."""
    first = text.split(" ")[0].rstrip("?.,!").removesuffix("'s")
    return text if first in world.named or first in ("I", "Tamble") else text[:1].lower() + text[1:]


def listed(names):
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def listValues(world, form):
    """The values that can be asked for; "at the school" and "pupil" are answered by the children's own question."""
    return sorted({e[form["of"]] for e in world.of[form["group"]]} - {"at the school", "pupil"})


def listAnswer(world, form, value):
    found = [e for e in world.of[form["group"]] if e[form["of"]] == value]
    text = form["many"] if len(found) > 1 else form["one"]
    for slot, filler in (
        ("{names}", listed([e["name"] for e in found])),
        ("{N}", found[0]["name"]),
        ("{v}", value),
        ("{av}", withArticle(value)),
        ("{owner}", found[0].get("owner", "")),
    ):
        text = text.replace(slot, filler)
    return capital(articled(text))
