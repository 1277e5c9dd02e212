#!/bin/sh
# usage: bench.sh [--json] [ARGUMENTS] | bench.sh --peers [ARGUMENTS]
# Runs the benchmark of each family of providers, one after the other, or the comparison with other
# implementations.
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
. "$here/.ci/lib/common.sh"

seconds=  # what a number of seconds ends with: older versions take no s, newer ones want it
bench_program() {  # PROGRAM [ARGUMENTS]; a file that it shall write gets its suffix
  program=$1
  shift
  for argument in "$@"; do
    shift
    case $argument in
      --benchmark_out=*) argument=$argument${program##*/bench} ;;
      --benchmark_min_time=*[0-9]) argument=$argument$seconds ;;
    esac
    set -- "$@" "$argument"
  done
  "$program" "$@"
}

build=$build-bench  # measured as a product builds it
TWOWAY_MESON_ARGS="${TWOWAY_MESON_ARGS:-} --buildtype=release"
if [ "${1:-}" = --peers ]; then
  shift
  build_drivers
  exec python3 -B "$here/tests/interop/bench_peers.py" "$drivers" "$build-interop" "$@"
fi
lock
# shellcheck disable=SC2086  # a list of packages
need_build_packages $bench_packages
configure benchmarks
quietly ninja -C "$build" bench_programs || die "the benchmark could not be built"
unlock
if pkg-config --atleast-version=1.8 benchmark; then seconds=s; fi
json=
for argument in "$@"; do
  case $argument in
    --json) json=${json:-yes} ;;
    --benchmark_list_tests*) json=no ;;
  esac
done
documents=
if [ "$json" = yes ]; then documents=$(mktemp -d); fi
count=0
status=0
for program in "$build/tests/bench/bench" "$build/tests/bench/bench"-*; do
  [ -f "$program" ] || continue
  # A program that has no benchmark for the arguments would complain.
  named=$(bench_program "$program" "$@" --benchmark_list_tests --benchmark_out= 2>/dev/null) || named=
  [ -n "$named" ] || continue
  count=$((count + 1))
  if [ -n "$documents" ]; then
    bench_program "$program" "$@" >"$documents/$count" || status=$?
  else
    bench_program "$program" "$@" || status=$?
  fi
done
if [ "$count" = 0 ]; then bench_program "$build/tests/bench/bench" "$@" || status=$?; fi
if [ -n "$documents" ]; then
  [ "$count" = 0 ] || [ "$status" != 0 ] || python3 -B "$here/tests/bench/merge.py" "$documents"/* || status=$?
  rm -rf "$documents"
fi
exit "$status"
