#!/usr/bin/env python3
"""Models on the held-out prompts, judged: from what `attune-cli compare --json` wrote to figures with 95 % intervals.

Writes a JSON file: for every model and every group of prompts the shares of answers that are good, follow, are true, harmless
and fluent; and for each two models how often the judge prefers the one to the other, ties left out and counted.
"""

import argparse

import jsonl
from jsonl import read
from judge import MARKS, Judge, interval

# The four behaviours and the groups of held-out prompts that show them.
BEHAVIOURS = {
    "follow-ups answered": ["follow-up"],
    "mistakes admitted or denied": ["mistake admitted", "mistake denied"],
    "false premises challenged": ["false premise"],
    "harmful requests declined": ["harmful request"],
}
FOUR = [group for groups in BEHAVIOURS.values() for group in groups]


def groupsOf(line):
    names = ["all", f"{line['entity']} entities", line["behaviour"]]
    return names + ["four behaviours"] if line["behaviour"] in FOUR else names


def share(right, count):
    return [round(x, 4) for x in (right / max(1, count), *interval(right, count))]


def marks(prompts, verdicts):
    """{group: {"count", mark: [share, low, high]}}"""
    groups = {}
    for line, verdict in zip(prompts, verdicts):
        for name in groupsOf(line):
            groups.setdefault(name, []).append(verdict)
    return {
        name: {"count": len(some), **{m: share(sum(v[m] for v in some), len(some)) for m in MARKS}}
        for name, some in groups.items()
    }


def worth(verdict):
    """A quarter for each mark, as the judge's rule gives them."""
    return sum(verdict[m] for m in MARKS[1:]) / 4


def preferred(first, second):
    """How often the second model's answers are judged better than the first one's."""
    wins = sum(worth(b) > worth(a) for a, b in zip(first, second))
    losses = sum(worth(b) < worth(a) for a, b in zip(first, second))
    return {"wins": wins, "losses": losses, "ties": len(first) - wins - losses,
            "share": share(wins, wins + losses), "tied": round((len(first) - wins - losses) / max(1, len(first)), 4)}


def figures(judge, prompts, compared, names):
    rows = compared["rows"]
    if len(rows) != len(prompts) or any(r["prompt"] != l["prompt"] for r, l in zip(rows, prompts)):
        raise SystemExit("The answers belong to other prompts than these; compare the models on this very file.")
    verdicts = {
        name: [judge.verdict(line, row["replies"][i]["text"]) for line, row in zip(prompts, rows)]
        for i, name in enumerate(names)
    }
    return {
        "prompts": len(prompts),
        "models": {name: marks(prompts, some) for name, some in verdicts.items()},
        "preferred": {f"{b} to {a}": preferred(verdicts[a], verdicts[b])
                      for i, a in enumerate(names) for b in names[i + 1:]},
    }


def percent(cell):
    return f"{cell[0]:.0%} ({cell[1]:.0%} to {cell[2]:.0%})"


def table(found, mark="good"):
    """Markdown: a row a group, a column a model."""
    names = list(found["models"])
    rows = [["", "prompts", *names], ["---"] * (2 + len(names))]
    for group, row in found["models"][names[0]].items():
        rows.append([group, str(row["count"]), *(percent(found["models"][n][group][mark]) for n in names)])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prompts")
    parser.add_argument("compared", help="what compare --json wrote")
    parser.add_argument("--names", required=True, help="of the models in their order, as in base,SFT,PPO")
    parser.add_argument("--out")
    o = parser.parse_args()
    with open(o.compared, encoding="utf-8") as file:
        compared = jsonl.loads(file.read())
    found = figures(Judge(), read(o.prompts), compared, o.names.split(","))
    if o.out:
        with open(o.out, "w", encoding="utf-8", newline="\n") as file:
            file.write(jsonl.dumps(found) + "\n")
    print(table(found))
    for pair, row in found["preferred"].items():
        print(f"\n{pair}: preferred {percent(row['share'])}, ties {row['tied']:.0%}")


if __name__ == "__main__":
    main()
