#!/bin/sh
# Proves that TPM keys work through tpm2-pkcs11 1.9.1 and the PKCS#11 provider, even if the system
# has an older version: in a Debian 13 tree that debootstrap makes. Run by hand, as root:
#
#   tests/system/tpm2_pkcs11/run.sh [--keep] [--mirror URL] [TREE]
#
# Without TREE, the tree is in a temporary directory and removed in the end. --keep leaves it, and a
# TREE that is there already is used again. In the tree: the project is built from this working
# copy, swtpm started on loopback, a token made with tpm2_ptool, keys with C_GenerateKeyPair, and
# requests opened with them by `exchange`.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
project=$(CDPATH='' cd -- "$here/../../.." && pwd -P)
mirror=  # debootstrap has one of its own
keep=
tree=

say() { printf 'tpm2_pkcs11: %s\n' "$*" >&2; }
die() {
  say "$@"
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --keep) keep=yes ;;
    --mirror)
      [ $# -gt 1 ] || die "--mirror needs a URL"
      mirror=$2
      shift
      ;;
    -*) die "there is no option '$1'" ;;
    *)
      tree=$1
      keep=yes
      ;;
  esac
  shift
done

[ "$(id -u)" = 0 ] || die "needs root, for debootstrap and chroot"
command -v debootstrap >/dev/null || die "install debootstrap"

mounted=
release() {
  for point in $mounted; do
    umount "$point" 2>/dev/null || umount --lazy "$point" || {
      say "cannot unmount $point: the tree stays"
      keep=yes
    }
  done
  mounted=
  if [ -z "$keep" ] && [ -n "$tree" ]; then rm -rf --one-file-system "$tree"; fi
}
trap release EXIT
trap 'exit 1' HUP INT TERM

[ -n "$tree" ] || tree=$(mktemp -d)
mkdir -p "$tree"
tree=$(CDPATH='' cd -- "$tree" && pwd -P)
if [ ! -x "$tree/usr/bin/apt-get" ] || [ -d "$tree/debootstrap" ]; then
  say "making a Debian 13 tree in $tree"
  debootstrap --variant=minbase trixie "$tree" ${mirror:+"$mirror"} >"$tree/debootstrap.out" 2>&1 || {
    tail -n 20 "$tree/debootstrap.out" >&2
    die "debootstrap failed"
  }
fi

for folder in proc dev; do
  mount --bind "/$folder" "$tree/$folder"
  mounted="$tree/$folder $mounted"
done
cp -L /etc/resolv.conf "$tree/etc/resolv.conf"

say "installing packages"
cat >"$tree/root/packages.sh" <<'INSIDE'
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -q -y --no-install-recommends install g++ meson ninja-build pkg-config libssl-dev \
  nlohmann-json3-dev catch2 libp11-dev libp11-kit-dev \
  swtpm tpm2-tools libtss2-tcti-swtpm0t64 tpm2-abrmd libtss2-tcti-tabrmd0 dbus libglib2.0-bin \
  libtpm2-pkcs11-1 libtpm2-pkcs11-tools
INSIDE
chroot "$tree" sh /root/packages.sh >"$tree/packages.out" 2>&1 || {
  tail -n 20 "$tree/packages.out" >&2
  die "the packages could not be installed"
}

say "building the project"
rm -rf "$tree/root/project"
mkdir "$tree/root/project"
tar -C "$project" -cf - --exclude='./build*' --exclude=./.git . | tar -C "$tree/root/project" -xf -
cat >"$tree/root/build.sh" <<'INSIDE'
set -eu
cd /root/project
[ -d /root/build ] || meson setup /root/build . -Dpkcs11=enabled -Dopenssl=enabled \
  -Dsodium=disabled -Dcli=disabled -Dbenchmarks=disabled -Dtests=enabled
ninja -C /root/build tests/system/tpm2_pkcs11/exchange tests/system/tpm2_pkcs11/make_key
INSIDE
chroot "$tree" sh /root/build.sh >"$tree/build.out" 2>&1 || {
  tail -n 40 "$tree/build.out" >&2
  die "the project could not be built in the tree"
}

say "making a token and opening requests"
chroot "$tree" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  dbus-run-session -- sh /root/project/tests/system/tpm2_pkcs11/in_tree.sh /root/build/tests/system/tpm2_pkcs11
