"""A street at work: broker, proxy, node, worker, agents and load, for faults to be done to."""

import contextlib
import json
import random
import socket
import sys
import time
from datetime import datetime

from chaos import street
from chaos.broker import Broker
from chaos.checker import Checker
from chaos.load import Desk, Load
from chaos.place import HEARTBEAT
from chaos.process import Keeper, Process
from chaos.proxy import Proxy
from chaos.state import State
from chaos.volume import Volume

LOG_TIME = "%Y-%m-%dT%H:%M:%S%z"


def say(text):
    print(text, file=sys.stderr, flush=True)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Scene:
    """Everything of a run. Use it with `with`: what was started is stopped at the end, however it comes."""

    def __init__(self, place, seed, rate):
        self.place = place
        self.broker = Broker(place)
        self.volume = Volume(place.root / "state")
        self.state = State(place.state_path)
        self.checker = Checker(self.state, self.broker)
        self.mailboxes = street.mailboxes()
        self.seed = seed
        self.rate = rate
        self.stack = []
        # What the present fault has to say for itself.
        self.random = random.Random(seed)
        self.failures = []
        self.notes = []

    def __enter__(self):
        try:
            self.set_up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        while self.stack:
            self.stack.pop().__exit__(None, None, None)

    def enter(self, context):
        self.stack.append(context)
        return context.__enter__()

    def set_up(self):
        say("Starting a private RabbitMQ ...")
        self.broker.first_start()
        self.enter(self.volume)
        self.proxy = Proxy(self.place, free_port(), self.broker.port)
        direct, through = self.place.environment(self.broker.port), self.place.environment(self.proxy.port)
        program = self.place.program
        self.desk = Desk(self.place, direct)
        self.node = Process("node", [program, "up"], through, self.place)
        self.worker = Process("worker", [program, "worker", "--all"], through, self.place)
        self.office = Process("office", [program, "worker", "--all", "--role", "office"], through, self.place)
        # Beyond the part of the network that is broken, where field workers' programs are.
        self.agents = Process("agents", [program, "agents", "--posts", "*", "--after", "0.05..0.3s"], direct, self.place)
        self.apply_organization()
        self.enter(Keeper([self.agents, self.office, self.worker, self.node, self.proxy.process]))
        self.proxy.process.start_and_wait()
        say("Starting node, worker and agents ...")
        self.node.start_and_wait()
        self.worker.start_and_wait()
        self.agents.start_and_wait()
        self.load = self.enter(Load(self.desk, self.seed, self.rate))

    def apply_organization(self):
        path = self.place.root / "run" / "organization.json"
        path.write_text(json.dumps(street.organization(), ensure_ascii=False), encoding="utf-8")
        code, _, error = self.desk.run("organization", "apply", str(path))
        if code != 0:
            raise RuntimeError(f"gridwork organization apply failed: {error.strip()}")

    # What faults use.

    @property
    def processes(self):
        return [self.node, self.worker]

    def begin(self, fault, index):
        """Begins a fault: choices made in it depend on the seed, the fault and its place in the plan alone."""
        self.random = random.Random(f"{self.seed}/{index}/{fault.name}")
        self.failures, self.notes = [], []

    def reconcile(self):
        """Has the pages compared now; by itself a node does it once all has rested for a minute."""
        code, output, error = self.desk.run("reconcile", "--json")
        if code != 0:
            self.fail(f"gridwork reconcile: exit {code}: {error.strip()[-300:]}")
        self.note(f"gridwork reconcile: {output.strip()}")

    def replay(self):
        """Sends what was set aside, as an operator does who reads what gridwork doctor says."""
        code, output, error = self.desk.run("dead", "replay", "--all", "--json")
        if code != 0:
            return self.fail(f"gridwork dead replay: exit {code}: {error.strip()[-300:]}")
        count = len(json.loads(output)["replayed"])
        if count:
            self.note(f"{count} messages had been set aside while their mailbox was missing, and were replayed")

    def fail(self, text):
        self.failures.append(text)

    def note(self, text):
        self.notes.append(text)

    @contextlib.contextmanager
    def noticed(self):
        """Expects node and worker to notice within two heartbeats that the broker says nothing any more."""
        began = time.time()
        offsets = {process: process.log.stat().st_size for process in self.processes}
        yield
        for process, offset in offsets.items():
            lines = process.output_since(offset).decode(errors="replace").splitlines()
            times = [datetime.strptime(line[:24], LOG_TIME) for line in lines if "cannot be reached" in line]
            # The log has whole seconds, and the silence begins with the last frame before the fault.
            if not times or times[0].timestamp() - began > 2 * HEARTBEAT + 1:
                after = f"only after {times[0].timestamp() - began:.0f} s" if times else "not at all"
                self.fail(f"{process.name} noticed {after} that the broker says nothing; two heartbeats are {2 * HEARTBEAT} s")

    def hold(self, seconds):
        """Leaves a fault standing, and sees whether somebody runs in circles or grows meanwhile."""
        before = {process: (process.pid, process.usage()) for process in self.processes}
        time.sleep(seconds)
        for process, (pid, (used, memory)) in before.items():
            now_used, now_memory = process.usage()
            if process.pid != pid:
                continue
            if now_used - used > 0.5 * seconds:
                self.fail(f"{process.name} used {now_used - used:.1f} s of processor time in {seconds} s of fault")
            if now_memory - memory > 64 * 1024 * 1024:
                self.fail(f"{process.name} grew by {(now_memory - memory) >> 20} MiB during the fault")
