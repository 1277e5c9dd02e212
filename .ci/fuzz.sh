#!/bin/sh
# usage: fuzz.sh [TARGET|all] [SECONDS]
# Fuzzes one target or all of tests/fuzz, 60 seconds each by default.
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
. "$here/.ci/lib/common.sh"

# Sets CXX to a clang with libFuzzer: that of $CXX, else version 14, else the system's clang.
need_clang() {
  if [ -z "${CXX:-}" ]; then
    version=-14
    if ! installed clang-14; then
      if installed clang && command -v clang++ >/dev/null; then
        version=
      elif command -v apt-cache >/dev/null; then
        apt_knows clang || { apt_as_root && apt_get update; } || true
        apt_knows clang-14 libclang-rt-14-dev || version=
      fi
    fi
    CXX=clang++$version
    compiler_package=clang$version
    need "$compiler_package"
    export CXX
  fi
  has_libfuzzer && return
  # The package's name holds the version: libclang-rt-14-dev.
  major=$(echo __clang_major__ | $CXX -E -P -x c++ - 2>/dev/null) || major=
  case $major in
    '' | *[!0-9]*) die "fuzzing needs clang: '$CXX' is none" ;;
  esac
  need "libclang-rt-$major-dev"
  has_libfuzzer || die "'$CXX' has no libFuzzer, or not the sanitizers' libraries"
}

has_libfuzzer() {
  probe=$(mktemp -d)
  echo 'extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }' >"$probe/a.cpp"
  found=0
  # shellcheck disable=SC2086  # CXX may hold arguments
  $CXX -fsanitize=fuzzer,address,undefined "$probe/a.cpp" -o "$probe/a" >/dev/null 2>&1 || found=1
  rm -rf "$probe"
  return "$found"
}

fuzz_targets() {
  for source in "$here"/tests/fuzz/*_fuzz.cpp; do
    name=${source##*/}
    printf '%s\n' "${name%_fuzz.cpp}"
  done
}

# Fuzzes one target, and prints a line about it. The corpus starts from the seeds, and grows from run
# to run.
fuzz_target() {  # NAME SECONDS
  corpus=$build/corpus/$1
  crashes=$build/crashes/$1
  log=$build/$1.log
  program=$build/tests/fuzz/$1_fuzz
  mkdir -p "$corpus" "$crashes"
  status=0
  "$program" -max_total_time="$2" -timeout=30 -print_final_stats=1 \
    -artifact_prefix="$crashes/" "$corpus" "$here/tests/fuzz/seeds/$1" >"$log" 2>&1 </dev/null ||
    status=$?
  awk -v name="$1" -v failed="$status" '
    /^#[0-9]+.* cov: / {
      for (i = 1; i < NF; ++i) if ($i == "cov:") cov = $(i + 1); else if ($i == "ft:") ft = $(i + 1)
      runs = substr($1, 2)
    }
    /^stat::number_of_executed_units:/ { runs = $2 }
    /^Done [0-9]+ runs in/ { seconds = $5 }
    END {
      printf "%-16s %9d runs  %5d edges  %5d features  %4s s  %s\n", name, runs, cov, ft,
        seconds == "" ? "?" : seconds, failed ? "FAILED" : "ok"
    }' "$log"
  [ "$status" != 0 ] || return 0
  {
    grep -E 'does not hold|^SUMMARY|ERROR: |runtime error' "$log" || tail -n 20 "$log"
    sed -n 's/.*Test unit written to \(.*\)/input:  \1/p' "$log"
    printf 'replay: %s INPUT\n' "$program"
    printf 'log:    %s\n' "$log"
  } | sed 's/^/    /'
  return 1
}

target=${1:-all}
seconds=${2:-60}
case $seconds in
  '' | *[!0-9]* | 0) die "fuzz takes a number of seconds, not '$seconds'" ;;
esac
targets=$(fuzz_targets)
if [ "$target" != all ]; then
  if ! printf '%s\n' "$targets" | grep -qxF -- "$target"; then
    say "there is no fuzz target '$target'; there are: all $(echo "$targets" | tr '\n' ' ')"
    exit 2
  fi
  targets=$target
fi
build=$build-fuzz
lock
need_clang
# shellcheck disable=SC2086  # a list of packages
need_build_packages $test_packages
strict="['-fno-sanitize=vptr','-fno-sanitize-recover=all']"  # the library has no RTTI for vptr
TWOWAY_MESON_ARGS="${TWOWAY_MESON_ARGS:-} -Dfuzzers=true -Ddebug=true -Dbenchmarks=disabled
  -Ddefault_library=static -Doptimization=1 -Db_lundef=false -Db_sanitize=address,undefined
  -Dcpp_args=$strict -Dcpp_link_args=$strict"
configure tests
# shellcheck disable=SC2046,SC2086  # a list of targets
quietly ninja -C "$build" $(printf 'tests/fuzz/%s_fuzz ' $targets) ||
  die "the fuzz targets could not be built"
unlock

export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_stack_use_after_return=1}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
# Two at a time, a pair after the other: their lines come out whole, and in order.
result=0
# shellcheck disable=SC2086  # a list of targets
set -- $targets
while [ $# -gt 0 ]; do
  second=
  if [ $# -gt 1 ]; then
    fuzz_target "$2" "$seconds" >"$build/$2.summary" &
    second=$!
  fi
  fuzz_target "$1" "$seconds" || result=1
  if [ -n "$second" ]; then
    wait "$second" || result=1
    cat "$build/$2.summary"
    shift
  fi
  shift
done
exit "$result"
