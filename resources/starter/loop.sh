#!/bin/sh
# The whole loop in one sitting: from the SFT starter over scripted rankings and a reward model to a PPO policy, judged.
# Usage: resources/starter/loop.sh ATTUNE_CLI FOLDER [SFT_MODEL]     (./dev loop calls it; FOLDER/page/results.md is the result)
# Every step is kept in FOLDER with the hash of its inputs; what was cut off goes on. The rankings are made by scripts, no person.
set -eu
if [ $# -lt 2 ]; then
  sed -n '2,4p' "$0" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$2"
cli=$(realpath "$1") sft=$(realpath "${3:-$here/model}")
cd "$2"
. "$here/steps.sh"
started=$(date +%s)

# few.jsonl: 450 rankings of sampled answers alone teach a reward model little, so that some of written ones stand beside them.
generate() {
  python3 "$here/generate.py" --out "$1"
  head -n 2400 "$1/comparisons.jsonl" >"$1/few.jsonl"
}

stage data "$here/world" "$here"/*.py -- generate data
stage sampled "$sft" data/prompts-ranking.jsonl data/few.jsonl "$here/labelers.py" -- rank sampled "$sft" \
  data/prompts-ranking.jsonl 500 data/few.jsonl
stage reward "$sft" sampled/rankings.jsonl sampled/written.jsonl sampled/heldout.jsonl -- attune reward --model "$sft" \
  --data sampled/rankings.jsonl sampled/written.jsonl --held-out sampled/heldout.jsonl --out reward --add-layers 2 --batch 8 \
  --lr 1e-3 --min-lr 1e-4
stage ppo "$sft" reward/checkpoints data/prompts-ppo.jsonl -- attune ppo --policy "$sft" --reward reward \
  --prompts data/prompts-ppo.jsonl --out ppo --steps 50 --batch 64 --replies 4 --temperature 1.25 --max-tokens 48 --epochs 2 \
  --lambda 1 --lr 1.5e-4 --min-lr 1e-5 --warmup 1 --value-lr 5e-4 --kl-coef 0.05 --normalize-scores --checkpoint-every 25
stage answers "$sft" ppo/checkpoints data/heldout.jsonl "$here/judge.py" "$here/evaluate.py" -- judged answers \
  data/heldout.jsonl SFT,PPO "$sft" ppo
minutes=$((($(date +%s) - started + 30) / 60))
python3 "$here/page.py" answers/figures.json --out page --title "One loop: from demonstrations to PPO" --reward reward \
  --ppo ppo --note "500 prompts with 4 answers each and 2,400 with written ones, a reward model, 50 iterations of PPO with 64 episodes; this run took $minutes minutes."
