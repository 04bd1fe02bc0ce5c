"""Uses `gridwork top` on a pseudo terminal, as somebody does over SSH.

Usage: top.py PROGRAM

PROGRAM is `gridwork`; GRIDWORK_AMQP_URL names a broker that runs. Fails where the picture does not show what it should, does not
follow the window's size, or where the terminal is not given back as it was: by q, Ctrl-C, SIGTERM, or a window that is closed.
"""

import contextlib
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

SAMPLES = pathlib.Path(__file__).resolve().parents[1] / "samples"
PATIENCE = 30
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"


class Window:
    """A program on a pseudo terminal, and what it wrote."""

    def __init__(self, command, environment, rows=24, columns=100):
        self.master, slave = pty.openpty()
        self.size(rows, columns)
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
        )
        self.text = ""

    def size(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, rows, columns):
        self.size(rows, columns)
        # The kernel tells the group in the terminal's foreground, which is none without a shell.
        self.process.send_signal(signal.SIGWINCH)

    def press(self, keys):
        os.write(self.master, keys.encode())

    def read(self):
        while select.select([self.master], [], [], 0.1)[0]:
            try:
                self.text += os.read(self.master, 65536).decode(errors="replace")
            except OSError:
                return

    def picture(self):
        """The lines of the last whole picture, without what makes them stand out."""
        pictures = self.text.split("\x1b[H")[1:]
        whole = [each for each in pictures if each.rstrip(LEAVE).endswith("\x1b[J")]
        if not whole:
            return []
        return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", whole[-1]).split("\r\n")

    def wait(self, what, holds):
        deadline = time.monotonic() + PATIENCE
        while True:
            self.read()
            picture = self.picture()
            if picture and holds(picture):
                print(f"ok  {what}", file=sys.stderr)
                return
            if time.monotonic() > deadline or self.process.poll() is not None:
                sys.exit(f"not so: {what}\n" + "\n".join(picture) + f"\n{self.text[-500:]!r}")

    def ended(self, what):
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            sys.exit(f"{what}: it does not end")
        self.read()
        if code or not self.text.endswith(LEAVE) or self.text.count(ENTER) != 1:
            sys.exit(f"{what}: it ended with {code}, and the terminal's other screen was not left: {self.text[-200:]!r}")
        if termios.tcgetattr(self.slave) != self.before:
            sys.exit(f"{what}: the terminal was not given back as it was")
        print(f"ok  {what}", file=sys.stderr)
        self.close()

    def close(self):
        os.close(self.slave)
        os.close(self.master)


def has(text):
    return lambda picture: any(text in line for line in picture)


def first_mailbox(picture):
    return next((line for line in picture if line.startswith("cell.")), "")


def look_around(window):
    window.wait("the broker answers", has(" answers, asked "))
    window.wait("there is a table of mailboxes", has("No mailbox has anything to tell"))
    window.press("a")
    window.wait("a shows all mailboxes", lambda picture: first_mailbox(picture) != "")
    top = first_mailbox(window.picture())
    window.press("\x1b[B\x1b[6~")
    window.wait("arrows and pages move", lambda picture: first_mailbox(picture) not in ("", top))
    window.press("/cell-leader\r")
    window.wait("a filter leaves others out", lambda p: has("with “cell-leader”")(p) and not has(".liaison")(p))
    window.press("\x1b")
    window.wait("Escape shows everything", lambda picture: not has("with “")(picture))
    window.press("sss")
    window.wait("s sorts", has("sorted by held"))
    window.press("3")
    window.wait("3 shows roles", has("NO DEADLINE"))
    window.press("?")
    window.wait("? explains the keys", has("turn the order round"))
    window.press("x1")
    window.resize(12, 40)
    window.wait("it follows the window", lambda p: len(p) == 12 and all(len(line) <= 40 for line in p))


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "GRIDWORK_STATE_PATH": os.path.join(folder, "state.sqlite"), "TERM": "xterm", "LC_ALL": "C.UTF-8",
        }
        subprocess.run(
            [program, "organization", "apply", SAMPLES / "jiangsu-road.organization.json"],
            env=environment, check=True, stdout=subprocess.DEVNULL,
        )
        node = subprocess.Popen([program, "up", "--http-address", "off"], env=environment)
        try:
            window = Window([program, "top"], environment)
            window.wait("the node's process is seen", has("Processes 1 "))
            look_around(window)
            window.press("q")
            window.ended("q leaves")
            for what, end in [
                ("Ctrl-C leaves", lambda w: w.press("\x03")),
                ("SIGTERM leaves", lambda w: w.process.terminate()),
                ("SIGINT leaves", lambda w: w.process.send_signal(signal.SIGINT)),
                ("SIGHUP leaves", lambda w: w.process.send_signal(signal.SIGHUP)),
            ]:
                window = Window([program, "top"], environment)
                window.wait("it begins", has("gridwork top"))
                end(window)
                window.ended(what)
            dumb = Window([program, "top"], environment | {"TERM": "dumb"})
            deadline = time.monotonic() + PATIENCE
            # Read meanwhile: a terminal that nobody reads holds up who writes.
            while dumb.process.poll() is None and time.monotonic() < deadline:
                dumb.read()
            dumb.read()
            if dumb.process.poll() != 0:
                sys.exit(f"with TERM=dumb it ended with {dumb.process.poll()}")
            if "\x1b" in dumb.text or "Processes 1 " not in dumb.text:
                sys.exit(f"with TERM=dumb it printed {dumb.text[:300]!r}")
            dumb.close()
            output = subprocess.run([program, "top", "--json"], env=environment, check=True, capture_output=True, text=True)
            if len(json.loads(output.stdout)["mailboxes"]) < 100:
                sys.exit(f"--json printed {output.stdout[:300]}")
            print("ok  one snapshot without a terminal, and as JSON", file=sys.stderr)
        finally:
            node.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                node.wait(PATIENCE)
    print("gridwork top: the terminal shows what it should, and is given back.")


if __name__ == "__main__":
    main()
