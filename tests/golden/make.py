#!/usr/bin/env python3
"""The reference vectors of this folder, made and checked with PyTorch and transformers.

    make.py --check [NAME ...]           what is stored is what the libraries compute from the stored weights
    make.py --seed N --out DIR [NAME ...]  the same cases anew, with other weights, ids and logits

Needs torch, transformers, tokenizers and safetensors. A case's folder holds a checkpoint as transformers saves it and
what it must give, computed in float64 and stored as float32. Weights are drawn wide (0.25, norms around 1, biases too):
with a new model's 0.02 attention is nearly uniform, and a wrong mask, scale or rotation would hardly show.

tokenizers/ is checked only: its files are what `tokenizers` trained on Tiny Shakespeare with each family's rules, and
--check encodes and decodes the texts of NAME.vectors.json again.
"""
import argparse
import json
import math
import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, GPT2Config, LlamaConfig, LogitsProcessorList
from transformers import (MinPLogitsWarper, RepetitionPenaltyLogitsProcessor, TemperatureLogitsWarper, TopKLogitsWarper,
                          TopPLogitsWarper)

HERE = pathlib.Path(__file__).resolve().parent
ENDS = {"bos_token_id": 0, "eos_token_id": 0}
DECODERS = {  # name: configuration, number of ids
    "gpt2-tiny": (GPT2Config(n_layer=3, n_head=4, n_embd=32, vocab_size=96, n_positions=64, **ENDS), 41),
    # Sizes that are no multiple of anything; the file has the older names without a prefix, and mask buffers.
    "gpt2-odd": (GPT2Config(n_layer=2, n_head=3, n_embd=33, n_inner=70, vocab_size=131, n_positions=63, **ENDS), 63),
    "gpt2-half": (GPT2Config(n_layer=2, n_head=2, n_embd=32, vocab_size=64, n_positions=32, **ENDS), 20),  # in bfloat16
    "llama-tiny": (LlamaConfig(num_hidden_layers=3, hidden_size=48, intermediate_size=112, num_attention_heads=6, num_key_value_heads=2,
                               vocab_size=101, max_position_embeddings=128, rms_norm_eps=1e-5), 37),
    # Tied head, heads wider than hidden / heads, Llama 3's rotary scaling past its original context, five shards.
    "llama-scaled": (LlamaConfig(num_hidden_layers=2, hidden_size=40, intermediate_size=96, num_attention_heads=4, num_key_value_heads=1,
                                 head_dim=16, vocab_size=90, max_position_embeddings=256, tie_word_embeddings=True,
                                 rope_parameters={"rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0, "low_freq_factor": 1.0,
                                                  "high_freq_factor": 4.0, "original_max_position_embeddings": 32}), 90),
}


def write_json(path, value):
    path.write_text(json.dumps(value), encoding="utf-8")


def opened(folder):
    return AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float64).eval()


def drawn_wide(config, random):
    config._attn_implementation = "eager"
    model = AutoModelForCausalLM.from_config(config)
    for name, weights in model.named_parameters():
        noise = torch.randn(weights.shape, generator=random)
        norm = weights.dim() == 1 and name.endswith("weight")
        weights.data = 0.25 * noise if weights.dim() > 1 else norm + 0.2 * noise
    model.tie_weights()
    return model


def decoder_numbers(folder, ids):
    """Logits, every hidden state and attention map, the mean next-token loss and its gradients."""
    model = opened(folder)
    body = getattr(model, "transformer", None) or model.model
    blocks = body.h if hasattr(body, "h") else body.layers
    leaving = []
    for block in blocks:
        block.register_forward_hook(lambda _, __, out: leaving.append(out[0] if isinstance(out, tuple) else out))
    batch = torch.tensor([ids])
    result = model(batch, labels=batch, output_attentions=True, output_hidden_states=True, use_cache=False)
    result.loss.backward()
    states = [result.hidden_states[0], *leaving, result.hidden_states[-1]]
    numbers = {"logits": result.logits[0], "loss": result.loss.reshape(1)}
    numbers |= {f"hidden.{i}": state[0] for i, state in enumerate(states)}
    numbers |= {f"attention.{i}": attention[0] for i, attention in enumerate(result.attentions)}
    numbers |= {f"grad.{name}": weights.grad for name, weights in model.named_parameters() if weights.grad is not None}
    return {name: number.detach().float().contiguous() for name, number in numbers.items()}


def continued(folder, prompt, count=24):
    model, ids = opened(folder), list(prompt)
    with torch.no_grad():
        for _ in range(count):
            ids.append(int(model(torch.tensor([ids])).logits[0, -1].argmax()))
    return ids


def make_decoder(name, folder, random):
    config, length = DECODERS[name]
    model = drawn_wide(config, random)
    if name == "gpt2-half":
        model = model.to(torch.bfloat16)
    model.save_pretrained(folder, **({"max_shard_size": "40KB"} if name == "llama-scaled" else {}))
    if name == "gpt2-odd":
        tensors = {key.removeprefix("transformer."): value for key, value in load_file(folder / "model.safetensors").items()}
        size = config.n_positions
        tensors |= {f"h.{i}.attn.bias": torch.ones(size, size).tril().reshape(1, 1, size, size) for i in range(config.n_layer)}
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    if name == "llama-scaled":  # the same configuration in the words of transformers 4
        words = json.loads((folder / "config.json").read_text())
        rope = words.pop("rope_parameters")
        words |= {"rope_theta": rope.pop("rope_theta"), "rope_scaling": rope, "torch_dtype": words.pop("dtype")}
        (folder / "config-4x.json").write_text(json.dumps(words, indent=2))
    ids = torch.randint(0, config.vocab_size, (length,), generator=random).tolist()
    save_file(decoder_numbers(folder, ids), folder / "expected.safetensors")
    write_json(folder / "ids.json", {"ids": ids, "greedy": {"prompt": ids[:4], "ids": continued(folder, ids[:4])}})


def check_decoder(name, folder):
    stored = json.loads((folder / "ids.json").read_text())
    worst = differ(decoder_numbers(folder, stored["ids"]), load_file(folder / "expected.safetensors"))
    greedy = continued(folder, stored["greedy"]["prompt"], len(stored["greedy"]["ids"]) - 4)
    assert greedy == stored["greedy"]["ids"], f"{name}: greedy continuation"
    return worst


def trained(folder, batch, rows):
    """AdamW on one batch: warm-up over 10 steps, cosine to a tenth over the other 40, clipped at 1, matrices decay by 0.1."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).train()
    matrices = [weights for weights in model.parameters() if weights.dim() > 1]
    vectors = [weights for weights in model.parameters() if weights.dim() == 1]
    groups = [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.95), eps=1e-8)
    ids = torch.tensor(batch)
    for step in range(50):
        cosine = 1 + math.cos(math.pi * (step - 10) / 40)
        rate = 1e-3 * (step + 1) / 10 if step < 10 else 1e-4 + 4.5e-4 * cosine
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        loss = model(ids, labels=ids).loss
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        rows.append({"step": step, "lr": rate, "loss": loss.item(), "grad_norm": norm.item()})
    return {name: weights.detach().contiguous() for name, weights in model.named_parameters()}


def make_adamw(name, folder, random):
    config = GPT2Config(n_layer=2, n_head=2, n_embd=32, vocab_size=96, n_positions=32, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0)
    model = AutoModelForCausalLM.from_config(config)
    for weights in model.parameters():
        if weights.dim() > 1:
            weights.data = 0.02 * torch.randn(weights.shape, generator=random)
    model.save_pretrained(folder)
    batch, rows = torch.randint(0, 96, (4, 32), generator=random).tolist(), []
    save_file(trained(folder, batch, rows), folder / "after.safetensors")
    write_json(folder / "steps.json", {"batch": batch, "betas": [0.9, 0.95], "eps": 1e-8, "weight_decay": 0.1, "clip": 1.0, "steps": rows})


def check_adamw(name, folder):
    stored, rows = json.loads((folder / "steps.json").read_text()), []
    worst = differ(trained(folder, stored["batch"], rows), load_file(folder / "after.safetensors"), within=1e-3)
    for ours, theirs in zip(rows, stored["steps"], strict=True):
        assert abs(ours["loss"] - theirs["loss"]) < 1e-4 and abs(ours["lr"] - theirs["lr"]) < 1e-12, f"{name}: step {ours['step']}"
    return worst


FILTERS = (("repetition_penalty", RepetitionPenaltyLogitsProcessor), ("temperature", TemperatureLogitsWarper),
           ("top_k", TopKLogitsWarper), ("top_p", TopPLogitsWarper), ("min_p", MinPLogitsWarper))
SETTINGS = ({}, {"temperature": 0.7}, {"top_k": 5}, {"top_p": 0.9}, {"min_p": 0.1}, {"temperature": 0.8, "top_k": 20, "top_p": 0.95},
            {"repetition_penalty": 1.3}, {"repetition_penalty": 1.2, "temperature": 1.5, "top_k": 40, "top_p": 0.5}, {"top_p": 1e-6})


def probabilities(logits, past, settings):
    chain = LogitsProcessorList(kind(settings[key]) for key, kind in FILTERS if key in settings)
    return torch.softmax(chain(torch.tensor([past]), torch.tensor([logits])), -1)[0].tolist()


def make_samplers(name, folder, random):
    logits = (3 * torch.randn(64, generator=random)).tolist()
    past = torch.randint(0, 64, (10,), generator=random).tolist()
    cases = [{"settings": settings, "probabilities": probabilities(logits, past, settings)} for settings in SETTINGS]
    write_json(folder / "samplers.json", {"logits": logits, "past": past, "cases": cases})


def check_samplers(name, folder):
    stored, worst = json.loads((folder / "samplers.json").read_text()), 0.0
    for case in stored["cases"]:
        again = probabilities(stored["logits"], stored["past"], case["settings"])
        worst = max([worst] + [abs(a - b) for a, b in zip(again, case["probabilities"], strict=True)])
    assert worst < 1e-6, f"{name}: {worst}"
    return worst


def check_tokenizers(name, folder):
    from tokenizers import Tokenizer
    for vectors in sorted(folder.glob("*.vectors.json")):
        tokenizer = Tokenizer.from_file(str(vectors).replace(".vectors", ""))
        for row in json.loads(vectors.read_text(encoding="utf-8")):
            assert tokenizer.encode(row["text"], add_special_tokens=False).ids == row["ids"], f"{vectors.name}: {row['text']!r}"
            assert tokenizer.decode(row["ids"], skip_special_tokens=False) == row["decoded"], f"{vectors.name}: {row['ids']}"
    return 0.0


def differ(ours, theirs, within=1e-5):
    """The largest relative distance, small norms measured against a thousandth of their kind's largest."""
    assert ours.keys() == theirs.keys(), f"other tensors: {sorted(ours.keys() ^ theirs.keys())}"
    largest, worst = {}, 0.0
    for name, tensor in theirs.items():
        kind = name.split(".")[0]
        largest[kind] = max(largest.get(kind, 0.0), tensor.norm().item())
    for name, tensor in theirs.items():
        floor = max(tensor.norm().item(), 1e-3 * largest[name.split(".")[0]])
        distance = (ours[name] - tensor).norm().item() / floor
        assert distance <= within, f"{name}: {distance}"
        worst = max(worst, distance)
    return worst


CASES = {name: (make_decoder, check_decoder) for name in DECODERS}
CASES |= {"adamw-50": (make_adamw, check_adamw), "samplers": (make_samplers, check_samplers), "tokenizers": (None, check_tokenizers)}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=" ".join(CASES))
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=pathlib.Path)
    options = parser.parse_args()
    if unknown := set(options.names) - CASES.keys():
        parser.error(f"unknown: {sorted(unknown)}")
    if options.check == bool(options.out):
        parser.error("choose --check or --out DIR")
    for name in options.names or CASES:
        make, check = CASES[name]
        if options.check:
            print(f"{name}: agrees, {check(name, HERE / name):.1e}")
        elif make:
            (options.out / name).mkdir(parents=True)
            make(name, options.out / name, torch.Generator().manual_seed(options.seed))
            print(f"{name}: written, checked again: {check(name, options.out / name):.1e}")
        else:
            print(f"{name}: only checked", file=sys.stderr)
