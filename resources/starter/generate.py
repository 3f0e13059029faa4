#!/usr/bin/env python3
"""Writes the data: base.txt, dialogues.jsonl, heldout.jsonl, prompts.txt, and tokenizer.txt (both texts).

The same seed gives the same bytes.
"""

import argparse
import json
import os
import random
import re

from dialogues import Writer
from heldout import heldOut
from stories import baseText
from world import World


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default="generated", help="folder to write into (default: generated)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--base-bytes", type=int, default=2_500_000)
    parser.add_argument("--conversations", type=int, default=20_000)
    o = parser.parse_args()
    os.makedirs(o.out, exist_ok=True)

    world = World()
    pairs = sorted((e["name"], a) for e, a in world.pairs() if a not in ("job", "kind"))
    withheld = set(random.Random(f"{o.seed}/withheld").sample(pairs, len(pairs) // 12))

    def stream(name):
        return random.Random(f"{o.seed}/{name}")

    base = baseText(stream("base"), world, withheld, o.base_bytes)
    writer = Writer(stream("dialogues"), world, withheld)
    conversations = [writer.conversation() for _ in range(o.conversations)]
    held = heldOut(stream("heldout"), world, Writer(stream("heldout pairs"), world, withheld), 60)
    said = [m["content"] for c in conversations for m in c["messages"]]
    asked = set(said)
    held = [
        h for h in held if h["kind"] in ("yes-no", "premise", "follow-up") or h["messages"][-1]["content"] not in asked
    ]
    prompts, chooser = [], Writer(stream("prompts"), world, withheld)
    while len(prompts) < 200:
        prompt = chooser.conversation()["messages"][0]["content"]
        if prompt not in prompts:
            prompts.append(prompt)

    write(o.out, "base.txt", base)
    write(o.out, "dialogues.jsonl", "".join(json.dumps(c) + "\n" for c in conversations))
    write(o.out, "heldout.jsonl", "".join(json.dumps(h) + "\n" for h in held))
    write(o.out, "tokenizer.txt", base + "\n".join(said[::3]) + "\n")
    write(o.out, "prompts.txt", "\n".join(prompts) + "\n")
    answers = " ".join(m["content"] for c in conversations for m in c["messages"] if m["role"] == "assistant")
    print(f"words Pip uses: {len(set(re.findall(r'[a-z]+', (base + answers).lower())))}; held-out lines: {len(held)}")


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    print(f"{name}: {len(text):,} bytes")


if __name__ == "__main__":
    main()
