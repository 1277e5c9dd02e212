#!/usr/bin/env python3
"""Runs this library against other implementations. See README.md beside this file.

Prints a matrix of pairs and features, the peers that were skipped and why, what disagrees, and the
known deviations; the last line is the totals.
"""

import argparse
import sys
import tempfile
from itertools import combinations
from pathlib import Path

sys.dont_write_bytecode = True  # nothing comes into the source tree

import cases_hpke
import cases_multi
import cases_ohttp
import cases_refusals
import cases_token
from deviations import DEVIATIONS
from drivers import TOOLCHAINS, Driver, Skipped, own_commands
from record import Recorder
from report import Report


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("drivers", help="this library's drivers, with : between")
    parser.add_argument("build", type=Path, help="a folder for what the peers need")
    parser.add_argument("--require", default="", metavar="LIST",
                        help=f"toolchains that must not be missing, of {','.join(TOOLCHAINS)}")
    parser.add_argument("--only", metavar="PEER",
                        help="one toolchain or peer, such as rust or rust-hpke; ours for none")
    parser.add_argument("--record", type=Path, metavar="FOLDER", help="write transcripts there")
    options = parser.parse_args()
    options.build = options.build.resolve()
    options.require = [name for name in options.require.split(",") if name]
    for name in options.require:
        if name not in TOOLCHAINS:
            parser.error(f"there is no toolchain {name}")
    return options


class Peers:
    """All drivers of a run. Ends them when it ends."""

    def __init__(self, options):
        self.options = options
        self.skipped = {}
        self.built = set()
        self.drivers = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for driver in self.drivers:
            driver.stop()

    def keep(self, driver, is_ours):
        driver.is_ours = is_ours
        driver.role = "ours" if is_ours else "peer"
        self.drivers.append(driver)
        return driver

    def ours(self):
        """A driver for each provider."""
        return [self.keep(Driver(command), True) for command in own_commands(self.options.drivers)]

    def others(self):
        found = []
        only = self.options.only
        for toolchain, build in TOOLCHAINS.items():
            if only and only.split("-")[0] != toolchain:
                continue
            folder = self.options.build / toolchain
            folder.mkdir(parents=True, exist_ok=True)
            try:
                commands = build(folder)
            except Skipped as skipped:
                self.skipped[toolchain] = str(skipped)
                continue
            self.built.add(toolchain)
            for command in commands:
                driver = self.keep(Driver(command), False)
                if not only or only in (toolchain, driver.name):
                    found.append(driver)
        return found

    def token(self, command, folder):
        try:
            return self.keep(cases_token.start(command, folder), True)
        except Skipped as skipped:
            self.skipped["tokens"] = str(skipped)
            return None


def run_pair(report, ours, peer, recorder, folder):
    report.begin(ours, peer)
    if "hpke" in peer.hello:
        cases_hpke.run(report, ours, peer, recorder)
    cases_ohttp.run(report, ours, peer, recorder, folder)
    cases_refusals.run(report, ours, peer)
    cases_multi.run(report, ours, peer, recorder, folder)


def main():
    options = arguments()
    report = Report()
    recorder = Recorder() if options.record else None
    with Peers(options) as peers, tempfile.TemporaryDirectory(prefix="twoway-interop-") as folder:
        folder = Path(folder)
        ours = peers.ours()
        others = peers.others()
        missing = [name for name in options.require if name not in peers.built]
        pairs = list(combinations(ours, 2))
        if options.only == "ours" and len(ours) == 1:
            pairs = [(ours[0], peers.keep(Driver(ours[0].command), True))]
        for first, second in pairs:
            second.role = "peer"
            run_pair(report, first, second, None, folder)
            second.role = "ours"
        for peer in others:
            for index, side in enumerate(ours):
                run_pair(report, side, peer, recorder if index == 0 else None, folder)
        if others and ours:
            token = peers.token(ours[0].command, folder)
            for peer in others if token else []:
                report.begin(token, peer)
                cases_token.run(report, token, peer)
    if recorder:
        recorder.write(options.record)
    return finish(report, peers.skipped, missing)


def finish(report, skipped, missing):
    print(report.matrix())
    print()
    for index, entry in enumerate(DEVIATIONS):
        if report.found[index]:
            print(f"deviation: {entry['peer']} {entry['version']}: {entry['what']} ({entry['section']})")
    problems = list(report.failures)
    problems += [f"deviation is gone, mend the table: {entry['peer']}: {entry['what']}"
                 for entry in report.gone()]
    problems += [f"the table is for {entry['peer']} {entry['version']}, another version ran"
                 for entry in report.outdated()]
    for name, why in skipped.items():
        print(f"skipped: {name}: {why}")
    problems += [f"required, but it did not run: {name}" for name in missing]
    for problem in problems:
        print(f"FAILED: {problem}")
    print(f"{report.total('passed')} passed, {report.total('failed')} failed, "
          f"{report.total('deviates')} known deviations"
          + (f", {len(problems)} problems" if problems else ""))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
