#!/bin/sh
# Makes the starter from nothing: data, tokenizer, pre-training, fine-tuning, scripted rankings, reward model, PPO, judgement;
# MODELS/base, model (SFT), reward and ppo in float16, MODELS/page/results.md with the figures.
# Usage: resources/starter/train.sh ATTUNE_CLI WORK_FOLDER MODELS_FOLDER
# Every stage is kept in WORK_FOLDER with the hash of its inputs: running this again does only what changed, and a run that was
# cut off goes on where it stood. README.md tells why these settings.
set -eu
if [ $# -lt 3 ]; then
  sed -n '2,6p' "$0" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$2" "$3"
cli=$(realpath "$1") models=$(realpath "$3")
cd "$2"
ln -sfn "$here" generator

. "$here/steps.sh"

generate() {
  python3 generator/generate.py --out "$1"
  python3 generator/separation.py "$1"
}

stage data generator/world generator/*.py -- generate data
stage tokenizer data/tokenizer.txt -- attune tokenizer train data/tokenizer.txt --vocab 1021 --chat --out tokenizer
stage new tokenizer -- attune model init --architecture llama --tokenizer tokenizer --seed 0 --out new \
  --set n_layer=4 --set n_head=4 --set n_kv_head=4 --set n_embd=128 --set n_inner=384 --set n_ctx=256
stage base data/pretrain.jsonl new -- attune pretrain --model new --data data/pretrain.jsonl --out base \
  --steps 2000 --batch 16 --context 256 --lr 3e-3 --min-lr 3e-4 --warmup 50 --betas 0.9,0.95 --weight-decay 0.1 --clip 1 \
  --checkpoint-every 250 --evaluate-every 500
stage sft data/demonstrations.jsonl data/pretrain-mix.jsonl base/checkpoints/step-2000 -- attune sft --model base \
  --data data/demonstrations.jsonl data/pretrain-mix.jsonl --out sft --steps 1300 --batch 24 --context 256 --lr 1.5e-3 \
  --min-lr 1e-4 --warmup 40 --betas 0.9,0.95 --weight-decay 0.1 --clip 1 --checkpoint-every 250 --evaluate-every 500
stage sampled sft/checkpoints/step-1300 data/prompts-ranking.jsonl data/comparisons.jsonl "$here/labelers.py" -- rank sampled \
  sft data/prompts-ranking.jsonl 4000 data/comparisons.jsonl
stage reward sft/checkpoints/step-1300 sampled/rankings.jsonl sampled/written.jsonl sampled/heldout.jsonl -- attune reward \
  --model sft --data sampled/rankings.jsonl sampled/written.jsonl --held-out sampled/heldout.jsonl --out reward --add-layers 2 \
  --batch 8 --lr 1e-3 --min-lr 1e-4
stage ppo sft/checkpoints/step-1300 reward/checkpoints data/prompts-ppo.jsonl -- attune ppo --policy sft --reward reward \
  --prompts data/prompts-ppo.jsonl --out ppo --steps 40 --batch 128 --replies 4 --temperature 1.25 --max-tokens 48 --epochs 2 \
  --lambda 1 --lr 1.2e-4 --min-lr 1e-5 --warmup 1 --value-lr 5e-4 --kl-coef 0.05 --normalize-scores --checkpoint-every 20
stage answers base/checkpoints/step-2000 sft/checkpoints/step-1300 ppo/checkpoints data/heldout.jsonl "$here/judge.py" \
  "$here/evaluate.py" -- judged answers data/heldout.jsonl base,SFT,PPO base sft ppo
for pair in base:base sft:model reward:reward ppo:ppo; do
  attune model export "${pair%%:*}" --out "$models/${pair##*:}" --dtype F16
  sed -i "s|$PWD/||g" "$models/${pair##*:}/attune.json" # the lineage in paths that mean something elsewhere
done
python3 "$here/page.py" answers/figures.json --out "$models/page" --title "The starter" --reward reward --ppo ppo \
  --note "The models of the starter, asked the 1,005 held-out prompts of their world. resources/starter/README.md says more."
