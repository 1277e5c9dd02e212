#!/bin/sh
# usage: packages.sh PACKAGES
# Installs packages that are missing.
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
. "$here/.ci/lib/common.sh"

need "$@"
