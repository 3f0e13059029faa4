#!/usr/bin/env python3
"""What PyTorch makes of the Tiny Shakespeare run, to stand beside Attune's in one session.

A GPT-2-shaped model over bytes: learned positions, pre-norm blocks, GELU (tanh), tied head, no dropout, biases in every
linear layer. float32, no torch.compile. Prints progress to standard error and one JSON object to standard output:
{"name", "tokens_per_second", "loss", "steps", "threads", "parameters"}; loss is nats a byte on the held-out tenth.
Needs PyTorch 2.4 or newer; nothing of the project does.
"""
import argparse
import json
import math
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    """x + attention(norm(x)), then x + mlp(norm(x)); x is [B, T, C]."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.mix = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = (part.view(b, t, self.heads, -1).transpose(1, 2) for part in self.qkv(self.norm1(x)).split(c, dim=2))
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.mix(seen.transpose(1, 2).reshape(b, t, c))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class Decoder(nn.Module):
    """Token ids [B, T] to logits [B, T, V]."""

    def __init__(self, vocabulary, context, width, layers, heads):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                residual = name.endswith(("mix.weight", "down.weight"))
                nn.init.normal_(weight, std=0.02 / math.sqrt(2 * layers) if residual else 0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(weight)

    def forward(self, ids):
        x = self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight)


def heldOutLoss(model, data, context, batch=64):
    """Mean loss over every window of `context` bytes that does not overlap the one before it."""
    count = (len(data) - 1) // context
    x, y = (data[o:o + count * context].view(count, context) for o in (0, 1))
    model.eval()
    with torch.no_grad():
        total = sum(F.cross_entropy(model(x[i:i + batch]).flatten(0, 1), y[i:i + batch].flatten(), reduction="sum").item()
                    for i in range(0, count, batch))
    model.train()
    return total / (count * context)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="../shared/data/tinyshakespeare/input.txt")
    for name, value in dict(steps=2000, warmup=100, batch=12, context=64, layers=4, heads=4, width=128, vocabulary=257,
                            threads=2, seed=0).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    o = parser.parse_args()

    torch.set_num_threads(o.threads)
    torch.manual_seed(o.seed)
    data = torch.tensor(list(open(o.data, "rb").read()))
    train, held = data[:len(data) * 9 // 10], data[len(data) * 9 // 10:]
    model = Decoder(o.vocabulary, o.context, o.width, o.layers, o.heads)
    matrices = [p for p in model.parameters() if p.dim() == 2]
    vectors = [p for p in model.parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW([{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}],
                                  lr=1e-3, betas=(0.9, 0.99), eps=1e-8, fused=True)

    def rate(step):
        if step < o.warmup:
            return 1e-3 * (step + 1) / (o.warmup + 1)
        share = (step - o.warmup) / max(1, o.steps - o.warmup)
        return 1e-4 + 0.5 * (1 + math.cos(math.pi * share)) * (1e-3 - 1e-4)

    began, skipped = time.perf_counter(), min(20, o.steps // 2)
    for step in range(o.steps):
        if step == skipped:  # the first steps fill caches and are not timed
            began = time.perf_counter()
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        starts = torch.randint(len(train) - o.context, (o.batch, 1)) + torch.arange(o.context)
        loss = F.cross_entropy(model(train[starts]).flatten(0, 1), train[starts + 1].flatten())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 200 == 0 or step == o.steps - 1:
            print(f"step {step} loss {loss.item():.4f}", file=sys.stderr)
    seconds = time.perf_counter() - began
    print(json.dumps({"name": "pytorch", "tokens_per_second": round((o.steps - skipped) * o.batch * o.context / seconds),
                      "loss": round(heldOutLoss(model, held, o.context), 4), "steps": o.steps, "threads": o.threads,
                      "parameters": sum(p.numel() for p in model.parameters())}))


if __name__ == "__main__":
    main()
