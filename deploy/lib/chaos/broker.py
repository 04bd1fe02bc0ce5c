"""The private broker of a run: deploy/broker, and what only a client can ask."""

import socket
import subprocess
import threading
import time

import pika

START_LIMIT = 90


class Broker:
    def __init__(self, place):
        self.script = str(place.project / "deploy" / "broker")
        self.directory = str(place.root / "broker")
        self.log = place.log("broker-script")
        self.port = None
        self.starting = None

    def run(self, *arguments):
        done = subprocess.run([self.script, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"deploy/broker {' '.join(arguments)}: {done.stderr.strip()[-500:]}")
        return done.stdout

    def ctl(self, *arguments):
        return self.run("ctl", self.directory, "--quiet", *arguments)

    def start(self):
        """Starts it, and returns as soon as its port is open; `settle` waits for the rest."""
        with open(self.log, "ab") as log:
            self.starting = subprocess.Popen([self.script, "start", self.directory], stdout=log, stderr=log)
        deadline = time.monotonic() + START_LIMIT
        while not self.port_is_open():
            if time.monotonic() > deadline:
                raise RuntimeError(f"the broker did not open its port within {START_LIMIT} s; see {self.log}")
            time.sleep(0.01)

    def settle(self):
        """Waits until a start that was begun has ended."""
        if self.starting is not None and self.starting.wait(START_LIMIT) != 0:
            raise RuntimeError(f"the broker did not start; see {self.log}")
        self.starting = None

    def first_start(self):
        self.run("start", self.directory)
        self.port = int(self.run("url", self.directory).split(":")[-1].split("/")[0])

    def port_is_open(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def kill(self):
        self.run("kill", self.directory)

    def pause(self):
        self.run("pause", self.directory)

    def resume(self):
        self.run("continue", self.directory)

    def channel(self):
        """A channel on a connection of its own; close the connection when done."""
        parameters = pika.ConnectionParameters(
            "127.0.0.1", self.port, socket_timeout=2, stack_timeout=4, blocked_connection_timeout=4
        )
        return pika.BlockingConnection(parameters).channel()

    def queues(self, names):
        """(messages ready, consumers) of each queue; None for one that is not there."""
        found = {}
        channel = self.channel()
        try:
            for name in names:
                try:
                    answer = channel.queue_declare(name, passive=True).method
                    found[name] = (answer.message_count, answer.consumer_count)
                except pika.exceptions.ChannelClosedByBroker:
                    found[name] = None
                    channel = channel.connection.channel()
        finally:
            if channel.connection.is_open:
                channel.connection.close()
        return found


class ConsumerWatch:
    """Notes when every mailbox has a consumer: that of the one process that holds it.

    A broker that delivers thousands of messages takes seconds for a look at every mailbox, and those seconds are not the
    street's. So a look goes over those only that were not served yet, and one at all of them then shows that none was lost
    meanwhile; what counts is when the last one was found served.
    """

    def __init__(self, broker, names):
        self.broker = broker
        self.names = names
        self.seen_at = None
        self.missing = len(names)
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        left = self.names
        while not self.done.is_set():
            left = self.unserved(left)
            found_at = time.time()
            if not left:
                left = self.unserved(self.names)
                if not left:
                    self.missing, self.seen_at = 0, found_at
                    return
            self.missing = len(left)
            self.done.wait(0.25)

    def unserved(self, names):
        """Those of some mailboxes that lack a consumer; all of them where the broker does not answer."""
        try:
            counts = self.broker.queues(names)
        except (pika.exceptions.AMQPError, OSError):
            return names
        return [name for name in names if (counts.get(name) or (0, 0))[1] == 0]

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()
