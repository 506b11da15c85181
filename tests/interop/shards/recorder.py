"""Stands between one part of a fleet and its VTN, and writes down who asks for what: a line of JSON for each request, in
which an access token is a digest. What it passes on it leaves as it is.

Usage: recorder.py HOST:PORT OUT, prints the port that it listens on."""

import hashlib
import http.client
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

upstream, out = sys.argv[1], open(sys.argv[2], "w", buffering=1)
writing = threading.Lock()
# They are of one connection, and not passed on.
OWN = {"connection", "keep-alive", "transfer-encoding", "content-length", "te", "upgrade"}


class Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.write_down(body)
        connection = http.client.HTTPConnection(upstream, timeout=30)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in OWN}
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            said = answer.read()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in OWN:
                    self.send_header(name, value)
            if answer.status not in (204, 304):
                self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)
        finally:
            connection.close()

    def write_down(self, body):
        line = {"method": self.command, "path": self.path.split("?")[0]}
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        if kind == "Bearer":
            line["token"] = hashlib.sha256(token.encode()).hexdigest()[:16]
        if self.command in ("POST", "PUT") and "/reports" in self.path:
            report = json.loads(body)
            line["client"] = report.get("clientName")
            line["resources"] = [resource["resourceName"] for resource in report.get("resources") or []]
        with writing:
            print(json.dumps(line), file=out)

    do_GET = do_POST = do_PUT = do_DELETE = pass_on

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Passing)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
