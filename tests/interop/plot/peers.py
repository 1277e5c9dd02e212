"""Draws what bench_peers.py measured, given as JSON on standard input: PREFIX.svg and PREFIX.png.

A bar is how many times as fast a program is as the peer that is fastest at the same work.
"""

import json
import sys

import matplotlib

matplotlib.use("Agg")
matplotlib.rcParams["svg.fonttype"] = "none"  # text stays text
matplotlib.rcParams["svg.hashsalt"] = "twoway"  # the same figures give the same file
matplotlib.rcParams["font.family"] = "sans-serif"

import matplotlib.pyplot as plot

PEER_COLOURS = {"go-twoway": "#c9a227", "go-stdlib": "#e3c878", "rust-ohttp": "#b5522b",
                "rust-hpke": "#d98f6c"}
OWN_COLOURS = ["#1f5fa8", "#7db8e0", "#10355c", "#4a4f9e"]  # in the order of the columns
TITLES = {"setup": "Requests of 1 KiB", "message": "One message of 1 KiB by HPKE alone", "stream": "Streams in chunks of 16 KiB",
          "multi": "One request to 100 receivers"}


def main():
    prefix = sys.argv[1]
    data = json.load(sys.stdin)
    names = [*data["ours"], *data["peers"]]
    groups = [(title, [row for row in data["times"] if row["group"] == group])
              for group, title in TITLES.items()]
    groups = [(title, rows) for title, rows in groups if rows]
    figure, axes = plot.subplots(
        len(groups), 1, figsize=(9, 0.55 * sum(len(rows) + 1 for _, rows in groups)),
        gridspec_kw={"height_ratios": [len(rows) for _, rows in groups]}, layout="constrained",
        squeeze=False)
    colours = {**dict(zip(data["ours"], OWN_COLOURS * len(names))), **PEER_COLOURS}
    height = 0.85 / len(names)
    for axis, (title, rows) in zip(axes[:, 0], groups):
        for index, name in enumerate(names):
            places, lengths = [], []
            for place, row in enumerate(rows):
                peers = [row["cells"][peer] for peer in data["peers"]]
                times = [time for time in peers if not isinstance(time, str)]
                time = row["cells"][name]
                if times and not isinstance(time, str):
                    places.append(place + (index - (len(names) - 1) / 2) * height)
                    lengths.append(min(times) / time)
            axis.barh(places, lengths, height, color=colours[name],
                      label=name.replace("ours-", "twoway, "))
        axis.set_yticks(range(len(rows)), [row["title"] for row in rows], fontsize=8)
        axis.invert_yaxis()
        axis.axvline(1, color="#404040", linewidth=0.8)
        axis.set_title(title, fontsize=10, loc="left")
        axis.tick_params(axis="x", labelsize=8)
        for side in ("top", "right"):
            axis.spines[side].set_visible(False)
    axes[-1, 0].set_xlabel("speed, as a multiple of the fastest peer's (more is better)", fontsize=9)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(names), fontsize=8,
                  frameon=False)
    figure.savefig(f"{prefix}.svg", metadata={"Date": None})
    figure.savefig(f"{prefix}.png", dpi=110, metadata={"Software": None})


main()
