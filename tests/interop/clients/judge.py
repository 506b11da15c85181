"""Reads what a client driver wrote: every step done, as many as there must be, and an end."""

import json
import sys

name, path, least = sys.argv[1], sys.argv[2], int(sys.argv[3])
lines = []
for line in open(path):
    line = line.strip()
    if line.startswith("{"):
        lines.append(json.loads(line))
steps = [line for line in lines if "step" in line]
wrong = [line for line in steps if not line["ok"]]
for line in wrong:
    print(f"{name}: {line['step']}: {line['said']}")
ended = any(line.get("end") for line in lines)
if not ended:
    print(f"{name}: the driver did not come to its end after {len(steps)} steps")
if len(steps) < least:
    print(f"{name}: {len(steps)} steps, and there are {least}")
if wrong or not ended or len(steps) < least:
    sys.exit(1)
print(f"{name}: {len(steps)} steps, all as they should be")
