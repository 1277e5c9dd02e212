#!/bin/sh
# usage: interop.sh [--require LIST] [--only PEER] [--record]
# Runs against other implementations.
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
. "$here/.ci/lib/common.sh"

build_drivers
for argument in "$@"; do
  shift
  set -- "$@" "$argument"
  if [ "$argument" = --record ]; then set -- "$@" "$here/tests/vectors/interop"; fi
done
exec python3 -B "$here/tests/interop/interop.py" "$drivers" "$build-interop" "$@"
