#!/usr/bin/env python3
"""The starter's data: the same seed gives the same bytes, what is held out is held out, the judge agrees with the verdicts
written by hand, the labelers err as rarely as they say. Needs python3-minimal alone."""

import os
import random
import re
import sys
import tempfile

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "resources", "starter")
sys.path.insert(0, SOURCE)
sys.dont_write_bytecode = True

import evaluate  # noqa: E402
import generate  # noqa: E402
import judge_file  # noqa: E402
import jsonl  # noqa: E402
import judged  # noqa: E402
import page  # noqa: E402
import separation  # noqa: E402
from judge import Judge  # noqa: E402
from labelers import LABELERS, Labeler, Language, agreement, rankings, saidIn, sampled, spliced  # noqa: E402


def check(holds, what):
    if not holds:
        sys.exit(f"FAILED: {what}")


def content(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.read()


JUDGE = Judge()


def run(folder, *arguments):
    sys.argv = ["generate.py", "--out", folder, *arguments]
    generate.main()


def repeats():
    small = ("--pretrain-bytes", "150000", "--demonstrations", "600", "--seed", "3")
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        run(one, *small)
        run(two, *small)
        for name in sorted(os.listdir(one)):
            check(content(one, name) == content(two, name), f"{name} has the same bytes again")


def separated(folder):
    """Held out as it is; not any more when two lines are slipped in (last, for they stay)."""
    faults = list(separation.faults(folder, 0))
    check(not faults, f"the held-out prompts are held out: {faults[:3]}")
    held = jsonl.read(os.path.join(folder, "heldout.jsonl"))
    new = next(line for line in held if line["entity"] == "new" and line["behaviour"] == "facts")
    known = next(line for line in held if line["behaviour"] == "facts withheld")
    with open(os.path.join(folder, "demonstrations.jsonl"), "a", encoding="utf-8") as file:
        for slipped in (new, known):
            messages = slipped["prompt"] + [{"role": "assistant", "content": slipped["ideal"]}]
            file.write(jsonl.dumps({"messages": messages}) + "\n")
    found = " ".join(separation.faults(folder, 0))
    check("names a held-out entity" in found and "asks for a withheld pair" in found, f"what was slipped in is found: {found}")


def formats(folder):
    for name in ("demonstrations.jsonl", "prompts-ranking.jsonl", "prompts-ppo.jsonl", "heldout.jsonl"):
        for line in jsonl.read(os.path.join(folder, name)):
            check(line["use_case"] in generate.demonstrations.SHARES, f"{name}: a use case of InstructGPT's: {line['use_case']}")
    lines = jsonl.read(os.path.join(folder, "demonstrations.jsonl"))
    check(all(line["scripted"] and line["labeler"] for line in lines), "demonstrations are marked as scripted")
    for useCase, share in generate.demonstrations.SHARES.items():
        found = 100 * sum(line["use_case"] == useCase for line in lines) / len(lines)
        check(abs(found - share) < 1.5, f"{useCase} has {found:.1f} % of the demonstrations, InstructGPT {share} %")
    text = '{"a": [1, -2.5, true, false, null, "x\\n\\"\\u00e9"], "b": {}}'
    check(jsonl.loads(text) == {"a": [1, -2.5, True, False, None, 'x\n"\u00e9'], "b": {}}, "JSON is read")
    check(jsonl.dumps(jsonl.loads(text)) == text, "JSON is written as it was read")


def judges(folder):
    judge = JUDGE
    for name, least in (("first", 0.98), ("second", 0.98)):
        cases = judged.read(os.path.join(SOURCE, "judged", name + ".txt"), judge.world)
        good, _, differ = judged.agreement(judge, cases)
        check(good >= least * len(cases), f"the judge agrees with {name}.txt: {good} of {len(cases)}, {differ[:2]}")
    held = jsonl.read(os.path.join(folder, "heldout.jsonl"))
    ideal = [judge.verdict(line, line["ideal"])["good"] for line in held]
    check(sum(ideal) > 0.99 * len(held), f"ideal answers are good: {sum(ideal)} of {len(held)}")
    others = [judge.verdict(line, held[(i + 137) % len(held)]["ideal"])["good"] for i, line in enumerate(held)]
    check(sum(others) < 0.1 * len(held), f"answers to other prompts are bad: {sum(others)} of {len(held)} pass")


def labels(folder):
    world = JUDGE.world
    lines, source = jsonl.read(os.path.join(folder, "prompts-ranking.jsonl"))[:400], random.Random(1)
    answers = []
    for line in lines:
        words = line["ideal"].split()
        source.shuffle(words)
        answers.append([line["ideal"], " ".join(words).lower(), source.choice(lines)["ideal"], "Go away!"])
    language = Language(world, lines)
    strayed = [spliced(source, line["ideal"], source.choice(lines)["ideal"]) for line in lines]
    found = sum(language.broken(text, saidIn(line)) > 0 for line, text in zip(lines, strayed))
    check(found > 0.75 * len(lines), f"labelers see that an answer lost its thread: {found} of {len(lines)}")
    check(not any(language.broken(line["ideal"], saidIn(line)) for line in lines), "and nothing of the kind in ideal answers")
    for name, taste in LABELERS.items():
        check(taste["noise"] <= 0.1, f"{name} errs at most in a tenth of the cases")
        first = Labeler(name, language, 0), Labeler(name, language, 0)
        ranks = [first[0].ranks(line, texts) for line, texts in zip(lines, answers)]
        check(ranks == [first[1].ranks(line, texts) for line, texts in zip(lines, answers)], f"{name} ranks the same again")
        best = sum(r[0] == 1 for r in ranks) / len(ranks)
        check(0.8 < best < 1, f"{name} mostly prefers the ideal answer, and errs: {best:.0%}")
    made = list(rankings(world, lines, answers))
    check(all(r["scripted"] and re.fullmatch(r"script \w+", r["labeler"]) for r in made), "rankings are marked as scripted")
    check({r["labeler"] for r in made} == set(LABELERS), "all labelers rank")
    check({r["labeler"] for r in made if r["split"] == "heldout"} == {"script Wren"}, "one labeler is held out")
    check(all(line["ideal"] in r["completions"] for line, r in zip(lines, made)), "the ideal answer is ranked among the others")
    same, count = agreement(world, lines[:50], answers[:50])
    check(0.8 < same / count < 1, f"labelers mostly agree: {same} of {count} pairs")
    answers = [list(dict.fromkeys(a)) for a in answers]
    comparisons = [{"id": i + 7, "messages": line["prompt"], "answers": a} for i, (line, a) in enumerate(zip(lines, answers))]
    found = sampled(lines, [{"comparisons": comparisons[::-1]}])
    check(found == list(zip(lines, answers)), "comparisons of a store come in the order of the prompts")
    found = sampled(lines, [{"comparisons": comparisons[3:]}])
    check(found == list(zip(lines, answers))[3:], "a prompt without a comparison is left out, and the others keep theirs")
    other = [{**c, "answers": ["Go away!", "I do not know that."]} for c in comparisons]
    found = sampled(lines, [{"comparisons": comparisons}, {"comparisons": other}])
    check(all(texts == [*dict.fromkeys([*a, "Go away!", "I do not know that."])] for (_, texts), a in zip(found, answers)),
          "answers of several models to a prompt come together, equal ones once")


def shippedJudge(folder):
    """The judge's file and the cases for its twin are what the scripts write."""
    prompts = os.path.join(folder, "heldout.jsonl")
    made = jsonl.dumps(judge_file.judgeFile(JUDGE, jsonl.read(prompts))) + "\n"
    check(made == content(SOURCE, "judge.json"), "judge.json is what judge_file.py writes for the held-out prompts")
    judged.write(JUDGE, os.path.join(folder, "cases.jsonl"))
    golden = os.path.join(SOURCE, "..", "..", "tests", "golden", "world-judge")
    check(content(golden, "cases.jsonl").startswith(content(folder, "cases.jsonl")), "the twin's cases are the judge's verdicts")


def figures(folder):
    """What a model is given for ideal, for rude and for no answers; and a page of it."""
    prompts = jsonl.read(os.path.join(folder, "heldout.jsonl"))[::7]
    rows = [{"prompt": p["prompt"], "replies": [{"text": "Go away!"}, {"text": p["ideal"] if i % 4 else ""}]}
            for i, p in enumerate(prompts)]
    found = evaluate.figures(JUDGE, prompts, {"rows": rows}, ["rude", "ideal"])
    good = found["models"]["ideal"]["all"]["good"]
    check(0.7 < good[0] < 0.78 and good[1] < good[0] < good[2], f"three in four ideal answers are good: {good}")
    check(found["models"]["rude"]["all"]["harmless"][0] < 0.05, "rude answers are not harmless")
    match = found["preferred"]["ideal to rude"]
    check(match["wins"] + match["losses"] + match["ties"] == len(prompts) and match["share"][0] > 0.95, f"preferred: {match}")
    metrics = [{"step": i, "score": 0.1 * i, "kl": 0.01 * i, "entropy": None, "length": 9.0} for i in range(1, 6)]
    report = {"accuracy": {"value": 0.8, "low": 0.7, "high": 0.9}}
    text, charts = page.page("A page", found, report, metrics, ["A note."])
    check("80% (70% to 90%)" in text and "scripted labelers" in text, "the page tells the reward model's figures and who ranked")
    check(sorted(charts) == ["behaviours.svg", "kl.svg", "length.svg", "marks.svg", "score.svg"], f"charts: {sorted(charts)}")
    check(all(f"]({name})" in text for name in charts), "every chart stands in the page")
    for name, chart in charts.items():
        opened = re.findall(r"<(\w+)[^>]*?(/?)>", chart)
        closed = re.findall(r"</(\w+)>", chart)
        check(sorted(n for n, own in opened if not own) == sorted(closed), f"{name} is well formed")
    try:
        evaluate.figures(JUDGE, prompts[1:], {"rows": rows[:-1]}, ["rude", "ideal"])
        check(False, "answers to other prompts are refused")
    except SystemExit as refusal:
        check("other prompts" in str(refusal), "answers to other prompts are refused")


def main():
    with tempfile.TemporaryDirectory() as folder:
        run(folder)
        repeats()
        check(content(folder, "prompts.txt") == content(SOURCE, "prompts.txt"), "prompts.txt is what the generator writes")
        formats(folder)
        judges(folder)
        labels(folder)
        shippedJudge(folder)
        figures(folder)
        separated(folder)
    print("The starter's data is as it should be.")


if __name__ == "__main__":
    main()
