#!/usr/bin/env python3
"""Compares the speed and memory of this library and of its peers. See README.md beside this file.

Each program repeats the same work inside its process, pinned to one core, and all take turns in short
rounds, so that a busy machine slows all alike. What is counted is processor time, of all threads of
the process; the figure is the median of the rounds. Prints tables in Markdown.
"""

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True  # nothing comes into the source tree

from drivers import TOOLCHAINS, Driver, Skipped, own_commands, venv
from material import NSK

HERE = Path(__file__).resolve().parent
PEERS = ("go", "rust")
KIB, MIB = 1 << 10, 1 << 20

KEMS = {"X25519": 0x20, "P-256": 0x10}
HYBRIDS = {"MLKEM768-X25519": 0x647a, "MLKEM768-P256": 0x50, "MLKEM1024-P384": 0x51}
AEADS = {"AES-128-GCM": 1, "ChaCha20Poly1305": 3}


def setup_rows():
    suites = [(kem, "AES-128-GCM") for kem in KEMS] + [("X25519", "ChaCha20Poly1305")]
    for kem, aead in suites:
        for verb in ("seal", "open"):
            yield {"group": "setup", "title": f"{verb} a request, {kem}, {aead}", "kem": kem,
                   "aead": aead, "work": f"{verb}_request", "length": KIB}


def message_rows():
    """A row's AEAD is one that every program has."""
    for kem in (*KEMS, *HYBRIDS):
        for verb in ("seal", "open"):
            yield {"group": "message", "title": f"{verb} a message, {kem}, ChaCha20Poly1305", "kem": kem,
                   "aead": "ChaCha20Poly1305", "work": f"{verb}_message", "length": KIB}


def kem_of(row):
    return {**KEMS, **HYBRIDS}[row["kem"]]


def stream_rows(length):
    for aead in AEADS:
        for what in ("request", "response"):
            for verb in ("seal", "open"):
                yield {"group": "stream", "title": f"{verb} a {what}, {aead}", "kem": "X25519",
                       "aead": aead, "work": f"{verb}_chunked_{what}", "length": length,
                       "chunk": 16 * KIB}


def multi_rows():
    for kem in KEMS:
        for verb, title in (("seal", "seal for 100 receivers"), ("open", "open as one of them")):
            yield {"group": "multi", "title": f"{title}, {kem}, AES-128-GCM", "kem": kem,
                   "aead": "AES-128-GCM", "work": f"{verb}_multi", "length": KIB, "receivers": 100}


# Known deviations (deviations.py) that leave a cell without a figure.
def known_word(name, row):
    if name == "rust-ohttp" and row["work"] == "open_chunked_response" and row["aead"] != "AES-128-GCM":
        return "panics"
    return None


def arguments():
    parser = argparse.ArgumentParser(prog="./run bench --peers", description=__doc__)
    parser.add_argument("drivers", help=argparse.SUPPRESS)
    parser.add_argument("build", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each program (7)")
    parser.add_argument("--seconds", type=float, default=0.3, help="length of a round (0.3)")
    parser.add_argument("--mebibytes", type=int, default=64, help="length of a stream (64)")
    parser.add_argument("--filter", default="", metavar="REGEX", help="only works whose title matches")
    parser.add_argument("--only-ours", action="store_true", help="leave the peers out")
    parser.add_argument("--also", action="append", default=[], metavar="NAME=PROVIDER,PROGRAM",
                        help="a driver of another build of this library, in a column of that name")
    parser.add_argument("--require", default="", metavar="LIST",
                        help="toolchains that must not be missing, of go,rust")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--plot", type=Path, metavar="PREFIX", help="draw PREFIX.svg and PREFIX.png")
    options = parser.parse_args()
    options.build = options.build.resolve()
    options.require = [name for name in options.require.split(",") if name]
    return options


# --- Programs ------------------------------------------------------------------------------------


def peer_commands(folder, skipped):
    commands = []
    for toolchain in PEERS:
        place = folder / toolchain
        place.mkdir(parents=True, exist_ok=True)
        try:
            commands += TOOLCHAINS[toolchain](place)
        except Skipped as reason:
            skipped[toolchain] = str(reason)
    return commands


def start_all(commands, also):
    """The drivers that offer the works, in the order of the columns. They inherit the core that
    this process is pinned to."""
    found = []
    for driver in map(Driver, commands):
        if "bench" in driver.hello:
            found.append(driver)
        else:
            driver.stop()
    for wanted in also:
        name, rest = wanted.split("=", 1)
        provider, program = rest.split(",", 1)
        driver = Driver([program, "--provider", provider])
        driver.name = f"ours-{name}"
        found.append(driver)
    return found


def pin():
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


def word(driver, row):
    """Why a program has no figure for a work, or None."""
    if row["work"] not in driver.hello["bench"]:
        return "–"
    offered = driver.hello["hpke" if row["group"] == "message" else "ohttp"]
    if kem_of(row) not in offered["kems"] or AEADS[row["aead"]] not in offered["aeads"]:
        return "–"
    return known_word(driver.name, row)


# --- Measuring -----------------------------------------------------------------------------------


def processor_time(pid):
    """Seconds of all threads of a process. Linux makes a clock's number from the process's."""
    return time.clock_gettime((~pid << 3) | 2)


def prepare(driver, row, **more):
    fields = {"kem": kem_of(row), "kdf": 1, "aead": AEADS[row["aead"]], "key_id": 1,
              "ikm": bytes(range(NSK[kem_of(row)])), "work": row["work"], "length": row["length"]}
    fields.update({name: row[name] for name in ("chunk", "receivers") if name in row})
    return driver.ask("bench_prepare", **fields, **more)


def measure(driver, seconds):
    """Seconds of processor time for one work."""
    before = processor_time(driver.process.pid)
    answer = driver.ask("bench_run", duration=seconds)
    return (processor_time(driver.process.pid) - before) / answer["count"]


def times_of(drivers, row, options):
    """The median for each program that does the work; a word for each that does not."""
    cells = {driver.name: word(driver, row) for driver in drivers}
    active = [driver for driver in drivers if cells[driver.name] is None]
    for driver in active:
        prepare(driver, row)
        measure(driver, options.seconds / 3)
    rounds = {driver.name: [] for driver in active}
    for _ in range(options.rounds):
        for driver in active:
            rounds[driver.name].append(measure(driver, options.seconds))
    return {**cells, **{name: statistics.median(times) for name, times in rounds.items()}}


def status_kib(pid, field):
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"^{field}:\s+(\d+) kB", text, re.MULTILINE).group(1))


def memory_of(drivers, row):
    """The peak of a new process, and how much of it came with the work; in MiB, without the message
    that is held in order to be opened."""
    cells = {}
    for driver in drivers:
        cells[driver.name] = word(driver, row)
        if cells[driver.name] is not None:
            continue
        fresh = Driver(driver.command)
        try:
            held = prepare(fresh, row, memory=True)["held"]
            # Forgets the peak of the preparation.
            Path(f"/proc/{fresh.process.pid}/clear_refs").write_text("5")
            before = status_kib(fresh.process.pid, "VmRSS") / 1024
            measure(fresh, 0)
            peak = status_kib(fresh.process.pid, "VmHWM") / 1024
            cells[driver.name] = {"peak": peak - held / MIB, "grown": peak - before}
        except OSError:
            cells[driver.name] = "unknown"  # the system does not say, or not here
        finally:
            fresh.stop()
    return cells


# --- Tables --------------------------------------------------------------------------------------


def short(name):
    return name.removeprefix("ours-")


def shown(row, value):
    if isinstance(value, str):
        return value
    if row["group"] == "stream":
        return f"{row['length'] / MIB / value:.0f}"
    return f"{value * 1e6:.1f}" if value < 1e-3 else f"{value * 1e6:.0f}"


def figures(cells, names):
    return {name: cells[name] for name in names if isinstance(cells[name], float)}


def ratios(cells, ours, peers):
    """How many times as fast as each peer the fastest provider is, and which one that is."""
    own = figures(cells, ours)
    if not own:
        return None, {}
    best = min(own, key=own.get)
    return best, {peer: time / own[best] for peer, time in figures(cells, peers).items()}


def table(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def with_figures(results, names):
    """The programs that do one of these works."""
    return [name for name in names if any(cells[name] != "–" for _, cells in results)]


def print_times(title, results, ours, peers):
    peers = with_figures(results, peers)
    print(f"\n{title}\n")
    lines = []
    for row, cells in results:
        best, faster = ratios(cells, ours, peers)
        lines.append([row["title"], *(shown(row, cells[name]) for name in [*ours, *peers]),
                      *(f"{faster[peer]:.2f} ({short(best)})" if peer in faster else "–"
                        for peer in peers)])
    print(table(["work", *map(short, ours), *peers, *(f"× {peer}" for peer in peers)], lines))


def print_memory(results, ours, peers):
    peers = with_figures(results, peers)
    print("\nPeak memory in MiB, and in brackets what came with the work\n")
    lines = []
    for row, cells in results:
        found = [cells[name] for name in [*ours, *peers]]
        lines.append([row["title"], *(
            cell if isinstance(cell, str) else f"{cell['peak']:.1f} ({cell['grown']:.1f})"
            for cell in found)])
    print(table(["work", *map(short, ours), *peers], lines))


def versions(drivers):
    for driver in drivers:
        hello = driver.hello
        yield " ".join(part for part in (short(driver.name) + ":", hello["package"], hello["version"],
                                         hello.get("toolchain", "")) if part)


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def draw(options, data):
    folder = options.build / "plot"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        python = venv("the plot", folder, HERE / "plot" / "requirements.txt")
    except Skipped as reason:
        print(f"skipped: the plot: {reason}")
        return
    subprocess.run([str(python), "-B", str(HERE / "plot" / "peers.py"), str(options.plot)],
                   input=json.dumps(data), text=True, check=True)


def main():
    options = arguments()
    if options.plot:
        options.plot = options.plot.resolve()
    skipped = {}
    commands = own_commands(options.drivers)
    if not options.only_ours:
        commands += peer_commands(options.build, skipped)
    core = pin()
    wanted = re.compile(options.filter)
    rows = [row for row in (*setup_rows(), *message_rows(), *stream_rows(options.mebibytes * MIB), *multi_rows())
            if wanted.search(row["title"])]
    drivers = start_all(commands, options.also)
    try:
        ours = [driver.name for driver in drivers if driver.name.startswith("ours-")]
        peers = [driver.name for driver in drivers if driver.name not in ours]
        results = []
        for row in rows:
            print(f"bench: {row['title']}", file=sys.stderr)
            results.append((row, times_of(drivers, row, options)))
        streams = [row for row in rows if row["group"] == "stream"]
        memory = [(row, memory_of(drivers, row)) for row in streams]
        described = list(versions(drivers))
    finally:
        for driver in drivers:
            driver.stop()

    def group(name):
        return [(row, cells) for row, cells in results if row["group"] == name]

    print(f"{processor()}, pinned to core {core}")
    for line in described:
        print(line)
    for name, why in skipped.items():
        print(f"skipped: {name}: {why}")
    titles = {"setup": "Requests of 1 KiB, in µs",
              "message": "One message of 1 KiB by HPKE alone, in µs",
              "stream": f"Streams of {options.mebibytes} MiB in chunks of 16 KiB, in MiB/s",
              "multi": "One request of 1 KiB to many receivers, in µs"}
    for name, title in titles.items():
        if group(name):
            print_times(title, group(name), ours, peers)
    if memory:
        print_memory(memory, ours, peers)
    data = {"ours": ours, "peers": peers, "versions": described,
            "times": [{**row, "cells": cells} for row, cells in results],
            "memory": [{**row, "cells": cells} for row, cells in memory]}
    if options.json:
        options.json.write_text(json.dumps(data, indent=1) + "\n")
    if options.plot:
        draw(options, data)
    missing = [name for name in options.require
               if name in skipped or name not in PEERS or options.only_ours]
    for name in missing:
        print(f"FAILED: required, but it did not run: {name}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
