#!/bin/sh
# Makes the starter model from nothing: data, tokenizer, pre-training, fine-tuning, export as float16.
# Usage: resources/starter/train.sh ATTUNE_CLI WORK_FOLDER MODEL_FOLDER [SCORE]
# A run that was cut off goes on where it stood; remove WORK_FOLDER to begin again. README.md tells why these settings.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ $# -lt 3 ]; then
  sed -n '2,4p' "$0" >&2
  exit 2
fi
attune=$1 work=$2 model=$3
data=$work/data

mkdir -p "$work"
python3 "$here/generate.py" --out "$data"
[ -d "$work/tokenizer" ] || "$attune" tokenizer train "$data/tokenizer.txt" --vocab 1021 --out "$work/tokenizer"
[ -d "$work/new" ] || "$attune" model init --architecture llama --tokenizer "$work/tokenizer" --seed 0 --out "$work/new" \
  --set n_layer=4 --set n_head=4 --set n_kv_head=4 --set n_embd=128 --set n_inner=384 --set n_ctx=256

# run NAME COMMAND...: starts a run, or takes up one that was cut off
run() {
  out=$work/$1
  shift
  if [ -f "$out/run.json" ]; then "$attune" resume "$out"; else "$attune" "$@" --out "$out"; fi
}
run base pretrain --model "$work/new" --data "$data/base.txt" --steps 1100 --batch 16 --context 256 \
  --lr 3e-3 --min-lr 3e-4 --warmup 50 --betas 0.9,0.95 --weight-decay 0.1 --clip 1 --checkpoint-every 250 --evaluate-every 250
run chat sft --model "$work/base" --data "$data/dialogues.jsonl" --steps 800 --batch 24 --context 256 \
  --lr 2e-3 --min-lr 2e-4 --warmup 50 --betas 0.9,0.95 --weight-decay 0.1 --clip 1 --checkpoint-every 250 --evaluate-every 250
"$attune" model export "$work/chat" --out "$model" --dtype F16
