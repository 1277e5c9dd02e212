#!/bin/sh
# Installs the build into a folder of its own and uses it as a product would, by its CMake package.
#
#   cmake_test.sh SOURCE_ROOT BUILD_ROOT 'PROVIDERS' COMPILER...
set -eu
source=$1
build=$2
providers=$3
shift 3
[ "$1" != ccache ] || shift
compiler=$1

export CMAKE_GENERATOR=Ninja  # meson needs it too
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

root=$work/root
meson install -C "$build" --no-rebuild --quiet --destdir "$root"
config=$(find "$root" -name twowayConfig.cmake)
[ -n "$config" ] || fail 'twowayConfig.cmake is not installed'
prefix=${config%/lib*}

configure() {  # FOLDER PROVIDER COMPILER STANDARD ARGUMENTS...
  folder=$1 provider=$2 with=$3 standard=$4
  shift 4
  cmake -S "$source/tests/system/install/cmake" -B "$folder" -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_CXX_COMPILER="$with" -DCMAKE_CXX_STANDARD="$standard" -DPROVIDER="$provider" \
    -DSOURCE="$source/tests/system/install/consumer.cpp" "$@" >"$folder.log" 2>&1
}

try() {  # NAME PROVIDER COMPILER STANDARD ARGUMENTS...
  name=$1
  echo "== $*"
  shift
  if ! configure "$work/$name" "$@" || ! cmake --build "$work/$name" >>"$work/$name.log" 2>&1; then
    cat "$work/$name.log"
    fail "$name"
  fi
  tail -n 1 "$work/$name.log"
  output=$("$work/$name/consumer")
  [ "$output" = "$1: question" ] || fail "$name printed '$output'"
}

refuse() {  # NAME WORDS ARGUMENTS...
  name=$1 words=$2
  echo "== refused: $name"
  shift 2
  if configure "$work/$name" "$@"; then fail "$name was configured"; fi
  tr -s ' \n' ' ' <"$work/$name.log" | grep -qF "$words" || {
    cat "$work/$name.log"
    fail "$name: nothing says '$words'"
  }
}

other=
for name in clang++ clang++-14; do
  [ -n "$other" ] || [ "$name" = "$compiler" ] || ! command -v "$name" >/dev/null || other=$name
done
for provider in $providers; do
  try "$provider-shared" "$provider" "$compiler" 20
  try "$provider-static" "$provider" "$compiler" 23 -Dtwoway_USE_STATIC_LIBS=ON
  if ldd "$work/$provider-static/consumer" | grep libtwoway; then
    fail 'the static program loads libtwoway'
  fi
done
for provider in ${providers%% *}; do
  try "$provider-bare" "$provider" "$compiler" 20 '-DCMAKE_CXX_FLAGS=-fno-exceptions -fno-rtti'
  if [ -n "$other" ]; then try "$provider-other" "$provider" "$other" 23; fi
done

refuse nothing 'twoway was built without nothing' nothing "$compiler" 20
if grep -q '^set(_twoway_apart TRUE)' "$config"; then
  refuse both 'boringssl was built without a symbol prefix' 'openssl;boringssl' "$compiler" 20
fi
