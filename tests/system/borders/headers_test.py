#!/usr/bin/env python3
"""Checks what the installed headers promise to every compiler, on the headers in the tree.

    headers_test.py SOURCE_ROOT STAMP [COMPILER WORD...]

STAMP is a file that keeps what was compiled last, so that headers which are as they were are not
compiled again.

- A class with virtual functions bears TWOWAY_INTERFACE or TWOWAY_API (core/export.hpp says why).
  Templates and what is nested in them bear none.
- Each header compiles by itself, a header of C also as C99.
- All headers compile after `max` and `min` were defined as macros.
- No source of the library uses the algorithms of std::ranges, which libc++ 14 lacks.
- Each header says who needs it.
- An older standard than C++20 ends with one clear error; the headers of C compile with it.
"""
import concurrent.futures
import hashlib
import os
import pathlib
import re
import subprocess
import sys

FOLDERS = ["core", "framing", "api", "api/c", "providers/openssl", "providers/boringssl",
           "providers/sodium", "providers/pkcs11"]
CLASS = re.compile(
    r"(?P<template>template\s*<[^;{]*?>\s*)?\b(?:class|struct)\s+"
    r"(?P<mark>TWOWAY_\w+\s+)?(?P<name>\w+)(?P<rest>[^;{}()=]*)\{")
failures = []


def fail(text):
    failures.append(text)
    print("FAILED:", text)


def body_end(text, opening):
    depth = 0
    for position in range(opening, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position
    return len(text)


def classes(text):
    """Each class: name, mark, bases, whether in a template, own text without nested classes."""
    text = re.sub(r"//[^\n]*", "", text)
    found = [(m, m.end() - 1, body_end(text, m.end() - 1)) for m in CLASS.finditer(text)]
    for match, start, end in found:
        own = text[start:end]
        for _, inner, inner_end in found:
            if start < inner < end:
                own = own.replace(text[inner:inner_end], "")
        in_template = any(m["template"] and s <= start < e for m, s, e in found)
        yield match["name"], match["mark"], match["rest"], in_template, own


def check_marks(headers):
    virtual = set()
    unmarked = []
    for _ in range(4):  # until the derived classes of derived classes are known
        unmarked = []
        for header in headers:
            for name, mark, rest, in_template, own in classes(header.read_text()):
                bases = set(re.findall(r"\w+", rest.partition(":")[2]))
                if not re.search(r"\b(virtual|override)\b", own) and not bases & virtual:
                    continue
                virtual.add(name)
                if not in_template and not mark:
                    unmarked.append(f"{header.name}: {name}")
    for place in unmarked:
        fail(f"{place} has virtual functions and neither TWOWAY_INTERFACE nor TWOWAY_API")
    if len(virtual) < 15:
        fail(f"only {len(virtual)} classes with virtual functions were found: {sorted(virtual)}")
    print(f"{len(virtual)} classes with virtual functions")


def compiled(compiler, source, flags, language="c++"):
    run = subprocess.run(compiler + flags + ["-fsyntax-only", "-x", language, "-"], input=source,
                         text=True, capture_output=True, check=False)
    return run.returncode == 0, run.stderr


def fingerprint(compiler, headers):
    version = subprocess.run(compiler + ["--version"], capture_output=True, check=True).stdout
    texts = [pathlib.Path(__file__).read_bytes(), version]
    for header in headers:
        texts += [str(header).encode(), header.read_bytes()]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()


def check_alone(compiler, includes, names):
    tried = [(name, "c++20", "c++") for name in names]
    tried += [(name, "c99", "c") for name in names if name.endswith(".h")]

    def try_one(header):
        name, standard, language = header
        return compiled(compiler, f"#include <{name}>\n",
                        [f"-std={standard}", "-Wall", "-Wextra", "-Wpedantic", "-Werror", *includes],
                        language)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (name, standard, _), (good, errors) in zip(tried, pool.map(try_one, tried)):
            if not good:
                fail(f"<{name}> does not compile by itself as {standard}:\n{errors}")


def check_macros(compiler, includes, names, standard_headers):
    # A product includes these before, so that the macros meet only our headers.
    before = "".join(f"#include {name}\n" for name in standard_headers)
    macros = ("#define max(a, b) ((a) > (b) ? (a) : (b))\n"
              "#define min(a, b) ((a) < (b) ? (a) : (b))\n")
    good, errors = compiled(compiler, before + macros +
                            "".join(f"#include <{name}>\n" for name in names),
                            ["-std=c++20", *includes])
    if not good:
        fail(f"the headers do not compile after macros max and min:\n{errors}")


def check_ranges(source):
    for folder in FOLDERS:
        for path in (source / folder).rglob("*.?pp"):
            if "std::ranges" in path.read_text() and "cli" not in path.parts:
                fail(f"{path} uses std::ranges, which libc++ 14 lacks")


def check_audience(headers):
    for path in headers:
        if not re.search(r"^// Who needs it: \w", path.read_text(), re.MULTILINE):
            fail(f"{path} does not say who needs it")


def check_old_standard(compiler, includes, names):
    for name in names:
        for standard in ("c++11", "c++17"):
            good, errors = compiled(compiler, f"#include <{name}>\n",
                                    [f"-std={standard}", *includes])
            if name.endswith(".h"):
                if not good:
                    fail(f"<{name}> does not compile as {standard}:\n{errors}")
                continue
            lines = re.findall(r": (?:fatal )?error: .*", errors)
            # The #error, and the end of the compilation.
            if good or len(lines) != 2 or "twoway needs C++20" not in lines[0]:
                fail(f"<{name}> as {standard} does not stop at one clear #error:\n{errors}")


def main():
    source = pathlib.Path(sys.argv[1])
    stamp = pathlib.Path(sys.argv[2])
    compiler = sys.argv[3:]
    roots = [source / folder / "include" for folder in FOLDERS]
    headers = [path for root in roots for path in sorted(root.rglob("*.h*"))]
    check_marks([path for path in headers if path.suffix == ".hpp"])

    check_audience(headers)
    check_ranges(source)
    includes = [f"-I{root}" for root in roots]
    names = [path.relative_to(root).as_posix() for root in roots for path in sorted(root.rglob("*.h*"))]
    compiled_last = fingerprint(compiler, headers)
    if stamp.exists() and stamp.read_text() == compiled_last:
        print(f"{len(names)} headers, as they were when they last compiled, {len(failures)} failures")
        return 1 if failures else 0
    standard = sorted({name for path in headers if path.suffix == ".hpp"
                       for name in re.findall(r"#include (<\w+>)", path.read_text())})
    check_macros(compiler, includes, names, standard)
    check_alone(compiler, includes, names)
    # Every header that a product may start with.
    check_old_standard(compiler, includes, names)
    print(f"{len(names)} headers, {len(failures)} failures")
    if not failures:
        stamp.write_text(compiled_last)
    return 1 if failures else 0


sys.exit(main())
