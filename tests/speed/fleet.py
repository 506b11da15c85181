"""Writes a fleet of so many FSPs with one battery each, and a RUN_NOW for each of them.

fleet.py fleet COUNT POLL_SECONDS > fleet.toml
fleet.py dispatches COUNT FOLDER
"""

import json
import pathlib
import sys
import time

OPERATOR = "GB-DNO-11"


def contract(n):
    return f"EMID-C-2026-{n:04}"


def fleet(count, poll_seconds):
    print('name = "So many batteries"')
    for n in range(1, count + 1):
        print(f"""
[[contracts]]
operator = "{OPERATOR}"
id = "{contract(n)}"
product = "Operational Utilisation"
poll_seconds = {poll_seconds}
gbp_per_mwh = 300.00

[[fsps]]
id = "FSP-{n:04}"
name = "Provider {n}"
telephone = "0114 496 0142"

[[units]]
fsp = "FSP-{n:04}"
unit = "BESS-01"
name = "Battery {n}"
operator = "{OPERATOR}"
contract = "{contract(n)}"
asset = {{ kind = "battery", max_discharge_kw = 2500, max_charge_kw = 2500, capacity_kwh = 5000, discharge_efficiency = 0.94, charge_efficiency = 0.94, min_soc = 0.05, max_soc = 0.95, initial_soc = 0.85, delay_s = 1, ramp_up_kw_per_min = 1500, ramp_down_kw_per_min = 1500 }}
baseline = {{ kind = "fixed", kw = 0 }}""")


def utc(epoch):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch))


def dispatches(count, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(exist_ok=True)
    now = int(time.time())
    for n in range(1, count + 1):
        document = {
            "profile": "gb-dispatch/1", "network_operator": OPERATOR, "dispatch_ref": f"EMID-NOW-{n:04}", "revision": 1,
            "status": "RUN_NOW", "contract": contract(n), "dispatch_unit": {"fsp": f"FSP-{n:04}", "unit": "BESS-01"},
            "instruction_time": utc(now), "service_start": utc(now), "service_end": utc(now + 3600),
            "setpoints": [{"at": utc(now), "parameters": [
                {"service_type": "REAL", "reference": "DELTA", "volume": 400, "units": "KW"}]}],
        }
        (folder / f"{n:04}.json").write_text(json.dumps(document))


if sys.argv[1] == "fleet":
    fleet(int(sys.argv[2]), int(sys.argv[3]))
else:
    dispatches(int(sys.argv[2]), sys.argv[3])
