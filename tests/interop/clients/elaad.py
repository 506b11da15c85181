"""openadr3-client 2.4.2 (ElaadNL, Apache-2.0) as network operator and as FSP. Argument: 3.1 or 3.0.

What it does that others do not: credentials by HTTP Basic, without a scope; `null` for every member that is not set; durations as Python writes them
(`PT900S` as `PT15M`); requires `clientID` on a ven, a resource and a report, and `MQTT` in the answer of /notifiers; a subscription's operations are
GET, POST, PUT, DELETE in both versions; its `objects` filter of subscriptions writes Python's form of a tuple into the query and cannot be used;
no way to make plain http other than OAUTHLIB_INSECURE_TRANSPORT.
"""

import os
import sys
from datetime import UTC, datetime, timedelta

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

from openadr3_client.bl.http_factory import BusinessLogicHttpClientFactory
from openadr3_client.ven.http_factory import VirtualEndNodeHttpClientFactory
from openadr3_client.version import OADRVersion
from openadr3_client._models.common.interval import Interval
from openadr3_client._models.common.interval_period import IntervalPeriod
from openadr3_client._models.common.attribute import Attribute
from steps import UNIT, Plain, Receiver, end, env, eventually, refused, same, step, two_fsps

NEW = sys.argv[1] == "3.1"
if NEW:
    from openadr3_client.oadr310.models.event.event import EventUpdate, NewEvent
    from openadr3_client.oadr310.models.event.event_payload import EventPayload, EventPayloadDescriptor, EventPayloadType
    from openadr3_client.oadr310.models.program.program import NewProgram
    from openadr3_client.oadr310.models.report.report import NewReport, ReportResource, ReportUpdate
    from openadr3_client.oadr310.models.report.report_payload import ReportDescriptor, ReportPayload, ReportPayloadType
    from openadr3_client.oadr310.models.resource.resource import NewResourceBlRequest, NewResourceVenRequest, ResourceUpdateBlRequest
    from openadr3_client.oadr310.models.subscriptions.subscription import NewSubscription, Object, ObjectOperation, Operation
    from openadr3_client.oadr310.models.ven.ven import NewVenBlRequest, NewVenVenRequest
    from openadr3_client.oadr310._vtn.interfaces.filters import PaginationFilter, TargetFilter
else:
    from openadr3_client.oadr301.models.event.event import EventUpdate, NewEvent
    from openadr3_client.oadr301.models.event.event_payload import EventPayload, EventPayloadDescriptor, EventPayloadType
    from openadr3_client.oadr301.models.program.program import NewProgram
    from openadr3_client.oadr301.models.report.report import NewReport, ReportResource, ReportUpdate
    from openadr3_client.oadr301.models.report.report_payload import ReportDescriptor, ReportPayload, ReportPayloadType
    from openadr3_client.oadr301.models.subscriptions.subscription import NewSubscription, Object, ObjectOperation, Operation
    from openadr3_client.oadr301.models.target import Target
    from openadr3_client.oadr301.models.ven.resource import NewResource
    from openadr3_client.oadr301.models.ven.ven import NewVen
    from openadr3_client.oadr301._vtn.interfaces.filters import PaginationFilter, TargetFilter

BASE = env("VTN") if NEW else env("VTN_30")
START = datetime.now(UTC).replace(microsecond=0)
TARGET = f"{env('VEN_ID')}_{UNIT}"


def client(factory, who, secret=None):
    insecure = {"allow_insecure_http": True} if NEW else {}
    return factory(BASE, env(f"{who}_ID"), secret or env(f"{who}_SECRET"),
                   token_url=None if NEW else f"{BASE}/auth/token",
                   version=OADRVersion.OADR_310 if NEW else OADRVersion.OADR_301, **insecure)


bl = step("operator: finds the token endpoint", lambda: client(BusinessLogicHttpClientFactory.create_http_bl_client, "BL"))
ven = step("FSP: finds the token endpoint", lambda: client(VirtualEndNodeHttpClientFactory.create_http_ven_client, "VEN"))
other = client(VirtualEndNodeHttpClientFactory.create_http_ven_client, "OTHER")


def wrong_secret():
    stranger = client(VirtualEndNodeHttpClientFactory.create_http_ven_client, "VEN", "wrong")
    try:
        stranger.events.get_events(None, None, None)
    except Exception as error:
        assert "invalid_client" in str(error), error
        return
    raise AssertionError("let in")


step("a wrong secret gets no token", wrong_secret)
program = step("operator: makes a program", lambda: bl.programs.create_program(NewProgram(
    program_name="ELAAD", interval_period=IntervalPeriod(start=START, duration=timedelta(hours=1)), payload_descriptors=(
        EventPayloadDescriptor(payload_type=EventPayloadType("DISPATCH_SETPOINT"), units="KW"),)))).id
step("operator: the same name again is refused", lambda: refused(
    lambda: bl.programs.create_program(NewProgram(program_name="ELAAD")), 409))


def onboard_new():
    mine = ven.vens.create_ven(NewVenVenRequest(ven_name=env("VEN_ID"), attributes=[
        Attribute(type="DESCRIPTION", values=("an FSP",))]))
    same((mine.client_id, mine.attributes[0].values), (env("VEN_ID"), ("an FSP",)))
    theirs = bl.vens.create_ven(NewVenBlRequest(ven_name=env("OTHER_ID"), clientID=env("OTHER_ID"), targets=("ALL-OF-THEM",)))
    unit = ven.resources.create_resource(NewResourceVenRequest(resource_name=UNIT, venID=mine.id))
    same(unit.client_id, env("VEN_ID"))
    bl.resources.update_resource_by_id(unit.id, ResourceUpdateBlRequest(
        resource_name=UNIT, venID=mine.id, clientID=env("VEN_ID"), targets=(TARGET,)))
    bl.resources.create_resource(NewResourceBlRequest(resource_name="OTHER-01", venID=theirs.id, clientID=env("OTHER_ID"),
                                                      targets=(f"{env('OTHER_ID')}_OTHER-01",)))
    same([v.ven_name for v in ven.vens.get_vens(None, None, None)], [env("VEN_ID")])
    same([v.ven_name for v in bl.vens.get_vens(env("OTHER_ID"), None, None)], [env("OTHER_ID")])
    same([r.targets for r in ven.resources.get_resources(None, None, None, None)], [(TARGET,)])
    refused(lambda: ven.vens.create_ven(NewVenVenRequest(ven_name="a-second")), 409)
    return mine.id


def onboard_old():
    mine = ven.vens.create_ven(NewVen(ven_name=env("VEN_ID")))
    unit = ven.vens.create_ven_resource(mine.id, NewResource(resource_name=UNIT, venID=mine.id))
    same([r.resource_name for r in ven.vens.get_ven_resources(mine.id, None, None, None)], [UNIT])
    theirs = other.vens.create_ven(NewVen(ven_name=env("OTHER_ID")))
    other.vens.create_ven_resource(theirs.id, NewResource(resource_name="OTHER-01", venID=theirs.id))
    operator = Plain(env("VTN"), "BL")
    for resource in operator("GET", "/resources"):
        operator("PUT", f"/resources/{resource['id']}", {
            "objectType": "BL_RESOURCE_REQUEST", "clientID": resource["clientID"], "venID": resource["venID"],
            "resourceName": resource["resourceName"], "targets": [f"{resource['clientID']}_{resource['resourceName']}"]})
    shown = ven.vens.get_ven_resource_by_id(mine.id, unit.id)
    same(shown.resource_name, UNIT)
    return mine.id


ven_id = step("both FSPs: register, with a unit that the operator grants a target", onboard_new if NEW else onboard_old)


def targets(fsp, unit):
    if NEW:
        return (f"{fsp}_{unit}",)
    return (Target(type="VEN_NAME", values=(fsp,)), Target(type="RESOURCE_NAME", values=(unit,)))


def event(kind, name, fsp, unit, kw):
    return kind(
        programID=program, event_name=name, priority=1, targets=targets(fsp, unit),
        payload_descriptors=(EventPayloadDescriptor(payload_type=EventPayloadType("DISPATCH_SETPOINT"), units="KW"),),
        interval_period=IntervalPeriod(start=START, duration=timedelta(minutes=15)),
        intervals=tuple(Interval(id=index, interval_period=None, payloads=(
            EventPayload(type=EventPayloadType("DISPATCH_SETPOINT"), values=(value,)),)) for index, value in enumerate(kw)))


first = step("operator: makes an event for the unit", lambda: bl.events.create_event(
    event(NewEvent, "D-1", env("VEN_ID"), UNIT, (-250, -500.5)))).id
foreign = step("operator: makes one for another FSP", lambda: bl.events.create_event(
    event(NewEvent, "D-2", env("OTHER_ID"), "OTHER-01", (100.0,)))).id


def sees():
    listed = ven.events.get_events(None, None, None)
    same([e.id for e in listed], [first])
    same([i.payloads[0].values for i in listed[0].intervals], [(-250,), (-500.5,)])
    same((listed[0].interval_period.start, listed[0].interval_period.duration), (START, timedelta(minutes=15)))
    same([e.id for e in other.events.get_events(None, None, None)], [foreign])


step("each FSP: sees its event alone, as written", sees)


def narrowed():
    asked = TargetFilter(targets=[TARGET]) if NEW else TargetFilter(targetType="VEN_NAME", targetValues=[env("VEN_ID")])
    same([e.id for e in ven.events.get_events(asked, PaginationFilter(skip=0, limit=10), program)], [first])
    same([e.id for e in bl.events.get_events(None, PaginationFilter(skip=1, limit=10), program)], [foreign])


step("narrowed by target, program and page", narrowed)
step("FSP: is not told of the other's", lambda: refused(lambda: ven.events.get_event_by_id(foreign), 404))
# A VEN's client of this library has no call that writes events: its own session is used.
step("FSP: may make none", lambda: refused(lambda: ven.events.session.post(
    f"{BASE}/events", json=event(NewEvent, "D-9", env("VEN_ID"), UNIT, (1.0,)).model_dump(by_alias=True, mode="json")), 403))


def amend():
    if NEW:
        return bl.events.update_event_by_id(first, event(EventUpdate, "D-1", env("VEN_ID"), UNIT, (-300.25,)))
    existing = bl.events.get_event_by_id(first)
    return bl.events.update_event_by_id(first, existing.update(event(EventUpdate, "D-1", env("VEN_ID"), UNIT, (-300.25,))))


step("operator: amends it", lambda: same(amend().intervals[0].payloads[0].values, (-300.25,)))
step("FSP: reads the amendment", lambda: same(ven.events.get_event_by_id(first).intervals[0].payloads[0].values, (-300.25,)))


def report(kind, name):
    extra = {} if NEW else {"programID": program}
    return kind(eventID=first, client_name=env("VEN_ID"), report_name=name, resources=(ReportResource(
        resource_name=UNIT, intervals=(Interval(id=0, interval_period=None, payloads=(
            ReportPayload(type=ReportPayloadType("READING"), values=(-297.5,)),)),)),), **extra)


filed = step("FSP: files a report", lambda: ven.reports.create_report(report(NewReport, "R-1")))
step("another FSP: files none for it", lambda: refused(lambda: other.reports.create_report(report(NewReport, "R-X")), 400, 403, 404))
step("operator: reads it", lambda: same(
    [r.resources[0].intervals[0].payloads[0].values for r in bl.reports.get_reports(None, None, first, None)], [(-297.5,)]))
step("another FSP: sees no report", lambda: same(other.reports.get_reports(None, None, None, None), ()))


def amend_report():
    changed = report(ReportUpdate, "R-2")
    return ven.reports.update_report_by_id(filed.id, changed if NEW else filed.update(changed)).report_name


step("FSP: amends its report", lambda: same(amend_report(), "R-2"))

receiver = Receiver("a-callback-token")
subscription = step("FSP: subscribes with a webhook", lambda: ven.subscriptions.create_subscription(NewSubscription(
    client_name=env("VEN_ID"), programID=program, object_operations=(ObjectOperation(
        objects=(Object.EVENT,), operations=(Operation.POST, Operation.PUT, Operation.DELETE),
        callback_url=receiver.url, bearer_token="a-callback-token"),))))


step("FSP: reads its subscription", lambda: same([s.object_operations[0].operations for s in ven.subscriptions.get_subscriptions(
    *((None, program, None, None) if NEW else (None, None, program, None, None)))],
    [(Operation.POST, Operation.PUT, Operation.DELETE)]))


def told():
    bl.events.update_event_by_id(first, event(EventUpdate, "D-1", env("VEN_ID"), UNIT, (-310.0,)) if NEW else bl.events.get_event_by_id(
        first).update(event(EventUpdate, "D-1", env("VEN_ID"), UNIT, (-310.0,))))
    third = bl.events.create_event(event(NewEvent, "D-3", env("VEN_ID"), UNIT, (-1.0,))).id
    bl.events.delete_event_by_id(third)
    same(eventually("three calls", lambda: receiver.notifications() if len(receiver.notifications()) >= 3 else None),
         [("EVENT", "UPDATE" if NEW else "PUT", "D-1"), ("EVENT", "CREATE" if NEW else "POST", "D-3"), ("EVENT", "DELETE", "D-3")])


step("FSP: is told of each change", told)
step("FSP: unsubscribes", lambda: ven.subscriptions.delete_subscription_by_id(subscription.id))

if NEW and os.environ.get("BROKER"):
    step("FSP: reads how it may be notified", lambda: same(ven.notifiers.get_notifiers().webhook, True))
    step("FSP: reads the topics of its events", lambda: ven.notifiers.get_event_topics_for_ven(ven_id))
    step("operator: reads the topics of all events", lambda: bl.notifiers.get_event_topics())

step("FSP: deletes its report", lambda: ven.reports.delete_report_by_id(filed.id))
step("operator: deletes the event", lambda: same(bl.events.delete_event_by_id(first).id, first))
step("FSP: deletes itself", lambda: ven.vens.delete_ven_by_id(ven_id))
step("operator: deletes the program", lambda: same(bl.programs.delete_program_by_id(program).id, program))
end()
