"""Compares what `rampdesk send --json` says of a dispatch that was sent, amended, delivered and stopped with what was asked."""

import json
import sys

result = json.load(open(sys.argv[1]))
stages = [(stage["revision"], stage["stage"]) for stage in result["stages"]]
wanted = [
    (1, "RECEIVED"), (1, "ACCEPTED"),
    (2, "RECEIVED"), (2, "ACCEPTED"), (2, "STARTED"), (2, "AT_SETPOINT"),
    (3, "RECEIVED"), (3, "ACCEPTED"), (3, "STOPPED"),
]
missing = [stage for stage in wanted if stage not in stages]
doubled = sorted({stage for stage in stages if stages.count(stage) > 1})
assert not missing, f"missing {missing} in {stages}"
assert not doubled, f"told twice: {doubled}"
assert all(stage["signed"] for stage in result["stages"]), result["stages"]
readback = result["readback"]
assert readback["matched"] > 0 and not readback["differs"] + readback["absent"] + readback["not_sent"], readback
assert result["phase"] in ("stopped", "ended"), result["phase"]
energy = result["energy"]
assert energy and energy["delivered_kwh"] > 0, energy
told = ", ".join(f"{revision} {stage}" for revision, stage in stages)
print(f"{told}; {readback['matched']} fields read back as sent; {energy['delivered_kwh']:.2f} kWh delivered")
