#!/usr/bin/env python3
"""Runs sessions of a shell with the program, and compares their output with what the session shows.

    transcripts.py [--needs KEM] PROGRAM SESSION...

In a session, a line "# TITLE" begins a test in a new folder. A line "$ COMMAND" is run by sh there, and
the lines up to an empty one or the next command are its standard output and error, with "[N]" at the
end if it exits with N. "..." in a line stands for any text. PROGRAM is called twoway in commands.
With --needs the test is skipped, by that KEM's name, if the program does not offer it.
"""
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile


def read(path):
    """Pairs of a title and its steps: a command and the lines that it must print."""
    tests = []
    steps = lines = None
    for line in path.read_text().splitlines():
        if line.startswith("# "):
            steps = []
            tests.append((line[2:], steps))
            lines = None
        elif line.startswith("$ "):
            lines = []
            steps.append((line[2:], lines))
        elif lines is not None and line:
            lines.append(line)
        else:
            lines = None
    return tests


def run(command, folder, binaries):
    path = f"{binaries}:{os.environ['PATH']}"
    done = subprocess.run(["sh", "-c", f"umask 077\n{command}"], cwd=folder, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, text=True,
                          env=os.environ | {"PATH": path}, timeout=60)
    return done.stdout.splitlines() + ([f"[{done.returncode}]"] if done.returncode else [])


def fits(line, pattern):
    return re.fullmatch(".*".join(map(re.escape, pattern.split("..."))), line) is not None


def main():
    failed = count = 0
    if sys.argv[1] == "--needs":
        kem = sys.argv[2]
        del sys.argv[1:3]
        done = subprocess.run([sys.argv[1], "keygen", "--kem", kem, "--out", "-"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if done.returncode == 2:
            print(f"skipped: no provider of this program offers {kem}")
            return 77
    with tempfile.TemporaryDirectory() as work:
        binaries = pathlib.Path(work) / "bin"
        binaries.mkdir()
        (binaries / "twoway").symlink_to(pathlib.Path(sys.argv[1]).resolve())
        tests = [test for path in sys.argv[2:] for test in read(pathlib.Path(path))]
        for title, steps in tests:
            folder = pathlib.Path(work) / str(count)
            folder.mkdir()
            count += 1
            for command, expected in steps:
                lines = run(command, folder, binaries)
                if len(lines) == len(expected) and all(map(fits, lines, expected)):
                    continue
                failed += 1
                print(f"FAILED: {title}\n$ {command}")
                print("\n".join(difflib.unified_diff(expected, lines, "expected", "printed",
                                                     lineterm="")))
                break
    print(f"{count - failed} of {count} transcripts passed")
    return 1 if failed or not count else 0


sys.exit(main())
