#!/usr/bin/env python3
"""The same reward model on the same pairs in the same order with attune-cli and with TRL's RewardTrainer (pip install trl==0.24.0).

    tests/bench/reward_beside_trl.py ATTUNE_CLI                a dozen pairs of made-up words, all of them a step, 20 steps
    tests/bench/reward_beside_trl.py ATTUNE_CLI --hh FILE      FILE: HH-RLHF's pairs (harmless-base_test.jsonl.gz): 80 % of the
        prompts to train on, once, 16 pairs a step, the others held out; a model pre-trained here on the former's transcripts

Prints both losses of every step and their largest difference, on how many pairs both decide alike, and of held-out pairs how
many Attune's decides as people did, beside "longer wins" and "shorter wins".
"""
import argparse
import gzip
import json
import math
import os
import pathlib
import random
import re
import shutil
import subprocess
import tempfile

os.environ["CUDA_VISIBLE_DEVICES"] = ""
import torch
from datasets import Dataset
from torch.utils.data import SequentialSampler
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from trl import RewardConfig, RewardTrainer

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("attune")
parser.add_argument("--hh", help="HH-RLHF's pairs, gzipped")
parser.add_argument("--folder", type=pathlib.Path, help="where the pre-trained model is kept for another time")
o = parser.parse_args()
cli, folder = os.path.abspath(o.attune), o.folder or pathlib.Path(tempfile.mkdtemp())
folder.mkdir(parents=True, exist_ok=True)
draw = random.Random(1)
WORDS = "the hen and sea bell rings over of wind".split()
CONTEXT = 256 if o.hh else 64


def attune(*arguments):
    subprocess.run([cli, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def write(name, rows):
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder / name


def madeUp():
    def text(count):
        return " ".join(draw.choice(WORDS) for _ in range(count))

    def said(count):
        return [{"role": "assistant", "content": text(count)}]

    return [{"prompt": [{"role": "user", "content": text(3)}], "chosen": said(2 + i % 3), "rejected": said(2 + i % 4)} for i in range(12)]


def ofPeople():
    """HH-RLHF's pairs: transcripts that part at the last answer."""
    def turns(text):
        found = re.split(r"\n\n(Human|Assistant):", text)[1:]
        return [{"role": "user" if who == "Human" else "assistant", "content": said.strip()} for who, said in zip(found[::2], found[1::2])]

    pairs = []
    for line in gzip.open(o.hh, "rt", encoding="utf-8"):
        record = json.loads(line)
        chosen, rejected = turns(record["chosen"]), turns(record["rejected"])
        whole = chosen[:-1] == rejected[:-1] and all(m["content"] for m in chosen + rejected)
        if whole and chosen[-1] != rejected[-1] and chosen[-1]["role"] == rejected[-1]["role"] == "assistant":
            pairs.append({"prompt": chosen[:-1], "chosen": chosen[-1:], "rejected": rejected[-1:]})
    return pairs


def split(pairs):
    """80 % and 20 % of the prompts."""
    prompts = sorted({json.dumps(pair["prompt"]) for pair in pairs})
    draw.shuffle(prompts)
    held = set(prompts[: len(prompts) // 5])
    return ([p for p in pairs if json.dumps(p["prompt"]) not in held], [p for p in pairs if json.dumps(p["prompt"]) in held])


def transcript(pair):
    return "\n\n".join(m["content"] for m in pair["prompt"] + pair["chosen"])


def pretrained(text, vocabulary, shape, steps):
    """A folder with a language model; trained where `steps` is not 0."""
    (folder / "text.jsonl").write_text("".join(json.dumps({"text": one}) + "\n" for one in text))
    (folder / "text.txt").write_text("\n".join(text))
    attune("tokenizer", "train", folder / "text.txt", "--vocab", vocabulary, "--chat", "--out", folder / "tokenizer")
    attune("model", "init", "--architecture", "gpt2", "--tokenizer", folder / "tokenizer", "--out", folder / "base",
           *sum((["--set", f"{name}={value}"] for name, value in {**shape, "n_ctx": CONTEXT}.items()), []))
    if not steps:
        return folder / "base"
    attune("pretrain", "--model", folder / "base", "--data", folder / "text.jsonl", "--out", folder / "pretrained", "--steps", steps,
           "--batch", 8, "--lr", "1e-3", "--min-lr", "1e-4", "--warmup", 50, "--checkpoint-every", 0)
    return folder / "pretrained"


def permutation(count, epoch=0):
    """An order that a run with seed 0 draws: Fisher and Yates over Philox 4x32-10."""
    def philox(index):
        c, k = [index, 0, epoch & 0xFFFFFFFF, 3 << 24 | epoch >> 32], [0, 0]
        for _ in range(10):
            a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
            c = [(b >> 32) ^ c[1] ^ k[0], b & 0xFFFFFFFF, (a >> 32) ^ c[3] ^ k[1], a & 0xFFFFFFFF]
            k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
        return c[0] << 32 | c[1]

    order = list(range(count))
    for i in range(count, 1, -1):
        j = philox(i) * i >> 64
        order[i - 1], order[j] = order[j], order[i - 1]
    return order


def ofLikeLength(lengths, rows):
    """The order of a run's first epoch: every 16 batches are sorted by length, cut, and come in an order of their own."""
    batches = -(-len(lengths) // rows)
    drawn, order = permutation(len(lengths)) + permutation(len(lengths), 1), []
    for first in range(0, batches, 16):
        some = min(16, batches - first)
        places = sorted(drawn[first * rows : (first + some) * rows], key=lambda place: lengths[place])
        for batch in permutation(some, (1 << 32) + first):
            order += places[batch * rows : (batch + 1) * rows]
    return order


tokenizer = None


def ids(pair, side):
    return tokenizer.apply_chat_template(pair["prompt"] + pair[side], tokenize=True, return_dict=False)


def row(pair):
    return {f"{side}_input_ids": ids(pair, side) for side in ("chosen", "rejected")}


if o.hh:
    training, held = split(ofPeople())
    base = folder / "pretrained"
    if not (base / "checkpoints").exists():
        base = pretrained([transcript(p) for p in training], 1024, {"n_layer": 4, "n_head": 4, "n_embd": 128}, 500)
    tokenizer = AutoTokenizer.from_pretrained(folder / "tokenizer")

    def fit(pairs):
        return [p for p in pairs if max(len(ids(p, side)) for side in ("chosen", "rejected")) <= CONTEXT]

    training, held = fit(training), fit(held)
    rows, rate = 16, "2e-4"
    steps = len(training) // rows
else:
    training, held = madeUp(), []
    base, rows, rate, steps = pretrained([" ".join(WORDS * 20)], 264, {"n_layer": 2, "n_head": 4, "n_embd": 64}, 0), 12, "5e-4", 20

for name in ("start", "run", "trl"):  # of another time
    shutil.rmtree(folder / name, ignore_errors=True)
# One step on one pair gives both the same head to start from.
attune("reward", "--model", base, "--data", write("first.jsonl", training[:1]), "--out", folder / "start", "--steps", 1, "--lr", "1e-6")
attune("reward", "--model", folder / "start", "--data", write("pairs.jsonl", training), "--out", folder / "run", "--batch", rows,
       "--steps", steps, "--lr", rate, "--min-lr", rate, "--warmup", 0, "--weight-decay", 0, "--checkpoint-every", 0)
ours = [json.loads(line)["loss"] for line in (folder / "run" / "metrics.jsonl").read_text().splitlines()]

start = folder / "start" / "checkpoints" / "step-1"
tokenizer = AutoTokenizer.from_pretrained(start)
tokenizer.pad_token = tokenizer.pad_token or "<|system|>"
lengths = [max(len(ids(pair, side)) for side in ("chosen", "rejected")) for pair in training]
inOrder = [row(training[i]) for i in ofLikeLength(lengths, rows)]
model = AutoModelForSequenceClassification.from_pretrained(start, torch_dtype=torch.float32)
trainer = RewardTrainer(model=model, train_dataset=Dataset.from_list(inOrder), processing_class=tokenizer, args=RewardConfig(
    output_dir=str(folder / "trl"), per_device_train_batch_size=rows, max_steps=steps, learning_rate=float(rate),
    lr_scheduler_type="constant", weight_decay=0.0, adam_beta1=0.9, adam_beta2=0.95, adam_epsilon=1e-8, max_grad_norm=1.0,
    logging_steps=1, report_to=[], use_cpu=True, bf16=False, gradient_checkpointing=False, save_strategy="no", max_length=None,
    disable_dropout=True, disable_tqdm=True))
trainer._get_train_sampler = lambda data=None: SequentialSampler(trainer.train_dataset)
trainer.train()
theirs = [float(entry["loss"]) for entry in trainer.state.log_history if "loss" in entry]
mine = AutoModelForSequenceClassification.from_pretrained(folder / "run" / "checkpoints" / f"step-{steps}", torch_dtype=torch.float32)


def margins(of, pairs):
    of.eval()
    with torch.no_grad():
        return [float(of(torch.tensor([ids(p, "chosen")])).logits - of(torch.tensor([ids(p, "rejected")])).logits) for p in pairs]


def share(right, count):
    """With Wilson's 95 % interval."""
    p, z = right / count, 1.96
    middle, half = (p + z * z / 2 / count) / (1 + z * z / count), z * math.sqrt(p * (1 - p) / count + z * z / 4 / count**2) / (1 + z * z / count)
    return f"{right} of {count}, {p:.1%} ({middle - half:.1%} to {middle + half:.1%})"


for step, (a, b) in enumerate(zip(ours, theirs), 1):
    print(f"step {step}: {a:.7f} {b:.7f}")
print(f"{len(ours)} and {len(theirs)} steps, largest difference {max(abs(a - b) for a, b in zip(ours, theirs)):.2g}")
pairs = held or training
own, other = margins(mine, pairs), margins(trainer.model, pairs)
print(f"the same decision on {share(sum((a > 0) == (b > 0) for a, b in zip(own, other)), len(pairs))} pairs")
if held:
    longer = [len(p["chosen"][0]["content"]) - len(p["rejected"][0]["content"]) for p in held]
    print(f"held-out pairs decided as people did: {share(sum(a > 0 for a in own), len(held))}; TRL's {share(sum(b > 0 for b in other), len(held))}")
    print(f"longer wins {sum(n > 0 for n in longer) / len(held):.1%}, shorter wins {sum(n < 0 for n in longer) / len(held):.1%}")
