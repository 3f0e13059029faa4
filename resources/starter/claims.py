"""Truth: the sentences of an answer that claim something about the valley, and whether it is so.

A sentence is a claim when it has the form of one of the statements or denials of phrases.py, or of a list; what has no such
form ("It was a good day.") claims nothing that could be checked. Pronouns speak of whoever was named last.
"""

import re

from phrases import KINDS, LISTS
from world import PRONOUNS, possessive, withArticle

SLOT = re.compile(r"\{(\w+)\}")
TAILS = [r" day by day,", r", so the answer is (?:yes|no)", r", so you are right and I was wrong", r", but I do not know why"]


def sentences(text):
    """Sentences without the numbers of a list; a line is an end too."""
    text = re.sub(r"(?:(?<=\s)|^)\d\. ", "", text.strip())
    return [s.strip() for s in re.split(r"(?<=[.!?])\s+|\n+", text) if s.strip()]


class Claims:
    def __init__(self, world):
        self.world = world
        self.names = {g: "|".join(sorted((re.escape(e["name"]) for e in rows), key=len, reverse=True))
                      for g, rows in world.of.items()}
        self.forms = []
        for group, attributes in KINDS.items():
            for attribute, phrase in attributes.items():
                for template in phrase["say"]:
                    self.forms.append((self.pattern(group, template), group, attribute, False))
                self.forms.append((self.pattern(group, phrase["deny"]), group, attribute, True))
        self.lists = [(self.listPattern(form), form) for form in LISTS if form["many"] != "{names}"]
        everyone = "|".join(self.names.values())
        self.spokenOf = re.compile(rf"(?<!\w)(?:{everyone})(?!\w)", re.IGNORECASE)

    def pattern(self, group, template):
        names = self.names[group]
        own = "|".join(re.escape(possessive(e["name"])) for e in self.world.of[group])
        slots = {"N": rf"(?P<N>{names}|he|she|it)", "Ns": rf"(?P<Ns>{own}|his|her|its)",
                 "No": rf"(?P<No>{names}|him|her|it)", "T": rf"(?P<T>{names})", "v": "(?P<v>.+?)", "w": "(?P<v>.+?)",
                 "av": "an? (?P<v>.+?)", "aw": "an? (?P<v>.+?)", "works": "(?:works|learns)", "work": "(?:work|learn)"}
        seen, out, last = set(), "", 0
        template = template.replace("is the {", "is THE {").replace("the {w}", "THE {w}").rstrip(".")
        for slot in SLOT.finditer(template):
            out += re.escape(template[last : slot.start()])
            part = slots.get(slot[1], ".+?")
            name = re.match(r".*?\(\?P<(\w+)>", part)
            if name and name[1] in seen:
                part = f"(?P={name[1]})" if name[1] != "v" else ".+?"
            if name:
                seen.add(name[1])
            out += part
            last = slot.end()
        out += re.escape(template[last:])
        return re.compile(out.replace("THE", "(?:the|an?)").replace(r"\ a\ (?P<v>", r"\ an?\ (?P<v>"), re.IGNORECASE)

    def listPattern(self, form):
        many = re.escape(form["many"].rstrip(".")).replace(r"\{names\}", "(?P<names>.+?)").replace(r"\{v\}", "(?P<v>.+)")
        many = many.replace(r"\ a\ (?P<v>", r"\ an?\ (?P<v>")
        return re.compile(many, re.IGNORECASE)

    def named(self, text):
        """The entity whose name the text is, whatever its case and an 's after it."""
        low = text.lower()
        for e in self.world.all:
            if low in (e["name"].lower(), possessive(e["name"]).lower()):
                return e
        return None

    def of(self, text, about=None):
        """[(entity, attribute, value, denied, true)] of an answer; `about`: the name of whom it may call he, she or it."""
        found, last = [], self.world.named.get(about)
        for sentence in sentences(text):
            core = sentence.rstrip(".!?")
            for tail in TAILS:
                core = re.sub(tail + "$", "", core)
            core, _, rejected = core.partition(", not ")
            made = self.statement(core, last) or self.roll(core)
            if made and rejected:
                true = [c for c in made if c[4]]
                if any(self.same(rejected, self.value(e, a)) for e, a, *_ in true):
                    made = [(e, a, v, d, False) for e, a, v, d, _ in made]
            found += made
            subject = self.spokenOf.search(core)
            last = self.named(subject[0]) if subject else last
        return found

    def statement(self, core, last):
        readings = []
        for pattern, group, attribute, denied in self.forms:
            match = pattern.fullmatch(core)
            if not match:
                continue
            parts = match.groupdict()
            who = parts.get("T") or parts.get("N") or parts.get("Ns") or parts.get("No")
            e = self.named(who) if who else None
            if e is None:
                e = last if last and last["kind_of"] == group and who and who.lower() in self.pronouns(last) else None
            if e is None or attribute not in e:
                continue
            value = parts.get("v", "")
            right = self.same(value, self.value(e, attribute)) and self.rest(match, e, attribute)
            readings.append((e, attribute, value, denied, right != denied))
        known = [r for r in readings if self.isValue(r[1], r[2], r[0]) or r[4]]
        return [next((r for r in known or readings if r[4]), (known or readings)[0])] if readings else []

    def rest(self, match, e, attribute):
        """What else a statement names: the owner of an animal, the kind of a pet, a colour's kind."""
        words = match[0].lower()
        if attribute == "kind" and " belongs to " in words:
            return words.endswith("belongs to " + e["owner"].lower())
        if attribute == "pet" and e["pet"] in self.world.named:
            return self.world.named[e["pet"]]["kind"] in words or "belongs to" in words
        if attribute == "colour" and e["kind_of"] == "animals" and re.search(r" is an? ", words):
            return words.endswith(e["kind"])
        return True

    def roll(self, core):
        made = []
        for pattern, form in self.lists:
            match = pattern.fullmatch(core)
            if not match:
                continue
            names = re.split(r", | and ", match["names"])
            value = match.groupdict().get("v") or "pupil"
            for name in names:
                e = self.named(name)
                if form["of"] == "leader":
                    if e and e["kind_of"] == "events":
                        made.append((e, "leader", value, False, self.same(value, e["leader"])))
                elif e and e["kind_of"] == form["group"] and self.isValue(form["of"], value, e):
                    made.append((e, form["of"], value, False, self.same(value, e[form["of"]])))
            if made:
                return made
        return made

    def pronouns(self, e):
        return PRONOUNS[e["sex"]]

    def value(self, e, attribute):
        return e[attribute]

    def isValue(self, attribute, value, e):
        return any(self.same(value, v) for v in self.world.values(e, attribute))

    def same(self, said, true):
        said = said.lower().strip()
        return said in (true.lower(), "the " + true.lower(), withArticle(true).lower(),
                        withArticle(true).lower() + " one", withArticle(true).lower() + " coat")
