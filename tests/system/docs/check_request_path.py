#!/usr/bin/env python3
"""Checks that every file that a document names exists, and holds the functions named beside it.

    check_request_path.py SOURCE_ROOT DOCUMENT
"""
import pathlib
import re
import sys

FILE = re.compile(r"`((?:api|core|framing|providers)/[\w/]+\.[ch]pp)`")
ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+) \|", re.M)


def main():
    root, document = map(pathlib.Path, sys.argv[1:3])
    text = document.read_text(encoding="utf-8")
    wrong = [f"{name}: no such file" for name in FILE.findall(text) if not (root / name).is_file()]
    rows = ROW.findall(text)
    functions = 0
    for name, cell in rows:
        if not FILE.fullmatch(f"`{name}`"):
            wrong.append(f"{name}: the first column names files")
            continue
        if not (root / name).is_file():
            continue
        source = (root / name).read_text(encoding="utf-8")
        for function in re.findall(r"`([\w:]+)`", cell):
            functions += 1
            if not re.search(rf"\b{re.escape(function)}\b", source):
                wrong.append(f"{name}: holds no {function}")
    if wrong or not rows or not functions:
        sys.exit("\n".join(wrong) or "no files and functions are named")
    print(f"{len(rows)} files with {functions} functions are named as they are")


main()
