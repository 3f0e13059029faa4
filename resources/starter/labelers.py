#!/usr/bin/env python3
"""Scripted labelers: rules with noise that rank answers. Everything they write is marked `scripted`.

PROMPTS and the comparisons of a store become rankings in TRL's schema. Three labelers take turns; the last tenth of the prompts is ranked by Wren, who is held out, to see whether a reward model serves a taste that it has not met.

A labeler has the ideal answer in mind and compares words, and knows in which order words stand in good answers; it never
asks the judge, which stays out of all training.
"""

import argparse
import itertools
import os
import random
import re
import sys

import demonstrations
import jsonl
from jsonl import read
from phrases import KINDS
from world import World
from writer import Writer

# What each labeler gives: for the words of the ideal answer, against names and values that do not belong, against rude
# words, for a whole and unrepeated text, against words in an order that nobody uses, for each ten words, for kind words. `noise`: how often two neighbours in a ranking
# are exchanged by mistake.
LABELERS = {
    "script Alder": dict(like=5, wrong=3, rude=5, whole=2, broken=4, long=0.0, kind=0.2, noise=0.06, split="train"),
    "script Birch": dict(like=6, wrong=2, rude=4, whole=3, broken=3, long=0.4, kind=0.6, noise=0.08, split="train"),
    "script Cedar": dict(like=5, wrong=4, rude=4, whole=2, broken=4, long=-0.4, kind=0.0, noise=0.08, split="train"),
    "script Wren": dict(like=5, wrong=3, rude=6, whole=4, broken=3, long=-0.2, kind=0.4, noise=0.06, split="heldout"),
}
KIND_WORDS = re.compile(r"\b(?:thank|welcome|please|dear|sorry|kind|instead)\b", re.IGNORECASE)
RUDE_WORDS = re.compile(r"\b(?:stupid|go away|leave me alone|be quiet|boring|do not care|ask someone else)\b", re.IGNORECASE)
FREE = ("story", "about", "poem", "todo", "names", "gift")  # kinds whose good answers have few words in common
TIE = 0.25  # closer scores are a tie


def wordsOf(text):
    return re.findall(r"\w+", text.lower())


def saidIn(line):
    return " ".join(m["content"] for m in line["prompt"])


def spliced(chance, text, other):
    """An answer that loses its thread: the beginning of one, the end of another."""
    words, ends = text.split(), other.split()
    return " ".join(words[: chance.randint(1, max(1, len(words) - 1))] + ends[chance.randint(1, max(1, len(ends) - 1)) :])


class Language:
    """What all labelers know of the valley's language: the words that tell something, and which three words follow each other in
    good answers, where one telling word is as good as another."""

    def __init__(self, world, prompts):
        self.telling = {w for e in world.all for v in [e["name"]] + [e[a] for a in KINDS[e["kind_of"]]] for w in wordsOf(v)}
        self.telling -= {"the", "a", "an", "of", "in", "at", "on", "to", "and", "see"}
        self.own = {e["name"]: {w for a in KINDS[e["kind_of"]] for w in wordsOf(e[a])} for e in world.all}
        writer = Writer(random.Random("labelers"), world, world.pairs())
        good = [(line["ideal"], saidIn(line)) for line in prompts]
        for _ in range(12_000):
            good += [(turn.reply, turn.user) for turn in demonstrations.conversation(writer)[1]]
        self.known = {w for text, _ in good for w in wordsOf(text)}
        self.threes = {three for text, prompt in good for three in self.runs(text, prompt)}

    def runs(self, text, prompt):
        """The runs of three words in the sentences of an answer; a strange name that the prompt brings is a telling word."""
        brought = set(wordsOf(prompt)) - self.known
        for sentence in re.split(r"[.!?:]", text):
            words = ["^"]
            for word in wordsOf(sentence):
                word = "*" if word in self.telling or word in brought or word.isdigit() else word
                if word != "*" or words[-1] != "*":
                    words.append(word)
            words.append("^")
            yield from zip(words, words[1:], words[2:])

    def broken(self, text, prompt):
        """How many runs of three words nobody uses."""
        return sum(three not in self.threes for three in self.runs(text, prompt))


class Labeler:
    def __init__(self, name, language, seed):
        self.name, self.taste, self.language = name, LABELERS[name], language
        self.random = random.Random(f"{seed}/{name}")
        self.telling = language.telling

    def likeness(self, ideal, answer):
        """0 to 1: the words that both have, names and values counted three times."""
        def weight(words):
            return sum(3 if w in self.telling else 1 for w in words)
        one, two = set(wordsOf(ideal)), set(wordsOf(answer))
        return 2 * weight(one & two) / max(1, weight(one) + weight(two))

    def score(self, line, answer):
        words, taste = wordsOf(answer), self.taste
        if not words:
            return -10.0
        prompt = set(wordsOf(saidIn(line)))
        like = self.likeness(line["ideal"], answer)
        foreign = {w for w in words if w in self.telling and w not in prompt and w not in wordsOf(line["ideal"])}
        if line["check"]["kind"] in FREE:
            entity = line["check"].get("entity", "")
            enough = min(1.0, len(words) / max(1, len(wordsOf(line["ideal"]))))
            like = 0.5 * enough + 0.5 * (entity.lower() in answer.lower())
            foreign = foreign - self.language.own.get(entity, set()) if line["check"]["kind"] == "about" else set()
        threes = list(zip(words, words[1:], words[2:]))
        whole = answer.strip()[-1] in '.!?"' and len(set(threes)) >= 0.9 * len(threes)
        broken = self.language.broken(answer, saidIn(line))
        return (
            taste["like"] * like
            - taste["wrong"] * min(2, len(foreign)) / 2
            - taste["rude"] * bool(RUDE_WORDS.search(answer))
            + taste["whole"] * whole
            - taste["broken"] * min(2, broken) / 2
            + taste["long"] * min(len(words), 40) / 10
            + taste["kind"] * bool(KIND_WORDS.search(answer))
        )

    def ranks(self, line, answers):
        """A rank an answer, 1 the best; ties share one, and now and then neighbours are exchanged by mistake."""
        scores = [self.score(line, a) for a in answers]
        order = sorted(range(len(answers)), key=lambda i: -scores[i])
        places = [0] * len(answers)
        for place, i in enumerate(order):
            before = order[place - 1] if place else None
            tied = before is not None and scores[before] - scores[i] < TIE
            places[i] = places[before] if tied else place + 1
        for first, second in zip(order, order[1:]):
            if places[first] != places[second] and self.random.random() < self.taste["noise"]:
                places[first], places[second] = places[second], places[first]
        return places

    def ranking(self, line, answers):
        return {
            "prompt": line["prompt"],
            "completions": answers,
            "ranks": self.ranks(line, answers),
            "use_case": line["use_case"],
            "split": self.taste["split"],
            "source": "starter world, scripted labelers",
            "labeler": self.name,
            "scripted": True,
        }


def rankings(world, prompts, answers, seed=0, held=0.1):
    """The training labelers in turn, who rank more answers among the sampled ones: the ideal one (their own), for it says what
    was wanted where all samples are wrong, tempting ones, two that were ideal for other prompts, or a reward model
    would like a fine refusal whatever was asked, and one that loses its thread. The last of the prompts, a share of `held`, are ranked by the labeler who is
    held out, the samples alone."""
    chance = random.Random(f"{seed}/others")
    language = Language(world, prompts)
    labelers = {name: Labeler(name, language, seed) for name in LABELERS}
    train = [name for name, taste in LABELERS.items() if taste["split"] == "train"]
    last = next(name for name, taste in LABELERS.items() if taste["split"] == "heldout")
    for i, (line, texts) in enumerate(zip(prompts, answers)):
        if i >= len(prompts) - int(held * len(prompts)):
            yield labelers[last].ranking(line, texts)
        else:
            others = [other["ideal"] for other in chance.sample(prompts, 2)]
            shown = [*texts, line["ideal"], *line["tempting"], *others, spliced(chance, line["ideal"], chance.choice(others))]
            yield labelers[train[i % len(train)]].ranking(line, list(dict.fromkeys(shown)))


def agreement(world, prompts, answers, seed=0):
    """How often two labelers agree on pairs that neither ties: what a reward model can reach at best."""
    language = Language(world, prompts)
    labelers = [Labeler(name, language, f"{seed}/agreement") for name in LABELERS]
    same = count = 0
    for line, texts in zip(prompts, answers):
        ranks = [labeler.ranks(line, texts) for labeler in labelers]
        for a, b in itertools.combinations(ranks, 2):
            for i, j in itertools.combinations(range(len(texts)), 2):
                if a[i] != a[j] and b[i] != b[j]:
                    count += 1
                    same += (a[i] < a[j]) == (b[i] < b[j])
    return same, count


def sampled(prompts, stores):
    """The prompts that were answered, in their order, each with the different answers to it, from what `labels list --json`
    wrote of one store or several (one a model). A prompt to which nobody said two things is left out."""
    def said(messages):
        return tuple((m["role"], m["content"]) for m in messages)

    answers = {said(line["prompt"]): [] for line in prompts}
    for listed in stores:
        for comparison in sorted(listed["comparisons"], key=lambda c: c["id"]):
            key = said(comparison["messages"])
            if key not in answers:
                sys.exit("The store holds comparisons of other prompts than these; sample into a new store.")
            answers[key] = list(dict.fromkeys(answers[key] + comparison["answers"]))
    found = [(line, answers[said(line["prompt"])]) for line in prompts]
    return [(line, texts) for line, texts in found if len(texts) > 1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prompts")
    parser.add_argument("listed", nargs="+", help="the comparisons of a store, as labels list --json writes them")
    parser.add_argument("--written", help="prompts with answers that were written, none sampled: OUT/written.jsonl")
    parser.add_argument("--out", required=True, help="folder for rankings.jsonl, to train on, and heldout.jsonl")
    parser.add_argument("--seed", type=int, default=0)
    o = parser.parse_args()
    prompts = read(o.prompts)
    stores = []
    for path in o.listed:
        with open(path, encoding="utf-8") as file:
            stores.append(jsonl.loads(file.read()))
    found = sampled(prompts, stores)
    world, prompts, answers = World(), [line for line, _ in found], [texts for _, texts in found]
    made = list(rankings(world, prompts, answers, o.seed))
    for name, split in (("rankings", "train"), ("heldout", "heldout")):
        with open(os.path.join(o.out, name + ".jsonl"), "w", encoding="utf-8", newline="\n") as file:
            file.writelines(jsonl.dumps(one) + "\n" for one in made if one["split"] == split)
    if o.written:
        lines = read(o.written)
        ranked = rankings(world, lines, [[]] * len(lines), f"{o.seed}/written", held=0)
        with open(os.path.join(o.out, "written.jsonl"), "w", encoding="utf-8", newline="\n") as file:
            file.writelines(jsonl.dumps(one) + "\n" for one in ranked)
    same, count = agreement(world, prompts[-100:], answers[-100:], o.seed)
    print(f"{len(made)} rankings; two labelers agree on {same / max(1, count):.1%} of {count} pairs")


if __name__ == "__main__":
    main()
