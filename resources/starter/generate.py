#!/usr/bin/env python3
"""Writes the data of the starter (README.md lists the files). The same seed gives the same bytes."""

import argparse
import os
import random
import re

import demonstrations
import heldout
import internet
import jsonl
from unknown import SYLLABLES
from world import World
from writer import Writer


def withheldPairs(world, seed):
    """Pairs of a known entity and an attribute that the pre-training text tells and that no file asks for."""
    pairs = sorted((e["name"], a) for e, a in world.pairs() if a not in ("job", "kind") and not e["held"])
    return set(random.Random(f"{seed}/withheld").sample(pairs, len(pairs) // 14))


class Data:
    """All that is generated from one seed, each part from a stream of random numbers of its own."""

    def __init__(self, seed):
        self.seed, self.world = seed, World()
        self.withheld = withheldPairs(self.world, seed)

    def stream(self, name):
        return random.Random(f"{self.seed}/{name}")

    def writer(self, name):
        """For what may be trained on: known entities, pairs that may be asked for, training wordings."""
        pairs = [(e, a) for e, a in self.world.pairs() if not e["held"] and (e["name"], a) not in self.withheld]
        return Writer(self.stream(name), self.world, pairs)

    def pretraining(self, name, size):
        texts = internet.documents(self.stream(name), self.world, self.withheld, size)
        return [{"text": text} for text in texts]

    def mix(self, texts, count):
        """Some of the pre-training text as completions of nothing: fine-tuning on it too forgets less."""
        return [{"prompt": "", "completion": line["text"]} for line in self.stream("mix").sample(texts, count)]

    def demonstrations(self, count):
        writer = self.writer("demonstrations")
        return [demonstrations.demonstration(writer) for _ in range(count)]

    def prompts(self, name, count):
        """Prompts for ranking or for PPO: conversations that end with what the user says."""
        writer, lines, seen = self.writer(name), [], set()
        while len(lines) < count:
            line = demonstrations.prompt(writer, name)
            key = jsonl.dumps(line["prompt"])
            if key not in seen:
                seen.add(key)
                lines.append(line)
        return lines



def said(line):
    """All texts of a line."""
    if "text" in line:
        return [line["text"]]
    if line.get("prompt") == "":
        return [line["completion"]]
    return [m["content"] for m in line.get("messages", line.get("prompt", []) + line.get("completion", []))]


def askedIn(texts):
    """What people ask a chat program in the pre-training text."""
    logged = [user for text in texts for user in re.findall(r"<\|user\|>(.*?)<\|endoftext\|>", text, re.DOTALL)]
    return logged + [t.split("\n")[0].removeprefix("You: ") for t in texts if t.startswith("You: ")]


def told(line):
    """What a line teaches to say: not what people ask."""
    return [line["text"]] if "text" in line else said(line)[-1:]


def write(folder, name, lines):
    path = os.path.join(folder, name)
    text = "".join(line + "\n" for line in lines)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    print(f"{name}: {len(lines):,} lines, {len(text):,} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default="generated", help="folder to write into (default: generated)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pretrain-bytes", type=int, default=10_000_000)
    parser.add_argument("--demonstrations", type=int, default=24_000)
    o = parser.parse_args()
    os.makedirs(o.out, exist_ok=True)
    data = Data(o.seed)

    files = {
        "pretrain.jsonl": data.pretraining("pretrain", o.pretrain_bytes),
        "pretrain-heldout.jsonl": data.pretraining("pretrain held out", o.pretrain_bytes // 125),
        "demonstrations.jsonl": data.demonstrations(o.demonstrations),
        "prompts-ranking.jsonl": data.prompts("ranking", 4000),
        "prompts-ppo.jsonl": data.prompts("ppo", 4000),
        "comparisons.jsonl": data.prompts("comparisons", 10000),
    }
    files["pretrain-mix.jsonl"] = data.mix(files["pretrain.jsonl"], o.demonstrations // 6)
    texts = [t for lines in files.values() for line in lines for t in said(line)]
    files["heldout.jsonl"] = heldout.HeldOut(data, texts + askedIn(texts)).all()
    alone = [line["prompt"][0]["content"] for line in files["prompts-ranking.jsonl"] if len(line["prompt"]) == 1]
    write(o.out, "prompts.txt", [text for text in dict.fromkeys(alone) if "\n" not in text][:200])
    plain = [re.sub(r"<\|\w+\|>", "\n", line["text"]) for line in files["pretrain.jsonl"]]  # role tokens are no words
    write(o.out, "tokenizer.txt", plain)
    for name, lines in files.items():
        write(o.out, name, [jsonl.dumps(line) for line in lines])
    names = {w for e in data.world.all for w in re.findall(r"[A-Za-z]+", e["name"])}
    written = [t for name in ("pretrain.jsonl", "demonstrations.jsonl") for line in files[name] for t in told(line)]
    madeUp = re.compile("(?:" + "|".join(SYLLABLES) + "){2,3}")  # also as people type it, without a capital
    words = names | {w for t in written for w in re.findall(r"\b[a-z]+\b", t) if not madeUp.fullmatch(w)}
    print(f"words that are told and answered, names of strangers left out: {len(words):,}")


if __name__ == "__main__":
    main()
