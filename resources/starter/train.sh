#!/bin/sh
# Makes the starter from nothing: data, tokenizer, pre-training, fine-tuning, export as float16 (MODELS/base and MODELS/model).
# Usage: resources/starter/train.sh ATTUNE_CLI WORK_FOLDER MODELS_FOLDER
# Every stage is kept in WORK_FOLDER with the hash of its inputs: running this again does only what changed, and a run that was
# cut off goes on where it stood. README.md tells why these settings.
set -eu
if [ $# -lt 3 ]; then
  sed -n '2,5p' "$0" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$2" "$3"
cli=$(realpath "$1") models=$(realpath "$3")
cd "$2"
ln -sfn "$here" generator

attune() { "$cli" "$@"; }

generate() {
  python3 generator/generate.py --out "$1"
  python3 generator/separation.py "$1"
}

# stage NAME INPUT... -- COMMAND...: makes the folder NAME by the command, unless it was made by it from these very inputs.
stage() {
  name=$1
  shift
  inputs=
  while [ "$1" != -- ]; do
    inputs="$inputs $1"
    shift
  done
  shift
  now=$({ echo "$*" && find $inputs -type f ! -name '*.pyc' | LC_ALL=C sort | xargs sha256sum; } | sha256sum)
  if [ "$(cat "$name.inputs" 2>/dev/null)" != "$now" ]; then
    rm -rf "$name" "$name.done"
    echo "$now" >"$name.inputs"
  fi
  [ ! -f "$name.done" ] || return 0
  echo "Stage $name" >&2
  if [ -f "$name/run.json" ]; then
    attune resume "$name"
  else
    rm -rf "$name"
    "$@"
  fi
  touch "$name.done"
}

stage data generator/world generator/*.py -- generate data
stage tokenizer data/pretrain.jsonl -- attune tokenizer train data/pretrain.jsonl --vocab 1021 --out tokenizer
stage new tokenizer -- attune model init --architecture llama --tokenizer tokenizer --seed 0 --out new \
  --set n_layer=4 --set n_head=4 --set n_kv_head=4 --set n_embd=128 --set n_inner=384 --set n_ctx=256
stage base data/pretrain.jsonl new -- attune pretrain --model new --data data/pretrain.jsonl --out base \
  --steps 900 --batch 16 --context 256 --lr 3e-3 --min-lr 3e-4 --warmup 50 --betas 0.9,0.95 --weight-decay 0.1 --clip 1 \
  --checkpoint-every 150 --evaluate-every 300
stage sft data/demonstrations.jsonl data/pretrain-mix.jsonl base/checkpoints/step-900 -- attune sft --model base \
  --data data/demonstrations.jsonl data/pretrain-mix.jsonl --out sft --steps 780 --batch 24 --context 256 --lr 7e-4 \
  --min-lr 7e-5 --warmup 30 --betas 0.9,0.95 --weight-decay 0.1 --clip 1 --checkpoint-every 150 --evaluate-every 300
attune model export base --out "$models/base" --dtype F16
attune model export sft --out "$models/model" --dtype F16
