# Read by every script of this folder, with `here` set to the project's folder. Sets the place of
# the build, and the functions for messages.
set -eu

build=${TWOWAY_BUILD:-$here/build}
case $build in
  /*) ;;
  *) build=$PWD/$build ;;
esac

say() { printf 'run: %s\n' "$*" >&2; }
die() {
  say "$@"
  exit 1
}

# Runs a command silently and shows its output if it fails. Leaves stdin alone.
quietly() {
  log=$(mktemp)
  if "$@" >"$log" 2>&1 </dev/null; then
    rm -f "$log"
  else
    status=$?
    cat "$log" >&2
    rm -f "$log"
    return "$status"
  fi
}

. "$here/.ci/lib/packages.sh"
. "$here/.ci/lib/build.sh"
