#!/usr/bin/env python3
"""Compares the capability table of docs/providers.md with what the programs say of their providers.

    check_capabilities.py DOCUMENT PROGRAM...
"""
import json
import subprocess
import sys

document, programs = sys.argv[1], sys.argv[2:]
lines = iter(open(document, encoding="utf-8"))
columns, table = [], {}
for line in lines:
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    if not columns and cells[2:] and cells[:2] == ["", ""]:
        columns = cells[2:]
    elif columns and cells[0] in ("kem", "kdf", "aead"):
        table[cells[0], cells[1]] = dict(zip(columns, cells[2:], strict=True))
    elif table:
        break

wrong = compared = 0
for program in programs:
    told = subprocess.run([program, "providers", "--json"], capture_output=True, check=True).stdout
    for provider in json.loads(told)["providers"]:
        offered = {(kind, name): answer for kind in ("kem", "kdf", "aead")
                   for name, answer in provider[kind].items()}
        for row in sorted(offered.keys() | table.keys()):
            said = table.get(row, {}).get(provider["name"], "no such row or column")
            found = {"yes": "yes", "no": "-"}.get(offered.get(row), offered.get(row))
            compared += 1
            if said != found and not said.startswith("if "):
                wrong += 1
                print(f"{provider['name']} {' '.join(row)}: the document says '{said}', "
                      f"{program} says '{found}'")
print(f"{compared} answers compared, {wrong} wrong")
sys.exit(1 if wrong or not table else 0)
