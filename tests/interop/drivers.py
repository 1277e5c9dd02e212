"""The peers: how each is built with the toolchain that it needs, and how its driver is talked to."""

import json
import os
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Skipped(Exception):
    """A peer cannot run here, and why."""


class DriverFailure(Exception):
    """A driver could not serve a request: a mistake of these tests, not of a peer."""


# --- Building ------------------------------------------------------------------------------------


def output_of(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Skipped(f"{command[0]} does not run: {error}") from error
    if done.returncode != 0:
        raise Skipped(f"{command[0]} does not run: {done.stderr.strip()[-200:]}")
    return done.stdout


def tool(name, version_command, least):
    """The path of a program that is new enough. `least` is a tuple of numbers."""
    path = shutil.which(name)
    if path is None:
        raise Skipped(f"there is no {name}")
    text = output_of(path, *version_command)
    found = re.search(r"(\d+)\.(\d+)", text)
    version = tuple(int(part) for part in found.groups()) if found else (0,)
    if version < least:
        wanted = ".".join(map(str, least))
        raise Skipped(f"{name} is {'.'.join(map(str, version))}, older than {wanted}")
    return path


def build(what, command, cwd, log, **environment):
    """Runs a build, with its output in a file. A failure skips the peer, with the log's end."""
    print(f"interop: building for {what}", file=sys.stderr)
    with log.open("w") as out:
        done = subprocess.run(
            command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            env={**os.environ, **environment},
        )
    if done.returncode != 0:
        lines = log.read_text(errors="replace").strip().splitlines() or [""]
        raise Skipped(f"the build failed ({log}): {lines[-1]}")


def build_go(folder):
    # GOTOOLCHAIN=local: nothing downloads another compiler than the one that was found.
    go = tool("go", ["env", "GOVERSION"], (1, 26))
    program = folder / "driver"
    build("Go", [go, "build", "-mod=readonly", "-trimpath", "-o", str(program), "."], HERE / "go",
          folder / "build.log", GOTOOLCHAIN="local")
    return [[str(program), "-peer", peer] for peer in ("twoway", "circl", "stdlib")]


def build_rust(folder):
    cargo = tool("cargo", ["--version"], (1, 87))
    build("Rust", [cargo, "build", "--locked", "--release"], HERE / "rust", folder / "build.log",
          CARGO_TARGET_DIR=str(folder / "target"))
    program = folder / "target" / "release" / "interop"
    return [[str(program), "--peer", peer] for peer in ("ohttp", "hpke")]


def build_node(folder):
    node = tool("node", ["--version"], (20, 0))
    npm = tool("npm", ["--version"], (8, 0))
    for name in ("driver.mjs", "panva.mjs", "protocol.mjs", "package.json", "package-lock.json"):
        shutil.copy(HERE / "node" / name, folder / name)
    stamp = folder / "installed"
    lock = (HERE / "node" / "package-lock.json").read_bytes()
    if not stamp.exists() or stamp.read_bytes() != lock:
        build("JavaScript", [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder,
              folder / "build.log")
        stamp.write_bytes(lock)
    return [[node, str(folder / name)] for name in ("driver.mjs", "panva.mjs")]


def venv(what, folder, requirements):
    """A Python that has the packages of a file of pinned requirements."""
    tool("python3", ["--version"], (3, 10))
    python = folder / "venv" / "bin" / "python"
    stamp = folder / "installed"
    lock = requirements.read_bytes()
    if not stamp.exists() or stamp.read_bytes() != lock:
        build(what, ["python3", "-m", "venv", "--clear", str(folder / "venv")], folder,
              folder / "venv.log")
        build(what, [str(python), "-m", "pip", "install", "--quiet", "--require-hashes",
                     "--only-binary=:all:", "-r", str(requirements)],
              folder, folder / "build.log")
        stamp.write_bytes(lock)
    return python


def build_python(folder):
    python = venv("Python", folder, HERE / "python" / "requirements.txt")
    return [[str(python), str(HERE / "python" / "driver.py")]]


def own_commands(programs):
    """This library's drivers, one for each provider; one that several programs hold runs once."""
    commands = {}
    for path in programs.split(":"):
        for name in output_of(path, "--list").split():
            commands.setdefault(name, [path, "--provider", name])
    return list(commands.values())


# A new peer's toolchain is a row here.
TOOLCHAINS = {"go": build_go, "rust": build_rust, "node": build_node, "python": build_python}


# --- Talking -------------------------------------------------------------------------------------


class Driver:
    """One driver, a child process. Answers a request with what the peer answered."""

    def __init__(self, command, environment=None):
        self.command = command
        self.environment = {**os.environ, **(environment or {})}
        self.process = None
        self.public_keys = {}
        self.start()
        self.hello = self.ask("hello")
        self.name = self.hello["name"]
        self.version = self.hello["version"]

    def start(self):
        self.received = b""
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.environment)

    def stop(self):
        """Ends the process: it does so by itself when its input ends."""
        if self.process is None:
            return
        try:
            self.process.stdin.close()
        except OSError:
            pass
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process = None

    def read_line(self, deadline):
        out = self.process.stdout.fileno()
        while b"\n" not in self.received:
            ready, _, _ = select.select([out], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            part = os.read(out, 1 << 20)
            if not part:
                raise EOFError
            self.received += part
        line, self.received = self.received.split(b"\n", 1)
        return line

    def request(self, op, seconds=60, **fields):
        """The whole answer. Where the process dies or hangs, that is its answer."""
        fields = {name: value.hex() if isinstance(value, bytes) else value
                  for name, value in fields.items()}
        try:
            self.process.stdin.write(json.dumps({"op": op, **fields}).encode() + b"\n")
            self.process.stdin.flush()
            answer = json.loads(self.read_line(time.monotonic() + seconds))
        except (TimeoutError, EOFError, OSError) as error:
            self.process.kill()
            self.stop()
            self.start()
            return {"ok": False, "crashed": type(error).__name__}
        if "error" in answer:
            raise DriverFailure(f"{self.command[0]} {op}: {answer['error']}")
        return answer

    def ask(self, op, **fields):
        """The answer to what must succeed."""
        answer = self.request(op, **fields)
        if not answer["ok"]:
            raise Disagreement(f"{op}: {reason(answer)}")
        return answer

    def public_key(self, kem, ikm):
        key = (kem, ikm)
        if key not in self.public_keys:
            self.public_keys[key] = bytes.fromhex(self.ask("public_key", kem=kem, ikm=ikm)["public"])
        return self.public_keys[key]


class Disagreement(Exception):
    """The two sides of a case do not agree."""


def reason(answer):
    for kind in ("refused", "crashed"):
        if kind in answer:
            return f"{kind}: {answer.get('code', '')} {answer[kind]}".replace("  ", " ")
    return "accepted"


def require(condition, what):
    if not condition:
        raise Disagreement(what)
