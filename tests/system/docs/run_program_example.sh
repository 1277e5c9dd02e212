#!/bin/sh
# Runs the document's block of twoway commands, in a folder with the files that it reads.
# usage: run_program_example.sh DOCUMENT PROGRAM
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

awk '/^```sh$/ { inside = 1; block = ""; next }
     /^```$/ { if (inside && block ~ /^twoway keygen/) printf "%s", block; inside = 0 }
     inside { block = block $0 "\n" }' "$1" >"$work/commands"
[ -s "$work/commands" ] || { echo "$1 has no block that starts with twoway keygen" >&2; exit 1; }

case $2 in
  /*) program=$2 ;;
  *) program=$PWD/$2 ;;
esac
mkdir "$work/bin" "$work/files"
ln -s "$program" "$work/bin/twoway"
cd "$work/files"
echo 'how are you?' >question
echo 'fine, thank you' >answer
PATH="$work/bin:$PATH" sh -eu "$work/commands" >"$work/output"
cat question answer | cmp - "$work/output"  # the receiver prints the one, the sender the other
