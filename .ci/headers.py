"""Prints which public names of the headers have no comment, and fails if there are any.

    headers.py LOG

LOG has Doxygen's warnings. A comment stands for all names that follow it without an empty line.
Copies, moves, destructors and what frees a handle need none, nor what is defaulted or deleted.
"""
import pathlib
import re
import sys

SPECIAL = re.compile(r"= (default|delete);|_free\(|\boperator=\(|\b(\w+)\((const )?\2&&? \w+\)|~")


def declaration(lines, start):
    """The text from a line to the end of its declaration."""
    end = start
    while end < len(lines) - 1 and not re.search(r"[;{]", lines[end]):
        end += 1
    return " ".join(lines[start:end + 1])


def has_comment(lines, start):
    """Whether a comment stands above a line, with neither an empty line nor a class's start between."""
    for line in reversed(lines[:start]):
        if line.strip().startswith("///"):
            return True
        if not line.strip() or re.search(r"^\s*(typedef|class|struct|union|enum|namespace|extern)\b.*\{|public:", line):
            return False
    return False


def main():
    left = set()
    for warning in pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        if found := re.match(r"(.*):(\d+): warning: (.*) is not documented\.$", warning):
            path, number, name = found.groups()
            lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
            start = int(number) - 1
            if "::detail" in name or name.startswith("Member TWOWAY_C_"):  # not for users
                continue
            if not SPECIAL.search(declaration(lines, start)) and not has_comment(lines, start):
                left.add(f"{path}:{number}: {name}")
    print("\n".join([*sorted(left), f"{len(left)} public names without a comment"]))
    return 1 if left else 0


sys.exit(main())
