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

# Tests or suites that are named build what they run, and nothing else. A setup may run tests whose
# programs are not built by default.
everything=yes
rebuild=--no-rebuild
for argument in "$@"; do
  case $argument in
    --setup=*) rebuild= ;;
    --suite=*) everything='' rebuild='' ;;
    -*) ;;
    *) everything='' rebuild='' ;;
  esac
done
if [ -n "$everything" ]; then ninja -C "$build" </dev/null || die "the build failed"; fi
unlock

status=0
# shellcheck disable=SC2086  # one option or none
meson test -C "$build" $rebuild --logbase run-test --print-errorlogs "$@" </dev/null || status=$?
python3 -B "$here/.ci/count.py" "$build"/meson-logs/run-test*.json
exit "$status"
