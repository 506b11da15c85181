"""What every client driver has in common: each step is one JSON line, and a step that fails does not stop the next ones.

Environment: VTN (base URL of 3.1), VTN_30 (of 3.0.1), BL_ID, BL_SECRET, VEN_ID, VEN_SECRET, OTHER_ID, OTHER_SECRET (a second FSP), and
BROKER (an MQTT broker's URL) where there is one.
"""

import http.server
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

UNIT = "BESS-07"
failed = 0


def env(name):
    return os.environ[name]


def step(name, work):
    """Runs one step; gives what it gave, or None when it failed."""
    global failed
    try:
        result = work()
        print(json.dumps({"step": name, "ok": True}), flush=True)
        return result
    except Exception as error:  # whatever a client library raises is what its user would see
        failed += 1
        said = f"{type(error).__name__}: {error}"
        answer = getattr(error, "response", None)
        if answer is not None and getattr(answer, "text", ""):
            said += f" · {answer.text}"
        print(json.dumps({"step": name, "ok": False, "said": said[:800]}), flush=True)
        return None


def refused(work, *statuses):
    """A request that must be refused with one of these statuses."""
    try:
        result = work()
    except Exception as error:
        status = getattr(getattr(error, "response", None), "status_code", getattr(error, "status_code", None))
        assert status in statuses, f"refused with {status}: {error}"
        return
    status = getattr(result, "status_code", None)
    assert status in statuses, f"not refused: {status} {result}"


def eventually(what, holds, seconds=20.0):
    """Until it holds; the last thing seen is in the message."""
    end = time.monotonic() + seconds
    seen = None
    while time.monotonic() < end:
        seen = holds()
        if seen:
            return seen
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds} s")


class Receiver:
    """A webhook receiver that answers the echo challenge of OpenADR 3.1, for client libraries that bring none."""

    def __init__(self, bearer):
        self.calls = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer()

            def do_POST(self):
                self.answer()

            def answer(self):
                length = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(length)
                receiver.calls.append((self.headers.get("authorization"), json.loads(body) if body else None))
                query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
                echo = "".join(query.get("echo", [])).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(echo)))
                self.end_headers()
                self.wfile.write(echo)

            def log_message(self, *_):
                pass

        self.bearer = bearer
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/notifications"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def notifications(self):
        """Object type, operation and name of each change told, in order; all came with the bearer token."""
        told = [(authorization, call) for authorization, call in self.calls if call and "operation" in call]
        assert all(authorization == f"Bearer {self.bearer}" for authorization, _ in told), told
        return [(call["objectType"], call["operation"], call["object"].get("eventName")) for _, call in told]


class Plain:
    """One client of the VTN by plain HTTP, for what a client library has no call for."""

    def __init__(self, base, who):
        self.base = base
        form = {"grant_type": "client_credentials", "client_id": env(f"{who}_ID"), "client_secret": env(f"{who}_SECRET")}
        request = urllib.request.Request(f"{base}/auth/token", urllib.parse.urlencode(form).encode())
        with urllib.request.urlopen(request, timeout=20) as answer:
            self.token = json.load(answer)["access_token"]

    def __call__(self, method, path, body=None):
        """The answer's JSON; raises for a refusal."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read()[:400]}") from None


def two_fsps(operator):
    """Both FSPs with a unit of their own, granted the unit's target (3.1): the target, and the ids of the vens."""
    vens = []
    for who in ("VEN", "OTHER"):
        name = env(f"{who}_ID")
        ven = operator("POST", "/vens", {"objectType": "BL_VEN_REQUEST", "clientID": name, "venName": name})
        operator("POST", "/resources", {
            "objectType": "BL_RESOURCE_REQUEST", "clientID": name, "venID": ven["id"],
            "resourceName": UNIT if who == "VEN" else "OTHER-01",
            "targets": [f"{name}_{UNIT}" if who == "VEN" else f"{name}_OTHER-01"]})
        vens.append(ven["id"])
    return f"{env('VEN_ID')}_{UNIT}", vens


def same(value, other):
    assert value == other, f"{value!r} is not {other!r}"


def end():
    """The last line, without which a driver did not come to its end."""
    print(json.dumps({"end": True, "failed": failed}), flush=True)
    sys.exit(1 if failed else 0)
