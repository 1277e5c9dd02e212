"""What the cases came to: counts by pair and feature, disagreements, and known deviations."""

import re
from collections import Counter
from contextlib import contextmanager

from deviations import DEVIATIONS
from drivers import Disagreement


class Report:
    def __init__(self):
        self.counts = Counter()  # (ours, peer, feature, outcome)
        self.failures = []
        self.seen = Counter()  # cases that a deviation's pattern covers
        self.found = Counter()  # those of them that did deviate
        self.pair = None
        self.versions = {}

    def begin(self, ours, peer):
        self.pair = (ours.name, peer.name)
        for side in (ours, peer):
            self.versions[side.name] = side.version

    @contextmanager
    def case(self, feature, text):
        """One case: it fails where its body raises Disagreement, and may be a known deviation."""
        entry = self.known(feature, text)
        if entry is not None:
            self.seen[entry] += 1
        try:
            yield
        except Disagreement as disagreement:
            if entry is not None:
                self.found[entry] += 1
                self.counts[(*self.pair, feature, "deviates")] += 1
            else:
                self.counts[(*self.pair, feature, "failed")] += 1
                self.failures.append(f"{self.pair[0]} and {self.pair[1]}, {feature}, {text}: {disagreement}")
        else:
            if entry is None:
                self.counts[(*self.pair, feature, "passed")] += 1

    def known(self, feature, text):
        for index, entry in enumerate(DEVIATIONS):
            if entry["peer"] == self.pair[1] and re.fullmatch(entry["case"], f"{feature}: {text}"):
                return index
        return None

    def gone(self):
        """Deviations that a covered case did not show."""
        return [DEVIATIONS[index] for index in self.seen if self.found[index] < self.seen[index]]

    def outdated(self):
        """Entries for another version than the one that ran."""
        return [entry for entry in DEVIATIONS
                if self.versions.get(entry["peer"], entry["version"]) != entry["version"]]

    def total(self, outcome):
        return sum(count for key, count in self.counts.items() if key[3] == outcome)

    def matrix(self):
        """Rows of pairs and columns of features; a cell is the number of cases that passed, with
        deviations behind a plus sign."""
        features = list(dict.fromkeys(key[2] for key in self.counts))
        pairs = list(dict.fromkeys(key[:2] for key in self.counts))
        rows = [["", "", *features]]
        for pair in pairs:
            cells = []
            for feature in features:
                passed, failed, deviates = (
                    self.counts[(*pair, feature, outcome)]
                    for outcome in ("passed", "failed", "deviates"))
                cell = str(passed) if passed + failed + deviates else "-"
                if deviates:
                    cell += f"+{deviates}"
                if failed:
                    cell += f" FAILED {failed}"
                cells.append(cell)
            rows.append([pair[0], f"{pair[1]} {self.versions[pair[1]]}", *cells])
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
                         for row in rows)
