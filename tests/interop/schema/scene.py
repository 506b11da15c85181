"""Something to talk about: one object of each kind at the VTN, so that what schemathesis makes up is not answered by 404 alone. In two of three
requests that are meant to be right, ids are those of objects that are there, a callback is one that answers, and credentials are true.

Environment: as for the client drivers (`clients/steps.py`), and ROLE, `business` or `ven`.
"""

import atexit
import collections
import os

import schemathesis
from schemathesis.generation import GenerationMode
from schemathesis.generation.meta import TestPhase
from steps import Plain, Receiver, env, two_fsps

BUSINESS = os.environ["ROLE"] == "business"

# What requests rename or delete may be any resource: of all of them together a client may always report.
ALL = "AGGREGATED_REPORT"

operator, fsp = Plain(env("VTN"), "BL"), Plain(env("VTN"), "VEN")
_, vens = two_fsps(operator)
receiver = Receiver("")
program = operator("POST", "/programs", {"programName": "SCENE"})["id"]
event = operator("POST", "/events", {"programID": program})["id"]
report = fsp("POST", "/reports", {"eventID": event, "clientName": env("VEN_ID"), "reportName": "SCENE", "resources": [
    {"resourceName": ALL, "intervals": []}]})["id"]
subscription = (operator if BUSINESS else fsp)("POST", "/subscriptions", {"clientName": "SCENE", "programID": program, "objectOperations": [
    {"objects": ["EVENT"], "operations": ["CREATE"], "callbackUrl": receiver.url}]})["id"]
resource = fsp("GET", "/resources")[0]["id"]
IDS = {"programID": program, "eventID": event, "reportID": report, "subscriptionID": subscription, "venID": vens[0], "resourceID": resource}

answered = collections.defaultdict(set)
asked = collections.Counter()


@schemathesis.auth()
class Token:
    """Whoever asks for a token has none yet."""

    def get(self, case, context):
        return (operator if BUSINESS else fsp).token

    def set(self, case, data, context):
        if case.path != "/auth/token":
            case.headers["Authorization"] = f"Bearer {data}"


def one_more(name, number):
    """The id of one more object of that kind, which may be deleted; none of a kind that the one who asks may not make."""
    client = operator if BUSINESS else fsp
    path, body = {
        "programID": ("/programs", {"programName": f"P-{number}"}),
        "eventID": ("/events", {"programID": program}),
        "reportID": ("/reports", {"eventID": event, "clientName": env("VEN_ID"), "resources": [{"resourceName": ALL, "intervals": []}]}),
        "subscriptionID": ("/subscriptions", {"clientName": "C", "objectOperations": [
            {"objects": ["EVENT"], "operations": ["CREATE"], "callbackUrl": receiver.url}]}),
        "venID": ("/vens", {"objectType": "BL_VEN_REQUEST", "clientID": f"C-{number}", "venName": f"C-{number}"}),
        "resourceID": ("/resources", {"venID": vens[0], "resourceName": f"R-{number}"} | (
            {"objectType": "BL_RESOURCE_REQUEST", "clientID": env("VEN_ID")} if BUSINESS else {"objectType": "VEN_RESOURCE_REQUEST"})),
    }[name]
    if path == "/reports":
        client = fsp
    if path in ("/vens", "/programs", "/events"):
        client = operator
    if path == "/subscriptions":
        # A client may have so many; one that a test made is as good as another.
        spare = [item["id"] for item in client("GET", path) if item["id"] != subscription]
        if len(spare) > 40:
            return spare[0]
    return client("POST", path, body)["id"]


def keep_the_scene(case):
    """Nothing takes away what the other requests need."""
    for name, value in (case.path_parameters or {}).items():
        if case.method.upper() == "DELETE" and value in IDS.values():
            case.path_parameters[name] = "none"


def name_what_is_there(case, number):
    for name in case.path_parameters or {}:
        there = one_more(name, number) if case.method.upper() == "DELETE" else IDS.get(name)
        case.path_parameters[name] = there or case.path_parameters[name]


@schemathesis.hook
def before_call(context, case, kwargs):
    keep_the_scene(case)
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    operation = f"{case.method} {case.path}"
    asked[operation] += 1
    if asked[operation] % 3 == 0:
        return
    # There the ids are those of answers before.
    if case.meta.phase.name != TestPhase.STATEFUL:
        name_what_is_there(case, asked[operation])
    body = case.body
    if not isinstance(body, dict):
        return
    if case.path == "/auth/token":
        who = "BL" if BUSINESS else "VEN"
        body.clear()
        body.update(grant_type="client_credentials", client_id=env(f"{who}_ID"), client_secret=env(f"{who}_SECRET"))
    for name in ("programID", "eventID", "venID"):
        if isinstance(body.get(name), str):
            body[name] = IDS[name]
    if case.path.startswith(("/vens/", "/resources")) and "clientID" in body:
        body["clientID"] = env("VEN_ID")
    if case.method.upper() == "PUT" and case.path.startswith(("/programs", "/events")):
        # Else they are granted to others, and what follows is asked about nothing.
        body.pop("targets", None)
    for entry in body.get("objectOperations") or []:
        entry["callbackUrl"] = receiver.url
    if case.path.startswith("/reports"):
        for entry in body.get("resources") or []:
            entry["resourceName"] = ALL


@schemathesis.hook
def after_call(context, case, response):
    if case.method.upper() == case.operation.method.upper():
        answered[case.operation.label].add(response.status_code // 100)


def say():
    done = sorted(label for label, classes in answered.items() if 2 in classes)
    print(f"answered: {len(done)} of {len(answered)} operations with success, never: {', '.join(sorted(set(answered) - set(done))) or 'none'}")


atexit.register(say)
