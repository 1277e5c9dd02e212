#!/bin/sh
# Checks that these do not compile: a source that includes BoringSSL's headers without the prefix of
# its library, or with another library's headers, and a product with OpenSSL and an unprefixed
# BoringSSL.
#
#   refusals_test.sh SOURCE_ROOT COMPILER...
set -eu
source=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$work/openssl"
for name in err mem; do echo >"$work/openssl/$name.h"; done

compile() {  # HEADER FLAGS...
  header=$1
  shift
  echo "#include $header" >"$work/a.cpp"
  # shellcheck disable=SC2086  # compiler may hold arguments
  $compiler -std=c++20 -fsyntax-only -I"$work" -I"$source/core/include" \
    -I"$source/providers/boringssl/include" -I"$source/providers/boringssl/src" "$@" "$work/a.cpp" \
    2>"$work/errors"
}

refuses() {  # WORDS HEADER FLAGS...
  words=$1
  shift
  if compile "$@"; then
    echo "FAILED: $* compiles" >&2
    exit 1
  fi
  grep -q "error.*$words" "$work/errors" || {
    cat "$work/errors" >&2
    exit 1
  }
}

compiler=$*
echo '#define OPENSSL_IS_BORINGSSL' >"$work/openssl/base.h"
printf '#define TWOWAY_BORINGSSL_PREFIXED 1\n' >"$work/boringssl_config.hpp"
refuses 'this BoringSSL has a symbol prefix' '"native.hpp"'
printf '#define TWOWAY_BORINGSSL_PREFIXED 0\n' >"$work/boringssl_config.hpp"
refuses 'this BoringSSL has no symbol prefix' '"native.hpp"' -DBORINGSSL_PREFIX=some
echo >"$work/openssl/base.h"
refuses "these headers are not BoringSSL's" '"native.hpp"'

compile '<twoway/boringssl.hpp>' -DTWOWAY_LIBCRYPTO_BORINGSSL
compile '<twoway/boringssl.hpp>' -DTWOWAY_LIBCRYPTO_OPENSSL
refuses 'one product links OpenSSL' '<twoway/boringssl.hpp>' \
  -DTWOWAY_LIBCRYPTO_BORINGSSL -DTWOWAY_LIBCRYPTO_OPENSSL
