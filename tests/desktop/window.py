"""A real window under Xvfb, used as a person uses it: the mouse and keys are the X server's own (xdotool), and where
to point is found by the names that a screen reader would speak, which the window tells over a loopback socket
(cargo feature `inspection`). Everything started here is ended here, by its process id."""

import os
import socket
import struct
import subprocess
import tempfile
import time


def unpack(data):
    """MessagePack, as much of it as the window speaks."""
    value, rest = _unpack(memoryview(data), 0)
    assert rest == len(data), "bytes left over"
    return value


def _unpack(data, at):
    head = data[at]
    at += 1
    if head < 0x80:
        return head, at
    if head >= 0xE0:
        return head - 0x100, at
    if head < 0x90:
        return _map(data, at, head & 0x0F)
    if head < 0xA0:
        return _list(data, at, head & 0x0F)
    if head < 0xC0:
        return _text(data, at, head & 0x1F)
    if head in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[head], at
    numbers = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",
               0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}
    if head in numbers:
        size = struct.calcsize(numbers[head])
        return struct.unpack(numbers[head], data[at:at + size])[0], at + size
    sized = {0xC4: (">B", _bytes), 0xC5: (">H", _bytes), 0xC6: (">I", _bytes),
             0xD9: (">B", _text), 0xDA: (">H", _text), 0xDB: (">I", _text),
             0xDC: (">H", _list), 0xDD: (">I", _list), 0xDE: (">H", _map), 0xDF: (">I", _map)}
    form, read = sized[head]
    size = struct.calcsize(form)
    return read(data, at + size, struct.unpack(form, data[at:at + size])[0])


def _bytes(data, at, length):
    return bytes(data[at:at + length]), at + length


def _text(data, at, length):
    return bytes(data[at:at + length]).decode(), at + length


def _list(data, at, length):
    out = []
    for _ in range(length):
        value, at = _unpack(data, at)
        out.append(value)
    return out, at


def _map(data, at, length):
    out = {}
    for _ in range(length):
        key, at = _unpack(data, at)
        out[str(key)], at = _unpack(data, at)
    return out, at


# AccessKit's flag, by its bit in a node of [role, actions, actions of children, flags, properties].
DISABLED = 1 << 9


class Node:
    """One thing on the screen: what a screen reader says of it, and where it is in points."""

    def __init__(self, raw, names=None):
        self.role = raw[0]
        self.value = _find(raw, "value") or ""
        named_by = _find(raw, "labelledBy") or []
        self.label = _find(raw, "label") or " ".join((names or {}).get(part, "") for part in named_by)
        if self.role == "label" and not self.label:
            self.label = self.value
        self.disabled = bool(raw[3] & DISABLED)
        self.bounds = _find(raw, "bounds")

    @property
    def corners(self):
        """Left, top, right and bottom."""
        return tuple(self.bounds.values() if isinstance(self.bounds, dict) else self.bounds)

    @property
    def center(self):
        x0, y0, x1, y1 = self.corners
        return (x0 + x1) / 2, (y0 + y1) / 2

    def __repr__(self):
        return f"{self.role} {self.label!r} {self.value!r} {self.bounds}"


def _find(raw, key):
    """A property by name, at whatever depth the node's form keeps it."""
    if isinstance(raw, dict):
        if key in raw:
            return raw[key]
        parts = raw.values()
    elif isinstance(raw, list):
        parts = raw
    else:
        return None
    for part in parts:
        if isinstance(part, (dict, list)):
            found = _find(part, key)
            if found is not None:
                return found
    return None


class Window:
    """The program, and the one of its windows that is in hand: the first, until `turn_to` takes another. `screen` is the screen's
    width where it is to hold a second window beside the first; `environment` is what the program finds there besides."""

    def __init__(self, binary, out, width=1280, height=720, scale=1.0, arguments=(), screen=None, environment=None):
        self.out, self.scale, self.width, self.height = out, scale, width, height
        self.screen, self.origin = max(screen or width, width), (0, 0)
        self.environment = environment or {}
        os.makedirs(out, exist_ok=True)
        self.home = tempfile.TemporaryDirectory()
        self.data = os.path.join(self.home.name, "sandbox")
        self.started = []
        try:
            self._open(binary, width, height, arguments)
        except BaseException:
            self.close()
            raise

    def _open(self, binary, width, height, arguments):
        read, write = os.pipe()
        screen = f"{self.screen}x{height}x24"
        self.xvfb = self._start(["Xvfb", "-displayfd", str(write), "-screen", "0", screen, "-nolisten", "tcp", "-noreset",
                                 "+extension", "GLX", "+extension", "RANDR", "-fbdir", self.home.name], "xvfb.log",
                                pass_fds=[write])
        os.close(write)
        number = b""
        while not number.endswith(b"\n"):
            part = os.read(read, 16)
            assert part, "Xvfb did not start: " + open(os.path.join(self.out, "xvfb.log")).read()
            number += part
        os.close(read)
        self.display = ":" + number.decode().strip()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.env = {**os.environ, "DISPLAY": self.display, "WINIT_X11_SCALE_FACTOR": str(self.scale), "HOME": self.home.name,
                    "LIBGL_ALWAYS_SOFTWARE": "1", "XDG_RUNTIME_DIR": self.home.name, "XDG_DATA_HOME": self.home.name,
                    "XDG_CONFIG_HOME": self.home.name, "EGUI_INSPECTION": f"127.0.0.1:{self.port}", **self.environment}
        for name in ("WAYLAND_DISPLAY", "WAYLAND_SOCKET"):
            self.env.pop(name, None)
        self.command = [binary, "--data", self.data, *arguments]
        self._run()

    def _run(self):
        self._launch()
        self.socket = self._connect()
        self.first = self._xdotool("search", "--sync", "--onlyvisible", "--pid", str(self.app.pid)).split()[0]
        self._place(self.first, (0, 0), (self.width, self.height))

    def _place(self, wid, origin, size):
        """There is no window manager: place, size and focus by hand."""
        self.origin = origin
        self._xdotool("windowmove", wid, *map(str, origin), "windowsize", wid, *map(str, size), "windowfocus", wid)
        self.settle()

    def turn_to(self, title):
        """Takes the window of that title in hand, in all the room beside the first. What is found by its name is then found in it,
        as long as it is open: the window tells of one of its windows alone, and that is the newest."""
        wid = self._xdotool("search", "--sync", "--onlyvisible", "--name", title).split()[0]
        self._place(wid, (self.width, 0), (self.screen - self.width, self.height))

    def turn_back(self):
        """Takes the first window in hand again."""
        self._place(self.first, (0, 0), (self.width, self.height))

    def _launch(self):
        self.app = self._start(self.command, "app.log", env=self.env)

    def pixels(self):
        """What stands on the screen now, four bytes a pixel, from the X server's own memory."""
        with open(os.path.join(self.home.name, "Xvfb_screen0"), "rb") as screen:
            return screen.read()[-self.screen * self.height * 4:]

    def crash(self):
        """Kills the program where it stands, and starts it again on the same folder."""
        self.app.kill()
        self.app.wait()
        self.started.remove(self.app)
        self.socket.close()
        self._run()

    def _start(self, command, log, **options):
        with open(os.path.join(self.out, log), "wb") as sink:
            process = subprocess.Popen(command, stdout=sink, stderr=sink, **options)
        self.started.append(process)
        return process

    def _connect(self):
        for _ in range(300):
            assert self.app.poll() is None, open(os.path.join(self.out, "app.log")).read()
            try:
                link = socket.create_connection(("127.0.0.1", self.port), timeout=30)
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise AssertionError("the window did not open its inspection socket within 30 s")
        assert self._receive(link, 4) == b"eins"
        self._receive(link, 4)
        return link

    @staticmethod
    def _receive(link, count):
        data = b""
        while len(data) < count:
            part = link.recv(count - len(data))
            assert part, "the window closed its inspection socket"
            data += part
        return data

    def _xdotool(self, *arguments):
        return subprocess.run(["timeout", "60", "xdotool", *arguments], env=self.env, check=True,
                              capture_output=True, text=True).stdout

    def nodes(self):
        body = bytes([0xA0 | len("GetTree")]) + b"GetTree"
        self.socket.sendall(struct.pack(">I", len(body)) + body)
        length = struct.unpack(">I", self._receive(self.socket, 4))[0]
        answer = unpack(self._receive(self.socket, length))
        _, points, tree = answer["Tree"]
        self.points = points
        raw = tree["nodes"] if isinstance(tree, dict) else tree[0]
        names = {key: _find(node, "label") or _find(node, "value") or "" for key, node in raw}
        return [Node(node, names) for _, node in raw]

    def settle(self):
        """Until the window's processor time stops moving, at most two seconds."""
        def ticks():
            fields = open(f"/proc/{self.app.pid}/stat").read().rsplit(")", 1)[1].split()
            return int(fields[11]) + int(fields[12])
        before, same = ticks(), 0
        for _ in range(25):
            time.sleep(0.08)
            now = ticks()
            same = same + 1 if now - before <= 1 else 0
            before = now
            if same >= 2:
                return

    def find(self, label, role=None, within=20.0, exact=True):
        """The first visible thing with that name; waits for it."""
        until = time.time() + within
        while True:
            found = self.all(label, role, exact)
            if found:
                return found[0]
            assert time.time() < until, f"nothing on the screen is called {label!r}; there is: " + \
                "; ".join(sorted({n.label for n in self.nodes() if n.label})[:150])
            time.sleep(0.2)

    def all(self, label, role=None, exact=True):
        named = (lambda n: n.label == label) if exact else (lambda n: label in n.label)
        return [n for n in self.nodes() if n.bounds and named(n) and (role is None or n.role == role)]

    def shows(self, text):
        return any(text in n.label or text in n.value for n in self.nodes())

    def wait(self, text, within=30.0):
        until = time.time() + within
        while not self.shows(text):
            assert time.time() < until, f"the screen never said {text!r}"
            time.sleep(0.2)

    def find_said(self, words, within=30.0):
        """The first thing whose name says all of these words; waits for it."""
        until = time.time() + within
        while True:
            for node in self.nodes():
                if all(word in node.label or word in node.value for word in words):
                    return node
            assert time.time() < until, f"nothing on the screen says all of {words}"
            time.sleep(0.3)

    def _move(self, point):
        x, y = (round(v * self.scale) + start for v, start in zip(point, self.origin))
        self._xdotool("mousemove", str(x), str(y))
        self.settle()

    def point_away(self):
        """To the empty foot of the rail, where nothing is told about what lies under the pointer."""
        self._move((40, 480))

    def click(self, label, role=None, exact=True, times=1):
        self.click_at(self.find(label, role, exact=exact).center, times)

    def click_at(self, point, times=1):
        self._move(point)
        self._xdotool("click", "--repeat", str(times), "--delay", "60", "1")
        self.settle()

    def drag(self, start, end, steps=8):
        self._move(start)
        self._xdotool("mousedown", "1")
        self.settle()
        for step in range(1, steps + 1):
            self._move(tuple(a + (b - a) * step / steps for a, b in zip(start, end)))
        self._xdotool("mouseup", "1")
        self.settle()

    def wheel(self, point, way):
        self._move(point)
        self._xdotool("click", {"up": "4", "down": "5"}[way])
        self.settle()

    def hold(self, label, seconds):
        self._move(self.find(label).center)
        self._xdotool("mousedown", "1")
        time.sleep(seconds)
        self._xdotool("mouseup", "1")
        self.settle()

    def type(self, text):
        self._xdotool("type", "--delay", "25", "--", text)
        self.settle()

    def write(self, field, text, role="textInput"):
        """Writes a field anew, and leaves it."""
        self.click(field, role)
        self._xdotool("key", "ctrl+a", "type", "--args", "1", "--delay", "12", text)
        self.settle()
        self.key("Tab")

    def key(self, *keys):
        self._xdotool("key", "--clearmodifiers", *keys)
        self.settle()

    def reach(self, label, role=None, exact=True, below=26, over=0.4, above=80):
        """Scrolls what lies at that share of the width until that thing stands at least so far above the alarm list, and
        lower than `above`."""
        for _ in range(40):
            x, y = self.find(label, role, exact=exact).center
            fold = self.find("old the alarm list", exact=False).center[1] - below
            if above < y < fold:
                return
            self.wheel((self.width / self.scale * over, self.height / self.scale * 0.45), "down" if y > above else "up")
        raise AssertionError(f"{label!r} cannot be scrolled to")

    def palette(self, action):
        """Does an action by its name in the palette."""
        self.key("ctrl+k")
        self.find("Find an action")
        self.type(action)
        self.key("Return")

    def shot(self, name):
        self.settle()
        subprocess.run(["import", "-window", "root", os.path.join(self.out, name + ".png")], env=self.env, check=True)

    def close(self):
        for process in reversed(self.started):
            process.terminate()
        for process in self.started:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.home.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
