"""PyTorch's side of `attune-cli bench`: matrix products, timed one at a time on request.

Prints "ready NAME". Then for every line "LAYOUT M N K" on standard input (NN, NT or TN; float32) it multiplies twice
and prints the seconds that the second one took. Who asks runs its own product in between, so that both meet the same machine.
"""

import sys
import time

import torch


def operands(layout, m, n, k, kept={}):
    key = (layout, m, n, k)
    if key not in kept:
        torch.manual_seed(0)
        a = torch.randn(k, m).t() if layout == "TN" else torch.randn(m, k)
        b = torch.randn(n, k).t() if layout == "NT" else torch.randn(k, n)
        kept[key] = (a, b, torch.empty(m, n))
    return kept[key]


print("ready PyTorch", torch.__version__, flush=True)
for line in sys.stdin:
    layout, m, n, k = line.split()
    a, b, c = operands(layout, int(m), int(n), int(k))
    torch.matmul(a, b, out=c)
    begin = time.perf_counter()
    torch.matmul(a, b, out=c)
    print(time.perf_counter() - begin, flush=True)
