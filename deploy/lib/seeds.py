"""Makes the inputs that fuzzing begins with, of the examples in schemas/ and of AMQP's own forms.

Usage: seeds.py PROJECT DIRECTORY

Writes DIRECTORY/<target>/<name> for each target of Tests/Fuzz.
"""

import json
import pathlib
import struct
import sys

# The order of Tests/Fuzz/MessageFuzz.swift, and a leg of it, in place of what the examples speak of.
EXAMPLE, ORDER = "310105002-20261123-0007", "310105002-20261123-0001"
POSTS = {
    "office": ("street.310105002.office", "310105002"),
    "cell-leader": ("cell.310105002001001.cell-leader", "310105002001001"),
    "liaison": ("cell.310105002001001.liaison", "31010500200100101001"),
}
# In the order of MailEvent and CommandVerb.
MAILS = (
    "issued acknowledged progressed submitted completed returned resumed takenOver escalated escalationAnswered "
    "escalationWithdrawn signedOff reworkRequested recalled urged offered refused"
).split()
COMMANDS = "issue acknowledge progress complete return escalate answer signOff rework recall urge reassign".split()
DEPTH = 12_000


def body(path):
    text = path.read_text(encoding="utf-8").replace(EXAMPLE + ".12", ORDER + ".1").replace(EXAMPLE, ORDER)
    return text.encode()


def message(name, content):
    """A message as Tests/Fuzz/MessageText.swift reads it."""
    kind, word = name.split(".")[:2]
    role = "liaison" if kind == "assignment" else "cell-leader"
    if word in ("issue", "submitted", "returned"):
        role = "office"
    mailbox, code = POSTS[role]
    lines = {
        ":exchange": "gridwork" if kind == "assignment" or word == "refused" else "gridwork.commands",
        ":key": f"{mailbox}.{code}.{word}",
        ":id": "seed-1",
        ":type": f"gridwork.{kind}.{word}.v1",
        ":order": ORDER,
        "ce-specversion": "1.0",
        "ce-id": "seed-1",
        "ce-source": f"{role}@{code}",
        "ce-type": f"gridwork.{kind}.{word}.v1",
        "ce-time": "2026-11-23T08:46:32.120Z",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }
    assignment = json.loads(content).get("assignment") if content.startswith(b"{") else None
    if assignment:
        lines["ce-subject"] = assignment
    return "".join(f"{name} {value}\n" for name, value in lines.items()).encode() + b"\n" + content


def short(text):
    return bytes([len(text)]) + text.encode()


def table(*entries):
    content = b"".join(short(name) + kind + value for name, kind, value in entries)
    return struct.pack(">I", len(content)) + content


def long(value):
    return struct.pack(">I", len(value)) + value


def nested(depth):
    """Tables inside each other: an entry with an empty name, the type F, the size of what lies within."""
    return struct.pack(">I", (depth - 1) * 6) + b"".join(
        b"\0F" + struct.pack(">I", (depth - 2 - level) * 6) for level in range(depth - 1)
    )


def tables():
    yield "empty", table()
    yield "headers", table(
        ("ce-id", b"S", long(b"seed-1")), ("ce-source", b"S", long(b"office@310105002")), ("x-delivery-count", b"l", struct.pack(">q", 3))
    )
    yield "kinds", table(
        *((kind.decode(), kind, bytes(size)) for kind, size in
          ((b"t", 1), (b"b", 1), (b"B", 1), (b"s", 2), (b"u", 2), (b"I", 4), (b"i", 4), (b"l", 8), (b"L", 8),
           (b"f", 4), (b"d", 8), (b"D", 5), (b"T", 8), (b"V", 0))),
        ("x", b"x", long(b"\xff\x00")), ("A", b"A", long(b"S" + long(b"a") + b"V")), ("F", b"F", table(("t", b"t", b"\1"))),
    )
    yield "no-utf8", table(("S", b"S", long(b"\xff\xfe")))
    yield "huge-string", table(("S", b"S", struct.pack(">I", 0xFFFFFFFF)))
    yield "huge-array", table(("A", b"A", struct.pack(">I", 0xFFFFFFFF) + b"V"))
    yield "huge-table", struct.pack(">I", 0xFFFFFFFF) + b"\1aV"
    yield "wide", table(("A", b"A", long(b"V" * 130_000)))
    yield "empty-arrays", table(*[("", b"A", long(b""))] * 20_000)
    yield "unknown-kind", table(("?", b"?", b""))
    yield "deep-arrays", arrays(2 * DEPTH)
    yield "deep", nested(DEPTH)


def arrays(depth):
    """Arrays inside each other, which are a byte shorter: the type A, the size of what lies within."""
    content = b"".join(b"A" + struct.pack(">I", (depth - 1 - level) * 5) for level in range(depth))
    return struct.pack(">I", 1 + len(content)) + b"\0" + content


def bodies():
    """JSON of shapes that cost more than their bytes."""
    yield "many-members", b"{" + b",".join(b'"%d":1' % number for number in range(24_000)) + b"}"
    yield "same-members", b"{" + b",".join([b'"a":1'] * 30_000) + b"}"
    yield "tiny-elements", b'{"scope":[' + b",".join([b"0"] * 100_000) + b"]}"
    yield "empty-arrays", b'{"scope":[' + b",".join([b"[]"] * 80_000) + b"]}"
    yield "long-number", b'{"revision":' + b"9" * 200_000 + b"}"
    yield "long-fraction", b'{"revision":0.' + b"0" * 200_000 + b"1}"
    yield "large-exponent", b'{"revision":1e' + b"9" * 1_000 + b"}"
    yield "no-utf8", b'{"note":"\xff\xfe\xc0\x80\xed\xa0\x80\xf5"}'
    yield "half-pair", b'{"note":"\\ud800"}'
    yield "wrong-types", b'{"assignment":7,"note":[],"revision":"x","state":null,"title":{},"scope":{"a":1},"units":"","levels":3}'
    yield "cut-off", b'{"assignment":"'
    yield "nul", b'{"note":"a\0b","\\u0000":"\\u0000"}'


def frame(kind, channel, payload):
    return struct.pack(">BHI", kind, channel, len(payload)) + payload + b"\xce"


def method(classid, methodid, content=b"", channel=1):
    return frame(1, channel, struct.pack(">HH", classid, methodid) + content)


def header(size, flags=0, properties=b"", channel=1):
    return frame(2, channel, struct.pack(">HHQH", 60, 0, size, flags) + properties)


def frames():
    deliver = method(60, 60, short("1") + struct.pack(">QB", 1, 0) + short("gridwork") + short("cell.1.liaison.1.issued"))
    headers = dict(tables())["headers"]
    yield "delivery", deliver + header(2, 0x2080, headers + short("seed-1")) + frame(3, 1, b"{}")
    yield "parts", deliver + header(4) + frame(3, 1, b"{ ") + frame(8, 0, b"") + frame(3, 1, b" }")
    yield "all-properties", deliver + header(
        0, 0xFFFC, short("application/json") + short("utf-8") + headers + b"\2\0" + short("order") + short("r") + short("1")
        + short("id") + struct.pack(">Q", 1) + short("type") + short("guest") + short("app") + short("")
    )
    yield "deep", deliver + header(0, 0x2000, nested(DEPTH))
    yield "deep-arrays", deliver + header(0, 0x2000, arrays(2 * DEPTH))
    yield "huge-body", deliver + header(0xFFFFFFFFFFFFFFFF)
    yield "large-body", deliver + header(512 << 20) + frame(3, 1, b"{")
    yield "huge-frame", struct.pack(">BHI", 1, 1, 0xFFFFFFFF)
    yield "frame-too-large", struct.pack(">BHI", 3, 1, 131_072)
    yield "short-method", frame(1, 1, b"\0\x3c")
    yield "short-header", deliver + frame(2, 1, b"\0\x3c\0\0\0\0")
    yield "many-channels", b"".join(frame(8, channel, b"") for channel in range(1, 2_048))
    yield "unknown-type", frame(9, 1, b"") + frame(0, 1, b"")
    yield "no-end", deliver[:-1] + b"\0"
    yield "get", method(60, 71, struct.pack(">QB", 1, 0) + short("") + short("q") + struct.pack(">I", 0)) + header(0)
    yield "returned", method(60, 50, struct.pack(">H", 312) + short("NO_ROUTE") + short("") + short("k")) + header(0)
    yield "confirms", method(60, 80, struct.pack(">QB", 7, 1)) + method(60, 120, struct.pack(">QB", 8, 0))
    yield "replies", (
        method(50, 11, short("q") + struct.pack(">II", 1, 1)) + method(50, 31, bytes(4)) + method(50, 41, bytes(4))
        + method(20, 11, bytes(4)) + method(20, 41) + method(60, 72, short("")) + method(60, 21, short("1"))
    )
    yield "cancel", method(60, 30, short("1") + b"\1")
    yield "closing", method(20, 40, struct.pack(">H", 406) + short("PRECONDITION_FAILED") + bytes(4)) + method(
        10, 50, struct.pack(">H", 320) + short("CONNECTION_FORCED") + bytes(4), channel=0
    )
    yield "blocked", method(10, 60, short("low on memory"), channel=0) + method(10, 61, channel=0)


def main():
    project, directory = map(pathlib.Path, sys.argv[1:])
    examples = project / "schemas" / "examples"

    def write(target, name, content):
        folder = directory / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)

    for path in sorted((examples / "messages").glob("*.json")):
        content = body(path)
        if path.name.startswith("common"):
            continue
        write("message", path.stem, message(path.name, content))
        kind, word = path.name.split(".")[:2]
        types = MAILS if word in MAILS else [""] * len(MAILS) + COMMANDS
        # The second byte chooses the post.
        write("body", path.stem, bytes([types.index(word), 3]) + content)
    for target in ("order", "organization"):
        for path in sorted(examples.glob(f"{target}.*.json")):
            write(target, path.stem, body(path))
    for path in sorted((project / "deploy" / "samples").glob("*.order.json")):
        write("order", path.stem, body(path))
    write("order", "deep", b'{"title":' + b"[" * DEPTH + b"]" * DEPTH + b"}")
    write("organization", "deep", b'{"units":' + b"[" * DEPTH + b"]" * DEPTH + b"}")
    write("body", "deep", b"\0\3" + b'{"assignment":' + b'{"a":' * DEPTH + b"1" + b"}" * DEPTH + b"}")
    for name, content in bodies():
        write("body", name, b"\1\3" + content)
        write("body", "order-" + name, bytes([len(MAILS), 0]) + content)
        write("order", name, content)
        write("organization", name, content)
    for name, content in tables():
        write("table", name, content)
    for name, content in frames():
        write("frame", name, content)


if __name__ == "__main__":
    main()
