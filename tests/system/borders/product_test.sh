#!/bin/sh
# Builds a product with clang's optimisation and checks of virtual calls against the shared
# libraries, and runs it.
#
#   product_test.sh SOURCE_ROOT PROVIDER LIBTWOWAY LIBPROVIDER
set -eu
source=$1 provider=$2 libtwoway=$3 library=$4

for clang in clang++ clang++-14 clang++-15 clang++-16 clang++-19; do
  if command -v "$clang" >/dev/null; then break; fi
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
if ! echo 'int main() {}' | "$clang" -flto -fuse-ld=lld -x c++ - -o "$work/probe" 2>"$work/log"; then
  echo 'SKIPPED: this test needs clang and lld'
  exit 77
fi

includes=
for folder in core framing api "providers/$provider"; do
  includes="$includes -I$source/$folder/include"
done
whole='-flto -fwhole-program-vtables -fvisibility=hidden'
for flags in '-O2' "-O2 $whole" "-O1 $whole -fsanitize=cfi-vcall" "-O1 $whole -fsanitize=cfi"; do
  echo "== $flags"
  # shellcheck disable=SC2086  # lists of flags
  "$clang" -std=c++20 -Wall -Wextra -Werror $flags -fuse-ld=lld $includes \
    -DPROVIDER="$provider" -DPROVIDER_HEADER="<twoway/$provider.hpp>" \
    "$source/tests/system/borders/product.cpp" -o "$work/product" "$library" "$libtwoway" \
    -Wl,-rpath,"$(dirname "$libtwoway")" -Wl,-rpath,"$(dirname "$library")"
  [ "$("$work/product")" = "$provider" ] || {
    "$work/product" || true
    echo "FAILED: a call of the library's object went elsewhere"
    exit 1
  }
done
