"""RFC 8785 (JCS) for what Rampdesk signs and hashes: objects, arrays, strings, whole numbers, true, false and null.

Written from the RFC. A fraction is refused: there is none in anything that is signed."""

ESCAPED = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
MOST = 2**53 - 1


def canonical(value):
    """The canonical bytes."""
    return _text(value).encode("utf-8")


def _text(value):
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, int):
        if abs(value) > MOST:
            raise ValueError(f"{value} is no number that every reader holds exactly")
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(_text(item) for item in value) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(_string(name) + ":" + _text(value[name]) for name in names) + "}"
    raise ValueError(f"{value!r} has no canonical form here")


def _string(text):
    text.encode("utf-8")  # a lone surrogate is refused
    return '"' + "".join(_character(c) for c in text) + '"'


def _character(c):
    if c in ESCAPED:
        return ESCAPED[c]
    return f"\\u{ord(c):04x}" if ord(c) < 0x20 else c
