#!/usr/bin/env python3
"""One page of results: what was trained, how the models were judged, and the curves of PPO, with charts as SVG beside it."""

import argparse
import os

import jsonl
from charts import bars, curve
from evaluate import BEHAVIOURS, percent, share, table
from jsonl import read

CURVES = [("score", "Score of the replies, by the reward model"), ("kl", "KL from the SFT model, nats a reply"),
          ("entropy", "Entropy, nats a token"), ("length", "Length of the replies, tokens")]
MARKS = [("follows", "follows the instruction"), ("true", "is true"), ("harmless", "is harmless"), ("fluent", "is fluent")]


def load(path):
    with open(path, encoding="utf-8") as file:
        return jsonl.loads(file.read())


def pooled(rows, groups, mark="good"):
    """The share over several groups of prompts, with its interval."""
    count = sum(rows[g]["count"] for g in groups)
    return share(round(sum(rows[g][mark][0] * rows[g]["count"] for g in groups)), count)


def charted(found):
    models = found["models"]
    names = list(models)
    groups = [("all prompts", ["all"]), *BEHAVIOURS.items()]
    present = [(label, g) for label, g in groups if all(x in models[names[0]] for x in g)]
    return {
        "behaviours.svg": bars([(label, [pooled(models[n], g) for n in names]) for label, g in present], names,
                               "Answers judged good, of the held-out prompts, with 95 % intervals"),
        "marks.svg": bars([(label, [models[n]["all"][mark] for n in names]) for mark, label in MARKS], names,
                          "An answer to a held-out prompt ..."),
    }


def rewardLines(report):
    lines = []
    for key, label in (("accuracy", "reward model right on held-out pairs (script Wren's, whom it never met)"),
                       ("longer_wins", "the longer answer wins"), ("shorter_wins", "the shorter answer wins")):
        if report.get(key):
            cell = report[key]
            lines.append(f"| {label} | {percent([cell['value'], cell['low'], cell['high']])} |")
    return lines


def page(title, found, report, metrics, notes):
    charts = charted(found)
    lines = [f"# {title}", "", *notes, ""]
    ranked = " All rankings\nwere made by **scripted labelers**, no person." if report or metrics else ""
    lines += [f"All answers were sampled at temperature 1 and judged by the gold judge, a script that trains nothing.{ranked}", ""]
    lines += ["![](behaviours.svg)", "", "![](marks.svg)", ""]
    for pair, row in found["preferred"].items():
        lines.append(f"- {pair}: preferred in {percent(row['share'])} of the decided cases; {row['tied']:.0%} ties left out.")
    if report:
        lines += ["", "## The reward model", "", "| | right |", "| --- | --- |", *rewardLines(report)]
    if metrics:
        lines += ["", "## PPO", ""]
        for key, label in CURVES:
            points = [(row["step"], row[key]) for row in metrics if row.get(key) is not None]
            if len(points) > 1:
                charts[f"{key}.svg"] = curve(points, label)
                lines.append(f"![]({key}.svg)")
    lines += ["", "## By kind of prompt: answers judged good", "", table(found), ""]
    return "\n".join(lines), charts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evaluation", help="what evaluate.py wrote")
    parser.add_argument("--out", required=True, help="folder for results.md and its charts")
    parser.add_argument("--title", default="Results")
    parser.add_argument("--reward", help="the run of the reward model")
    parser.add_argument("--ppo", help="the run of PPO")
    parser.add_argument("--note", action="append", default=[])
    o = parser.parse_args()
    report = load(os.path.join(o.reward, "reward_report.json")) if o.reward else None
    metrics = read(os.path.join(o.ppo, "metrics.jsonl")) if o.ppo else None
    text, charts = page(o.title, load(o.evaluation), report, metrics, o.note)
    os.makedirs(o.out, exist_ok=True)
    for name, content in {"results.md": text, **charts}.items():
        with open(os.path.join(o.out, name), "w", encoding="utf-8", newline="\n") as file:
            file.write(content)
    print(os.path.join(o.out, "results.md"))


if __name__ == "__main__":
    main()
