#!/bin/sh
# usage: demo.sh [--hsm]
# Shows a request and its response with the twoway program.
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
. "$here/.ci/lib/common.sh"

story=demo.sh
if [ "${1:-}" = --hsm ]; then
  shift
  story=demo_hsm.sh
  demo_packages="$demo_packages softhsm2"
fi
# shellcheck disable=SC2086  # a list of packages
build_program $demo_packages
exec sh "$here/tests/system/demo/$story" "$build/api/cli/twoway" "$@"
