#!/usr/bin/env python3
"""Checks that the C++ and C names in a page's tables are declared by the headers.

    check_names.py SOURCE PAGE
"""
import pathlib
import re
import sys


def main():
    source, page = map(pathlib.Path, sys.argv[1:])
    folders = [source / part for part in ("core", "framing", "api", "providers")]
    headers = [path for folder in folders for path in folder.rglob("include/twoway/**/*.h*")]
    words = set(re.findall(r"\w+", "".join(path.read_text(encoding="utf-8") for path in headers)))
    named = wrong = 0
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        for cell in re.split(r"(?<!\\)\|", line)[2:-1] if line.startswith("| `") else ():
            for name in re.findall(r"`([\w:]+)`", cell):
                named += 1
                missing = [part for part in name.split("::") if part not in words]
                if missing:
                    wrong += 1
                    print(f"{page.name}:{number}: no header has '{missing[0]}' of '{name}'")
    print(f"{named} names, {wrong} unknown")
    return 1 if wrong or not named else 0


sys.exit(main())
