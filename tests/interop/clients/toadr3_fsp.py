"""toadr3 0.29.0 (prelectai, Apache-2.0), an FSP's client of OpenADR 3.0 models, against the 3.0.1 path.

What it does that others do not: `P9999Y` is refused unless asked for; `Report.create_report` takes the value of an event's *first* target for the
resource's name, whatever that target's type; a subscription must name a program; an event's `intervals` must be there.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import toadr3
from steps import UNIT, Plain, Receiver, end, env, eventually, same, step, two_fsps
from toadr3 import models

operator = Plain(env("VTN"), "BL")
target, _ = two_fsps(operator)
program = operator("POST", "/programs", {"programName": "TOADR3", "attributes": [
    {"type": "RETAILER_NAME", "values": ["GB-DNO-11"]}, {"type": "BINDING_EVENTS", "values": [False]}]})["id"]
start = datetime.now(UTC).replace(microsecond=0)


def event(name, targets, kw):
    return {
        "programID": program, "eventName": name, "priority": 2, "targets": targets,
        "intervalPeriod": {"start": start.strftime("%Y-%m-%dT%H:%M:%SZ"), "duration": "PT15M"},
        "payloadDescriptors": [
            {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "DISPATCH_SETPOINT", "units": "KW"}],
        "reportDescriptors": [{"payloadType": "READING", "readingType": "MEAN", "units": "KW"}],
        "intervals": [{"id": 0, "payloads": [{"type": "DISPATCH_SETPOINT", "values": [kw]}]}]}


first = operator("POST", "/events", event("D-1", [target], -250))["id"]
foreign = operator("POST", "/events", event("D-2", [f"{env('OTHER_ID')}_OTHER-01"], 100))["id"]


def client(who, secret=None):
    return toadr3.ToadrClient(vtn_url=env("VTN_30"), oauth_config=toadr3.OAuthScopeConfig(
        token_url=f"{env('VTN_30')}/auth/token", grant_type="client_credentials", scope="read_all write_reports",
        client_id=env(f"{who}_ID"), client_secret=secret or env(f"{who}_SECRET")))


async def refused(coroutine, *statuses):
    try:
        result = await coroutine
    except toadr3.ToadrError as error:
        assert error.status_code in statuses, f"refused with {error.status_code}: {error}"
        return
    raise AssertionError(f"not refused: {result}")


async def main():
    loop = asyncio.get_running_loop()

    async def do(name, work):
        """As `step`, for what is awaited."""
        try:
            result, failure = await work(), None
        except Exception as error:
            result, failure = None, error

        def outcome():
            if failure is not None:
                raise failure
            return result

        return step(name, outcome)

    async with client("VEN") as ven, client("OTHER") as other:
        async def wrong_secret():
            async with client("VEN", "wrong") as stranger:
                await refused(stranger.get_events(), 401)

        await do("a wrong secret gets no token", wrong_secret)

        async def programs():
            listed = await ven.get_programs()
            same([(p.id, p.program_name, p.retailer_name, p.binding_events) for p in listed],
                 [(program, "TOADR3", "GB-DNO-11", False)])

        await do("FSP: reads the program, its terms in 3.0's own members", programs)

        async def one_program():
            same((await ven.get_program(program)).id, program)

        await do("FSP: reads the program by its id", one_program)

        async def events():
            listed = await ven.get_events()
            same([e.id for e in listed], [first])
            shown = listed[0]
            same({t.type: t.values for t in shown.targets}, {"VEN_NAME": [env("VEN_ID")], "RESOURCE_NAME": [UNIT]})
            same(shown.interval_period.start, start)
            same(shown.interval_period.duration, timedelta(minutes=15))
            same(shown.intervals[0].payloads[0].values, [-250])
            return shown

        mine = await do("FSP: sees its event alone, with 3.0's targets", events)

        async def by_target():
            same([e.id for e in await ven.get_events(target_type="VEN_NAME", target_values=[env("VEN_ID")])], [first])
            same([e.id for e in await ven.get_events(target_type="RESOURCE_NAME", target_values=[UNIT])], [first])
            same([e.id for e in await ven.get_events(program_id=program, skip=0, limit=50)], [first])
            same(await ven.get_events(skip=1), [])

        await do("FSP: finds it by target, by program, by page", by_target)

        async def foreign_target():
            same(await ven.get_events(target_type="VEN_NAME", target_values=[env("OTHER_ID")]), [])
            same([e.id for e in await other.get_events()], [foreign])

        await do("another FSP: sees its own alone", foreign_target)

        def report(value):
            made = models.Report.create_report(
                event=mine.model_copy(update={"targets": [t for t in mine.targets if t.type == "RESOURCE_NAME"]}),
                client_name=env("VEN_ID"), report_type="READING", report_values=[value], report_name="R-1")
            return made

        async def file():
            filed = await ven.post_report(report(-248.5))
            same((filed.event_id, filed.program_id, filed.resources[0].intervals[0].payloads[0].values), (first, program, [-248.5]))
            return filed

        await do("FSP: files a report", file)

        async def file_foreign():
            await refused(other.post_report(report(1.0)), 400, 403, 404)

        await do("another FSP: files none for it", file_foreign)

        async def reports():
            for narrowed in ({}, {"event_id": first}, {"program_id": program}, {"client_name": env("VEN_ID")}):
                same([r.report_name for r in await ven.get_reports(**narrowed)], ["R-1"])
            same(await other.get_reports(), [])

        await do("FSP: reads it back, narrowed in each way; another FSP does not", reports)

        receiver = Receiver("a-callback-token")

        async def subscribe():
            made = await ven.post_subscription(models.Subscription(
                client_name=env("VEN_ID"), programID=program, object_operations=[models.ObjectOperation(
                    objects=["EVENT"], operations=["POST", "PUT", "DELETE"],
                    callback_url=receiver.url, bearer_token="a-callback-token")]))
            same(made.object_operations[0].operations, ["POST", "PUT", "DELETE"])
            return made

        subscription = await do("FSP: subscribes, with 3.0's names of operations", subscribe)

        async def told():
            operator("PUT", f"/events/{first}", event("D-1", [target], -300))
            extra = operator("POST", "/events", event("D-3", [target], -100))["id"]
            operator("DELETE", f"/events/{extra}")
            same(await loop.run_in_executor(None, lambda: eventually(
                "three calls", lambda: receiver.notifications() if len(receiver.notifications()) >= 3 else None)),
                 [("EVENT", "PUT", "D-1"), ("EVENT", "POST", "D-3"), ("EVENT", "DELETE", "D-3")])

        await do("FSP: is told of each change, in 3.0's words", told)

        async def amended():
            same((await ven.get_events())[0].intervals[0].payloads[0].values, [-300])

        await do("FSP: polls the amendment", amended)

        async def subscriptions():
            same([s.id for s in await ven.get_subscriptions(program_id=program)], [subscription.id])
            same([s.id for s in await ven.get_subscriptions(objects=["EVENT"])], [subscription.id])
            same(await ven.get_subscriptions(objects=["REPORT"]), [])
            same(await other.get_subscriptions(), [])
            changed = subscription.model_copy(update={"client_name": "renamed"})
            same((await ven.put_subscription(subscription.id, changed)).client_name, "renamed")
            same((await ven.delete_subscription(subscription.id)).id, subscription.id)
            same(await ven.get_subscription(subscription.id), None)

        await do("FSP: lists, changes and ends its subscription", subscriptions)

        async def not_allowed():
            await refused(ven.delete_program(program), 403)

        await do("FSP: may not delete the program", not_allowed)

        async def endless():
            operator("PUT", f"/events/{first}", event("D-1", [target], -300) | {
                "intervalPeriod": {"start": "0001-01-01T00:00:00Z", "duration": "PT1H"}})
            same((await ven.get_events())[0].interval_period.start, "0000-00-00")

        await do("FSP: reads `now` as 3.0 writes it", endless)


asyncio.run(main())
end()
