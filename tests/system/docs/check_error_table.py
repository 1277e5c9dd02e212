#!/usr/bin/env python3
"""Checks that the guide gives every error code one HTTP status.

    check_error_table.py ERROR_HPP GUIDE
"""
import pathlib
import re
import sys


def main():
    header, guide = (pathlib.Path(path).read_text(encoding="utf-8") for path in sys.argv[1:3])
    enumeration = re.search(r"enum class Errc[^{]*\{(.*?)\};", header, re.S).group(1)
    codes = re.findall(r"^\s*(\w+)(?: = \d+)?,", enumeration, re.M)
    table = re.search(r"^\| code \| HTTP status \|.*?\n\n", guide, re.S | re.M).group(0)
    rows = re.findall(r"^\| `(\w+)` \| [45]\d\d\b[^|]*\| [^|]+ \|$", table, re.M)
    lines = table.count("\n|") - 1  # but the two of the head
    if not codes or sorted(rows) != sorted(codes) or lines != len(rows):
        sys.exit(f"codes: {sorted(codes)}\nrows:  {sorted(rows)} of {lines} lines")
    print(f"{len(codes)} codes have their status")


main()
