#!/usr/bin/env python3
"""Judges the evidence of a dispatch from docs/journal-format.md alone, with nothing of Rampdesk's:

    python3 evidence.py EVIDENCE.json [TRUST.toml]

Prints each entry with what its signature is worth, and works out again what was delivered; then `the evidence holds`, and ends with 0; or why it does not, and ends
with 1; with 2 when there is none to judge. Operators' and FSPs' keys are those of the trust file, where one is named, else those
of the evidence. Needs Python 3.9 or newer, 3.11 for a trust file, and nothing else."""

import base64
import hashlib
import json
import sys
from datetime import datetime, timezone
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


def change(rows, place, row):
    """A minute's change from baseline in W; None without a reading."""
    value = rows[row][place]
    if value is None and row == "delivered_w":
        return None
    for number in (value, rows["baseline_w"][place]):
        if not isinstance(number, int) or isinstance(number, bool):
            raise Fault(f"curve.{row}: {number!r} is no whole number of watts")
    return value - rows["baseline_w"][place]


def minutes_of(curve):
    """(start in seconds, change asked, change delivered or None) of each minute."""
    rows = {name: curve[name] for name in ("baseline_w", "asked_w", "delivered_w")}
    many = len(rows["baseline_w"])
    if many == 0 or any(len(row) != many for row in rows.values()):
        raise Fault("curve: its rows are not of one length")
    start = int(datetime.strptime(curve["from"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp())
    if start % 60 != 0:
        raise Fault("curve.from: is no whole minute")
    return [(start + 60 * p, change(rows, p, "asked_w"), change(rows, p, "delivered_w")) for p in range(many)]


def sign(value):
    return (value > 0) - (value < 0)


def given(a, d):
    return min(max(d * sign(a), 0), abs(a))


def beyond(a, d):
    if abs(a) <= 1:
        return abs(d) if abs(d) > 1000 else 0
    return max(d * sign(a) - abs(a), 0)


def allowed(minutes):
    return 1 + sum(1000 if abs(a) <= 1 else 2 for _, a, _ in minutes) / 60


def same(name, told, found, give_or_take):
    if not abs(told - found) <= give_or_take:
        raise Fault(f"{name}: {told} does not come out, but {found}")


def delivery(entry):
    """Works out again what was delivered; a Fault where a figure does not come out."""
    told = json.loads(entry["document"])
    of = {"operator": told["network_operator"], "dispatch_ref": told["dispatch_ref"]}
    if told["format"] != "rampdesk-delivery/1" or of != entry["dispatch"]:
        raise Fault("it is no delivery of this dispatch")
    if "unscored" in told:
        if any(name in told for name in ("curve", "score", "rules")):
            raise Fault("it is scored and says why it is not")
        return
    score, rules, minutes = told["score"], told["rules"], minutes_of(told["curve"])
    metered = [minute for minute in minutes if minute[2] is not None]
    slack = allowed(minutes)
    same("minutes_metered", score["minutes_metered"], len(metered), 0)
    same("minutes_missing", score["minutes_missing"], len(minutes) - len(metered), 0)
    if told["readings"]["count"] < len(metered):
        raise Fault("readings.count: is less than the minutes that were metered")
    tolerance = [max(rules["tolerance"] * abs(a), rules["least_tolerance_w"]) for _, a, _ in metered]
    within = sum(abs(d - a) <= most - 2 for (_, a, d), most in zip(metered, tolerance))
    if not within <= score["minutes_within"] <= len(metered):
        raise Fault("minutes_within: is not what the curve says")
    asked = sum(abs(a) for _, a, _ in metered) / 60
    delivered = sum(given(a, d) for _, a, d in metered) / 60
    same("asked_wh", score["asked_wh"], sum(abs(a) for _, a, _ in minutes) / 60, slack)
    same("delivered_wh", score["delivered_wh"], delivered, slack)
    same("short_wh", score["short_wh"], asked - delivered, slack)
    same("over_wh", score["over_wh"], sum(beyond(a, d) for _, a, d in metered) / 60, slack)
    half_hours(minutes, score["half_hours"])
    share = score["of_asked"]
    if share is None:
        if asked > slack or score["payment"] is not None:
            raise Fault("of_asked: is missing")
        return
    if not 0 <= share <= 1:
        raise Fault("of_asked: is no share")
    same("of_asked", share * asked, score["delivered_wh"], slack + 0.00001 * asked)
    payment(score, rules)


def half_hours(minutes, told):
    begins = {}
    for minute in minutes:
        begins.setdefault(minute[0] - minute[0] % 1800, []).append(minute)
    starts = [int(datetime.strptime(h["from"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp()) for h in told]
    if starts != list(begins):
        raise Fault("half_hours: are not those of the curve")
    for half, of in zip(told, begins.values()):
        metered = [minute for minute in of if minute[2] is not None]
        asked, changed = sum(a for _, a, _ in metered), sum(d for _, _, d in metered)
        name = f"half-hour {half['from']}"
        same(f"{name}, minutes_metered", half["minutes_metered"], len(metered), 0)
        same(f"{name}, minutes_missing", half["minutes_missing"], len(of) - len(metered), 0)
        same(f"{name}, asked_wh", half["asked_wh"], abs(asked) / 60, allowed(of))
        same(f"{name}, delivered_wh", half["delivered_wh"], given(asked, changed) / 60, allowed(of))


def payment(score, rules):
    share, paid, halves = score["of_asked"], score["payment"], score["half_hours"]
    flexible = 0 if share < rules["nothing_below"] else max(1 - rules["cut"] * max(rules["full_from"] - share, 0), 0)
    give_or_take = 0.00001 * (1 + abs(rules["cut"]) + abs(rules["penalty"]))
    same("flexible_power", paid["flexible_power"], flexible, give_or_take)
    same("one_sided", paid["one_sided"], share - rules["penalty"] * (1 - share), give_or_take)
    asked = sum(half["asked_wh"] for half in halves)
    over = {h["from"]: h["delivered_wh"] - rules["half_hour_nothing_below"] * h["asked_wh"] for h in halves if h["asked_wh"] > 0}
    if asked > 0 and all(abs(wh) > 1 for wh in over.values()):
        found = sum(h["delivered_wh"] for h in halves if over.get(h["from"], 0) > 0) / asked
        same("transition", paid["transition"], found, 0.00001 + len(halves) / asked)


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
        if entry["kind"] == "delivery":
            try:
                delivery(entry)
            except (Fault, KeyError, TypeError, ValueError) as fault:
                raise Fault(f"entry {entry['number']}: {fault}") from None
            line += ": its figures come out of its curve; nobody signed the readings"
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
