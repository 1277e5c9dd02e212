#!/bin/sh
# usage: build.sh [TARGETS]
# Builds everything, or some targets.
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
. "$here/.ci/lib/common.sh"

lock
need_build_packages
configure
ninja -C "$build" "$@" </dev/null
