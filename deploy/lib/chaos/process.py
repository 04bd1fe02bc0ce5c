"""Processes of a run: started, signalled, and started again when they end unasked."""

import os
import signal
import subprocess
import threading
import time

RESTART_PAUSE = 1.0
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def identity(pid):
    """The record that names a process, as deploy/lib/process.sh writes and reads it."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return f"{pid} {fields[19]} {file.read().strip()}"


class Process:
    """A process in a session of its own, recorded so that the script can stop it even when the driver is killed."""

    def __init__(self, name, command, environment, place):
        self.name = name
        self.command = command
        self.environment = environment
        self.log = place.log(name)
        self.record = place.record(name)
        self.child = None
        self.is_wanted = False
        # Exit codes of ends that nobody asked for, since they were last taken.
        self.own_ends = []
        self.ended_at = 0.0
        self.lock = threading.RLock()

    @property
    def pid(self):
        return self.child.pid if self.child else None

    @property
    def is_alive(self):
        return self.child is not None and self.child.poll() is None

    def start(self):
        with self.lock:
            self.is_wanted = True
            with open(self.log, "ab") as log:
                self.child = subprocess.Popen(
                    self.command,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            self.record.write_text(identity(self.child.pid) + "\n", encoding="ascii")

    def start_and_wait(self, limit=60):
        """Starts and waits until the process says that it is ready."""
        offset = self.log.stat().st_size if self.log.exists() else 0
        self.start()
        deadline = time.monotonic() + limit
        while b"ready" not in self.output_since(offset).lower():
            if not self.is_alive or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not become ready; its log is {self.log}")
            time.sleep(0.05)

    def output_since(self, offset):
        with open(self.log, "rb") as file:
            file.seek(offset)
            return file.read()

    def send(self, number):
        with self.lock:
            if self.is_alive:
                self.child.send_signal(number)

    def kill(self):
        """SIGKILL, as asked for: it is not started again by itself."""
        with self.lock:
            self.is_wanted = False
            self.send(signal.SIGKILL)
            self.child.wait()

    def stop(self, limit=15):
        with self.lock:
            self.is_wanted = False
            if not self.is_alive:
                return
            self.send(signal.SIGTERM)
            self.send(signal.SIGCONT)
            try:
                self.child.wait(limit)
            except subprocess.TimeoutExpired:
                self.send(signal.SIGKILL)
                self.child.wait()

    def tend(self):
        """Starts it again when it ended unasked, after a pause, as a service manager would."""
        with self.lock:
            if not self.is_wanted or self.is_alive:
                return
            if not self.ended_at:
                self.ended_at = time.monotonic()
                self.own_ends.append(self.child.returncode)
            if time.monotonic() - self.ended_at >= RESTART_PAUSE:
                self.ended_at = 0.0
                self.start()

    def take_own_ends(self):
        with self.lock:
            ends, self.own_ends = self.own_ends, []
            return ends

    def usage(self):
        """Seconds of processor time and bytes of memory used so far; zeros when it does not run."""
        try:
            with open(f"/proc/{self.pid}/stat", encoding="ascii", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            return 0.0, 0
        return (int(fields[11]) + int(fields[12])) / TICKS, int(fields[21]) * PAGE


class Keeper:
    """Tends processes until it is stopped."""

    def __init__(self, processes):
        self.processes = processes
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.done.wait(0.1):
            for process in self.processes:
                process.tend()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()
        for process in self.processes:
            process.stop()
