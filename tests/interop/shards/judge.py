"""Compares what the recorders of two parts saw, and what `rampdesk send --json` says of a dispatch to each FSP, with the
register: every unit is polled for and reported by the part that it belongs to and by no other, and all have acknowledged.

Usage: judge.py REGISTER.csv RESULT.json PART1.jsonl PART2.jsonl"""

import csv
import json
import sys

register, result, *recorded = sys.argv[1:]
units = [(unit["fsp"], unit["unit"]) for unit in csv.DictReader(open(register, newline=""))]
fsps = sorted({fsp for fsp, _ in units})


def seen(path):
    """By FSP: how often it has polled, and which of its units it has reported."""
    clients, polls, reported = {}, {}, {}
    for line in map(json.loads, open(path)):
        if "client" in line:
            clients[line["token"]] = line["client"]
            reported.setdefault(line["client"], set()).update(line["resources"])
        elif line["method"] == "GET" and line["path"].endswith("/events"):
            polls[line["token"]] = polls.get(line["token"], 0) + 1
    nameless = [token for token in polls if token not in clients]
    assert not nameless, f"{path}: {len(nameless)} clients poll and report nothing"
    by_client = {}
    for token, count in polls.items():
        by_client[clients[token]] = by_client.get(clients[token], 0) + count
    return by_client, reported


parts = [seen(path) for path in recorded]
for number, (polls, reported) in enumerate(parts):
    # Every n-th FSP in order of id.
    own = set(fsps[number :: len(parts)])
    assert set(polls) == own, f"part {number + 1} polls for {sorted(polls)}, and is to poll for {sorted(own)}"
    assert set(reported) == own, f"part {number + 1} reports for {sorted(reported)}"
    seldom = {fsp: count for fsp, count in polls.items() if count < 2}
    assert not seldom, f"part {number + 1} has not gone on polling for {seldom}"
    wanted = {unit for unit in units if unit[0] in own}
    # A heartbeat is of the FSP itself.
    mute = [fsp for fsp, names in reported.items() if fsp not in names]
    assert not mute, f"part {number + 1} has sent no heartbeat of {mute}"
    found = {(fsp, unit) for fsp, names in reported.items() for unit in names - {fsp}}
    assert found == wanted, f"part {number + 1}: not reported {sorted(wanted - found)}, strange {sorted(found - wanted)}"

dispatches = json.load(open(result))
assert len(dispatches) == len(fsps), f"{len(dispatches)} dispatches for {len(fsps)} FSPs"
for dispatch in dispatches:
    accepted = [stage for stage in dispatch["stages"] if stage["stage"] in ("ACCEPTED", "UNREACHABLE")]
    assert len(accepted) == 1 and accepted[0]["signed"], f"{dispatch['ref']}: {dispatch['stages']}"
    readback = dispatch["readback"]
    assert readback["matched"] and not readback["differs"] + readback["absent"] + readback["not_sent"], readback
slowest = max(stage["after_s"] for dispatch in dispatches for stage in dispatch["stages"] if stage["stage"] == "RECEIVED")
shared = " and ".join(f"{len(polls)} FSPs ({sum(len(names) - 1 for names in reported.values())} units)" for polls, reported in parts)
print(f"parts of {shared}; {len(dispatches)} dispatches acknowledged, the last received after {slowest:g} s")
