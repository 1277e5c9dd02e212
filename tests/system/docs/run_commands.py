#!/usr/bin/env python3
"""Runs the shell blocks of documents as a reader would: in order, each page in an empty folder.

    run_commands.py SOURCE BUILD PROGRAM [PAGE...]

Without PAGE, all of the project. Prints for each page how many blocks were run, and why the others
were not. A page is Markdown. A comment on the line before a fence says how its block is treated:

    <!-- block: in the source -->       run in a shell of its own, where this project's source is
    <!-- block: file NAME -->           not run but written to NAME in the page's folder
    <!-- block: output -->              what the commands before print, line for line
    <!-- block: after installing -->    run when this project is installed on the system
    <!-- block: needs KEM -->           skipped if the program does not offer that KEM
    <!-- block: not run, REASON -->     counted, and skipped

"in the source" and "after installing" may stand together, with a comma between them.

Pages run in namespaces of their own, as root, over copies of /usr/local and /etc, with sudo replaced
by nothing. If the system does not permit that, blocks with sudo or "after installing" are skipped.
"""
import fcntl
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass

FENCE = re.compile(r"^( *)```(\w*)$")
MARK = re.compile(r"^ *<!-- block: (.*) -->$")
ISOLATED = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
# Overlays need a file system beneath them that is no overlay.
SYSTEM = """
mount -t tmpfs none "$1"
for folder in /usr/local /etc /var/cache; do
  mkdir -p "$1$folder/upper" "$1$folder/work"
  mount -t overlay none -o "lowerdir=$folder,upperdir=$1$folder/upper,workdir=$1$folder/work" $folder
done
"""


@dataclass
class Block:
    line: int
    language: str
    mark: str
    text: str


def blocks_of(page):
    """The fenced blocks of a page. Ends the program if a reader's shell block could hide."""
    blocks, fence, mark, before = [], None, "", ""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if fence:
            if line.strip() == "```":
                blocks.append(fence)
                fence = None
            else:
                fence.text += line.removeprefix(indent) + "\n"
        elif opened := FENCE.match(line):
            indent, language = opened.groups()
            if language in ("bash", "shell", "console"):
                sys.exit(f"{page}:{number}: a shell block is called sh")
            fence = Block(number, language, mark, "")
        elif not before and re.match(r"^ {4,}\S", line):
            sys.exit(f"{page}:{number}: blocks have a fence, so that commands are found")
        found = MARK.match(line)
        mark, before = found.group(1) if found else "", line.strip()
    return blocks


def offers(kem):
    made = subprocess.run(["twoway", "keygen", "--kem", kem, "--out", "-"], capture_output=True,
                          check=False)
    return made.returncode == 0


class Page:
    """One page's run: its folder, its script, and the counts of its blocks."""

    def __init__(self, path, number, work, isolated):
        self.path, self.source, self.isolated = path, work / "source", isolated
        self.run, self.skipped, self.outputs = 0, [], []
        self.folder, self.pieces = work / f"page-{number}", work / f"pieces-{number}"
        self.folder.mkdir()
        self.pieces.mkdir()

    def reason_to_skip(self, block):
        if block.mark.startswith("not run, "):
            return block.mark.removeprefix("not run, ")
        if block.mark.startswith("needs "):
            kem = block.mark.removeprefix("needs ")
            return None if offers(kem) else f"no library of this program offers {kem}"
        if not self.isolated and ("sudo " in block.text or "after installing" in block.mark):
            return "this system lets nothing be installed for a trial"
        return None

    def script(self):
        """Shell code that runs the page's blocks in one shell, and says which it has begun."""
        code = ["set -e", f"cd '{self.folder}'"]
        last = None
        for block in blocks_of(self.path):
            piece = self.pieces / str(block.line)
            if block.mark.startswith("file "):
                piece.write_text(block.text, encoding="utf-8")
                code.append(f"cp '{piece}' '{block.mark.removeprefix('file ')}'")
            elif block.mark == "output":
                self.outputs.append((block, last))
            elif block.language == "sh":
                if reason := self.reason_to_skip(block):
                    self.skipped.append(f"line {block.line}: {reason}")
                    last = None
                    continue
                marks = block.mark.split(", ") if block.mark else []
                if not block.mark.startswith("needs ") and not set(marks) <= {"in the source", "after installing"}:
                    sys.exit(f"{self.path}:{block.line}: what is '{block.mark}'?")
                self.run += 1
                last = piece
                piece.write_text(block.text, encoding="utf-8")
                code.append(f"echo {block.line} >'{self.pieces}/begun'")
                run = f". '{piece}' >'{piece}.out' 2>'{piece}.err'"
                code.append(f"(cd '{self.source}' && {run})" if "in the source" in marks else run)
            elif block.mark:
                sys.exit(f"{self.path}:{block.line}: only shell blocks can be '{block.mark}'")
        return "\n".join(code) + "\n"

    def failure(self):
        """Runs the page, and gives the words for what went wrong, or nothing."""
        script = self.script()
        status = subprocess.run(["sh", "-c", script], stdin=subprocess.DEVNULL, check=False).returncode
        if status != 0:
            line = (self.pieces / "begun").read_text(encoding="utf-8").strip()
            told = "".join((self.pieces / f"{line}.{kind}").read_text(encoding="utf-8", errors="replace")
                           for kind in ("out", "err"))
            return f"{self.path}:{line}: the block failed ({status})\n{told}"
        for block, piece in self.outputs:
            if piece and (printed := piece.with_suffix(".out").read_text(encoding="utf-8")) != block.text:
                return f"{self.path}:{block.line}: the commands printed this instead:\n{printed}"
        return None

    def summary(self, root):
        told = [f"{self.path.relative_to(root)}: {self.run} run, {len(self.skipped)} skipped"]
        return "\n".join(told + [f"    {reason}" for reason in self.skipped])


def copy_of(source, build, to):
    """The project as a reader has it, built already where the documents have it built."""
    def ignored(folder, names):
        return [name for name in names if name in (".git", "packagecache") or
                name.startswith("build") and pathlib.Path(folder) == source]
    shutil.copytree(source, to, ignore=ignored, symlinks=True)
    (to / "build").symlink_to(build)


def raise_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        up = 0x8914, struct.pack("16sh14x", b"lo", 1)  # SIOCSIFFLAGS, IFF_UP
        fcntl.ioctl(link, *up)


def main():
    if sys.argv[1] == "--isolated":
        sys.exit(run(True, *sys.argv[2:]))
    # The namespaces end before their folder does, and daemons with them.
    with tempfile.TemporaryDirectory() as overlay, tempfile.TemporaryDirectory() as work:
        inside = [*ISOLATED, "sh", "-ec", SYSTEM + 'shift\nexec "$@"', "sh", overlay]
        if subprocess.run([*inside, "true"], capture_output=True, check=False).returncode != 0:
            sys.exit(run(False, work, *sys.argv[1:]))
        again = [sys.executable, "-B", __file__, "--isolated", work, *sys.argv[1:]]
        sys.exit(subprocess.run([*inside, *again], check=False).returncode)


def run(isolated, folder, source, build, program, *paths):
    root, work = pathlib.Path(source), pathlib.Path(folder)
    failed = ran = skipped = 0
    copy_of(root, pathlib.Path(build).resolve(), work / "source")
    (work / "bin").mkdir()
    (work / "bin/twoway").symlink_to(pathlib.Path(program).resolve())
    if isolated:
        raise_loopback()
        sudo = work / "bin/sudo"
        sudo.write_text('#!/bin/sh\nexec "$@"\n', encoding="utf-8")
        sudo.chmod(0o755)
    os.environ["PATH"] = f"{work}/bin:{os.environ['PATH']}"
    for name in list(os.environ):
        if re.match(r"^(CC|CXX|CFLAGS|CXXFLAGS|LDFLAGS|MESON_|TWOWAY_|PKG_CONFIG)", name):
            del os.environ[name]
    pages = [root / path for path in paths]
    for pattern in () if paths else ("*.md", "docs/**/*.md", "tests/**/*.md"):
        pages += sorted(root.glob(pattern))
    # What a page installs, the pages after it find installed.
    pages.sort(key=lambda page: "meson install" not in page.read_text(encoding="utf-8"))
    for number, path in enumerate(pages):
        page = Page(path, number, work, isolated)
        failure = page.failure()
        print(page.summary(root), flush=True)
        if failure:
            failed += 1
            print(failure)
        ran += page.run
        skipped += len(page.skipped)
    print(f"{len(pages)} pages, {ran} blocks run, {skipped} skipped, {failed} pages failed")
    return 1 if failed or not ran else 0


main()
