"""Loads one VTN by wrk and writes figures.json: for each scenario requests a second, latency, CPU microseconds for each
request (of the VTN and its database: what a busy machine spoils least) and memory afterwards.

load.py --name NAME --url URL --business ID:SECRET --ven ID:SECRET [--seconds N] [--stored N] PROCESS=PID...
"""

import argparse
import json
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

import processes

options = argparse.ArgumentParser()
options.add_argument("--name", required=True)
options.add_argument("--url", required=True)
options.add_argument("--business", required=True)
options.add_argument("--ven", required=True)
options.add_argument("--seconds", type=int, default=5)
options.add_argument("--stored", type=int, default=50_000)
options.add_argument("pids", nargs="+")
given = options.parse_args()
pids = processes.named(given.pids)
assert urllib.parse.urlparse(given.url).hostname == "127.0.0.1", "loopback only"
figures = {"name": given.name, "scenarios": {}, "memory": {}, "notes": []}
JSON = {"Content-Type": "application/json"}


def ask(method, path, token=None, body=None, form=None):
    data = json.dumps(body).encode() if body is not None else urllib.parse.urlencode(form).encode() if form else None
    request = urllib.request.Request(given.url + path, data=data, method=method)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    if body is not None:
        request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer), answer.headers


def form_of(credentials):
    client, secret = credentials.split(":", 1)
    return {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}


def milliseconds(text):
    value, unit = re.match(r"([\d.]+)(us|ms|s|m)$", text).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[unit]


def wrk(path, token=None, connections=16, method="GET", body=None, headers=None, each="", seconds=None):
    """One run of wrk. `each` is Lua that answers each request's path from the counter n."""
    script = [f'wrk.method = "{method}"']
    if body is not None:
        script.append(f"wrk.body = [==[{body}]==]")
    for name, value in {**(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}.items():
        script.append(f"wrk.headers[ [==[{name}]==] ] = [==[{value}]==]")
    if each:
        script.append(f"local n = 0\nfunction request()\n  n = n + 1\n  return wrk.format(nil, {each})\nend")
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as lua:
        lua.write("\n".join(script))
        lua.flush()
        before = {name: processes.cpu_seconds(pid) for name, pid in pids.items()}
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds or given.seconds}s", "--timeout", "10s", "--latency", "-s", lua.name]
        out = subprocess.run(command + [given.url + path], capture_output=True, text=True, check=True).stdout
        cost = {name: processes.cpu_seconds(pid) - before[name] for name, pid in pids.items()}
    requests = int(re.search(r"(\d+) requests in", out).group(1))
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    percentile = lambda q: milliseconds(re.search(rf"^\s+{q}%\s+(\S+)", out, re.M).group(1))
    return {
        "requests": requests, "refused": int(refused.group(1)) if refused else 0,
        "per_second": round(float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))),
        "p50_ms": percentile(50), "p99_ms": percentile(99),
        "cpu_us": {name: round(spent / max(requests, 1) * 1e6, 1) for name, spent in cost.items()},
    }


def scenario(name, *arguments, **keywords):
    row = wrk(*arguments, **keywords)
    row["memory_mib"] = {one: processes.memory_mib(pid) for one, pid in pids.items()}
    figures["scenarios"][name] = row
    cost = " + ".join(f"{us:.0f}" for us in row["cpu_us"].values())
    refused = f", {row['refused']} REFUSED" if row["refused"] else ""
    print(f"{name}: CPU {cost} us, {row['per_second']}/s, p50 {row['p50_ms']:.2f} ms, p99 {row['p99_ms']:.2f} ms{refused}", flush=True)
    return row


def memory(when):
    figures["memory"][when] = {name: processes.memory_mib(pid) for name, pid in pids.items()}
    print(f"memory {when}: " + ", ".join(f"{name} RSS {r} PSS {p} MiB" for name, (r, p) in figures["memory"][when].items()), flush=True)


def event(program, n):
    return {
        "objectType": "EVENT", "programID": program, "eventName": f"e-{n}", "priority": n % 7, "targets": [f"feeder-{n % 50}"],
        "intervalPeriod": {"start": "2026-11-24T10:00:00Z", "duration": "PT15M"},
        "payloadDescriptors": [{"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "IMPORT_CAPACITY_LIMIT", "units": "KW"}],
        "intervals": [{"id": k, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [25.5 + k]}]} for k in range(4)],
    }


def store_until(total, so_far, business, program):
    """Stores events for others than the VEN, for a minute at most; answers how many there are then."""
    body, began = json.dumps(event(program, 2)), time.time()
    while so_far < total and time.time() - began < 60:
        row = wrk("/events", business, 16, "POST", body, JSON, seconds=2)
        so_far += row["requests"] - row["refused"]
        if row["refused"] > row["requests"] / 2:
            figures["notes"].append("refused to store more events")
            break
    return so_far


memory("idle")
business, ven = (ask("POST", "/auth/token", form=form_of(who))[0]["access_token"] for who in (given.business, given.ven))
ven_id = given.ven.split(":")[0]
program = ask("POST", "/programs", business, {"objectType": "PROGRAM", "programName": f"speed-{time.time_ns()}"})[0]["id"]
ask("POST", "/vens", business, {"objectType": "BL_VEN_REQUEST", "clientID": ven_id, "venName": "speed-ven", "targets": ["feeder-1"]})
events = [ask("POST", "/events", business, event(program, n))[0]["id"] for n in range(1000)]
seen, headers = ask("GET", "/events?targets=feeder-1", ven)
figures["visible"] = len(seen)

# Some VTNs show a VEN what it was granted, one only what it asks for by target: all are asked alike.
POLL = "/events?targets=feeder-1"
PAGE = "/events?skip=0&limit=50"
scenario("VEN poll, 20 of 1,000 events visible, 16 connections", POLL, ven)
scenario("the same, no two queries alike (nothing kept helps)", POLL, ven, each=f'wrk.path .. "&n=" .. n')
if tag := headers.get("ETag"):
    scenario("VEN poll, not changed since (304)", POLL, ven, headers={"If-None-Match": tag})
else:
    figures["notes"].append("sends no ETag, so no 304")
scenario("BL page of 50 of 1,000 events", PAGE, business)
scenario("the same, no two queries alike", PAGE, business, each=f'wrk.path .. "&n=" .. n')
report = json.dumps({
    "objectType": "REPORT", "programID": program, "eventID": events[1], "clientName": ven_id, "reportName": "usage", "resources": [
        {"resourceName": "r1", "intervalPeriod": {"start": "2026-11-24T10:00:00Z", "duration": "PT15M"},
         "intervals": [{"id": 0, "payloads": [{"type": "USAGE", "values": [3.25]}]}]}]})
scenario("report POST, 1 connection", "/reports", ven, 1, "POST", report, JSON)
scenario("report POST, 16 connections", "/reports", ven, 16, "POST", report, JSON)
scenario("report POST, 64 connections", "/reports", ven, 64, "POST", report, JSON)
scenario("event POST, 16 connections", "/events", business, 16, "POST", json.dumps(event(program, 2)), JSON)
memory("after reports and events")
form = urllib.parse.urlencode(form_of(given.business))
tokens = scenario("token", "/auth/token", None, 4, "POST", form, {"Content-Type": "application/x-www-form-urlencoded"})
memory(f"after {tokens['requests']} tokens")
made = 1000 + figures["scenarios"]["event POST, 16 connections"]["requests"]
stored = store_until(given.stored, made, business, program)
figures["stored_events"] = stored
print(f"{stored} events are stored")
scenario("VEN poll, the same 20, with all those events stored", POLL, ven)
scenario("the same, no two queries alike, with all those events stored", POLL, ven, each=f'wrk.path .. "&n=" .. n')
scenario("BL page of 50, with all those events stored", PAGE, business)
scenario("the same page, no two queries alike, with all those events stored", PAGE, business, each=f'wrk.path .. "&n=" .. n')
memory("at the end")
pathlib.Path("load.json").write_text(json.dumps(figures))
