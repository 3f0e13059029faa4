#!/usr/bin/env python3
"""How well the judge agrees with the verdicts of judged/*.txt, which were written by hand."""

import argparse
import os
import sys

import jsonl
from judge import Judge, interval
from writer import message

HERE = os.path.dirname(os.path.abspath(__file__))
MARKS = {"i": "follows", "t": "true", "h": "harmless", "f": "fluent"}


def checkOf(world, words, wanted):
    """The check that a "?" line stands for: its kind, then entity, attribute and what was asked, as the kind needs them."""
    kind, _, rest = words.partition(" ")
    if kind in ("fact", "yesno", "nopet", "premise", "why", "mistake", "insist", "short"):
        entity = max((n for n in world.named if rest.startswith(n + " ")), key=len)
        attribute, _, asked = rest[len(entity) + 1 :].partition(" ")
        check = {"kind": kind, "entity": entity, "attribute": attribute}
        if asked:
            check["asked"] = asked
        return {"kind": "short", "is": wanted} if kind == "short" else check
    if kind == "list":
        group, of, value = rest.split(" ", 2)
        names = [e["name"] for e in world.of[group] if e[of] == value]
        return {"kind": kind, "names": names, "group": group, "of": of, "value": value}
    if kind == "smalltalk":
        return {"kind": kind, "intent": rest}
    if kind == "about":
        entity, _, count = rest.rpartition(" ")
        return {"kind": kind, "entity": entity, "sentences": int(count)}
    if kind == "letter":
        return {"kind": kind, "from": rest.split()[0], "to": rest.split()[1]}
    if kind == "closed":
        name, _, value = rest.partition(" ")
        return {"kind": kind, "name": name, "is": value}
    if kind == "extract":
        return {"kind": kind, "has": rest.split("+")}
    if kind == "greet":
        return {"kind": kind, "entity": rest.split()[0], "is": rest.split()[1]}
    return {"kind": kind, "entity": rest, "is": rest if kind == "class" else wanted, "way": rest}


def read(path, world):
    """[(line of prompts, answer, letters of what is wrong)]."""
    cases, line = [], None
    with open(path, encoding="utf-8") as file:
        for text in file.read().split("\n"):
            if text.startswith("?"):
                words, _, prompt = text[1:].strip().partition(" | ")
                prompt, _, wanted = prompt.partition(" => ")
                turns = [message(("user", "assistant")[i % 2], t) for i, t in enumerate(prompt.split(" / "))]
                check = checkOf(world, words.strip(), wanted)
                if check["kind"] == "rewrite":
                    check["said"] = prompt.partition(": ")[2]
                line = {"prompt": turns, "check": check}
            elif text and not text.startswith("#"):
                wrong, _, answer = text.partition(" ")
                cases.append((line, answer.replace("\\n", "\n"), wrong.strip("+")))
    return cases


def agreement(judge, cases):
    """(right, of all marks right, [what differs])."""
    good, marks, differ = 0, 0, []
    for line, answer, wrong in cases:
        verdict = judge.verdict(line, answer)
        expected = {name: letter not in wrong for letter, name in MARKS.items()}
        same = all(expected.values()) == verdict["good"]
        good += same
        marks += sum(expected[m] == verdict[m] for m in expected)
        if not same:
            differ.append((line, answer, wrong, [l for l, m in MARKS.items() if not verdict[m]]))
    return good, marks, differ


def write(judge, path, prompts=None, answers=None):
    """All cases with the letters of what the judge finds wrong."""
    cases = [case[:2] for name in ("first", "second") for case in read(os.path.join(HERE, "judged", name + ".txt"), judge.world)]
    if prompts:
        cases += [(line, answer["text"]) for line, answer in zip(jsonl.read(prompts), jsonl.read(answers))]
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for line, answer in cases:
            verdict = judge.verdict(line, answer)
            wrong = "".join(letter for letter, name in MARKS.items() if not verdict[name])
            file.write(jsonl.dumps({"prompt": line["prompt"], "check": line["check"], "answer": answer, "wrong": wrong}) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=["first", "second"])
    parser.add_argument("--show", action="store_true", help="show where they differ")
    parser.add_argument("--least", type=float, default=0.98, help="fail below this share (default: 0.98)")
    parser.add_argument("--write", metavar="FILE", help="write cases and verdicts, for the test of the judge's twin")
    parser.add_argument("--answers", nargs=2, default=[], metavar=("PROMPTS", "ANSWERS"), help="cases to write as well")
    o = parser.parse_args()
    judge, low = Judge(), False
    if o.write:
        write(judge, o.write, *o.answers)
        return
    for name in o.sets:
        cases = read(os.path.join(HERE, "judged", name + ".txt"), judge.world)
        good, marks, differ = agreement(judge, cases)
        least, most = interval(good, len(cases))
        print(f"{name}: {good} of {len(cases)} verdicts agree, {good / len(cases):.1%} ({least:.1%} to {most:.1%}); "
              f"{marks / (4 * len(cases)):.1%} of the single marks")
        for line, answer, wrong, found in differ if o.show else []:
            print(f"  {line['check']['kind']}: {line['prompt'][-1]['content']} -> {answer!r} by hand {wrong or '+'}, judged {''.join(found) or '+'}")
        low = low or good < o.least * len(cases)
    sys.exit("The judge agrees too rarely with the verdicts by hand." if low else 0)


if __name__ == "__main__":
    main()
