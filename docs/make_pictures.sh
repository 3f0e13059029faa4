#!/usr/bin/env bash
# Makes docs/pictures: every panel, light and dark, with real content, in a home of its own that goes afterwards.
# Usage: docs/make_pictures.sh BIN_FOLDER   (./dev pictures calls it)
#
# The content: the starter's own texts; three real trainings, small and short (one is PPO by a rule); prompts that the starter answers. A rule ranks
# those answers (the shorter, the better), and the window says so: its rankings are tagged 'scripted'.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
bin=$(realpath "$1")
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export ATTUNE_HOME=$home QT_QPA_PLATFORM=offscreen
cli=$bin/attune-cli
starter=$root/resources/starter
say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

say "Texts"
python3 "$starter/generate.py" --out "$home/data" >/dev/null
mkdir -p "$home/models" "$home/runs"

say "Two trainings"
"$cli" tokenizer train "$home/data/tokenizer.txt" --vocab 1021 --chat --out "$home/tokenizer" >/dev/null
"$cli" model init --architecture llama --tokenizer "$home/tokenizer" --out "$home/models/tales-start" --set n_layer=4 \
  --set n_head=4 --set n_kv_head=4 --set n_embd=96 --set n_inner=256 --set n_ctx=128 >/dev/null
"$cli" pretrain --model "$home/models/tales-start" --data "$home/data/pretrain.jsonl" --out "$home/runs/tales" --steps 300 --batch 8 \
  --lr 3e-3 --warmup 20 --held-out 0.02 --evaluate-every 30 --checkpoint-every 150 2>/dev/null >/dev/null
head -n 2000 "$home/data/demonstrations.jsonl" >"$home/talks.jsonl"
"$cli" sft --model "$home/runs/tales" --data "$home/talks.jsonl" --out "$home/runs/talker" --steps 120 --batch 8 --lr 2e-3 \
  --warmup 10 --held-out 0.02 --evaluate-every 20 2>/dev/null >/dev/null

say "PPO by a rule"
echo '{"rules": [{"words": ["please", "thank", "kind", "gladly", "friend", "sorry", "good"], "score": 1}]}' >"$home/kindness.json"
"$cli" ppo --policy "$starter/model" --reward "$home/kindness.json" --gold "$starter/judge.json" --prompts "$starter/prompts.txt" \
  --out "$home/runs/kinder" --steps 30 --batch 32 --max-tokens 40 --lr 3e-4 --held-out 0.1 --evaluate-every 5 2>/dev/null >/dev/null

say "Prompts, demonstrations, rankings"
cp "$starter/prompts.txt" "$home/village.txt"
"$cli" data import "$home/village.txt" --set village >/dev/null
head -n 240 "$home/data/demonstrations.jsonl" >"$home/demonstrations.jsonl"
"$cli" data import "$home/demonstrations.jsonl" --scripted --labeler generate.py --use-case chat >/dev/null
(cd "$root" && "$cli" labels sample --model resources/starter/model --set village --limit 5 --answers 5 --max-tokens 60 >/dev/null 2>&1)
"$cli" labels list --json >"$home/answers.json"
python3 - "$home" <<'PYTHON'
import json, sys
home = sys.argv[1]
with open(home + "/answers.json") as file:
    listed = json.load(file)
records = listed["comparisons"] if isinstance(listed, dict) and "comparisons" in listed else next(iter(listed.values()))
with open(home + "/ranks.jsonl", "w") as out:
    for record in records:
        texts = [a["text"] if isinstance(a, dict) else a for a in record.get("answers") or record["completions"]]
        lengths = sorted({len(text) for text in texts})
        out.write(json.dumps({"comparison": record["id"] if "id" in record else record["comparison"],
                              "ranks": [lengths.index(len(text)) + 1 for text in texts]}) + "\n")
PYTHON
"$cli" labels rank --file "$home/ranks.jsonl" --labeler "rule: shorter" --scripted >/dev/null

mkdir -p "$here/pictures"
for panel in chat label train attention data models; do
  for theme in light dark; do
    say "Picture of $panel, $theme"
    more=()
    case $panel in
      chat) more=(--text "Where does Nora live?") ;;
      attention) more=(--text "Nora is the baker of Tamble. Nora lives in Mill Lane, and her cat sleeps under the oven.") ;;
      label) more=(--keys "B Shift+Down 6 A Shift+Down 5 C Shift+Down T 5 J") ;;
    esac
    "$bin/attune" --panel "$panel" --theme "$theme" --size 1280x800 "${more[@]}" --after 7000 \
      --screenshot "$here/pictures/$panel-$theme.png" 2>/dev/null
  done
done
