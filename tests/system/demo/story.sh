# Functions of the demos. A demo's script, whose first argument is the path of the twoway program,
# reads this file. Goes to a temporary folder, which it removes at the end.
set -u

if [ $# -ne 1 ] || [ ! -x "$1" ]; then
  echo "usage: sh $0 PATH_TO_TWOWAY" >&2
  exit 2
fi
case $1 in
  /*) twoway=$1 ;;
  *) twoway=$PWD/$1 ;;
esac

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
cd "$folder" || exit 1

bold='' dim='' good='' bad='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$(printf '\033[1m') dim=$(printf '\033[2m') plain=$(printf '\033[0m')
  good=$(printf '\033[32m') bad=$(printf '\033[31m')
fi

# Milliseconds if date knows them, else whole seconds.
now() {
  time=$(date +%s%3N)
  case $time in
    *[!0-9]*) time=$(date +%s)000 ;;
  esac
  echo "$time"
}

size_of() { wc -c <"$1" | tr -d ' '; }

title() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }
why() { printf '        %s%s%s\n' "$dim" "$1" "$plain"; }

fail() {
  printf '  %sFAIL%s  %s\n' "$bad" "$plain" "$1"
  [ -s said ] && sed 's/^/        /' said
  exit 1
}

# step WHAT FILE COMMAND...: the command must succeed and leave FILE.
step() {
  what=$1 file=$2
  shift 2
  start=$(now)
  "$@" 2>said || fail "$what"
  took=$(($(now) - start))
  [ -f "$file" ] || fail "$what: there is no $file"
  printf '  %sok%s    %-40s %-18s %9s bytes %6s ms\n' "$good" "$plain" "$what" "$file" \
    "$(size_of "$file")" "$took"
}

# refused WHAT COMMAND...: the command must end with 1, say one line, and leave no output.
refused() {
  what=$1
  shift
  "$@" --out wrong.out 2>said
  code=$?
  [ "$code" -eq 1 ] || fail "$what: exit code $code in place of 1"
  [ ! -e wrong.out ] && [ ! -e wrong.state ] || fail "$what: there is an output"
  [ "$(wc -l <said)" -eq 1 ] || fail "$what: one line was to be said"
  printf '  %sok%s    %-40s exit code 1, and no file is written\n' "$good" "$plain" "$what"
}

same() {
  cmp -s "$1" "$2" || fail "$1 and $2 differ"
  printf '  %sok%s    %s and %s are the same, byte for byte\n' "$good" "$plain" "$1" "$2"
}

# Copies $1 to $2 with one bit changed, in the byte at offset $3.
flip_bit() {
  cp "$1" "$2"
  byte=$(od -An -tu1 -j "$3" -N 1 "$1" | tr -d ' ')
  printf "\\$(printf '%03o' $((byte ^ 1)))" | dd of="$2" bs=1 seek="$3" conv=notrunc 2>/dev/null
}

# exchange NAME KEY_OPTIONS...: a request to the receiver, its response, and every comparison.
# The sender's choice of a key is in $choice.
exchange() {
  name=$1
  shift
  # shellcheck disable=SC2086 # several words
  step 'sender seals the request' "$name-request.bin" \
    "$twoway" seal-request --config gateway.ohttp-keys $choice --in question.bin \
    --out "$name-request.bin" --state "$name-sender.state"
  step 'receiver opens it' "$name-question.bin" \
    "$twoway" open-request "$@" --in "$name-request.bin" \
    --out "$name-question.bin" --state "$name-receiver.state"
  step 'receiver seals its response' "$name-response.bin" \
    "$twoway" seal-response --state "$name-receiver.state" --in answer.bin \
    --out "$name-response.bin"
  step 'sender opens it' "$name-answer.bin" \
    "$twoway" open-response --state "$name-sender.state" --in "$name-response.bin" \
    --out "$name-answer.bin"
  same question.bin "$name-question.bin"
  same answer.bin "$name-answer.bin"
}

