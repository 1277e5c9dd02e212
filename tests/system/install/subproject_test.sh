#!/bin/sh
# Builds a product that has this project as a meson subproject, with one provider.
#
#   subproject_test.sh SOURCE_ROOT PROVIDER LIBRARY_KIND STANDARD
set -eu
source=$1
provider=$2
kind=$3
standard=$4

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

product=$work/product
mkdir -p "$product/subprojects"
cp "$source/tests/system/install/subproject/meson.build" "$source/tests/system/install/subproject/meson_options.txt" \
  "$source/tests/system/install/consumer.cpp" "$product"
ln -s "$source" "$product/subprojects/twoway"

run() {
  "$@" >"$work/log" 2>&1 || {
    cat "$work/log"
    echo "FAILED: $*" >&2
    exit 1
  }
}
# The build looks for no library, and builds no target, that a product does not need.
run meson setup "$work/build" "$product" --wrap-mode=nodownload -Dprovider="$provider" \
  -Dauto_features=disabled -Dtwoway:"$provider"=enabled \
  -Dcpp_std="$standard" -Ddefault_library="$kind" -Dtwoway:default_library="$kind" \
  -Dbuildtype=plain -Doptimization=0
if grep -qE 'Catch2|CLI11|benchmark' "$work/log"; then
  cat "$work/log"
  echo 'FAILED: the subproject looks for what its tests and its program need' >&2
  exit 1
fi
run ninja -C "$work/build"
tail -n 1 "$work/log"
run meson test -C "$work/build" --no-rebuild
grep '^Ok:' "$work/log"
