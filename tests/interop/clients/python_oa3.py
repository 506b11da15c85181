"""python-oa3-client 0.5.0 (grid-coordination, MIT) as network operator and as FSP, OpenADR 3.1, with its own webhook receiver.

What it does that others do not: credentials in the form; `targetType`/`targetValues` in look-ups and `dateStart`/`dateEnd` in polls, which 3.1
does not know; its receiver does not answer the echo challenge.
"""

import json
import time
from datetime import UTC, datetime

from openadr3_client import BlClient, VenClient
from steps import UNIT, Receiver, end, env, eventually, refused, same, step

now = datetime.now(UTC).replace(microsecond=0)
start = now.strftime("%Y-%m-%dT%H:%M:%SZ")
target = f"{env('VEN_ID')}_{UNIT}"


def done(answer, status=200):
    assert answer.status_code == status, f"{answer.status_code} {answer.text[:300]}"
    return answer.json()


def made(answer):
    return done(answer, 201)["id"]


def event(program, name, targets, kw):
    return {
        "programID": program, "eventName": name, "priority": 0, "targets": targets,
        "intervalPeriod": {"start": start, "duration": "PT15M"},
        "payloadDescriptors": [
            {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "DISPATCH_SETPOINT_RELATIVE", "units": "KW"}],
        "reportDescriptors": [{"payloadType": "READING", "readingType": "MEAN", "units": "KW", "frequency": 1, "repeat": -1}],
        "intervals": [{"id": index, "payloads": [{"type": "DISPATCH_SETPOINT_RELATIVE", "values": [value]}]}
                      for index, value in enumerate(kw)],
    }


def client(kind, who):
    return kind(url=env("VTN"), client_id=env(f"{who}_ID"), client_secret=env(f"{who}_SECRET"))


with client(BlClient, "BL") as bl, client(VenClient, "VEN") as ven, client(VenClient, "OTHER") as other:
    step("a wrong secret gets no token", lambda: refused(
        lambda: VenClient(url=env("VTN"), client_id=env("VEN_ID"), client_secret="wrong").start(), 401))
    program = step("operator: makes a program", lambda: made(bl.create_program({"programName": "OA3", "programDescriptions": None})))
    step("operator: the same name again is refused", lambda: refused(lambda: bl.create_program({"programName": "OA3"}), 409))
    step("FSP: may make none", lambda: refused(lambda: ven.create_program({"programName": "OA3-2"}), 403))
    ven_id = step("FSP: registers", lambda: ven.register(env("VEN_ID")).ven_id)
    step("FSP: registers again and finds itself", lambda: same(ven.register(env("VEN_ID")).ven_id, ven_id))
    step("another FSP: registers", lambda: other.register(env("OTHER_ID")).ven_id)
    step("another FSP: sees itself alone", lambda: same([v.ven_name for v in other.vens()], [env("OTHER_ID")]))
    resource = step("FSP: makes a resource", lambda: made(ven.create_resource(
        {"objectType": "VEN_RESOURCE_REQUEST", "resourceName": UNIT, "venID": ven_id, "attributes": None})))
    step("FSP: grants itself no target", lambda: refused(lambda: ven.update_resource(resource, {
        "objectType": "VEN_RESOURCE_REQUEST", "resourceName": UNIT, "venID": ven_id, "targets": [target]}), 403))
    step("operator: grants a target", lambda: same(done(bl.update_resource(resource, {
        "objectType": "BL_RESOURCE_REQUEST", "clientID": env("VEN_ID"), "resourceName": UNIT, "venID": ven_id,
        "targets": [target]}))["targets"], [target]))
    step("FSP: finds the program by its name", lambda: same(ven.find_program_by_name("OA3").id, program))

    hook = ven.add_webhook(host="127.0.0.1", callback_host="127.0.0.1", bearer_token="a-callback-token")
    step("FSP: starts its webhook receiver", hook.start)
    receiver = Receiver("a-callback-token")

    def subscription(url):
        return {"clientName": env("VEN_ID"), "programID": program, "objectOperations": [
            {"objects": ["EVENT"], "operations": ["CREATE", "UPDATE", "DELETE"], "callbackUrl": url, "bearerToken": "a-callback-token"}]}

    def subscribed():
        answer = ven.create_subscription(subscription(hook.callback_url))
        if answer.status_code == 400 and "echo" in answer.text:
            # Its own receiver does not answer the challenge, so ours takes the calls.
            return made(ven.create_subscription(subscription(receiver.url)))
        return made(answer)

    subscription_id = step("FSP: subscribes with a webhook", subscribed)
    step("FSP: its subscription shows its token", lambda: same(
        done(ven.get_subscription_by_id(subscription_id))["objectOperations"][0]["bearerToken"], "a-callback-token"))
    step("operator: sees no token of it", lambda: same(
        done(bl.get_subscription_by_id(subscription_id))["objectOperations"][0].get("bearerToken"), None))

    first = step("operator: makes an event for the unit", lambda: made(bl.create_event(event(program, "D-1", [target], [-250, -500.5, 0]))))
    step("operator: an event of no program is refused", lambda: refused(lambda: bl.create_event(event("none", "D-X", [target], [1])), 400))
    step("FSP: polls it", lambda: same([e.id for e in ven.poll_events("OA3")], [first]))
    step("FSP: polls it by target", lambda: same([e.id for e in ven.events(targets=target)], [first]))
    step("FSP: reads the values as written", lambda: same(
        [i["payloads"][0]["values"] for i in done(ven.get_event_by_id(first))["intervals"]], [[-250], [-500.5], [0]]))
    step("FSP: works out its intervals", lambda: same(
        [i.interval_period.period[0].timestamp() for i in ven.event(first).resolved_intervals()],
        [now.timestamp() + 900 * i for i in range(3)]))
    step("another FSP: does not see it", lambda: same(other.events(), []))
    step("another FSP: is not told that it is there", lambda: refused(lambda: other.get_event_by_id(first), 404))
    step("operator: amends it", lambda: done(bl.update_event(first, event(program, "D-1", [target], [-300]))))
    step("FSP: polls the amendment", lambda: same(ven.poll_events("OA3")[0].intervals[0].payloads[0].values, [-300]))

    report = {"eventID": first, "clientName": env("VEN_ID"), "reportName": "R-1", "resources": [
        {"resourceName": UNIT, "intervals": [{"id": 0, "payloads": [{"type": "READING", "values": [-297.5]}]}]}]}
    filed = step("FSP: files a report", lambda: made(ven.create_report(report)))
    step("another FSP: files none for it", lambda: refused(lambda: other.create_report(report), 400, 403, 404))
    step("operator: reads it", lambda: same([r.id for r in bl.reports(eventID=first)], [filed]))
    step("operator: reads its value", lambda: same(
        done(bl.get_report_by_id(filed))["resources"][0]["intervals"][0]["payloads"][0]["values"], [-297.5]))
    step("FSP: amends its report", lambda: done(ven.update_report(filed, report | {"reportName": "R-2"})))
    step("another FSP: sees no report", lambda: same(other.reports(), []))

    for index in range(60):
        done(bl.create_event(event(program, f"P-{index}", [target], [index])), 201)

    def pages():
        names = []
        for skip in range(0, 200, 25):
            page = ven.events(programID=program, skip=skip, limit=25)
            names += [e.event_name for e in page]
            if len(page) < 25:
                break
        same(sorted(names), sorted(["D-1"] + [f"P-{i}" for i in range(60)]))

    step("FSP: pages through 61 events, each once", pages)
    step("operator: deletes the event", lambda: same(done(bl.delete_event(first))["id"], first))

    def told():
        calls = receiver.notifications()
        own = [json.loads(m.raw_payload) for m in hook.messages]
        calls += [(m["objectType"], m["operation"], m["object"].get("eventName")) for m in own if "operation" in m]
        return [c for c in calls if c[2] == "D-1"]

    step("FSP: was told of each change, in order", lambda: same(
        eventually("three calls", lambda: told() if len(told()) >= 3 else None),
        [("EVENT", "CREATE", "D-1"), ("EVENT", "UPDATE", "D-1"), ("EVENT", "DELETE", "D-1")]))

    notifiers = step("FSP: asks how it may be notified", lambda: done(ven.get_notifiers()))
    step("webhooks are offered", lambda: same(notifiers["WEBHOOK"], True))

    def over_mqtt():
        heard = ven.get_mqtt_broker_uris()
        channel = ven.add_mqtt(heard[0], client_id="oa3-ven")
        channel.start()
        eventually("connected to the broker", lambda: channel.is_connected)
        topics = list(done(ven.get_mqtt_topics_ven_events())["topics"].values())
        channel.subscribe_topics(topics)
        time.sleep(0.5)
        again = made(bl.create_event(event(program, "D-2", [target], [-100])))
        done(bl.update_event(again, event(program, "D-2", [target], [-200])))
        done(bl.delete_event(again))

        def operations():
            raw = [json.loads(m.raw_payload) for m in channel.messages]
            return [m["operation"] for m in raw if m["object"].get("eventName") == "D-2"]

        same(eventually("three messages", lambda: operations() if len(operations()) >= 3 else None), ["CREATE", "UPDATE", "DELETE"])
        channel.stop()

    if notifiers and notifiers.get("MQTT"):
        step("FSP: is told of each change over MQTT", over_mqtt)
        step("FSP: learns no topic for all events", lambda: refused(lambda: ven.get_mqtt_topics_events(), 403))
    else:
        step("FSP: is told that there is no MQTT", lambda: same(ven.vtn_supports_mqtt(), False))
        step("FSP: asks for a topic all the same", lambda: refused(lambda: ven.get_mqtt_topics_ven_events(), 404, 501))

    step("FSP: unsubscribes", lambda: done(ven.delete_subscription(subscription_id)))
    step("FSP: deletes its resource", lambda: done(ven.delete_resource(resource)))
    step("FSP: deletes itself", lambda: done(ven.delete_ven(ven_id)))
    step("operator: deletes the program and all of it", lambda: done(bl.delete_program(program)))
    step("operator: nothing is left of it", lambda: same(bl.events(), []))
    hook.stop()
end()
