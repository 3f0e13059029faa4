#!/bin/sh
# Makes the starter model from nothing: data, tokenizer, pre-training, fine-tuning, export as float16.
# Usage: resources/starter/train.sh ATTUNE_CLI WORK_FOLDER MODEL_FOLDER
# A run that was cut off goes on where it stood; remove WORK_FOLDER to begin again. README.md tells why these settings.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ $# -lt 3 ]; then
  sed -n '2,4p' "$0" >&2
  exit 2
fi
mkdir -p "$2"
attune=$(realpath "$1") model=$(realpath -m "$3")
cd "$2"

python3 "$here/generate.py" --out data
[ -d tokenizer ] || "$attune" tokenizer train "data/tokenizer.txt" --vocab 1021 --out tokenizer
[ -d new ] || "$attune" model init --architecture llama --tokenizer tokenizer --seed 0 --out new \
  --set n_layer=4 --set n_head=4 --set n_kv_head=4 --set n_embd=128 --set n_inner=384 --set n_ctx=256

# run NAME COMMAND...: starts a run, or takes up one that was cut off
run() {
  out=$1
  shift
  if [ -f "$out/run.json" ]; then "$attune" resume "$out"; else "$attune" "$@" --out "$out"; fi
}
run base pretrain --model new --data "data/base.txt" --steps 1100 --batch 16 --context 256 \
  --lr 3e-3 --min-lr 3e-4 --warmup 50 --betas 0.9,0.95 --weight-decay 0.1 --clip 1 --checkpoint-every 250 --evaluate-every 250
run chat sft --model base --data "data/dialogues.jsonl" --steps 800 --batch 24 --context 256 \
  --lr 2e-3 --min-lr 2e-4 --warmup 50 --betas 0.9,0.95 --weight-decay 0.1 --clip 1 --checkpoint-every 250 --evaluate-every 250
"$attune" model export chat --out "$model" --dtype F16
