#!/usr/bin/env python3
"""What one provider seals the other opens, through the program: every suite that two providers share,
in both directions, to one receiver and to two, whole and in chunks; with the response.

    cross_test.py PROGRAM...

Takes one program for each family of providers, and asks each for its providers. The last line is the
number of pairs that ran: a suite, a sender, a receiver, whole or chunked, to one receiver or many.
"""
import collections
import concurrent.futures
import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile

Suite = collections.namedtuple("Suite", "kem kdf aead")
QUESTION = bytes(range(256)) * 150  # three chunks and a part of one
ANSWER = b"fine, thank you"


class Failed(Exception):
    pass


class Endpoint:
    """One provider in one program."""

    def __init__(self, program, offer):
        self.program = program
        self.name = offer["name"]
        self.offers = {kind: {name for name, answer in offer[kind].items() if answer == "yes"}
                       for kind in ("kem", "kdf", "aead")}

    def run(self, folder, *words, text=b""):
        command = [self.program, words[0], "--provider", self.name, *words[1:]]
        ran = subprocess.run(command, cwd=folder, input=text, capture_output=True, check=False)
        if ran.returncode != 0:
            raise Failed(f"{' '.join(command)}: exit code {ran.returncode}\n{ran.stderr.decode()}")
        return ran.stdout


def endpoints(program):
    told = subprocess.run([program, "providers", "--json"], capture_output=True, check=True).stdout
    return [Endpoint(program, offer) for offer in json.loads(told)["providers"]]


def shared_suites(a, b):
    both = {kind: sorted(a.offers[kind] & b.offers[kind]) for kind in a.offers}
    # One-stage functions are not for OHTTP.
    kdfs = [kdf for kdf in both["kdf"] if kdf.startswith("hkdf-")]
    return [Suite(*parts) for parts in itertools.product(both["kem"], kdfs, both["aead"])]


def prepare(folder, owner, suite):
    """A key that its owner's provider made, and the list that names the suite alone."""
    name = f"{owner.name}-{suite.kem}"
    key = folder / f"{name}.pem"
    if not key.exists():
        owner.run(folder, "keygen", "--kem", suite.kem, "--out", key.name)
    config = f"{owner.name}.ohttp-keys"
    owner.run(folder, "config", "--key", f"1={key.name}", "--algorithms", f"{suite.kdf}:{suite.aead}",
              "--out", config, "--force")
    return key.name, config


def exchange(folder, sender, receiver, suite, chunked, multi):
    form = ["--chunked"] if chunked else []
    key, config = prepare(folder, receiver, suite)
    opening = ["--key", f"1={key}", "--algorithms", f"{suite.kdf}:{suite.aead}", "--in", "request",
               "--state", "receiver.state", "--force", *form]
    if multi:
        _, own = prepare(folder, sender, suite)  # the other receiver
        sender.run(folder, "seal-multi", "--to", own, "--to", config, "--out", "request",
                   "--keys-dir", "keys", "--force", *form, text=QUESTION)
        state = f"keys/{receiver.name}.state"
        opened = receiver.run(folder, "open-multi", "--encapsulated-key",
                              f"keys/{receiver.name}.encapsulated-key", *opening)
    else:
        sender.run(folder, "seal-request", "--config", config, "--out", "request", "--state",
                   "sender.state", "--force", *form, text=QUESTION)
        state = "sender.state"
        opened = receiver.run(folder, "open-request", *opening)
    if opened != QUESTION:
        raise Failed("the opened request is not what was sealed")
    receiver.run(folder, "seal-response", "--state", "receiver.state", "--out", "response",
                 "--force", *form, text=ANSWER)
    if sender.run(folder, "open-response", "--state", state, "--in", "response", *form) != ANSWER:
        raise Failed("the opened response is not what was sealed")


def run_suite(pair, suite):
    """All forms of one suite, in both directions; answers how many ran."""
    ran = 0
    for sender, receiver in (pair, pair[::-1]):
        with tempfile.TemporaryDirectory() as name:
            for number, (chunked, multi) in enumerate(itertools.product((False, True), repeat=2)):
                folder = pathlib.Path(name) / str(number)
                folder.mkdir()
                try:
                    exchange(folder, sender, receiver, suite, chunked, multi)
                except Failed as failure:
                    form = f"{'chunked' if chunked else 'whole'}, to {'many' if multi else 'one'}"
                    raise Failed(f"{sender.name} to {receiver.name}, {'/'.join(suite)}, {form}: "
                                 f"{failure}") from None
                ran += 1
    return ran


def main():
    programs = [os.path.abspath(program) for program in sys.argv[1:]]
    found = [endpoint for program in programs for endpoint in endpoints(program)]
    # Each pair of names once, in two programs if there are two.
    pairs = {}
    for a, b in itertools.combinations(found, 2):
        names = tuple(sorted((a.name, b.name)))
        if a.name != b.name and (names not in pairs or a.program != b.program):
            pairs[names] = (a, b)
    total = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for names, pair in sorted(pairs.items()):
            suites = shared_suites(*pair)
            jobs = [pool.submit(run_suite, pair, suite) for suite in suites]
            try:
                ran = sum(job.result() for job in jobs)
            except Failed as failure:
                for job in jobs:
                    job.cancel()
                print(f"FAILED: {failure}")
                return 1
            print(f"{names[0]} and {names[1]}: {len(suites)} suites, {ran} pairs")
            if ran == 0:
                print("FAILED: no suite is shared")
                return 1
            total += ran
    print(f"{total} pairs ran")
    return 0 if total > 0 else 77  # skipped if there is one provider alone


sys.exit(main())
