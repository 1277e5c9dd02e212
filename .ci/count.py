#!/usr/bin/env python3
"""Sums up logs of `meson test`, one JSON object to a line.

usage: count.py LOG...

A program that uses Catch2 counts by its test cases and assertions, any other as one test case. The
last line is "N passed, N failed", with ", N skipped" if some were.
"""

import json
import re
import sys

ALL_PASSED = re.compile(r"^All tests passed \((\d+) assertions? in (\d+) test cases?\)", re.M)
TEST_CASES = re.compile(r"^test cases: *\d+ \|(.*)$", re.M)
ASSERTIONS = re.compile(r"^assertions: *(\d+)", re.M)


def number(word, text):
    found = re.search(rf"(\d+) {word}", text)
    return int(found[1]) if found else 0


def count(test):
    """Passed, failed and skipped test cases, and assertions, of one test program."""
    passed = failed = skipped = assertions = 0
    ok = test["result"] in ("OK", "EXPECTEDFAIL")
    output = test.get("stdout") or ""
    summaries = list(ALL_PASSED.finditer(output))
    tables = TEST_CASES.findall(output)
    if summaries:
        assertions, passed = map(int, summaries[-1].groups())
    elif tables:
        expected = number("failed as expected", tables[-1])
        passed = number("passed", tables[-1]) + expected
        failed = number(r"failed(?! as expected)", tables[-1])
        skipped = number("skipped", tables[-1])
        assertions = sum(map(int, ASSERTIONS.findall(output)[-1:]))
    elif test["result"] == "SKIP":
        skipped = 1
    elif ok:
        passed = 1
    if not ok and test["result"] != "SKIP":
        failed = max(failed, 1)
    return passed, failed, skipped, assertions


def main(logs):
    rows = []
    for log in logs:
        with open(log, encoding="utf-8") as lines:
            rows += [count(json.loads(line)) for line in lines]
    if not rows:
        return
    passed, failed, skipped, assertions = map(sum, zip(*rows))
    programs = f"{len(rows)} test program" + ("" if len(rows) == 1 else "s")
    print(f"{assertions} assertions in {programs}")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
