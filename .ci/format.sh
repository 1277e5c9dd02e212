#!/bin/sh
# usage: format.sh [--check]
# Formats the sources, or checks that they are formatted.
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
. "$here/.ci/lib/common.sh"

need "$clang_format"
case ${1:-} in
  '') set -- -i ;;
  --check) set -- --dry-run --Werror ;;
  *) die "format takes --check or nothing" ;;
esac
cd "$here"
find . \( -path './build*' -o -path ./subprojects -o -path ./.git \) -prune -o \
  \( -name '*.[ch]pp' -o -name '*.[ch]' \) -exec "$clang_format" "$@" {} +
