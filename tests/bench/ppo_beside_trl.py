#!/usr/bin/env python3
"""PPO with attune-cli and with TRL's PPOTrainer (pip install trl==0.24.0): the same model, prompts, rule and settings.

    PYTHON tests/bench/ppo_beside_trl.py ATTUNE_CLI TEXT [--folder DIR] [--seeds 3] [--iterations 24]

PYTHON has torch, transformers and trl. A GPT-2 of 4 layers, 128 wide, with a vocabulary of 770 is pre-trained on TEXT by
attune-cli for 300 steps (kept in DIR); then both learn to write replies of 24 tokens to prompts of 16, batch 64, 4 epochs, under
a rule that counts words. Prints one JSON object: of each seed and side the score where the KL of a reply passes some values
(a line through the iterations near it), and the episodes a second of the median iteration after the first three.
"""
import argparse, json, os, pathlib, random, re, statistics, subprocess, sys, tempfile, time

os.environ.update(CUDA_VISIBLE_DEVICES="", TRL_EXPERIMENTAL_SILENCE="1")
parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("attune")
parser.add_argument("text")
parser.add_argument("--folder", default=tempfile.mkdtemp())
parser.add_argument("--seeds", type=int, default=3)
parser.add_argument("--iterations", type=int, default=24)
parser.add_argument("--rate", default="1e-3")
parser.add_argument("--side", choices=["attune", "trl"], help=argparse.SUPPRESS)
parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
arguments = parser.parse_args()
folder = pathlib.Path(arguments.folder)
words, PROMPT, REPLY, BATCH, EPOCHS, KL_COEF = ["the", "and", "my", "to", "love", "king"], 16, 24, 64, 4, 0.05
pattern = re.compile(r"\b(" + "|".join(words) + r")\b", re.IGNORECASE)


def attune(*words):
    subprocess.run([arguments.attune, *map(str, words)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def prepare():
    """The model, 512 prompts of exactly 16 tokens, the rule."""
    if (folder / "prompts.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    attune("tokenizer", "train", arguments.text, "--vocab", 770, "--out", folder / "tokenizer")
    attune("model", "init", "--architecture", "gpt2", "--tokenizer", folder / "tokenizer", "--out", folder / "new",
           *sum((["--set", s] for s in ("n_layer=4", "n_head=4", "n_embd=128", "n_ctx=64")), []))
    attune("pretrain", "--model", folder / "new", "--data", arguments.text, "--out", folder / "run", "--steps", 300, "--batch", 16,
           "--lr", "2e-3", "--warmup", 30, "--checkpoint-every", 0)
    attune("model", "export", folder / "run", "--out", folder / "policy")
    from transformers import AutoTokenizer
    tokenizer = AutoTokenizer.from_pretrained(folder / "policy")
    lines, draw, prompts = [line for line in open(arguments.text).read().split("\n") if len(line) > 30], random.Random(1), []
    draw.shuffle(lines)
    for line in lines:
        text = tokenizer.decode(tokenizer(line)["input_ids"][:PROMPT])
        if len(tokenizer(text)["input_ids"]) == PROMPT and text == text.strip() and text not in prompts:
            prompts.append(text)
        if len(prompts) == 512:
            break
    (folder / "rule.json").write_text(json.dumps({"rules": [{"words": words, "score": 0.5, "each": True}]}))
    (folder / "prompts.txt").write_text("".join(text + "\n" for text in prompts))
    (folder / "prompts.json").write_text(json.dumps(prompts))


def run_attune(seed):
    out = pathlib.Path(tempfile.mkdtemp()) / "run"
    attune("ppo", "--policy", folder / "policy", "--reward", folder / "rule.json", "--prompts", folder / "prompts.txt", "--out", out,
           "--seed", seed, "--steps", arguments.iterations, "--batch", BATCH, "--max-tokens", REPLY, "--epochs", EPOCHS, "--kl-coef",
           KL_COEF, "--lr", arguments.rate, "--min-lr", arguments.rate, "--warmup", 0, "--betas", "0.9,0.999", "--eps", "1e-8",
           "--clip", 0, "--checkpoint-every", 0)
    rows = [json.loads(line) for line in open(out / "metrics.jsonl")]
    return [(row["kl"], row["score"], row["time_step"]) for row in rows]


def run_trl(seed):
    import torch, trl.trainer.ppo_trainer as ppo
    from datasets import Dataset
    from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer, TrainerCallback
    tokenizer = AutoTokenizer.from_pretrained(folder / "policy")
    tokenizer.pad_token = tokenizer.eos_token or "<|endoftext|>"
    prompts = json.loads((folder / "prompts.json").read_text())
    times, own = [time.time()], ppo.get_reward

    def load(kind, **more):
        return kind.from_pretrained(folder / "policy", dtype=torch.float32, **more)

    class Rule(torch.nn.Module):
        pass

    def get_reward(model, query_responses, pad, context):
        if not isinstance(model, Rule):
            return own(model, query_responses, pad, context)
        texts = tokenizer.batch_decode(query_responses[:, context:], skip_special_tokens=True)
        return None, torch.tensor([0.5 * len(pattern.findall(text)) for text in texts]), None

    class Clock(TrainerCallback):
        def on_step_end(self, *_, **__):
            times.append(time.time())

    ppo.get_reward = get_reward
    value = load(AutoModelForSequenceClassification, num_labels=1)
    torch.nn.init.zeros_(value.score.weight)
    trainer = ppo.PPOTrainer(
        args=ppo.PPOConfig(output_dir=str(folder / "trl"), per_device_train_batch_size=BATCH, num_mini_batches=1,
                           gradient_accumulation_steps=1, num_ppo_epochs=EPOCHS, total_episodes=BATCH * arguments.iterations,
                           response_length=REPLY, local_rollout_forward_batch_size=BATCH, kl_coef=KL_COEF, temperature=1.0,
                           learning_rate=float(arguments.rate), lr_scheduler_type="constant", seed=seed, use_cpu=True, bf16=False,
                           report_to=[], save_strategy="no", num_sample_generations=0, logging_steps=1, disable_tqdm=True,
                           gradient_checkpointing=False),
        processing_class=tokenizer, model=load(AutoModelForCausalLM), ref_model=load(AutoModelForCausalLM), reward_model=Rule(),
        value_model=value, train_dataset=Dataset.from_list([{"input_ids": tokenizer(text)["input_ids"]} for text in prompts]),
        callbacks=[Clock()])
    trainer.train()
    rows = [row for row in trainer.state.log_history if "objective/kl" in row]
    return [(row["objective/kl"], row["objective/scores"], b - a) for row, a, b in zip(rows, times, times[1:])]


if arguments.side:
    rows = run_attune(arguments.seed) if arguments.side == "attune" else run_trl(arguments.seed)
    print("\n" + json.dumps(rows))
    sys.exit()

prepare()
runs = {"attune": [], "trl": []}
for seed in range(1, arguments.seeds + 1):
    for side in runs:
        done = subprocess.run([sys.executable, __file__, *sys.argv[1:], "--folder", str(folder), "--side", side, "--seed", str(seed)],
                              stdout=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit(f"{side} failed")
        runs[side].append(json.loads(done.stdout.strip().splitlines()[-1]))
        print(side, seed, [(round(kl, 2), round(score, 2)) for kl, score, _ in runs[side][-1]], file=sys.stderr)


def score_at(rows, kl):
    """On the line between the two iterations whose KL frames it first; None beyond the last."""
    for (before, low, _), (after, high, _) in zip(rows, rows[1:]):
        if before <= kl <= after:
            return round(low + (high - low) * (kl - before) / max(after - before, 1e-9), 2)
    return None


result = {"episodes_a_second": {side: [round(BATCH / statistics.median(t for _, _, t in rows[3:]), 1) for rows in runs[side]]
                                for side in runs},
          "score_at_kl": {kl: {side: [score_at(rows, kl) for rows in runs[side]] for side in runs} for kl in (5, 10, 20)}}
result["episodes_ratio"] = statistics.median(a / b for a, b in zip(*result["episodes_a_second"].values()))
print(json.dumps(result))
