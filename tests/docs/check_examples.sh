#!/bin/sh
# Fails unless every ```cpp block of a document stands, line for line, in its example's source.
# usage: check_examples.sh DOCUMENT EXAMPLE
set -eu

blocks=$(awk '/^```cpp$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$1")
example=$(awk '/^\/\/ example \{$/ { inside = 1; next } /^\/\/ \} example$/ { inside = 0 } inside' "$2")
if [ -z "$blocks" ] || [ "$blocks" != "$example" ]; then
  echo "$1 and $2 differ: copy the example's marked lines into the document" >&2
  exit 1
fi
