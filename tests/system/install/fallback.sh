#!/bin/sh
# Proves that the wraps provide the libraries that a system lacks, and post-quantum KEMs with them.
# Run by hand on Debian, because it downloads their source packages:
#
#   tests/system/install/fallback.sh [BORINGSSL]
#
# Unpacks the upstream sources of the source packages into a copy of the tree, each where its wrap
# would, if it is of the wrap's version. Then, without a network if the system allows that, configures
# with no library of the system's that a wrap can give, builds the sodium provider, program, tests and
# benchmark, and runs the tests. The archives that the wraps name are not downloaded, and their hashes
# not checked: a source package may hold another archive of the same version, as libsodium's does.
# BORINGSSL is a folder with that library's source, of the revision that its wrap names. With it, its
# provider is built and tested too.
set -eu
boringssl=${1:+$(CDPATH='' cd -- "$1" && pwd -P)}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
project=$(CDPATH='' cd -- "$here/../../.." && pwd -P)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$work/tree"
tar -C "$project" -cf - --exclude='./build*' --exclude=./.git --exclude='./subprojects/*-[0-9]*' \
  --exclude=./subprojects/boringssl . |
  tar -C "$work/tree" -xf -
cd "$work/tree"

# Sources of packages, asked for source packages, with lists apart from the system's: its own, and
# Debian's next release for what the system has in an older version.
mkdir -p "$work/system" "$work/next" "$work/packages"
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
  [ -f "$file" ] || continue
  sed -e 's/^deb /deb-src /' -e 's/^Types:.*/Types: deb-src/' "$file" \
    >"$work/system/$(basename "$file")"
done
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' \
  'Label: Debian' | grep -E '^(https?|file):' | head -n 1)
[ -n "$mirror" ] || {
  echo 'FAILED: this system has no mirror of Debian, which has the source of libsodium' >&2
  exit 1
}
echo "deb-src $mirror sid main" >"$work/next/sid.list"
apt() { # SOURCES COMMAND...
  sources=$1
  shift
  mkdir -p "$work/lists/$sources/partial"
  (cd "$work/packages" && apt-get -q -o Dir::Etc::SourceList=/dev/null \
    -o Dir::Etc::SourceParts="$work/$sources" -o Dir::State::Lists="$work/lists/$sources" \
    -o APT::Sandbox::User=root "$@") >"$work/log" 2>&1 || {
    cat "$work/log"
    exit 1
  }
}
apt system update
apt next update
while read -r wrap package sources; do
  apt "$sources" source --download-only "$package"
  directory=$(sed -n 's/^directory = //p' "subprojects/$wrap.wrap")
  archive=$(find "$work/packages" -name "${package}_${directory##*-}*.orig.tar.*")
  if [ ! -f "$archive" ]; then
    echo "FAILED: the source package of $package is not of the version of $directory" >&2
    exit 1
  fi
  mkdir "subprojects/$directory"
  tar -C "subprojects/$directory" --strip-components=1 -xf "$archive"
  patches=$(sed -n 's/^patch_directory = //p' "subprojects/$wrap.wrap")
  [ -z "$patches" ] || cp -R "subprojects/packagefiles/$patches/." "subprojects/$directory"
done <<'WRAPS'
benchmark benchmark system
catch2 catch2 system
cli11 cli11 system
libsodium libsodium next
nlohmann_json nlohmann-json3 system
WRAPS
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
# The table of algorithms, with sodium's column last.
"$work/build/api/cli/twoway" providers >"$work/log"
grep -E '^kem|^ +(ml-kem|mlkem)' "$work/log"
grep -Eq '^ +mlkem768-x25519 .*yes$' "$work/log" || {
  echo 'FAILED: libsodium from the wrap offers no MLKEM768-X25519' >&2
  exit 1
}
