#!/usr/bin/env python3
"""Judges the evidence of a dispatch from docs/journal-format.md alone, with nothing of Rampdesk's:

    python3 evidence.py EVIDENCE.json [TRUST.toml]

Prints each entry with what its signature is worth, then `the evidence holds`, and ends with 0; or why it does not, and ends
with 1; with 2 when there is none to judge. Operators' and FSPs' keys are those of the trust file, where one is named, else those
of the evidence. Needs Python 3.9 or newer, 3.11 for a trust file, and nothing else."""

import base64
import hashlib
import json
import sys
from decimal import Decimal

import ed25519
from rfc8785 import canonical

FORMAT = "rampdesk-evidence/1"
WATTS = {"KW": 1_000, "MW": 1_000_000, "KVAR": 1_000, "MVAR": 1_000_000}


class Fault(Exception):
    """Why evidence does not hold."""


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sha256(value):
    return hashlib.sha256(canonical(value)).hexdigest()


def hashes_of(evidence):
    """The hash of each entry, from the one before the first."""
    previous, hashes, last = evidence["before"], {}, None
    for entry in evidence["entries"]:
        number = entry["number"]
        if last is not None and number != last + 1:
            raise Fault(f"entry {number} follows entry {last}")
        content = entry.get("content")
        if content is None:
            content = sha256({name: entry[name] for name in ("at", "dispatch", "document", "kind", "text", "unit")})
        elif set(entry) != {"number", "content"}:
            raise Fault(f"entry {number} is neither shown nor sealed")
        previous = sha256({"content": content, "number": number, "previous": previous})
        hashes[number], last = previous, number
    return hashes


def owner_of(key):
    owners = [(kind, key[kind]) for kind in ("operator", "fsp", "approver") if kind in key]
    if len(owners) != 1:
        raise Fault(f"key {key['key_id']} has not one owner")
    return owners[0]


def rings_of(evidence, trust):
    """Keys by owner and id. Approvers' keys stand in no trust file: they are those of the evidence."""
    own = {(owner_of(key), key["key_id"]): key for key in evidence["keys"]}
    if trust is None:
        return own
    rings = {(owner_of(key), key["key_id"]): key for key in trust}
    for (owner, key_id), key in own.items():
        if owner[0] == "approver":
            rings[owner, key_id] = key
        elif rings.get((owner, key_id), {}).get("public") != key["public"]:
            raise Fault(f"key {key_id} of {owner[1]} in the evidence is not the one that is pinned")
    return rings


def signed_by(rings, owners, message, signature, at):
    """Why none of these owners signed; None when one did."""
    keys = [key for (owner, key_id), key in rings.items() if key_id == signature["key_id"] and owner in owners]
    if signature["algorithm"] != "Ed25519" or not keys:
        return f"key {signature['key_id']} is not pinned for this party"
    for key in keys:
        is_valid = key.get("valid_from", "") <= at < key.get("valid_until", "9999")
        if is_valid and ed25519.verify(unb64(key["public"]), message, unb64(signature["value"])):
            return None
    return "the signature does not hold"


def whole(number):
    """A decimal that is a whole number."""
    if number != number.to_integral_value():
        raise Fault(f"{number} is no whole number of watts, vars or pence")
    return int(number)


def normal(document):
    """A dispatch document in the values that are signed."""
    form = {name: value for name, value in document.items() if name != "signature"}
    form["setpoints"] = [
        {"at": setpoint["at"], "parameters": [normal_parameter(p) for p in setpoint["parameters"]]}
        for setpoint in document["setpoints"]
    ]
    return form


def normal_parameter(parameter):
    form = {
        **parameter,
        "volume": whole(Decimal(parameter["volume"]) * WATTS[parameter["units"]]),
        "units": {"REAL": "W", "REACTIVE": "VAR"}[parameter["service_type"]],
    }
    if "price" in parameter:
        price = parameter["price"]
        form["price"] = {"amount": whole(Decimal(price["amount"]) * 100), "currency": "GBX", "per": price["per"]}
    return form


def worth(entry, dispatch, rings):
    """Why the signature that an entry carries does not hold; None when it does. Nothing is signed in other kinds."""
    document = json.loads(entry["document"], parse_float=Decimal)
    signature = document.get("signature")
    if signature is None:
        return "it is not signed"
    if entry["kind"] == "intent":
        message = canonical(normal(document))
        owners = [("operator", dispatch["operator"])]
    else:
        message = canonical({name: value for name, value in document.items() if name != "signature"})
        owners = [owner for owner, _ in rings if owner[0] == "approver"]
        if entry["kind"] == "acknowledgement":
            owners = [("fsp", entry["unit"]["fsp"])]
    if entry["kind"] != "approval":
        of = {"operator": document["network_operator"], "dispatch_ref": document["dispatch_ref"]}
        if of != entry["dispatch"]:
            return "the document is of another dispatch than the entry"
    return signed_by(rings, owners, message, signature, entry["at"])


def judge(evidence, trust):
    """The lines that are told; a Fault when it does not hold."""
    if evidence["format"] != FORMAT:
        raise Fault(f"{evidence['format']} is not {FORMAT}")
    dispatch, rings, hashes = evidence["dispatch"], rings_of(evidence, trust), hashes_of(evidence)
    shown = [entry for entry in evidence["entries"] if "content" not in entry]
    last = evidence["entries"][-1]
    if last.get("kind") != "head":
        raise Fault("it does not end with a signed head")
    head = json.loads(last["document"])
    if (head["profile"], head["notice"], head["network_operator"]) != (
        "gb-dispatch/1",
        "JOURNAL_HEAD",
        dispatch["operator"],
    ):
        raise Fault("its last entry is no head of the dispatch's operator")
    message = canonical({name: value for name, value in head.items() if name != "signature"})
    why = signed_by(rings, [("operator", dispatch["operator"])], message, head["signature"], head["at"])
    if why is not None:
        raise Fault(f"its head: {why}")
    if hashes.get(head["number"]) != head["hash"]:
        raise Fault("the operator signed another chain than this")
    lines = []
    for entry in shown[:-1]:
        if entry["number"] > head["number"]:
            raise Fault(f"entry {entry['number']} stands after what was signed")
        approved = json.loads(entry["document"])["dispatches"] if entry["kind"] == "approval" else []
        names = [{"operator": one["network_operator"], "dispatch_ref": one["dispatch_ref"]} for one in approved]
        if dispatch not in [entry["dispatch"], *names]:
            raise Fault(f"entry {entry['number']} is of something else")
        line = f"{entry['at']} entry {entry['number']}, {entry['kind']}"
        if entry["kind"] in ("intent", "approval", "acknowledgement") and entry["document"] is not None:
            why = worth(entry, dispatch, rings)
            # An acknowledgement that nobody signed is kept as what it was.
            if why is not None and entry["kind"] != "acknowledgement":
                raise Fault(f"entry {entry['number']}: {why}")
            line += ": signed" if why is None else f": NOT signed: {why}"
        lines.append(line)
    lines.append(f"the evidence holds: {dispatch['operator']} signed up to entry {head['number']} at {head['at']}")
    return lines


def main():
    if len(sys.argv) not in (2, 3):
        print("name the evidence: python3 evidence.py EVIDENCE.json [TRUST.toml]", file=sys.stderr)
        return 2
    trust = None
    if len(sys.argv) == 3:
        import tomllib

        with open(sys.argv[2], "rb") as file:
            trust = tomllib.load(file)["keys"]
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            evidence = json.load(file)
        if not str(evidence.get("format", "")).startswith("rampdesk-evidence/"):
            raise ValueError("no format of evidence")
    except (OSError, ValueError, AttributeError) as fault:
        print(f"{sys.argv[1]}: is no evidence: {fault}", file=sys.stderr)
        return 2
    try:
        print("\n".join(judge(evidence, trust)))
        return 0
    except (Fault, KeyError, TypeError, ValueError, ArithmeticError) as fault:
        print(f"the evidence does not hold: {fault}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
