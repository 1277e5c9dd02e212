#!/usr/bin/env python3
"""Checks that the links between documents lead to files and headings.

    check_links.py FOLDER

FOLDER has README.md and the other documents, as the source does and an installation.
"""
import pathlib
import re
import sys


def text_of(page):
    """A page without its blocks."""
    return re.sub(r"^( *)```.*?^ *```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)


def anchors_of(page):
    """The anchors of a page's headings."""
    headings = re.findall(r"^#+ (.*)$", text_of(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def main():
    folder = pathlib.Path(sys.argv[1])
    checked, wrong = 0, []
    for page in [*folder.glob("*.md"), *folder.glob("docs/*.md")]:
        for target in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
            if re.match(r"https?:", target):
                continue
            checked += 1
            path, _, anchor = target.partition("#")
            found = (page.parent / path).resolve() if path else page
            if not found.exists():
                wrong.append(f"{page}: no file {path}")
            elif anchor and anchor not in anchors_of(found):
                wrong.append(f"{page}: no heading #{anchor} in {found.name}")
    print("\n".join([*wrong, f"{checked} links, {len(wrong)} wrong"]))
    return 1 if wrong or not checked else 0


sys.exit(main())
