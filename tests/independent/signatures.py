#!/usr/bin/env python3
"""Signs and verifies dispatches beside Rampdesk, with PyNaCl (libsodium) and a canonical form written from RFC 8785:

    python3 signatures.py RAMPDESK [HOW_MANY]

Each dispatch is made up from a printed seed. What `rampdesk canonical` prints must be the bytes that are made here; what
`rampdesk sign` signs must verify here and be the very signature that libsodium makes; what is signed here must verify
there; and neither may believe a dispatch or a signature of which one bit is another. Ends with 0 when all of it holds, 1
when something does not, and 3, saying so, without PyNaCl: that is no pass."""

import base64
import copy
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

from rfc8785 import canonical

try:
    from nacl.exceptions import BadSignatureError
    from nacl.signing import SigningKey, VerifyKey
except ImportError:
    SigningKey = None

OPERATOR, KEY_ID = "GB-DNO-11", "gb-dno-11-2026"
# RFC 8410: an Ed25519 private key of 32 bytes in PKCS#8.
PKCS8 = bytes.fromhex("302e020100300506032b657004220420")
# Decimals with which a watt or a var is written.
PLACES = {"KW": 3, "MW": 6, "KVAR": 3, "MVAR": 6}


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def decimal(whole, places):
    """A whole number of 10 to the power of minus `places`, as a decimal."""
    return f"{'-' if whole < 0 else ''}{abs(whole) // 10**places}.{abs(whole) % 10**places:0{places}}"


def made_up(random_numbers):
    """A dispatch document as a person could write it, and the normal form that is signed, each by itself."""
    draw = random_numbers
    day, count = draw.randrange(1, 29), draw.randrange(1, 6)
    at = lambda minute: f"2026-11-{day:02}T{17 + minute // 60:02}:{minute % 60:02}:00Z"
    document = {
        "profile": "gb-dispatch/1",
        "network_operator": OPERATOR,
        "dispatch_ref": f"EMID-{draw.randrange(10**9)}",
        "revision": draw.randrange(1, 1000),
        "status": draw.choice(["RUN", "PRE_NOTIFY"]),
        "contract": "EMID-C-2026-0193",
        "dispatch_unit": {"fsp": "BRIGHTFLEX", "unit": f"BESS-{draw.randrange(100):02}"},
        "instruction_time": f"2026-11-{day:02}T15:45:00Z",
        "service_start": at(0),
        "service_end": at(180),
    }
    normal = copy.deepcopy(document)
    document["setpoints"], normal["setpoints"] = [], []
    for step in range(count):
        written, signed = [], []
        for kind, finest, units in (("REAL", "W", ("KW", "MW")), ("REACTIVE", "VAR", ("KVAR", "MVAR"))):
            if kind == "REACTIVE" and draw.random() < 0.5:
                continue
            unit, reference = draw.choice(units), draw.choice(["DELTA", "ABSOLUTE"])
            whole = draw.randrange(-20_000_000, 20_000_000) // draw.choice([1, 1_000]) * draw.choice([1, 1_000])
            one = {"service_type": kind, "reference": reference, "volume": decimal(whole, PLACES[unit]), "units": unit}
            other = {"service_type": kind, "reference": reference, "volume": whole, "units": finest}
            if draw.random() < 0.5:
                pence = draw.randrange(0, 100_000)
                per = draw.choice(["MWH" if kind == "REAL" else "MVARH", "WINDOW"])
                one["price"] = {"amount": f"{pence // 100}.{pence % 100:02}", "currency": "GBP", "per": per}
                other["price"] = {"amount": pence, "currency": "GBX", "per": per}
            written.append(one)
            signed.append(other)
        document["setpoints"].append({"at": at(30 * step), "parameters": written})
        normal["setpoints"].append({"at": at(30 * step), "parameters": signed})
    return document, normal


def as_text(document):
    """JSON in which a volume is a number with all of its decimals."""
    text = json.dumps(document)
    for setpoint in document["setpoints"]:
        for parameter in setpoint["parameters"]:
            text = text.replace(f'"volume": "{parameter["volume"]}"', f'"volume": {parameter["volume"]}', 1)
    return text


class Program:
    """Rampdesk in a folder of its own."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, pathlib.Path(folder)

    def run(self, *arguments):
        return subprocess.run([self.binary, *arguments], cwd=self.folder, capture_output=True, timeout=60)

    def done(self, *arguments):
        said = self.run(*arguments)
        if said.returncode != 0:
            raise AssertionError(f"rampdesk {' '.join(arguments)}: {said.stderr.decode()}")
        return said.stdout

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)

    def believes(self, text):
        self.write("signed.json", text)
        said = self.run("verify", "signed.json", "--trust", "trust.toml")
        if said.returncode not in (0, 1):
            raise AssertionError(f"rampdesk verify: {said.stderr.decode()}")
        return said.returncode == 0


def private_key_of(pem):
    lines = [line for line in pem.splitlines() if not line.startswith("-----")]
    der = base64.b64decode("".join(lines))
    start = der.index(PKCS8[-4:]) + 4
    return SigningKey(der[start : start + 32])


def private_pem(key):
    body = base64.encodebytes(PKCS8 + bytes(key)).decode()
    return f"-----BEGIN PRIVATE KEY-----\n{body}-----END PRIVATE KEY-----\n"


def trust(public):
    return f'[[keys]]\noperator = "{OPERATOR}"\nkey_id = "{KEY_ID}"\npublic = "{b64(bytes(public))}"\n'


def with_signature(document, value):
    return {**document, "signature": {"algorithm": "Ed25519", "key_id": KEY_ID, "value": b64(value)}}


def flipped(draw, data):
    place = draw.randrange(len(data) * 8)
    return bytes(byte ^ (1 << place % 8 if place // 8 == i else 0) for i, byte in enumerate(data))


def check(claim, words):
    if not claim:
        raise AssertionError(words)


def holds(public, message, signature):
    try:
        VerifyKey(bytes(public)).verify(message, signature)
        return True
    except BadSignatureError:
        return False


def one(program, draw, key):
    """One dispatch through both, with a key of either."""
    document, normal = made_up(draw)
    text, expected = as_text(document), canonical(normal)
    program.write("dispatch.json", text)
    printed = program.done("canonical", "dispatch.json")
    check(printed == expected, f"canonical bytes differ:\n  there {printed.decode()}\n  here  {expected.decode()}")
    signed = json.loads(program.done("sign", "dispatch.json", "--key", f"{KEY_ID}.pem"))["signature"]
    value = unb64(signed["value"])
    check(holds(key.verify_key, expected, value), "what the program signed does not verify here")
    check(value == key.sign(expected).signature, "the two signatures of one message differ")
    here = as_text(with_signature(document, key.sign(expected).signature))
    check(program.believes(here), "what was signed here does not verify there")
    broken = flipped(draw, value)
    check(not holds(key.verify_key, expected, broken), "a broken signature verifies here")
    check(not program.believes(as_text(with_signature(document, broken))), "a broken signature verifies there")
    other = copy.deepcopy(document)
    other["revision"] += 1
    check(not program.believes(as_text(with_signature(other, value))), "another dispatch verifies there")
    normal["revision"] += 1
    check(not holds(key.verify_key, canonical(normal), value), "another dispatch verifies here")


def main():
    if len(sys.argv) not in (2, 3):
        print("name the program: python3 signatures.py RAMPDESK [HOW_MANY]", file=sys.stderr)
        return 2
    if SigningKey is None:
        print("NOT RUN: PyNaCl is not installed for this Python (python3 -m pip install pynacl)", file=sys.stderr)
        return 3
    binary, many = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 20
    for whose in ("theirs", "ours"):
        for seed in range(many):
            with tempfile.TemporaryDirectory() as folder:
                program, draw = Program(binary, folder), random.Random(seed)
                if whose == "theirs":
                    printed = program.done("keygen", KEY_ID).decode().strip()
                    key = private_key_of((program.folder / f"{KEY_ID}.pem").read_text())
                    check(unb64(printed) == bytes(key.verify_key), "the public keys of one seed differ")
                else:
                    key = SigningKey(draw.randbytes(32))
                    program.write(f"{KEY_ID}.pem", private_pem(key))
                program.write("trust.toml", trust(key.verify_key))
                try:
                    one(program, draw, key)
                except AssertionError as fault:
                    print(f"seed {seed}, key of {whose}: {fault}", file=sys.stderr)
                    return 1
    print(f"{2 * many} dispatches (seeds 0 to {many - 1}, with a key made by either): signed and verified alike by both")
    return 0


if __name__ == "__main__":
    sys.exit(main())
