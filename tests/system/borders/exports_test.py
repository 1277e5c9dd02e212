#!/usr/bin/env python3
"""Checks that a shared library exports what its headers mark, and nothing else of twoway's.

    exports_test.py NM LIBRARY INCLUDE_ROOT...

Members of a TWOWAY_API class and TWOWAY_API functions are exported; of a TWOWAY_INTERFACE class
its vtable and type info may be. Instances of the standard library's templates are not looked at.
"""
import pathlib
import re
import subprocess
import sys


def components(mangled):
    """Returns the names of "6twoway4core3Kem4findE...": each has its length in front. The arguments of a
    template, as in "6twoway7PendingI...E", end the list with an empty name."""
    names = []
    while match := re.match(r"\d+", mangled):
        start, size = match.end(), int(match[0])
        names.append(mangled[start:start + size])
        mangled = mangled[start + size:]
    if mangled.startswith("I"):
        names.append("")
    if re.match(r"[CD]\d|[a-z][a-zA-Z]", mangled):  # constructor, destructor, operator
        names.append(mangled[:2])
    return names


def main():
    nm, library = sys.argv[1:3]
    text = "".join(path.read_text() for root in sys.argv[3:]
                   for path in pathlib.Path(root).rglob("*.h*"))
    api_classes = set(re.findall(r"(?:class|struct)\s+TWOWAY_API\s+(\w+)", text))
    interfaces = set(re.findall(r"(?:class|struct)\s+TWOWAY_INTERFACE\s+(\w+)", text))
    functions = set(re.findall(r"TWOWAY_API\s+(?!class|struct)[^;{(]*?\b(\w+)\(", text))
    listed = subprocess.run([nm, "-D", "--defined-only", library], text=True, capture_output=True,
                            check=True).stdout
    seen = wrong = 0
    for line in listed.splitlines():
        symbol = line.split()[-1].partition("@")[0]
        match = re.match(r"_Z(T[VIST])?NK?V?(6twoway.*)", symbol)
        if match is None:
            continue
        seen += 1
        parts = components(match[2])
        if match[1] and (parts[-1] in interfaces or api_classes & set(parts)):
            continue
        if not match[1] and (api_classes & set(parts[:-1]) or parts[-1] in functions):
            continue
        wrong += 1
        print(f"FAILED: {library} exports {symbol}")
    print(f"{seen} symbols of twoway, {wrong} wrong")
    return 1 if wrong or not seen else 0


sys.exit(main())
