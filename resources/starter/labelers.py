#!/usr/bin/env python3
"""Scripted labelers: rules with noise that rank answers. Everything they write is marked `scripted`.

PROMPTS and the comparisons of a store become rankings in TRL's schema. Three labelers take turns; the last tenth of the prompts is ranked by Wren, who is held out, to see whether a reward model serves a taste that it has not met.

A labeler has the ideal answer in mind and compares words; it never asks the judge, which stays out of all training.
"""

import argparse
import itertools
import os
import random
import re
import sys

import jsonl
from jsonl import read
from phrases import KINDS
from world import World

# What each labeler gives: for the words of the ideal answer, against names and values that do not belong, against rude
# words, for a whole and unrepeated text, for each ten words, for kind words. `noise`: how often two neighbours in a ranking
# are exchanged by mistake.
LABELERS = {
    "script Alder": dict(like=5, wrong=3, rude=5, whole=2, long=0.0, kind=0.2, noise=0.06, split="train"),
    "script Birch": dict(like=6, wrong=2, rude=4, whole=3, long=0.4, kind=0.6, noise=0.08, split="train"),
    "script Cedar": dict(like=5, wrong=4, rude=4, whole=2, long=-0.4, kind=0.0, noise=0.08, split="train"),
    "script Wren": dict(like=5, wrong=3, rude=6, whole=4, long=-0.2, kind=0.4, noise=0.06, split="heldout"),
}
KIND_WORDS = re.compile(r"\b(?:thank|welcome|please|dear|sorry|kind|instead)\b", re.IGNORECASE)
RUDE_WORDS = re.compile(r"\b(?:stupid|go away|leave me alone|be quiet|boring|do not care|ask someone else)\b", re.IGNORECASE)
FREE = ("story", "about", "poem", "todo", "names", "gift")  # kinds whose good answers have few words in common
TIE = 0.25  # closer scores are a tie


def wordsOf(text):
    return re.findall(r"\w+", text.lower())


class Labeler:
    def __init__(self, name, world, seed):
        self.name, self.taste = name, LABELERS[name]
        self.random = random.Random(f"{seed}/{name}")
        self.telling = {w for e in world.all for v in [e["name"]] + [e[a] for a in KINDS[e["kind_of"]]] for w in wordsOf(v)}
        self.telling -= {"the", "a", "an", "of", "in", "at", "on", "to", "and", "see"}

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
        prompt = {w for m in line["prompt"] for w in wordsOf(m["content"])}
        like = self.likeness(line["ideal"], answer)
        foreign = {w for w in words if w in self.telling and w not in prompt and w not in wordsOf(line["ideal"])}
        if line["check"]["kind"] in FREE:
            entity = line["check"].get("entity", "")
            enough = min(1.0, len(words) / max(1, len(wordsOf(line["ideal"]))))
            like, foreign = (0.5 * enough + 0.5 * (entity.lower() in answer.lower())), set()
        threes = list(zip(words, words[1:], words[2:]))
        whole = answer.strip()[-1] in '.!?"' and len(set(threes)) >= 0.9 * len(threes)
        return (
            taste["like"] * like
            - taste["wrong"] * min(2, len(foreign)) / 2
            - taste["rude"] * bool(RUDE_WORDS.search(answer))
            + taste["whole"] * whole
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
    was wanted where all samples are wrong, tempting ones, and two that were ideal for other prompts, or a reward model
    would like a fine refusal whatever was asked. The last of the prompts, a share of `held`, are ranked by the labeler who is
    held out, the samples alone."""
    chance = random.Random(f"{seed}/others")
    labelers = {name: Labeler(name, world, seed) for name in LABELERS}
    train = [name for name, taste in LABELERS.items() if taste["split"] == "train"]
    last = next(name for name, taste in LABELERS.items() if taste["split"] == "heldout")
    for i, (line, texts) in enumerate(zip(prompts, answers)):
        if i >= len(prompts) - int(held * len(prompts)):
            yield labelers[last].ranking(line, texts)
        else:
            others = [other["ideal"] for other in chance.sample(prompts, 2)]
            yield labelers[train[i % len(train)]].ranking(line, list(dict.fromkeys([*texts, line["ideal"], *line["tempting"], *others])))


def agreement(world, prompts, answers, seed=0):
    """How often two labelers agree on pairs that neither ties: what a reward model can reach at best."""
    labelers = [Labeler(name, world, f"{seed}/agreement") for name in LABELERS]
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
