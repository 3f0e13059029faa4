# What train.sh and loop.sh share: stages that are kept by the hash of their inputs, and sampling with scripted ranking.
# Expects $cli, the program, and $here, the folder of the generator; works in the current folder.

attune() { "$cli" "$@"; }

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

# rank FOLDER MODEL PROMPTS COUNT [COMPARISONS]: four answers of MODEL to each of COUNT prompts, no two the same, ranked by the
# scripted labelers and kept in a store. FOLDER/rankings.jsonl is for training, FOLDER/heldout.jsonl by a labeler who is held out;
# FOLDER/written.jsonl are rankings of COMPARISONS, whose answers were all written by scripts.
rank() {
  mkdir -p "$1"
  attune labels sample --store "$1/sampled.sqlite" --model "$2" --prompts "$3" --limit "$4" --answers 4 --max-tokens 64
  attune labels list --store "$1/sampled.sqlite" --json >"$1/listed.json"
  python3 "$here/labelers.py" "$3" "$1/listed.json" --out "$1" ${5:+--written "$5"} >"$1/agreement.txt"
  attune labels import "$1/rankings.jsonl" "$1/heldout.jsonl" --store "$1/ranked.sqlite" --scripted
  cat "$1/agreement.txt" >&2
}

# judged FOLDER PROMPTS NAMES MODEL...: the models answer the prompts, sampled at temperature 1, and the gold judge judges them:
# FOLDER/figures.json.
judged() {
  folder=$1 asked=$2 names=$3
  shift 3
  mkdir -p "$folder"
  python3 "$here/judge_file.py" "$asked" --out "$folder/judge.json"
  attune compare --models "$@" --prompts "$asked" --judge "$folder/judge.json" --max-tokens 96 --json >"$folder/compared.json"
  python3 "$here/evaluate.py" "$asked" "$folder/compared.json" --names "$names" --out "$folder/figures.json"
}
