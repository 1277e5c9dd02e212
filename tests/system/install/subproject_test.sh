#!/bin/sh
# Builds a product that has this project as a meson subproject, with one provider. The product's
# build stays in FOLDER, so that the next run compiles what has changed.
#
#   subproject_test.sh SOURCE_ROOT FOLDER PROVIDER LIBRARY_KIND STANDARD
set -eu
source=$1
work=$2
provider=$3
kind=$4
standard=$5

here=$source/tests/system/install
product=$work/product
mkdir -p "$product/subprojects"
cp -p "$here/subproject/meson.build" "$here/subproject/meson_options.txt" "$here/consumer.cpp" \
  "$product"
ln -sfn "$source" "$product/subprojects/twoway"
again=--reconfigure
if [ ! -f "$work/build/build.ninja" ]; then
  again=
  rm -rf "$work/build"
fi

run() {
  "$@" >"$work/log" 2>&1 || {
    cat "$work/log"
    echo "FAILED: $*" >&2
    exit 1
  }
}
# The build looks for no library, and builds no target, that a product does not need.
# shellcheck disable=SC2086  # one option or none
run meson setup $again "$work/build" "$product" --wrap-mode=nodownload -Dprovider="$provider" \
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
