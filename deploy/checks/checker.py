"""Checks that the checker of deploy/chaos can fail: it is given a state file with orders that were lost, doubled, recovered and
made up, and must count each as what it is, once, and let nothing pass that is not clean.

Needs no broker and no gridwork; takes no time.
"""

import json
import os
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

from chaos import report, street  # noqa: E402
from chaos.checker import Checker  # noqa: E402
from chaos.load import Attempt  # noqa: E402
from chaos.state import State  # noqa: E402

# Of the state file's tables what the checker asks for.
TABLES = """
CREATE TABLE workOrder (id TEXT PRIMARY KEY, title TEXT);
CREATE TABLE assignment (id TEXT PRIMARY KEY, post TEXT, state TEXT, isTombstone INTEGER DEFAULT 0);
CREATE TABLE history (n INTEGER PRIMARY KEY, assignment TEXT, event TEXT, leg TEXT);
"""
CELLS = street.CELLS[:2]


class Broker:
    """What lies among the dead and the unrouted."""

    def __init__(self):
        self.dead = 0

    def queues(self, names):
        return {name: (self.dead if name == "gridwork.dead" else 0, 0) for name in names}


class Check:
    def __init__(self, folder):
        self.path = os.path.join(folder, "state.sqlite")
        self.connection = sqlite3.connect(self.path, isolation_level=None)
        self.connection.executescript(TABLES)
        self.broker = Broker()
        self.checker = Checker(State(self.path), self.broker)
        self.attempts = []
        self.count = 0

    def attempt(self, is_acknowledged=True):
        """An order that somebody issued, and its identifier."""
        number = len(self.attempts) + 1
        attempt = Attempt(number, street.draft(number, CELLS), time.time(), code=0 if is_acknowledged else 75)
        identifier = f"{street.STREET}-20261123-{number:04}"
        attempt.order = identifier if is_acknowledged else None
        self.attempts.append(attempt)
        return attempt, identifier

    def carry_out(self, identifier, title, posts):
        """Writes the pages of an order, all done, and their history."""
        self.connection.execute("INSERT INTO workOrder VALUES (?, ?)", (identifier, title))
        for leg, post in enumerate(sorted(posts)):
            page = identifier if leg == 0 else f"{identifier}.{leg}"
            self.connection.execute("INSERT INTO assignment (id, post, state) VALUES (?, ?, 'completed')", (page, post))
            for event in ("issued", "acknowledged", "completed"):
                self.connection.execute("INSERT INTO history (assignment, event) VALUES (?, ?)", (page, event))

    def done(self, is_acknowledged=True):
        """An order that was carried out, and its identifier."""
        attempt, identifier = self.attempt(is_acknowledged)
        self.carry_out(identifier, street.title(attempt.number), attempt.draft.posts)
        return attempt, identifier

    def expect(self, sentence, attempts, **expected):
        """Counts these attempts; whatever is not named has to be none."""
        counts = self.checker.count(attempts, self.attempts)
        names = ("attempted", "acknowledged", "ok", "lost", "duplicated", "recovered", "unexpected")
        found = {name: getattr(counts, name) for name in names if getattr(counts, name)}
        if found != expected:
            sys.exit(f"not so: {sentence}: {found} and not {expected}; {counts.details}")
        is_harmless = not {"lost", "duplicated", "unexpected"} & expected.keys()
        if counts.is_clean != is_harmless:
            sys.exit(f"not so: {sentence}: clean is {counts.is_clean}")
        if not is_harmless and not counts.details:
            sys.exit(f"not so: {sentence}: it is not said where")
        self.count += 1
        print(f"ok  {sentence}", file=sys.stderr)
        return counts


def check_all(check):
    sql = check.connection.execute
    sound, _ = check.done()
    check.expect("an order that is done is neither lost nor doubled", [sound], attempted=1, acknowledged=1, ok=1)

    absent, order = check.done()
    sql("DELETE FROM assignment WHERE id = ?", (f"{order}.3",))
    check.expect("an order with a leg less is lost", [absent], attempted=1, acknowledged=1, lost=1)
    under_way, order = check.done()
    sql("UPDATE assignment SET state = 'accepted' WHERE id = ?", (f"{order}.2",))
    check.expect("an order with a leg that is not done is lost", [under_way], attempted=1, acknowledged=1, lost=1)
    forgotten, _ = check.attempt()
    check.expect("an order that nobody knows is lost", [forgotten], attempted=1, acknowledged=1, lost=1)

    doubled, order = check.done()
    sql("INSERT INTO history (assignment, event) VALUES (?, 'completed')", (f"{order}.1",))
    once = {"attempted": 1, "acknowledged": 1, "ok": 1}
    check.expect("an effect that stands twice in the history is doubled", [doubled], **once, duplicated=1)
    check.expect("it is counted once", [doubled], **once)
    reported, order = check.done()
    for _ in range(2):
        sql("INSERT INTO history (assignment, event, leg) VALUES (?, 'legCompleted', ?)", (order, f"{order}.1"))
    check.expect("a report that was taken over twice is doubled", [reported], **once, duplicated=1)
    issued, order = check.done()
    check.carry_out(f"{order}7", street.title(issued.number), issued.draft.posts)
    check.expect("an order that was issued twice is doubled", [issued], **once, duplicated=1)

    recovered, _ = check.done(is_acknowledged=False)
    check.expect("an order that was not acknowledged and is done is recovered", [recovered], attempted=1, recovered=1)
    refused, _ = check.attempt(is_acknowledged=False)
    check.expect("an order that was refused and not carried out is none of these", [refused], attempted=1)

    check.carry_out(f"{street.STREET}-20261123-9999", "nobody's", [street.OFFICE])
    check.expect("an order that nobody issued is unexpected", [], unexpected=1)
    sql("DELETE FROM workOrder WHERE title = ?", ("nobody's",))
    foreign, order = check.done()
    sql("INSERT INTO assignment (id, post, state) VALUES (?, ?, 'completed')", (f"{order}.99", "liaison@1"))
    check.expect("a leg that nobody asked for is unexpected", [foreign], **once, unexpected=1)
    check.broker.dead = 2
    check.expect("messages among the dead are unexpected", [], unexpected=2)
    check.expect("they are counted once", [])


def check_report():
    """A run with one fault that failed has not passed."""
    rows = [report.Row("one", "", "passed"), report.Row("two", "", "FAILED")]
    for chosen, has_passed in ((rows[:1], True), (rows, False), ([], False)):
        if json.loads(report.summary(chosen, 1, 2))["passed"] != has_passed:
            sys.exit(f"not so: a run of {[row.verdict for row in chosen]} has {'' if has_passed else 'not '}passed")


def main():
    with tempfile.TemporaryDirectory() as folder:
        check = Check(folder)
        check_all(check)
        check.connection.close()
    check_report()
    print(f"{check.count} checks passed", file=sys.stderr)


if __name__ == "__main__":
    main()
