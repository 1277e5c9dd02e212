#!/bin/sh
# Proves that the wraps provide the libraries that a system lacks. Run by hand, because it needs a
# network:
#
#   tests/system/install/fallback.sh [BORINGSSL]
#
# In a copy of the tree: downloads the sources of the wraps into the package cache; then, without a
# network where the system lets it take that away, configures with no library of the system's that
# a wrap can give, builds the sodium provider, program, tests and benchmark, and runs the tests.
# BORINGSSL is a folder with that library's source, of the revision that its wrap names; with it, its
# provider is built and tested too.
set -eu
boringssl=${1:+$(CDPATH='' cd -- "$1" && pwd -P)}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
project=$(CDPATH='' cd -- "$here/../../.." && pwd -P)
wraps='benchmark catch2 cli11 libsodium nlohmann_json'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$work/tree"
tar -C "$project" -cf - --exclude='./build*' --exclude=./.git --exclude='./subprojects/*-[0-9]*' \
  --exclude=./subprojects/boringssl . |
  tar -C "$work/tree" -xf -

cd "$work/tree"
# shellcheck disable=SC2086  # a list
meson subprojects download $wraps >"$work/log" 2>&1 || {
  cat "$work/log"
  exit 1
}
for folder in subprojects/*-[0-9]*; do rm -rf "$folder"; done # what is left is the package cache
if [ -n "$boringssl" ]; then cp -R "$boringssl" subprojects/boringssl; fi

offline=
if unshare -n true 2>/dev/null; then offline='unshare -n'; fi
run() {
  $offline "$@" >"$work/log" 2>&1 || {
    tail -n 60 "$work/log"
    echo "FAILED: $*" >&2
    exit 1
  }
}
run meson setup "$work/build" . --wrap-mode=forcefallback -Dsodium=enabled -Dcli=enabled \
  -Dtests=enabled -Dbenchmarks=enabled -Dopenssl=disabled -Dpkcs11=disabled \
  "-Dboringssl=$([ -n "$boringssl" ] && echo enabled || echo disabled)"
sed -n '/^  *Subprojects/,/^ *$/p' "$work/log"
run ninja -C "$work/build" -j2
run ninja -C "$work/build" -j2 tests/bench/bench
run meson test -C "$work/build" --no-rebuild
grep -E '^(Ok|Fail|Skipped)' "$work/log"
