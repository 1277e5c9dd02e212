# Configures and locks a build.

# Two runs at once, as in `./run twoway … | ./run twoway …`, must not build at the same time.
lock() {
  mkdir -p "$build"
  exec 9>"$build/.run-lock"
  if command -v flock >/dev/null; then flock 9; fi
}
unlock() { exec 9>&-; }

# Configures the build once, and again only for a new feature or new packages. It has no debug
# information, which would take a quarter of the time to compile.
configure() {  # [FEATURE: a meson option to enable]
  enabled=$build/.run-enabled
  if [ ! -f "$build/build.ninja" ]; then
    set -f
    # shellcheck disable=SC2086  # a list of arguments
    quietly meson setup "$build" "$here" -Dcli=enabled -Ddebug=false ${1:+"-D$1=enabled"} \
      ${TWOWAY_MESON_ARGS:-} || die "the build could not be configured"
    set +f
    printf '%s\n' "${1:-}" >"$enabled"
  elif [ -n "$new_packages" ] || { [ -n "${1:-}" ] && ! grep -qxs "$1" "$enabled"; }; then
    quietly meson setup --reconfigure "$build" "$here" ${1:+"-D$1=enabled"} ||
      die "the build could not be configured again"
    printf '%s\n' "${1:-}" >>"$enabled"
  fi
}

# Installs the packages that every build needs before it is configured.
need_build_packages() {  # [PACKAGES]
  # shellcheck disable=SC2086  # lists of packages
  need $build_packages "$@"
  # shellcheck disable=SC2086
  want $wanted_packages
}

build_program() {  # [PACKAGES]
  lock
  need_build_packages "$@"
  configure
  quietly ninja -C "$build" api/cli/twoway || die "the twoway program could not be built"
  unlock
}

# Sets `drivers` to this library's programs that talk to other implementations.
build_drivers() {
  lock
  # shellcheck disable=SC2086  # a list of packages
  need_build_packages $test_packages
  configure tests
  quietly ninja -C "$build" interop_drivers || die "the drivers could not be built"
  unlock
  drivers=$(find "$build/tests/interop/ours" -maxdepth 1 -type f -name 'interop_driver*' | sort | paste -sd:)
}
