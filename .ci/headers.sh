#!/bin/sh
# usage: headers.sh [FOLDER]
# Fails if a public name of an installed header has no comment, as Doxygen finds them. With FOLDER,
# writes its pages of all headers there.
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
. "$here/.ci/lib/common.sh"

need doxygen
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pages=${1:+$(realpath -m "$1")}
cd "$here"

# Doxygen looks at functions outside of classes if their file and namespace are documented.
headers=$(find core framing api providers -path '*/include/twoway/*' -name '*.h*')
for header in $headers; do printf '/** @file %s\n@brief %s */\n' "$header" "$header"; done >"$work/files.dox"
# shellcheck disable=SC2086  # names without blanks
sed -n 's/^namespace \([a-z0-9_:]*\) {$/\1/p' $headers | sort -u |
  while read -r name; do printf '/** @namespace %s\n@brief %s */\n' "$name" "$name"; done >>"$work/files.dox"

doxygen - <<SETTINGS
PROJECT_NAME = twoway
INPUT = $work/files.dox $(echo $headers)
STRIP_FROM_PATH = core/include framing/include api/include api/c/include
MACRO_EXPANSION = YES
EXPAND_ONLY_PREDEF = YES
PREDEFINED = TWOWAY_API= TWOWAY_INTERFACE= TWOWAY_LIFETIMEBOUND= TWOWAY_C_API= TWOWAY_C_CALL= \
  TWOWAY_C_NOEXCEPT=
EXCLUDE_SYMBOLS = *::detail::*
HAVE_DOT = NO
QUIET = YES
WARN_IF_DOC_ERROR = NO
WARN_LOGFILE = $work/log
GENERATE_LATEX = NO
GENERATE_HTML = ${pages:+YES}
GENERATE_XML = YES
OUTPUT_DIRECTORY = $work
HTML_OUTPUT = $pages
SETTINGS
python3 -B "$here/.ci/headers.py" "$work/log"
