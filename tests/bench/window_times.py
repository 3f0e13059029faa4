#!/usr/bin/env python3
"""How long a person waits for Attune's window: window_times.py [ATTUNE] [--runs N]

Starts the real program under Xvfb with a home of its own and prints, as medians of N starts and as the worst of them:
from the start of the process to the painted window, to the loaded starter, to the first word of a reply that was asked
for at once, with a warm shader cache; then the same for the very first start, with empty caches, and what it says
meanwhile. The program itself measures (ATTUNE_TIMES)."""
import argparse, os, re, shutil, statistics, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("attune", nargs="?", default=os.path.join(here, "../../build/bin/attune"))
arguments.add_argument("--runs", type=int, default=5)
arguments.add_argument("--verbose", action="store_true")
given = arguments.parse_args()
if not shutil.which("xvfb-run"):
    sys.exit("window_times.py: there is no xvfb-run; install the package xvfb")

PATTERNS = {
    "window painted": r"window is painted after (\d+) ms",
    "starter loaded": r"is loaded after (\d+) ms",
    "starter ready to reply": r"is ready to reply after (\d+) ms",
    "first word, from Enter": r"first word came (\d+) ms",
    "first word, from the start of the process": r"asked for, (\d+) ms after the start",
    "longest wait for the window": r"answered within ([\d.]+) ms",
}


def start(home, text=None, seconds=4):
    environment = dict(os.environ, ATTUNE_TIMES="1", ATTUNE_HOME=home, MESA_SHADER_CACHE_DIR=os.path.join(home, "mesa"))
    command = ["xvfb-run", "-a", "-s", "-screen 0 1280x800x24", given.attune, "--after", str(seconds * 1000),
               "--screenshot", os.path.join(home, "picture.png"), "--panel", "chat"]
    if text:
        command += ["--text", text]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    if result.returncode:
        sys.exit("window_times.py: attune ended with %d: %s" % (result.returncode, result.stderr))
    if given.verbose:
        print(result.stderr, end="")
    found = {}
    for name, pattern in PATTERNS.items():
        match = re.search(pattern, result.stderr)
        if match:
            found[name] = float(match.group(1))
    return found, [line for line in result.stderr.splitlines() if "Preparing" in line]


def table(title, results):
    print(title)
    for name in PATTERNS:
        values = [result[name] for result in results if name in result]
        if values:
            print("  %-45s %7.0f ms   (worst of %d: %.0f)" % (name, statistics.median(values), len(values), max(values)))


with tempfile.TemporaryDirectory() as home:
    first, words = start(home, "Where does Nora live?", 12)
    table("the very first start, empty caches, a question asked at once", [first])
    for line in words[:2] + words[-1:]:
        print("  it said:", line.removeprefix("times: "))
    start(home, "Who is Nora?", 4)
    table("later starts", [start(home)[0] for _ in range(given.runs)])
    table("later starts, a question asked at once", [start(home, "Where does Nora live?")[0] for _ in range(given.runs)])
