"""Prints what was measured of each VTN side by side, as Markdown.

table.py FOLDER [--json FILE] NAME...
"""

import argparse
import json
import pathlib

options = argparse.ArgumentParser()
options.add_argument("folder", type=pathlib.Path)
options.add_argument("--json", type=pathlib.Path)
options.add_argument("names", nargs="+")
given = options.parse_args()


def read(name, file):
    path = given.folder / name / file
    return json.loads(path.read_text()) if path.exists() else None


loads = {name: read(name, "load.json") for name in given.names}
agents = {name: read(name, "agents.json") for name in given.names}
TITLES = {"rampdesk": "Rampdesk, SQLite, durable", "rampdesk-push": "Rampdesk, the same with push by MQTT",
          "openadr": "openadr 0.4.0, in memory, nothing durable",
          "openleadr-3.1": "openleadr-vtn 0.2.8 + PostgreSQL, durable"}


def figures(row):
    if row is None:
        return "–"
    cost = " + ".join(f"{us:,.0f}" for us in row["cpu_us"].values())
    refused = f", {row['refused']:,} refused" if row["refused"] else ""
    return f"**{cost} µs**, {row['per_second']:,}/s, {row['p50_ms']:.2f} / {row['p99_ms']:.2f} ms{refused}"


def line(cells):
    print("| " + " | ".join(cells) + " |")


print("CPU µs for each request (VTN + database), requests/s, p50 / p99 latency\n")
line(["scenario", *(TITLES.get(name, name) for name in given.names)])
line(["---"] * (len(given.names) + 1))
scenarios = []
for load in filter(None, loads.values()):
    scenarios += [name for name in load["scenarios"] if name not in scenarios]
for scenario in scenarios:
    line([scenario, *(figures(load["scenarios"].get(scenario) if load else None) for load in loads.values())])


def of_agents(found):
    if found is None:
        return "not run"
    cost = " + ".join(f"{seconds:,.1f}" for seconds in found["cpu_s"].values())
    return f"**{found['last_acknowledged_s']:.1f} s** (poll every {found['poll_s']} s), CPU {cost} s"


count = next((found["agents"] for found in agents.values() if found), 0)
if count:
    line([f"RUN_NOW to {count - 1:,} agents, to the last acknowledgement", *(of_agents(found) for found in agents.values())])


def of_memory(load, when):
    found = load and next((value for key, value in load["memory"].items() if key.startswith(when)), None)
    return " + ".join(f"{resident} / {proportional}" for resident, proportional in found.values()) if found else "–"


for when in ["idle", "after reports and events", "after", "at the end"]:
    words = {"after": "after the tokens", "idle": "idle", "at the end": "at the end, all events stored"}.get(when, when)
    # `after` alone is the tokens: their number is in the key.
    pick = (lambda load: of_memory({"memory": {k: v for k, v in load["memory"].items() if "tokens" in k}}, "after") if load else "–") \
        if when == "after" else (lambda load: of_memory(load, when))
    line([f"memory {words}, RSS / PSS MiB", *(pick(load) for load in loads.values())])
line(["events stored at the end", *(f"{load['stored_events']:,}" if load else "–" for load in loads.values())])
for name, load in loads.items():
    for note in load["notes"] if load else []:
        print(f"\n{TITLES.get(name, name)}: {note}.")
if given.json:
    given.json.write_text(json.dumps({"loads": loads, "agents": agents}, indent=1))
