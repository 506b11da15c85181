#!/usr/bin/env python3
"""Audits a journal from docs/journal-format.md alone, with nothing of Rampdesk's:

    python3 journal.py JOURNAL.sqlite [TRUST.toml]

Prints `N entries, the chain holds; head HASH`, a line for each operator's last signed head, and ends with 0; or a line for
each thing that is not as it was written, and ends with 1; with 2 when there is no journal to audit. Signatures are verified
against the public keys of a trust file. Needs Python 3.9 or
newer, 3.11 for a trust file, and nothing else."""

import base64
import hashlib
import json
import os
import re
import sqlite3
import sys
from urllib.parse import quote

import ed25519
from rfc8785 import canonical

KINDS = {
    "session", "approval", "intent", "sent", "acknowledgement", "alarm", "command", "link", "connection", "clock", "key",
    "delivery", "head",
}
COLUMNS = ("number", "at", "kind", "operator", "dispatch_ref", "fsp", "unit", "text", "document", "previous", "hash")
NOTHING_BEFORE = "0" * 64
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
HASH = re.compile(r"[0-9a-f]{64}")
SEARCHES = 50


def entries_of(path):
    """The form of the file, and every entry in order of number. The file is read as it stands, and not written to."""
    log = path + "-wal"
    at_rest = not (os.path.exists(log) and os.path.getsize(log) > 0)
    address = f"file:{quote(os.path.abspath(path))}?" + ("immutable=1" if at_rest else "mode=ro")
    connection = sqlite3.connect(address, uri=True)
    try:
        (form,) = connection.execute("PRAGMA user_version").fetchone()
        rows = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM entries ORDER BY number")
        return form, [dict(zip(COLUMNS, row)) for row in rows]
    finally:
        connection.close()


def pair(entry, one, other):
    """Two columns as one object, or null."""
    values = {one: entry[one], other: entry[other]}
    return None if all(value is None for value in values.values()) else values


def sha256(value):
    return hashlib.sha256(canonical(value)).hexdigest()


def digest(form, entry, number):
    """The hash that the entry has as this number."""
    content = {
        "at": entry["at"],
        "kind": entry["kind"],
        "dispatch": pair(entry, "operator", "dispatch_ref"),
        "unit": pair(entry, "fsp", "unit"),
        "text": entry["text"],
        "document": entry["document"],
    }
    if form == 0:
        return sha256({**content, "number": number, "previous": entry["previous"]})
    return sha256({"content": sha256(content), "number": number, "previous": entry["previous"]})


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


def audit(form, entries):
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
        elif digest(form, entry, number) != entry["hash"]:
            stood = None
            if searches < SEARCHES:
                # Most likely it was moved as far as the one before it.
                near = sorted(range(1, last + 2), key=lambda place: abs(place - number))
                stood = next((p for p in near if p != number and digest(form, entry, p) == entry["hash"]), None)
                searches += stood is None
            findings.append((number, number, f"stood as {stood}" if stood else "changed: its hash does not come out"))
        elif previous not in (None, entry["previous"]) and not (findings and findings[-1][1] + 1 == number):
            findings.append((number, number, "does not follow the one before"))
        expected, previous = number + 1, entry["hash"]
    return findings


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def keys_of(path):
    """The pinned keys of a trust file by operator and id."""
    import tomllib

    with open(path, "rb") as file:
        keys = tomllib.load(file)["keys"]
    return {(key["operator"], key["key_id"]): key for key in keys if "operator" in key}


def unsigned(head, keys):
    """Why an operator did not sign a head; None when one did. Times of one form are in order as texts."""
    signature = head["signature"]
    key = keys.get((head["network_operator"], signature["key_id"]))
    if key is None:
        return f"key {signature['key_id']} is not pinned for {head['network_operator']}"
    if not key.get("valid_from", "") <= head["at"] < key.get("valid_until", "9999"):
        return f"key {signature['key_id']} was not valid then"
    signed = canonical({name: value for name, value in head.items() if name != "signature"})
    if not ed25519.verify(unb64(key["public"]), signed, unb64(signature["value"])):
        return "the signature does not hold"
    return None


def heads(entries, keys):
    """What is wrong with signed heads, and the last one of each operator."""
    findings, last = [], {}
    hashes = {entry["number"]: entry["hash"] for entry in entries}
    for entry in entries:
        if entry["kind"] != "head":
            continue
        number = entry["number"]
        try:
            head = json.loads(entry["document"])
            if head["notice"] != "JOURNAL_HEAD" or head["profile"] != "gb-dispatch/1":
                raise KeyError("notice")
            why = unsigned(head, keys) if keys is not None else None
            if why is not None:
                findings.append((number, number, f"no signed head: {why}"))
            elif not (head["number"] < number and hashes.get(head["number"]) == head["hash"]):
                findings.append((head["number"], head["number"], f"written anew: entry {number} signs another hash"))
            else:
                last[head["network_operator"]] = head
        except (KeyError, TypeError, ValueError) as fault:
            findings.append((number, number, f"no signed head: {fault!r}"))
    return findings, last


def main():
    if len(sys.argv) not in (2, 3) or not os.path.isfile(sys.argv[1]):
        print("name one journal: python3 journal.py JOURNAL.sqlite [TRUST.toml]", file=sys.stderr)
        return 2
    try:
        form, entries = entries_of(sys.argv[1])
    except sqlite3.Error as fault:
        print(f"{sys.argv[1]}: is no journal: {fault}", file=sys.stderr)
        return 2
    if form not in (0, 2):
        print(f"{sys.argv[1]}: is of a format that is not known here: {form}", file=sys.stderr)
        return 2
    keys = keys_of(sys.argv[2]) if len(sys.argv) == 3 else None
    of_heads, last = heads(entries, keys)
    findings = sorted(audit(form, entries) + of_heads)
    for first, to, what in findings:
        print(f"entry {first}: {what}" if first == to else f"entries {first} to {to}: {what}")
    if findings:
        return 1
    head = entries[-1]["hash"] if entries else NOTHING_BEFORE
    print(f"{len(entries)} entries, the chain holds; head {head}")
    for operator, signed in sorted(last.items()):
        doubt = "" if keys is not None else " (not verified: name a trust file)"
        print(f"signed by {operator} up to entry {signed['number']} at {signed['at']}{doubt}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
