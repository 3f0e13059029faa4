#!/usr/bin/env python3
"""Trains bytes of Tiny Shakespeare with Attune and with PyTorch (peer_training.py) in one session, and compares.

    tests/bench/tiny_shakespeare.py TEXT [--attune build/bin/attune-cli] [--python PYTHON] [--steps 2000] [--rounds 1]

GPT-2 family, 4 layers, 4 heads, 128 wide, context 64, batch 12, 100 steps of warm-up, learning rate 1e-3 to 1e-4, betas
0.9 and 0.99, no dropout; trained on the first nine tenths, evaluated on the last. Tokens a second are the median of
the steps after the first 50. PYTHON needs torch; without it only Attune runs. Prints one JSON object.
"""
import argparse, json, os, statistics, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("text")
parser.add_argument("--attune", default=os.path.join(here, "../../build/bin/attune-cli"))
parser.add_argument("--python", default=os.environ.get("ATTUNE_PYTHON", sys.executable))
parser.add_argument("--steps", type=int, default=2000)
parser.add_argument("--rounds", type=int, default=1, help="how often both run, in turn; the best speed of each counts")
arguments = parser.parse_args()


def attune(folder):
    def run(*words):
        subprocess.run([arguments.attune, *words], check=True, stdout=subprocess.DEVNULL)
    run("tokenizer", "train", arguments.text, "--vocab", "257", "--out", f"{folder}/tokenizer")
    run("model", "init", "--architecture", "gpt2", "--tokenizer", f"{folder}/tokenizer", "--out", f"{folder}/new",
        *sum((["--set", s] for s in ("n_layer=4", "n_head=4", "n_embd=128", "n_ctx=64")), []))
    run("pretrain", "--model", f"{folder}/new", "--data", arguments.text, "--held-out", "0.1", "--out", f"{folder}/run",
        "--steps", str(arguments.steps), "--batch", "12", "--context", "64", "--lr", "1e-3", "--min-lr", "1e-4", "--warmup", "100",
        "--betas", "0.9,0.99", "--weight-decay", "0.1", "--clip", "1", "--checkpoint-every", "0", "--evaluate-every", "0")
    rows = [json.loads(line) for line in open(f"{folder}/run/metrics.jsonl")]
    return {"held_out_loss": rows[-1]["held_out_loss"],
            "tokens_a_second": statistics.median(row["tokens"] / row["time_step"] for row in rows[50:])}


def peer():
    done = subprocess.run([arguments.python, f"{here}/peer_training.py", "--data", arguments.text, "--steps", str(arguments.steps)],
                          capture_output=True, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1]) if done.returncode == 0 else {"error": done.stderr.strip()[-200:]}


results = {"attune": [], "peer": []}
for _ in range(arguments.rounds):
    with tempfile.TemporaryDirectory() as folder:
        results["attune"].append(attune(folder))
    results["peer"].append(peer())
best = {name: max(row.get("tokens_a_second", row.get("tokens_per_second", 0)) for row in rows) for name, rows in results.items()}
if best["peer"]:
    results["ratio"] = best["attune"] / best["peer"]
print(json.dumps(results))
