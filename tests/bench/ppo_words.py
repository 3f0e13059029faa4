#!/usr/bin/env python3
"""PPO towards words: reward 1 where a reply holds one of six words, which 5 % of the reference's replies do.

    tests/bench/ppo_words.py ATTUNE_CLI TEXT [--policy DIR] [--seeds 1 2 3] [--kl-coef 0.07] [--steps 150]

TEXT is Tiny Shakespeare; the policy is the model of tests/bench/tiny_shakespeare.py (bytes, 4 layers, 128 wide, 2,000 steps), trained
here unless DIR has it. No policy can do better than KL = -ln 0.05 = 3.0 nats a reply. Prompts are openings of lines, replies 24 bytes,
64 replies an iteration, 8 updates. Other coefficients and lengths: tests/bench/REJECTED.md. Prints an object a seed: on held-out
prompts the share of replies that hold a word, and their KL; the last rows of the training; the warnings. With --kl-coef 0 the text degenerates, and a warning says so.
"""
import argparse, json, pathlib, random, re, subprocess, tempfile

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("attune")
parser.add_argument("text")
parser.add_argument("--policy")
parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
parser.add_argument("--kl-coef", default="0.07")
parser.add_argument("--steps", default="150")
arguments = parser.parse_args()
folder = pathlib.Path(tempfile.mkdtemp())
words = ["love", "king", "lord", "good", "man", "sir"]


def attune(*options):
    subprocess.run([arguments.attune, *map(str, options)], check=True, stdout=subprocess.DEVNULL)


def pretrained():
    attune("tokenizer", "train", arguments.text, "--vocab", 257, "--out", folder / "tokenizer")
    attune("model", "init", "--architecture", "gpt2", "--tokenizer", folder / "tokenizer", "--out", folder / "new",
           *sum((["--set", s] for s in ("n_layer=4", "n_head=4", "n_embd=128", "n_ctx=64")), []))
    attune("pretrain", "--model", folder / "new", "--data", arguments.text, "--held-out", "0.1", "--out", folder / "pre", "--steps", 2000,
           "--batch", 12, "--lr", "1e-3", "--min-lr", "1e-4", "--warmup", 100, "--betas", "0.9,0.99", "--checkpoint-every", 0)
    return folder / "pre"


def openings():
    lines = open(arguments.text).read().split("\n")
    lines, draw, found = [line for line in lines[:len(lines) * 9 // 10] if len(line) >= 24 and line[-1] != ":"], random.Random(1), []
    draw.shuffle(lines)
    for line in lines:
        start = line[:9] if line[9] == " " else line[:9].rpartition(" ")[0]
        if len(start) >= 4 and start not in found and not any(word in start.lower() for word in words):
            found.append(start)
    return found[:512]


policy = arguments.policy or pretrained()
(folder / "prompts.txt").write_text("".join(text + "\n" for text in openings()))
(folder / "rule.json").write_text(json.dumps({"rules": [{"words": words, "score": 1}]}))
for seed in arguments.seeds:
    run = folder / f"seed-{seed}"
    attune("ppo", "--policy", policy, "--reward", folder / "rule.json", "--prompts", folder / "prompts.txt", "--held-out", "0.125", "--out",
           run, "--seed", seed, "--kl-coef", arguments.kl_coef, "--steps", arguments.steps, "--batch", 64, "--minibatches", 2, "--max-tokens",
           24, "--lr", "3e-4", "--min-lr", "2e-5", "--warmup", 3, "--checkpoint-every", 0, "--evaluate-every", 0)
    rows = [json.loads(line) for line in open(run / "metrics.jsonl")]
    last = rows[-5:]
    warnings = run / "warnings.jsonl"
    print(json.dumps({"seed": seed, "held_out_share": rows[-1]["held_out_score"], "held_out_kl": rows[-1]["held_out_kl"],
                      "first_share": rows[0]["score"], "last_share": sum(r["score"] for r in last) / len(last),
                      "last_kl": sum(r["kl"] for r in last) / len(last), "seconds": sum(r["time_step"] for r in rows),
                      "warnings": warnings.read_text().splitlines() if warnings.exists() else []}), flush=True)
