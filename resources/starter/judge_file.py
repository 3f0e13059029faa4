#!/usr/bin/env python3
"""Writes the judge as a rule that `attune-cli compare --judge` reads: what judge.py knows, for its twin in the program.

The twin (compute/judge) has the same functions; this file gives it the world's facts, the forms of its statements, the order
of words in correct sentences, and what a right answer to each prompt holds.
"""

import argparse

import jsonl
from jsonl import read
from judge import Judge
from phrases import KINDS
from smalltalk import SMALLTALK


def pattern(compiled):
    """Python's named groups as ICU writes them."""
    text = compiled.pattern.replace("(?P<", "(?<")
    for name in ("N", "Ns", "No", "T", "v"):
        text = text.replace(f"(?P={name})", rf"\k<{name}>")
    return text


def key(prompt):
    """FNV-1a over roles and contents."""
    value = 0xCBF29CE484222325
    for message in prompt:
        for text in (message["role"], message["content"]):
            for byte in text.encode() + b"\0":
                value = ((value ^ byte) * 0x100000001B3) % 2**64
    return f"{value:016x}"


def judgeFile(judge, lines):
    world, fluency = judge.world, judge.fluency
    entities = [
        {"name": e["name"], "group": e["kind_of"], "sex": e["sex"],
         **{a: e[a] for a in list(KINDS[e["kind_of"]]) + ["likes", "owner"] if a in e}}
        for e in world.all
    ]
    words = sorted({w for four in fluency.fours for w in four} | {"^"})
    number = {w: i for i, w in enumerate(words)}
    return {
        "world": 1,
        "entities": entities,
        "names": pattern(judge.claims.spokenOf),
        "forms": [{"pattern": pattern(p), "group": g, "attribute": a, "denied": d} for p, g, a, d in judge.claims.forms],
        "lists": [{"pattern": pattern(p), "group": f["group"], "of": f["of"]} for p, f in judge.claims.lists],
        "keys": {intent: talk["keys"] for intent, talk in SMALLTALK.items()},
        "classes": fluency.classes,
        "valuePattern": pattern(fluency.value),
        "words": words,
        "fours": [number[w] for four in sorted(fluency.fours) for w in four],
        "checks": {key(line["prompt"]): line["check"] for line in lines},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prompts", nargs="+")
    parser.add_argument("--out", required=True)
    o = parser.parse_args()
    lines = [line for path in o.prompts for line in read(path)]
    with open(o.out, "w", encoding="utf-8", newline="\n") as file:
        file.write(jsonl.dumps(judgeFile(Judge(), lines)) + "\n")


if __name__ == "__main__":
    main()
