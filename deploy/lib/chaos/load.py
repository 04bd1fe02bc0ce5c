"""The steady load: work orders issued at the office's desk, one command each."""

import json
import random
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from chaos import street

AT_ONCE = 4
HUNG_SECONDS = 60


@dataclass
class Attempt:
    """One issue command and what it said."""

    number: int
    draft: street.Draft
    began: float
    ended: float = 0.0
    code: int | None = None
    order: str | None = None
    said: str = ""
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def is_acknowledged(self):
        return self.code == 0

    @property
    def seconds(self):
        return self.ended - self.began


class Desk:
    """Runs gridwork commands at the office's desk."""

    def __init__(self, place, environment):
        self.place = place
        self.environment = environment

    def run(self, *arguments, text=None):
        """(exit code, standard output, standard error); the code is None when the command hung and was killed."""
        try:
            done = subprocess.run(
                [self.place.program, *arguments],
                input=text,
                env=self.environment,
                capture_output=True,
                text=True,
                timeout=HUNG_SECONDS,
                check=False,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired:
            return None, "", f"hung for {HUNG_SECONDS} s"
        return done.returncode, done.stdout, done.stderr

    def issue(self, attempt):
        text = json.dumps(attempt.draft.document, ensure_ascii=False)
        identifier = f"chaos-{attempt.number}"
        attempt.code, output, error = self.run("order", "issue", "-", "--json", "--command-id", identifier, text=text)
        attempt.ended = time.time()
        if attempt.is_acknowledged:
            attempt.order = json.loads(output)["id"]
        attempt.said = error.strip()[-300:]
        attempt.done.set()


class Load:
    """Issues orders at a rate while it is switched on, and any order when asked."""

    def __init__(self, desk, seed, rate):
        self.desk = desk
        self.seed = seed
        self.period = 1 / rate
        self.attempts = []
        self.lock = threading.Lock()
        self.is_on = threading.Event()
        self.finished = threading.Event()
        self.executor = ThreadPoolExecutor(AT_ONCE)
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.finished.set()
        self.is_on.set()
        self.thread.join()
        self.executor.shutdown(cancel_futures=True)

    def begin(self, make_draft):
        """Begins an attempt; `make_draft` makes the draft of a number."""
        with self.lock:
            number = len(self.attempts) + 1
            attempt = Attempt(number, make_draft(number), time.time())
            self.attempts.append(attempt)
        return attempt

    def issue(self, make_draft):
        """Issues one order and returns when the command has ended."""
        attempt = self.begin(make_draft)
        self.desk.issue(attempt)
        return attempt

    def issue_many(self, count, make_draft):
        """Issues orders, several at a time."""
        with ThreadPoolExecutor(AT_ONCE) as executor:
            return list(executor.map(lambda _: self.issue(make_draft), range(count)))

    def run(self):
        waiting = []
        while not self.finished.is_set():
            self.is_on.wait()
            waiting = [attempt for attempt in waiting if not attempt.done.is_set()]
            # A desk that has to wait does not pile up work.
            if not self.finished.is_set() and len(waiting) < AT_ONCE:
                attempt = self.begin(lambda number: street.random_draft(number, random.Random(f"{self.seed}/{number}")))
                waiting.append(attempt)
                self.executor.submit(self.desk.issue, attempt)
            self.finished.wait(self.period)

    def resume(self):
        self.is_on.set()

    def pause(self):
        """Stops issuing and waits for the commands under way."""
        self.is_on.clear()
        for attempt in list(self.attempts):
            attempt.done.wait(HUNG_SECONDS + 5)
