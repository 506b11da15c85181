"""What a console connects to: a VTN and a simulated fleet in processes of their own on loopback, and a person with a key. Everything started
here is ended here."""

import json
import os
import sqlite3
import subprocess

PASSPHRASE = "three plain words"


class Site:
    """A VTN, a fleet that polls it, and a connection to it; Ada has a key of GB-DNO-11 of her own."""

    def __init__(self, binary, folder):
        self.binary, self.folder, self.started = binary, folder, []
        self.do("keygen", "--fleet", "demo")
        vtn = self.start("vtn", "--data", "vtn", "--seed-clients", "vtn.clients.toml")
        url = json.loads(vtn.stdout.readline())["url"]
        path = self.path("connection.toml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("http://127.0.0.1:8080/openadr3/3.1.0", url))
        with open(os.open(self.path("passphrase"), os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(PASSPHRASE + "\n")
        self.do("key", "new", "GB-DNO-11", "--holder", "Ada Winter", "--key-id", "dno-ada", "--connection", path,
                "--passphrase-file", self.path("passphrase"))
        self.start("fleet", "--profile", "demo", "--secrets", "fleet.secrets.toml", "--trust", "trust.toml", "--vtn", url)

    def path(self, name):
        return os.path.join(self.folder, name)

    def do(self, *arguments):
        done = subprocess.run([self.binary, *arguments], cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
        return done.stdout

    def start(self, *arguments):
        process = subprocess.Popen([self.binary, *arguments], cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True)
        self.started.append(process)
        return process

    def close(self):
        for process in self.started:
            process.terminate()
        for process in self.started:
            process.wait(timeout=10)

    def held(self, reference):
        """What the VTN's file holds of a dispatch, decoded and verified by a process of its own."""
        database = sqlite3.connect(f"file:{self.path('vtn/vtn.sqlite')}?mode=ro", uri=True)
        try:
            bodies = database.execute("SELECT body FROM object WHERE kind = 'EVENT'").fetchall()
        finally:
            database.close()
        found = [body for body, in bodies if reference in body]
        if not found:
            return None
        with open(self.path("event.json"), "w", encoding="utf-8") as file:
            file.write(found[-1])
        decoded = self.do("decode", "event.json")
        with open(self.path("document.json"), "w", encoding="utf-8") as file:
            file.write(decoded)
        self.do("verify", "--trust", "trust.toml", "document.json")
        return json.loads(decoded)
