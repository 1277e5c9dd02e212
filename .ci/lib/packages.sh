# Packages by Debian's names: the lists, and the installation of missing ones.

compiler_package=g++
if [ -n "${CXX:-}" ] && command -v "${CXX%% *}" >/dev/null; then compiler_package=; fi

folders_package=  # it tells meson in which folder Debian's libraries are
if [ -e /etc/debian_version ]; then folders_package=dpkg-dev; fi

build_packages="$compiler_package $folders_package meson ninja-build pkg-config libssl-dev libsodium-dev
  libcli11-dev nlohmann-json3-dev libbsd-dev libp11-dev libp11-kit-dev"
wanted_packages="android-libboringssl-dev"  # not every system has them
test_packages="catch2 cmake openssl softhsm2 opensc libnss3 libnss3-tools swtpm tpm2-openssl tpm2-tools mandoc zsh
  zlib1g-dev libzstd-dev"  # the last two for OpenSSL 3.5 as a static library
demo_packages="openssl"
bench_packages="libbenchmark-dev openssl softhsm2 swtpm tpm2-openssl tpm2-tools"
clang_format=clang-format-14  # pinned: versions differ in what they print

installed() {  # PACKAGE
  case $1 in
    ninja-build) program=ninja ;;
    softhsm2) program=softhsm2-util ;;
    opensc) program=pkcs11-tool ;;
    dpkg-dev) program=dpkg-architecture ;;
    tpm2-tools) program=tpm2_evictcontrol ;;
    clang | clang-[0-9]*) program=clang++${1#clang} ;;
    lib* | catch2 | nlohmann-json3-dev) program= ;;
    *) program=$1 ;;
  esac
  if [ -n "$program" ] && command -v "$program" >/dev/null; then return 0; fi
  if command -v dpkg-query >/dev/null; then
    # shellcheck disable=SC2016  # dpkg-query expands it
    [ "$(dpkg-query -W -f='${Status}' "$1" 2>/dev/null)" = 'install ok installed' ]
    return
  fi
  case $1 in
    libssl-dev) module=libcrypto ;;
    libsodium-dev) module=libsodium ;;
    libcli11-dev) module=CLI11 ;;
    nlohmann-json3-dev) module=nlohmann_json ;;
    libbsd-dev) module=libbsd ;;
    catch2) module=catch2 ;;
    libp11-dev) module=libp11 ;;
    libp11-kit-dev) module=p11-kit-1 ;;
    libbenchmark-dev) module=benchmark ;;
    zlib1g-dev) module=zlib ;;
    libzstd-dev) module=libzstd ;;
    *) return 1 ;;
  esac
  pkg-config --exists "$module" 2>/dev/null
}

apt_as_root() {  # false if that is not possible
  as_root=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || return 1
    as_root=sudo
  fi
}

apt_install() {
  apt_as_root || die "install these packages as root, then try again:$*"
  say "installing:$*"
  # shellcheck disable=SC2086  # a list of packages
  if ! apt_knows $* || ! apt_get install $*; then
    apt_get update && apt_get install $* || die "apt-get could not install:$*"
  fi
}

apt_knows() {  # PACKAGES; false before the first update
  for package in "$@"; do
    apt-cache show --no-all-versions "$package" >/dev/null 2>&1 || return 1
  done
}

apt_get() {  # install PACKAGES | update
  operation=$1
  shift
  quietly ${as_root:+"$as_root"} env DEBIAN_FRONTEND=noninteractive \
    apt-get "$operation" -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$@"
}

new_packages=
need() {  # PACKAGES; sets new_packages if some had to be installed
  missing=
  for package in "$@"; do
    installed "$package" || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    die "install these packages (Debian's names), then try again:$missing"
  fi
  apt_install "$missing"
  new_packages=yes
}

# Installs packages if the system has them and the user may. Tried once for each build.
want() {  # PACKAGES
  for package in "$@"; do
    if installed "$package" || grep -qxs "$package" "$build/.run-wanted"; then continue; fi
    printf '%s\n' "$package" >>"$build/.run-wanted"
    if command -v apt-get >/dev/null && apt_as_root &&
      { apt_knows "$package" || { apt_get update && apt_knows "$package"; }; } &&
      apt_get install "$package"; then
      new_packages=yes
    else
      say "building without $package"
    fi
  done
}
