#!/usr/bin/env python3
"""Scores answers to heldout.jsonl: right facts, right "I do not know", whole sentences, kind by kind.

answers.jsonl holds one line for each line of heldout.jsonl, in its order, with the answer as "text".
"""

import argparse
import json
import re
import sys


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def right(answer, expect):
    """At least one of every group stands in the answer as whole words."""
    low = answer.lower()
    return all(
        any(re.search(r"(?<!\w)" + re.escape(key.lower()) + r"(?!\w)", low) for key in group) for group in expect
    )


def wholeSentences(answer):
    """Begins like a sentence, ends like one, and does not say the same four words again and again."""
    words = answer.split()
    fours = [tuple(words[i : i + 4]) for i in range(len(words) - 3)]
    return bool(re.fullmatch(r'["A-Z].*[.!?]["]?', answer.strip(), re.S)) and len(fours) - len(set(fours)) < 4


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("answers")
    parser.add_argument("--heldout", default="generated/heldout.jsonl")
    parser.add_argument("--wrong", type=int, default=0, help="show so many wrong answers of each kind")
    parser.add_argument("--json", action="store_true")
    o = parser.parse_args()
    held, answers = lines(o.heldout), [a["text"] or "" for a in lines(o.answers)]
    if len(held) != len(answers):
        sys.exit(
            f"{o.answers} has {len(answers)} answers and {o.heldout} has {len(held)} questions; they must match line by line."
        )
    kinds = {}
    for h, a in zip(held, answers):
        kinds.setdefault(h["kind"], []).append((right(a, h["expect"]), wholeSentences(a), h, a))
    table = {
        kind: {
            "count": len(rows),
            "right": sum(r[0] for r in rows) / len(rows),
            "whole": sum(r[1] for r in rows) / len(rows),
        }
        for kind, rows in kinds.items()
    }
    known = [(r[0], "not know" in r[3].lower()) for kind, rows in kinds.items() if kind != "unknown" for r in rows]
    table["refused by mistake"] = {"count": len(known), "right": sum(k[1] for k in known) / len(known), "whole": 1.0}
    if o.json:
        print(json.dumps(table))
        return
    print(f"{'kind':<20}{'lines':>6}{'right':>8}{'whole sentences':>17}")
    for kind, row in table.items():
        print(f"{kind:<20}{row['count']:>6}{row['right']:>8.1%}{row['whole']:>17.1%}")
        for ok, whole, h, a in [r for r in kinds.get(kind, []) if not (r[0] and r[1])][: o.wrong]:
            print(f"    {' / '.join(m['content'] for m in h['messages'])} -> {a}   expected {h['expect']}")


if __name__ == "__main__":
    main()
