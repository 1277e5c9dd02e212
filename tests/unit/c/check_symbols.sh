#!/bin/sh
# Fails unless the twoway_* functions that a library exports, with their versions, are those of a
# list. Copy an intended change into the list. Adding a function is fine, but removing one breaks
# programs.
# usage: check_symbols.sh LIST LIBRARY
set -eu

exported=$(LC_ALL=C readelf --dyn-syms --wide "$2" |
  awk '$4 == "FUNC" && $5 == "GLOBAL" && $7 != "UND" && $8 ~ /^twoway_/ { print $8 }' |
  LC_ALL=C sort)
if [ -z "$exported" ] || ! echo "$exported" | diff "$1" -; then
  echo "$2 exports other functions (>) than $1 lists (<)" >&2
  exit 1
fi
