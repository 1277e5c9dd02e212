#!/usr/bin/env python3
"""Checks that includes go one way: providers -> api/c -> api -> framing -> core. Providers see core
and api/c alone.

Takes the include directories that each layer is really compiled with from compile_commands.json,
and preprocesses `#include <a header of another layer>` with them: it must succeed where the layer may
see the other, and fail everywhere else.

    layering_test.py SOURCE_ROOT BUILD_ROOT
"""
import json
import os
import pathlib
import shlex
import subprocess
import sys

# The layers that each layer may include besides itself. A provider is a layer of its own. It sees
# the C headers for its own one.
MAY_SEE = {
    "core": set(),
    "framing": {"core"},
    "api": {"core", "framing"},
    "api/c": {"core", "framing", "api"},
}
PROVIDER_MAY_SEE = {"core", "api/c"}


def first_header(folder):
    headers = sorted((folder / "include" / "twoway").rglob("*.hpp"))
    return headers[0].relative_to(folder / "include").as_posix() if headers else None


def compile_flags(commands, source_root, folder):
    """The compiler and the flags that decide what an include finds, for a source of the layer."""
    for entry in commands:
        source = (pathlib.Path(entry["directory"]) / entry["file"]).resolve()
        if (source_root / folder / "src") not in source.parents:
            continue
        words = shlex.split(entry["command"])
        start = next(i for i, word in enumerate(words) if word.startswith("-"))
        compiler = [word for word in words[:start] if not word.endswith("ccache")]
        flags = [word for word in words[start:] if word.startswith(("-I", "-std="))]
        return entry["directory"], compiler + flags
    return None


def includes(compile_line, header):
    directory, command = compile_line
    run = subprocess.run(
        command + ["-E", "-o", os.devnull, "-x", "c++", "-"],
        cwd=directory, input=f"#include <{header}>\n", text=True, capture_output=True, check=False)
    return run.returncode == 0, run.stderr


def main():
    source_root, build_root = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
    commands = json.loads((build_root / "compile_commands.json").read_text())
    folders = {name: pathlib.Path(name) for name in MAY_SEE}
    folders |= {path.parent.name: path.parent.relative_to(source_root)
                for path in source_root.glob("providers/*/src")}

    failures = checks = 0
    for layer, folder in sorted(folders.items()):
        compile_line = compile_flags(commands, source_root, folder)
        if compile_line is None:
            if layer in MAY_SEE:
                sys.exit(f"no source of {layer} is compiled: this test would check nothing")
            continue  # a provider that is not built
        for other, other_folder in sorted(folders.items()):
            header = first_header(source_root / other_folder)
            if header is None:
                continue
            allowed = other == layer or other in MAY_SEE.get(layer, PROVIDER_MAY_SEE)
            found, errors = includes(compile_line, header)
            checks += 1
            if found != allowed:
                failures += 1
                print(f"{layer} {'may not' if found else 'must be able to'} include <{header}>")
                print(errors)
    print(f"{checks} includes checked, {failures} wrong")
    return 1 if failures else 0


sys.exit(main())
