#!/bin/sh
# Fails unless the blocks of code in a document are, line for line and in order, the marked lines of
# its examples.
# usage: check_examples.sh DOCUMENT EXAMPLES...
set -eu

document=$1
shift
blocks=$(awk '/^```(c|cpp|cmake|meson)$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$document")
examples=$(awk '/^(\/\/|#) example \{$/ { inside = 1; next } /^(\/\/|#) \} example$/ { inside = 0 } inside' "$@")
if [ -z "$blocks" ] || [ "$blocks" != "$examples" ]; then
  echo "$document and its examples differ: copy their marked lines into the document" >&2
  exit 1
fi
