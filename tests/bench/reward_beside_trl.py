"""reward_beside_trl.py ATTUNE_CLI: trains the same reward model on the same pairs with attune-cli and with TRL's RewardTrainer
(pip install trl==0.24.0), all pairs a step, and prints both losses of every step and their largest difference, and on how many
pairs both decide alike."""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

os.environ["CUDA_VISIBLE_DEVICES"] = ""
import torch
from datasets import Dataset
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from trl import RewardConfig, RewardTrainer

STEPS, RATE = 20, "5e-4"
cli, folder = os.path.abspath(sys.argv[1]), pathlib.Path(tempfile.mkdtemp())
draw = random.Random(1)
words = "the hen and sea bell rings over of wind".split()


def text(count):
    return " ".join(draw.choice(words) for _ in range(count))


def attune(*arguments):
    subprocess.run([cli, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def write(name, rows):
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder / name


(folder / "text.txt").write_text(" ".join(words * 20))
pairs = [{"prompt": text(3), "chosen": text(2 + i % 3), "rejected": text(2 + i % 4)} for i in range(12)]
first = write("first.jsonl", [{"prompt": "hen", "chosen": "sea", "rejected": "bell"}])
data = write("pairs.jsonl", pairs)
attune("tokenizer", "train", folder / "text.txt", "--vocab", 262, "--out", folder / "tokenizer")
attune("model", "init", "--architecture", "gpt2", "--tokenizer", folder / "tokenizer", "--out", folder / "base",
       "--set", "n_layer=2", "--set", "n_head=4", "--set", "n_embd=64", "--set", "n_ctx=64")
# One step gives both the same head to start from.
attune("reward", "--model", folder / "base", "--data", first, "--out", folder / "start", "--steps", 1)
attune("reward", "--model", folder / "start", "--data", data, "--out", folder / "run", "--batch", len(pairs), "--steps", STEPS,
       "--lr", RATE, "--min-lr", RATE, "--warmup", 0, "--weight-decay", 0)
ours = [json.loads(line)["loss"] for line in (folder / "run" / "metrics.jsonl").read_text().splitlines()]

start = folder / "start" / "checkpoints" / "step-1"
tokenizer = AutoTokenizer.from_pretrained(start)
tokenizer.pad_token = tokenizer.pad_token or "<|system|>"


def row(pair):
    return {f"{side}_input_ids": tokenizer.apply_chat_template(
        [{"role": "user", "content": pair["prompt"]}, {"role": "assistant", "content": pair[side]}], tokenize=True, return_dict=False)
        for side in ("chosen", "rejected")}


rows = [row(pair) for pair in pairs]
model = AutoModelForSequenceClassification.from_pretrained(start, torch_dtype=torch.float32)
trainer = RewardTrainer(model=model, train_dataset=Dataset.from_list(rows), processing_class=tokenizer, args=RewardConfig(
    output_dir=str(folder / "trl"), per_device_train_batch_size=len(rows), max_steps=STEPS, learning_rate=float(RATE),
    lr_scheduler_type="constant", weight_decay=0.0, adam_beta1=0.9, adam_beta2=0.95, adam_epsilon=1e-8, max_grad_norm=1.0,
    logging_steps=1, report_to=[], use_cpu=True, bf16=False, gradient_checkpointing=False, save_strategy="no", max_length=None,
    disable_dropout=True, disable_tqdm=True))
trainer.train()
theirs = [float(entry["loss"]) for entry in trainer.state.log_history if "loss" in entry]

mine = AutoModelForSequenceClassification.from_pretrained(folder / "run" / "checkpoints" / f"step-{STEPS}", torch_dtype=torch.float32)


def margins(of):
    of.eval()
    with torch.no_grad():
        return [float(of(torch.tensor([r["chosen_input_ids"]])).logits - of(torch.tensor([r["rejected_input_ids"]])).logits) for r in rows]


for step, (a, b) in enumerate(zip(ours, theirs), 1):
    print(f"step {step}: {a:.7f} {b:.7f}")
alike = sum((a > 0) == (b > 0) for a, b in zip(margins(mine), margins(trainer.model)))
print(f"largest difference {max(abs(a - b) for a, b in zip(ours, theirs)):.2g}, the same decision on {alike} of {len(rows)} pairs")
