"""Answers the challenge of a VTN at https://subscriber.invalid/. Argument: the folder with its certificate."""

import http.server
import ssl
import sys
import urllib.parse


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        echo = "".join(query.get("echo", [])).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(echo)))
        self.end_headers()
        self.wfile.write(echo)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 443), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{sys.argv[1]}/subscriber.crt", f"{sys.argv[1]}/subscriber.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
