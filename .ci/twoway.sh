#!/bin/sh
# usage: twoway.sh ARGUMENTS
# Runs the twoway program, built first if needed.
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
. "$here/.ci/lib/common.sh"

build_program
exec "$build/api/cli/twoway" "$@"
