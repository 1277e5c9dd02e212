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
doxygen - <<SETTINGS
PROJECT_NAME = twoway
INPUT = core/include framing/include api/include api/c/include $(echo providers/*/include)
FILE_PATTERNS = *.h *.hpp
RECURSIVE = YES
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
