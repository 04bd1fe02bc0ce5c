#!/usr/bin/python3
"""Publishes messages that a well-behaved client refuses to send, to see what a node makes of them.

Usage: hostile.py URL KEY POST ASSIGNMENT

KEY is `<mailbox>.<code>` of POST, which holds ASSIGNMENT. Each message carries its name in the header `x-case`:

    deep        a sound progress command with a header of 12,000 nested tables
    identifier  a message_id of 255 bytes that are no UTF-8, so that writing it as text makes it longer
    names       a hundred headers whose names are no UTF-8
    wide        headers that all but fill a frame, so that there is no room for a word more

Exits 0 once the broker has confirmed them all.
"""

import datetime
import json
import sys
import threading

import pika

DEPTH = 12_000


def nested(depth):
    table = {}
    for _ in range(depth):
        table = {"t": table}
    return table


def messages(post, assignment):
    """Yields name, verb, properties and body of each message."""
    command = "gridwork.command.progress.v1"
    headers = {
        "ce-specversion": "1.0",
        "ce-id": "hostile-deep",
        "ce-source": post,
        "ce-type": command,
        "ce-subject": assignment,
        "ce-time": datetime.datetime.now(datetime.timezone.utc).isoformat(),
    }
    body = json.dumps({"assignment": assignment, "note": "deep"}).encode()
    yield "deep", {**headers, "deep": nested(DEPTH)}, {"message_id": "hostile-deep", "type": command}, body
    yield "identifier", {}, {"message_id": b"\xff" * 255, "type": b"\xfe" * 255}, b"{}"
    names = {bytes([200 + index % 50, index]) * 100: "x" for index in range(100)}
    yield "names", names, {"message_id": "hostile-names"}, b"{}"
    yield "wide", {f"wide-{index}": "w" * 13_060 for index in range(10)}, {"message_id": "hostile-wide"}, b"{}"


def publish(url, key, post, assignment):
    parameters = pika.URLParameters(url)
    connection = pika.BlockingConnection(parameters)
    channel = connection.channel()
    channel.confirm_delivery()
    for name, headers, properties, body in messages(post, assignment):
        channel.basic_publish(
            "gridwork.commands",
            f"{key}.progress",
            body,
            pika.BasicProperties(
                headers={**headers, "x-case": name},
                content_type="application/json",
                delivery_mode=2,
                user_id=parameters.credentials.username,
                **properties,
            ),
            mandatory=True,
        )
    connection.close()


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    # Encoding thousands of tables inside each other takes a deep stack.
    sys.setrecursionlimit(10 * DEPTH)
    threading.stack_size(512 * 1024 * 1024)
    failures = []

    def run():
        try:
            publish(*sys.argv[1:])
        except Exception as error:  # told by the main thread, whose exit status counts
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failures:
        sys.exit(f"{type(failures[0]).__name__}: {failures[0]}")


if __name__ == "__main__":
    main()
