#!/usr/bin/env python3
"""Checks how libraries and programs were compiled and linked, by what is in the files.

    hardening_test.py READELF FORTIFIED FILES...

FORTIFIED is yes if the C library's checks were asked for.
"""
import re
import subprocess
import sys


def told(readelf, file, *options):
    return subprocess.run([readelf, "-W", *options, file], capture_output=True, text=True, check=True,
                          env={"LC_ALL": "C"}).stdout


def faults(readelf, file, fortified):
    """What a file lacks."""
    headers = told(readelf, file, "-h", "-l")
    dynamic = told(readelf, file, "-d")
    symbols = told(readelf, file, "--dyn-syms")
    if not re.search(r"Type: +DYN", headers):
        yield "it is no position-independent code"
    if re.search(r"GNU_STACK.*RWE", headers) or "GNU_STACK" not in headers:
        yield "its stack is executable"
    if "GNU_RELRO" not in headers or not re.search(r"BIND_NOW|Flags:.*NOW", dynamic):
        yield "its functions are not bound at start, read-only from then on"
    if "__stack_chk_fail" not in symbols:
        yield "no function checks its stack"
    program = "INTERP" in headers
    if program and "libstdc++" in dynamic and "__glibcxx_assert_fail" not in symbols:
        yield "the C++ library's assertions are off"
    if program and fortified and not re.search(r"__\w+_chk\b", symbols.replace("__stack_chk_fail", "")):
        yield "no function of the C library is checked"


def main():
    readelf, fortified, *files = sys.argv[1:]
    wrong = [f"{file}: {fault}" for file in files for fault in faults(readelf, file, fortified == "yes")]
    print("\n".join([*wrong, f"{len(files)} files, {len(wrong)} faults"]))
    return 1 if wrong or not files else 0


sys.exit(main())
