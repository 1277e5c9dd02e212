#!/bin/sh
# Installs the build into a folder of its own and uses it as a product would, through pkg-config.
#
#   install_test.sh SOURCE_ROOT BUILD_ROOT 'PROVIDERS' 'KEY_SOURCES' COMPILER...
set -eu
source=$1
build=$2
providers=$3
key_sources=$4
shift 4  # "$@" is the compiler

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

root=$work/root
meson install -C "$build" --no-rebuild --quiet --destdir "$root"
pc=$(find "$root" -name twoway.pc)
[ -n "$pc" ] || fail 'twoway.pc is not installed'
lib=$(dirname "$(dirname "$pc")")
include=$(dirname "$(find "$root" -type d -path '*/include/twoway')")
export PKG_CONFIG_PATH="$lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root" LD_LIBRARY_PATH="$lib"

echo '== documents and licence, and parts of an installation by their tags'
documents=$(dirname "$(find "$root" -name LICENSE)")
[ -s "$documents/LICENSE" ] || fail 'the licence is not installed'
python3 -B "$source/tests/system/docs/check_links.py" "$documents" || fail 'links of installed documents'
for tag in devel runtime doc; do
  meson install -C "$build" --no-rebuild --quiet --tags "$tag" --destdir "$work/$tag"
  (cd "$work/$tag" && find . ! -type d) | sed 's|.*/||' >"$work/$tag.list"
done
holds() {  # TAG NAMES...
  tag=$1
  shift
  for name in "$@"; do grep -qx "$name" "$work/$tag.list" || fail "--tags $tag lacks $name"; done
}
holds devel twoway.hpp twoway.h twoway.pc twowayConfig.cmake twowayConfigVersion.cmake libtwoway.a
holds runtime 'libtwoway\.so\..*'
holds doc LICENSE README.md embedding.md
if grep -qvE '\.(hpp|h|pc|cmake|a)$|\.so$' "$work/devel.list"; then fail '--tags devel holds more'; fi

echo '== headers: all of the tree, no other'
(cd "$include/twoway" && find . -type f) | sort >"$work/installed"
folders='core framing api api/c'
for name in $providers $key_sources; do folders="$folders providers/$name"; done
for folder in $folders; do (cd "$source/$folder/include/twoway" && find . -type f); done |
  sort >"$work/expected"
diff "$work/expected" "$work/installed" || fail 'the installed headers (>) are not those of the tree (<)'
[ -s "$work/installed" ] || fail 'no header is installed'
sed 's|^\./\(.*\)|#include <twoway/\1>|' "$work/installed" >"$work/all.cpp"
"$@" -std=c++20 -Wall -Wextra -Wpedantic -Werror -I"$include" -fsyntax-only "$work/all.cpp" ||
  fail 'the installed headers do not compile'

second=
for name in clang++ clang++-14 g++; do
  [ -n "$second" ] || [ "$name" = "$1" ] || ! command -v "$name" >/dev/null || second=$name
done

needed() { LC_ALL=C readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p'; }

echo '== libtwoway needs the C++ runtime alone'
for name in $(needed "$lib/libtwoway.so"); do
  case $name in
    libstdc++.* | libc++.* | libc++abi.* | libgcc_s.* | libm.* | libc.* | ld-linux*) ;;
    *) fail "libtwoway needs $name" ;;
  esac
done

packages=pkg-config
compile_consumer() {  # OBJECT PROVIDER COMPILER...
  object=$1 provider=$2
  shift 2
  # shellcheck disable=SC2046  # lists of flags
  "$@" -std="${standard:-c++20}" -Wall -Wextra -Wpedantic -Werror \
    -DPROVIDER="$provider" -DPROVIDER_HEADER="<twoway/$provider.hpp>" \
    $($packages --cflags twoway "twoway-$provider") -c "$source/tests/system/install/consumer.cpp" \
    -o "$object"
}

link_consumer() {  # OUTPUT OBJECT PROVIDER PKG_CONFIG_ARGUMENT COMPILER...
  output=$1 object=$2 provider=$3 linkage=$4
  shift 4
  # shellcheck disable=SC2046  # lists of flags
  "$@" "$object" -o "$output" \
    $($packages ${linkage:+"$linkage"} --libs twoway "twoway-$provider")
}

build_consumer() {  # OUTPUT PROVIDER COMPILER...
  output=$1 provider=$2
  shift 2
  compile_consumer "$output.o" "$provider" "$@"
  link_consumer "$output" "$output.o" "$provider" '' "$@"
}

check_output() {  # PROGRAM PROVIDER
  output=$("$1")
  echo "$output"
  [ "$output" = "$2: question" ] || fail "$1 printed something else"
}

for provider in $providers; do
  echo "== $provider: shared"
  compile_consumer "$work/$provider.o" "$provider" "$@"
  link_consumer "$work/shared" "$work/$provider.o" "$provider" '' "$@"
  check_output "$work/shared" "$provider"
  ldd "$work/shared" >"$work/ldd"
  grep -q "libtwoway-$provider\\.so" "$work/ldd" || fail 'the program is not linked with the library'
  for other in openssl:libcrypto.so.3 boringssl:libcrypto.so.0 sodium:libsodium; do
    if [ "${other%:*}" != "$provider" ] && grep -q "${other#*:}" "$work/ldd"; then
      fail "a program with the $provider provider alone loads ${other#*:}"
    fi
  done
done

for provider in ${providers%% *}; do
  echo "== $provider: without exceptions and RTTI, and with ${second:-$1}"
  build_consumer "$work/bare" "$provider" "$@" -fno-exceptions -fno-rtti
  check_output "$work/bare" "$provider"
  standard=c++2b build_consumer "$work/newer" "$provider" "${second:-$1}"
  check_output "$work/newer" "$provider"
done

build_c_consumer() {  # OUTPUT PROVIDER PKG_CONFIG_ARGUMENT COMPILER...
  output=$1 provider=$2 linkage=$3
  shift 3
  # shellcheck disable=SC2046  # lists of flags
  "$@" -x c -std=c99 -Wall -Wextra -Wpedantic -Werror \
    -DPROVIDER="twoway_${provider}_provider" -DPROVIDER_HEADER="<twoway/$provider.h>" \
    $($packages --cflags "twoway-$provider") "$source/tests/system/install/consumer.c" \
    -c -o "$output.o" &&
    "$@" "$output.o" -o "$output" \
      $($packages ${linkage:+"$linkage"} --libs "twoway-$provider")
}

for provider in $providers; do
  echo "== $provider: C"
  build_c_consumer "$work/c" "$provider" '' "$@"
  check_output "$work/c" "$provider"
done

build_key_source() {  # OUTPUT NAME PKG_CONFIG_ARGUMENT COMPILER...
  output=$1 name=$2 linkage=$3
  shift 3
  # shellcheck disable=SC2046  # lists of flags
  "$@" -std=c++20 -Wall -Wextra -Wpedantic -Werror \
    $(pkg-config --cflags "twoway-$name") "$source/tests/system/install/key_source.cpp" \
    -o "$output" $(pkg-config ${linkage:+"$linkage"} --libs twoway "twoway-$name")
}

for name in $key_sources; do
  echo "== $name"
  build_key_source "$work/shared" "$name" '' "$@" -fno-exceptions -fno-rtti
  [ "$("$work/shared")" = "$name: key_unavailable" ] || fail "the program of $name"
done

# Some systems name more libraries in a backend's static flags than they install with it: Debian 13's
# OpenSSL wants zlib1g-dev and libzstd-dev.
links_statically() {  # PROVIDER COMPILER...
  provider=$1
  shift
  backend=$(sed -n 's/^Requires.private: *\([^ ,]*\).*/\1/p' "$lib/pkgconfig/twoway-$provider.pc")
  [ -n "$backend" ] || return 0
  flags=$(pkg-config --static --libs "$backend")
  # shellcheck disable=SC2086  # a list of flags
  if ! echo 'int main() {}' | "$@" -x c++ - -o "$work/probe" $flags 2>/dev/null; then
    echo "skipped for $provider: nothing links with $flags"
    return 1
  fi
}

echo '== static, with both kinds installed'
for provider in $providers; do
  [ "$provider" != boringssl ] || continue  # its archive's path is checked below
  links_statically "$provider" "$@" || continue
  # shellcheck disable=SC2046  # a list of flags
  "$@" -std=c++20 -DPROVIDER="$provider" -DPROVIDER_HEADER="<twoway/$provider.hpp>" \
    "$source/tests/system/install/consumer.cpp" -o "$work/archives" \
    $(pkg-config --static --cflags --libs "twoway-$provider" | sed 's/-l\(twoway[^ ]*\)/-l:lib\1.a/g')
  check_output "$work/archives" "$provider"
  if ldd "$work/archives" | grep libtwoway; then fail 'the program with the archives loads libtwoway'; fi
done

echo '== static'
rm "$lib"/libtwoway*.so*
for provider in $providers; do
  links_statically "$provider" "$@" || continue
  (
    if [ "$provider" = boringssl ]; then
      # It has no .pc file. Its path stands in ours, and is not part of the installation folder.
      unset PKG_CONFIG_SYSROOT_DIR
      packages="pkg-config --define-variable=prefix=$root$(sed -n 's/^prefix=//p' "$pc")"
    fi
    link_consumer "$work/static" "$work/$provider.o" "$provider" --static "$@"
    build_c_consumer "$work/c-static" "$provider" --static "$@"
  )
  check_output "$work/static" "$provider"
  check_output "$work/c-static" "$provider"
  if ldd "$work/static" | grep libtwoway; then fail 'the static program loads libtwoway'; fi
done
