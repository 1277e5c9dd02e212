#!/usr/bin/env python3
"""Checks the program's man page and its completions, in the shells themselves, against its help.

    check_reference.py PROGRAM

The man page is checked with mandoc and man, the completions in bash and zsh: those that are there.
"""
import os
import pathlib
import pty
import re
import shutil
import subprocess
import sys
import tempfile

OPTION = re.compile(r"^  (?:(-\w), |    )(--[\w-]+)", re.M)
# In both shells Ctrl-T inserts all that Tab would offer. The command line that comes of it is run by
# a function of the program's name, which prints its words.
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], """
        bind 'set bell-style none'; bind '"\\C-t": insert-completions'; source {file}; PS1="" PS2=""
        {name}() {{ printf '<%s>' "$@"; echo; }}"""),
    "zsh": (["zsh", "-f", "-i"], """
        PS1="" PS2="" PROMPT_SP="" PROMPT_EOL_MARK=""; unsetopt PROMPT_CR BEEP; fpath=({folder} $fpath)
        autoload -Uz compinit; compinit -D -u; zle -C all-matches complete-word _generic
        bindkey '^T' all-matches; zstyle ':completion:all-matches::::' completer _all_matches _complete
        zstyle ':completion:all-matches:*' insert yes
        {name}() {{ printf '<%s>' "$@"; echo; }}"""),
}


class Shell:
    """An interactive shell that knows the program's completions."""

    def __init__(self, kind, program, folder):
        command, setup = SHELLS[kind]
        name = program.name
        reference = {"bash": f"{name}.bash", "zsh": f"_{name}"}[kind]
        file = folder / reference
        file.write_bytes(output(program, "reference", kind))
        self.name, self.kind = name, kind
        pid, self.terminal = pty.fork()
        if pid == 0:
            os.chdir(folder)
            os.environ.update(TERM="dumb", HISTFILE="", LC_ALL="C")
            os.execvp(command[0], command)
        for line in setup.format(file=file, folder=folder, name=name).strip().splitlines():
            self.type(line.strip() + "\n")
        self.complete("")

    def type(self, text):
        os.write(self.terminal, text.encode())

    def complete(self, line):
        """The words that the shell makes of `line` and all that it offers for its end."""
        self.type(f"{self.name} {line}\x14\n{self.name} the-end\n")
        told = ""
        while "<the-end>" not in told:
            told += os.read(self.terminal, 65536).decode(errors="replace")
        lines = [text for text in told.replace("\r", "\n").splitlines() if re.match(r"^<.*>$", text)]
        return lines[0][1:-1].split("><") if lines[0] != "<the-end>" else []


def output(program, *arguments):
    return subprocess.run([program, *arguments], capture_output=True, check=True).stdout


def options_of(program, *command):
    """Every option of a command, by its help."""
    text = output(program, *command, "--help").decode()
    return {name for pair in OPTION.findall(text) for name in pair if name}


def commands_of(program):
    text = output(program, "--help").decode()
    return re.findall(r"^  ([a-z][\w-]*) ", text.split("Commands:")[1].split("Options:")[0], re.M)


def check_man(program, folder):
    page = folder / f"{program.name}.1"
    page.write_bytes(output(program, "reference", "man"))
    told = ""
    if shutil.which("mandoc"):
        # A page without a date is the same in every build.
        lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True, text=True, check=False)
        told += "".join(line for line in lint.stdout.splitlines(True) if "missing date" not in line)
    if shutil.which("man"):
        shown = subprocess.run(["man", "--warnings", "-l", "-Tutf8", page], capture_output=True, text=True, check=False)
        told += shown.stderr
    if told:
        sys.exit(f"the man page:\n{told}")
    text = page.read_text(encoding="utf-8").replace("\\-", "-")
    for command in commands_of(program):
        section = text.split(f".SS {command}\n")[1].split(".SS ")[0].split(".SH ")[0]
        missing = {name for name in options_of(program, command) if f"\\fB{name}" not in section}
        if missing:
            sys.exit(f"the man page lacks {missing} of {command}")


def check_shell(kind, program, folder):
    shell = Shell(kind, program, folder)

    def expect(line, words):
        got = shell.complete(line)
        if sorted(word.rstrip("/") for word in got) != sorted(words):
            sys.exit(f"{kind}: {program.name} {line}: it completes {got}, not {words}")

    (folder / "key.pem").touch()
    (folder / "keys").mkdir(exist_ok=True)
    commands = commands_of(program)
    expect("s", [name for name in commands if name.startswith("s")])
    for command in commands:
        expect(f"{command} --", [command, *(name for name in options_of(program, command) if name[1] == "-")])
    expect("keygen --kem p", ["keygen", "--kem", "p256", "p384", "p521"])
    expect("keygen --kem x2", ["keygen", "--kem", "x25519"])
    expect("keygen --out key.", ["keygen", "--out", "key.pem"])
    expect("config --algorithms hkdf-sha384:aes-2", ["config", "--algorithms", "hkdf-sha384:aes-256-gcm"])
    expect("config --key 1=key.", ["config", "--key", "1=key.pem"])
    expect("inspect key.", ["inspect", "key.pem"])
    expect("seal-multi --keys-dir k", ["seal-multi", "--keys-dir", "keys"])
    expect("help open-", ["help", *(name for name in commands if name.startswith("open-"))])


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as top:
        folder = pathlib.Path(top)
        check_man(program, folder)
        checked = ["man"]
        for kind in SHELLS:
            if shutil.which(kind):
                check_shell(kind, program, folder)
                checked.append(kind)
    print("checked:", *checked)


main()
