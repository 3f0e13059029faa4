#!/usr/bin/env python3
"""Proves that the held-out prompts are held out, or fails and says what is not.

1. No demonstration and no prompt for ranking or PPO names a held-out entity; the pre-training text tells of each of them.
2. No held-out prompt stands in a training file, and none asks a last question that a training file holds.
3. No file but the held-out one asks for a withheld pair; the pre-training text tells it.
4. No held-out wording stands in any other file.
"""

import argparse
import os
import sys

import jsonl
from generate import Data, askedIn, said
from heldout import DOUBLE, plain
from jsonl import read
from phrases import KINDS

TRAINED = ("demonstrations.jsonl", "prompts-ranking.jsonl", "prompts-ppo.jsonl")


def faults(folder, seed):
    data = Data(seed)
    world, held = data.world, read(os.path.join(folder, "heldout.jsonl"))
    trained = {name: read(os.path.join(folder, name)) for name in TRAINED}
    pretrained = [t for line in read(os.path.join(folder, "pretrain.jsonl")) for t in said(line)]
    everything = "\n".join(pretrained).lower()

    for name, lines in trained.items():
        for i, line in enumerate(lines, 1):
            if any(world.namesHeld(t) for t in said(line)):
                yield f"{name}, line {i}: names a held-out entity: {said(line)}"
    for e in world.all:
        if e["held"] and sum(e["name"] in t for t in pretrained) < 50:
            yield f"pretrain.jsonl: tells of {e['name']} fewer than 50 times"

    texts = {plain(t) for lines in trained.values() for line in lines for t in said(line)}
    asked = "\n".join(t.lower() for lines in trained.values() for line in lines for t in said(line))
    prompts = {jsonl.dumps(line["prompt"]) for lines in trained.values() for line in lines if "prompt" in line}
    toPip = {plain(t) for t in askedIn(pretrained)}
    for i, line in enumerate(held, 1):
        last = plain(line["prompt"][-1]["content"])
        if jsonl.dumps(line["prompt"]) in prompts:
            yield f"heldout.jsonl, line {i}: stands in a training file"
        if len(line["prompt"]) == 1 and (last in texts or last in toPip):
            yield f"heldout.jsonl, line {i}: is asked in a training file: {last}"

    withheld = [(world.named[name], a) for name, a in data.withheld if a not in DOUBLE]
    questions = {world.say(t, e, a).lower() for e, a in withheld for t in KINDS[e["kind_of"]][a]["ask"]}
    questions |= {world.say(KINDS[e["kind_of"]][a]["is_it"], e, a, v).lower() for e, a in withheld for v in world.values(e, a)}
    others = {world.say(t, e, a).lower() for e, a in world.pairs() if (e["name"], a) not in data.withheld
              for t in KINDS[e["kind_of"]][a]["ask"]}
    for question in sorted(questions - others):
        if question in everything or question in asked or plain(question) in texts:
            yield f"a file asks for a withheld pair: {question}"
    for e, a in withheld:
        if not any(world.say(t, e, a) in text for t in KINDS[e["kind_of"]][a]["say"] for text in pretrained):
            yield f"pretrain.jsonl: does not tell the {a} of {e['name']}"

    for e, a in world.pairs():
        for template in KINDS[e["kind_of"]][a]["held"]:
            wording = world.say(template, e, a).lower()
            if wording in everything or wording in asked or plain(wording) in texts:
                yield f"a file holds a held-out wording: {wording}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default="generated")
    parser.add_argument("--seed", type=int, default=0)
    o = parser.parse_args()
    found = list(faults(o.folder, o.seed))
    for fault in found[:20]:
        print(fault, file=sys.stderr)
    sys.exit(f"{len(found)} faults: the held-out prompts are not held out." if found else None)


if __name__ == "__main__":
    main()
