#!/bin/sh
# usage: test.sh [ARGUMENTS]
# Builds and runs the tests: all of them, or those that ARGUMENTS name, as for `meson test`. The last
# line counts them.
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
. "$here/.ci/lib/common.sh"

lock
# shellcheck disable=SC2086  # a list of packages
need_build_packages $test_packages
configure tests
rm -f "$build"/meson-logs/run-test*

# A test or a suite that is named builds only what it runs.
rebuild=--no-rebuild
for argument in "$@"; do
  case $argument in
    --suite=*) rebuild= ;;
    -*) ;;
    *) rebuild= ;;
  esac
done
# From meson 1.7 on, `all` leaves out what tests alone need.
if [ -n "$rebuild" ]; then
  ninja -C "$build" all meson-test-prereq </dev/null || die "the build failed"
fi
unlock

status=0
# shellcheck disable=SC2086  # one option or none
meson test -C "$build" $rebuild --logbase run-test --print-errorlogs "$@" </dev/null || status=$?
python3 -B "$here/.ci/count.py" "$build"/meson-logs/run-test*.json
exit "$status"
