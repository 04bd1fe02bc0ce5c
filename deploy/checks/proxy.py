"""Checks that deploy/lib/fault_proxy.py does to connections what its commands say, and nothing else.

Works against a server that answers with what it gets; takes some seconds.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

PROXY = os.path.join(os.path.dirname(__file__), "..", "lib", "fault_proxy.py")


def echo(listener, ended):
    """Answers every connection with what it sends; notes how each ends."""

    def serve(connection):
        with connection:
            try:
                while data := connection.recv(65536):
                    connection.sendall(data)
                ended.append("closed")
            except OSError:
                ended.append("reset")

    with contextlib.suppress(OSError):
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


class Check:
    def __init__(self, port, control):
        self.port = port
        self.control = control
        self.count = 0

    def tell(self, command):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self.control)
            connection.sendall(command.encode() + b"\n")
            return json.loads(connection.makefile().readline())

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=5)

    def that(self, sentence, holds):
        if not holds:
            sys.exit(f"not so: {sentence}")
        self.count += 1
        print(f"ok  {sentence}", file=sys.stderr)


def receive(connection, size, seconds):
    """What comes within a while, up to `size` bytes."""
    connection.settimeout(0.1)
    deadline, data = time.monotonic() + seconds, b""
    while len(data) < size and time.monotonic() < deadline:
        with contextlib.suppress(socket.timeout):
            data += connection.recv(size - len(data))
    return data


def is_reset(connection):
    connection.settimeout(5)
    try:
        return connection.recv(1) is None
    except ConnectionResetError:
        return True


def check_all(check, ended):
    text = bytes(range(256)) * 4000
    one = check.connect()
    threading.Thread(target=one.sendall, args=(text,), daemon=True).start()
    check.that("a megabyte passes unchanged, there and back", receive(one, len(text), 20) == text)

    check.tell("drip")
    one.sendall(b"abcdef")
    dripped = receive(one, 6, 4.5)
    check.that("drip carries about one byte a second", 1 <= len(dripped) <= 5 and b"abcdef".startswith(dripped))
    check.tell("pass")
    check.that("the rest comes when it ends, in order", dripped + receive(one, 6 - len(dripped), 5) == b"abcdef")

    check.tell("half-open")
    one.sendall(b"lost")
    check.that("half-open answers nothing", receive(one, 1, 0.5) == b"")
    two = check.connect()
    two.sendall(b"waits")
    check.that("a new connection is accepted and waits", receive(two, 1, 0.5) == b"")
    check.that("the server's side was reset", ended == ["reset"])
    check.tell("pass")
    check.that("what waited is carried when it ends", receive(two, 5, 5) == b"waits")
    check.that("what was half open stays silent and open", receive(one, 1, 0.5) == b"")

    check.tell("reset")
    check.that("reset ends a connection with RST", is_reset(two))
    three = check.connect()
    three.sendall(b"goes on")
    check.that("a new connection is carried after it", receive(three, 7, 5) == b"goes on")
    check.that("an unknown command is refused", "error" in check.tell("explode"))


def main():
    ended = []
    with socket.create_server(("127.0.0.1", 0)) as listener, tempfile.TemporaryDirectory() as folder:
        threading.Thread(target=echo, args=(listener, ended), daemon=True).start()
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        control = os.path.join(folder, "control")
        command = [sys.executable, PROXY, str(port), str(listener.getsockname()[1]), control]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as proxy:
            try:
                proxy.stdout.readline()
                check = Check(port, control)
                check_all(check, ended)
            finally:
                proxy.terminate()
    print(f"{check.count} checks passed", file=sys.stderr)


if __name__ == "__main__":
    main()
