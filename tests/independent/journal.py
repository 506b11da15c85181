#!/usr/bin/env python3
"""Audits a journal from docs/journal-format.md alone, with nothing of Rampdesk's: python3 journal.py JOURNAL.sqlite

Prints `N entries, the chain holds; head HASH` and ends with 0, or a line for each thing that is not as it was written and
ends with 1; with 2 when there is no journal to audit. Needs Python 3.9 or newer and nothing else."""

import hashlib
import os
import re
import sqlite3
import sys
from urllib.parse import quote

from rfc8785 import canonical

KINDS = {"session", "approval", "intent", "sent", "acknowledgement", "alarm", "command", "link"}
COLUMNS = ("number", "at", "kind", "operator", "dispatch_ref", "fsp", "unit", "text", "document", "previous", "hash")
NOTHING_BEFORE = "0" * 64
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
HASH = re.compile(r"[0-9a-f]{64}")
SEARCHES = 50


def entries_of(path):
    """Every entry in order of number. The file is read as it stands, and not written to."""
    log = path + "-wal"
    at_rest = not (os.path.exists(log) and os.path.getsize(log) > 0)
    address = f"file:{quote(os.path.abspath(path))}?" + ("immutable=1" if at_rest else "mode=ro")
    connection = sqlite3.connect(address, uri=True)
    try:
        rows = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM entries ORDER BY number")
        return [dict(zip(COLUMNS, row)) for row in rows]
    finally:
        connection.close()


def pair(entry, one, other):
    """Two columns as one object, or null."""
    values = {one: entry[one], other: entry[other]}
    return None if all(value is None for value in values.values()) else values


def digest(entry, number):
    """The hash that the entry has as this number."""
    return hashlib.sha256(
        canonical(
            {
                "number": number,
                "at": entry["at"],
                "kind": entry["kind"],
                "dispatch": pair(entry, "operator", "dispatch_ref"),
                "unit": pair(entry, "fsp", "unit"),
                "text": entry["text"],
                "document": entry["document"],
                "previous": entry["previous"],
            }
        )
    ).hexdigest()


def malformed(entry):
    """What is not of the form that the format allows; None when all is."""
    for column in ("at", "kind", "text", "previous", "hash"):
        if not isinstance(entry[column], str):
            return f"{column} is no text"
    if not TIME.fullmatch(entry["at"]):
        return f"`{entry['at']}` is no time"
    if entry["kind"] not in KINDS:
        return f"`{entry['kind']}` is no kind of entry"
    for one, other in (("operator", "dispatch_ref"), ("fsp", "unit")):
        if (entry[one] is None) != (entry[other] is None):
            return f"`{entry[one] or entry[other]}` is half a name"
    for column in ("previous", "hash"):
        if not HASH.fullmatch(entry[column]):
            return f"{column} is no hash"
    return None


def audit(entries):
    """(first, last, what) of everything that is not as it was written, in order."""
    findings = []
    searches = 0
    expected, previous = 1, NOTHING_BEFORE
    last = max((entry["number"] for entry in entries), default=0)
    for entry in entries:
        number = entry["number"]
        if number > expected:
            findings.append((expected, number - 1, "missing"))
            previous = None
        why = malformed(entry)
        if why is not None:
            findings.append((number, number, f"changed: {why}"))
        elif digest(entry, number) != entry["hash"]:
            stood = None
            if searches < SEARCHES:
                # Most likely it was moved as far as the one before it.
                near = sorted(range(1, last + 2), key=lambda place: abs(place - number))
                stood = next((p for p in near if p != number and digest(entry, p) == entry["hash"]), None)
                searches += stood is None
            findings.append((number, number, f"stood as {stood}" if stood else "changed: its hash does not come out"))
        elif previous is not None and entry["previous"] != previous:
            findings.append((number, number, "does not follow the one before"))
        expected, previous = number + 1, entry["hash"]
    return findings


def main():
    if len(sys.argv) != 2 or not os.path.isfile(sys.argv[1]):
        print("name one journal: python3 journal.py JOURNAL.sqlite", file=sys.stderr)
        return 2
    try:
        entries = entries_of(sys.argv[1])
    except sqlite3.Error as fault:
        print(f"{sys.argv[1]}: is no journal: {fault}", file=sys.stderr)
        return 2
    findings = audit(entries)
    for first, last, what in findings:
        print(f"entry {first}: {what}" if first == last else f"entries {first} to {last}: {what}")
    if findings:
        return 1
    head = entries[-1]["hash"] if entries else NOTHING_BEFORE
    print(f"{len(entries)} entries, the chain holds; head {head}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
