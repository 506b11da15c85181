"""Writes a RUN_NOW for one unit of each FSP of a register, each a file of its own, by what its kind can do at any hour.

Usage: dispatches.py REGISTER.csv OUT PREFIX [PLACE], where PLACE is which of an FSP's units, the first being 0"""

import csv
import datetime
import json
import os
import sys

register, out, prefix, *place = sys.argv[1:]
now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def utc(seconds):
    return (now + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def level(unit):
    """What is asked of it: DELTA or ABSOLUTE, and kW."""
    of = {
        "battery": lambda: ("DELTA", round(float(unit["max_discharge_kw"]) / 4)),
        "generator": lambda: ("ABSOLUTE", float(unit["max_kw"])),
        "turn_down": lambda: ("DELTA", round(float(unit["max_turn_down_kw"]) / 2)),
        "heat_pumps": lambda: ("DELTA", round(float(unit["max_turn_down_kw"]) / 2)),
    }
    # A hub takes nothing, and a farm is turned to zero.
    return of.get(unit["kind"], lambda: ("ABSOLUTE", 0))()


units = {}
for unit in csv.DictReader(open(register, newline="")):
    units.setdefault(unit["fsp"], []).append(unit)
os.makedirs(out)
for number, (fsp, own) in enumerate(sorted(units.items()), start=1):
    unit = own[int(place[0]) % len(own) if place else 0]
    reference, volume = level(unit)
    document = {
        "profile": "gb-dispatch/1",
        "network_operator": unit["operator"],
        "dispatch_ref": f"{prefix}-{number:04}",
        "revision": 1,
        "status": "RUN_NOW",
        "contract": unit["contract"],
        "dispatch_unit": {"fsp": fsp, "unit": unit["unit"]},
        "instruction_time": utc(0),
        "service_start": utc(0),
        "service_end": utc(900),
        "setpoints": [{"at": utc(0), "parameters": [
            {"service_type": "REAL", "reference": reference, "volume": volume, "units": "KW"}]}],
    }
    with open(os.path.join(out, f"{number:04}.json"), "w") as file:
        json.dump(document, file)
