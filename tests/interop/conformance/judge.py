"""Reads what `openadr conformance --json` found: every check that the specification requires or recommends is passed, and none is left out
but those that this machine lacks the means for.

Usage: judge.py FOUND.json [subscriber] [broker], which name what there is none of.
"""

import json
import sys

CHECKS = 48
# What the suite leaves out when it may not make a subscription, and when the VTN has no broker.
NEEDS = {
    "subscriber": ("ven-reads-only-its-own-subscriptions",),
    "broker": ("mqtt-binding-shape", "mqtt-collection-topics-are-business-logic-only", "mqtt-ven-scoped-topics",
               "mqtt-foreign-ven-topics-refused"),
}
# Told apart as an extension by the suite itself: the specification's own file says application/json.
OTHERWISE = {"problem-uses-the-rfc-9457-media-type"}

found = json.load(open(sys.argv[1]))["findings"]
lacking = sys.argv[2:]
excused = {check for name in lacking for check in NEEDS[name]}
wrong = []
for finding in found:
    outcome, check = finding["outcome"], finding["id"]
    if outcome == "passed" or (outcome == "skipped" and check in excused):
        continue
    if finding["severity"] == "extension" and check in OTHERWISE:
        continue
    wrong.append(finding)
for finding in wrong:
    print(f"conformance: {finding['severity']} {finding['id']} {finding['outcome']}: {finding['title']} · {finding['detail']}")
if len(found) != CHECKS:
    print(f"conformance: {len(found)} checks, and there are {CHECKS}")
if wrong or len(found) != CHECKS:
    sys.exit(1)


def count(severity):
    of = [finding for finding in found if finding["severity"] == severity]
    return f"{sum(finding['outcome'] == 'passed' for finding in of)} of {len(of)} {severity}"


print(f"conformance: {len(found)} checks, passed {count('required')}, {count('recommended')}, {count('extension')}"
      + "".join(f"; not run for want of a {name}: {', '.join(NEEDS[name])}" for name in lacking))
