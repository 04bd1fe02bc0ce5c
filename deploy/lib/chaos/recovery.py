"""How long it takes until the street works again, and until all it was asked for is done."""

import threading
import time

from chaos import street
from chaos.broker import ConsumerWatch
from chaos.state import FINAL

LIMIT = 5.0
PATIENCE = 60
SETTLE_LIMIT = 300
QUIET_SECONDS = 8
# An order has three levels: each may have to act once more.
ROUNDS = 8


class Probe:
    """A new order to every cell, down to every liaison: it passes every mailbox that takes work."""

    def __init__(self, scene, until):
        self.scene = scene
        self.until = until
        self.attempt = None
        # When its first leg, and when all its legs, had been taken from their mailboxes.
        self.first = None
        self.all = None
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while time.monotonic() < self.until:
            attempt = self.scene.load.issue(lambda number: street.draft(number, street.CELLS))
            if attempt.is_acknowledged:
                self.attempt = attempt
                return

    def look(self):
        if self.attempt is None:
            return
        pages = self.scene.state.pages(self.attempt.order)
        if self.first is None and pages > 1:
            self.first = time.time()
        if self.all is None and pages >= len(self.attempt.draft.posts):
            self.all = time.time()


class Backlog:
    """Stands in for a probe where one would wait behind thousands of messages: anything that is delivered counts."""

    def __init__(self, scene, ended):
        self.scene = scene
        self.ended = ended
        self.first = self.all = None

    def look(self):
        if self.first is None and self.scene.state.delivered_since(int(self.ended * 1000)):
            self.first = self.all = time.time()


def wait_until_back(scene, fault, ended):
    """The seconds from `ended` until every mailbox is served and a new order is being taken; None if that never was.

    How long the new order takes to reach every post depends on what the machine can do; that it does is what is asked for.
    """
    until = time.monotonic() + PATIENCE
    probe = Backlog(scene, ended) if fault.has_backlog else Probe(scene, until)
    with ConsumerWatch(scene.broker, scene.mailboxes) as watch:
        while time.monotonic() < until and (probe.all is None or watch.seen_at is None):
            probe.look()
            time.sleep(0.05)
    if watch.seen_at is None:
        scene.fail(f"{watch.missing} mailboxes lack a consumer after {PATIENCE} s")
    if probe.all is None:
        scene.fail(f"a new order did not reach every post within {PATIENCE} s")
    if watch.seen_at is None or probe.first is None:
        return None
    served, first = watch.seen_at - ended, probe.first - ended
    everywhere = f", everywhere after {probe.all - ended:.1f} s" if probe.all else ""
    scene.note(f"every mailbox served after {served:.1f} s, a new order taken after {first:.1f} s{everywhere}")
    return max(0, served, first)


def settle(scene, fault, attempts):
    """Waits until every order is done, the outbox and the mailboxes are empty, or nothing moves any more."""
    began = moved = time.monotonic()
    last, asked, rounds = None, 0, 0
    while True:
        states = scene.state.root_states()
        unfinished = [a.order for a in attempts if a.is_acknowledged and states.get(a.order) not in FINAL]
        progress = (scene.state.number("SELECT max(n) FROM history"), scene.state.outbox(), scene.state.parked())
        if not unfinished and progress[1:] == (0, 0):
            break
        if progress != last:
            last, moved = progress, time.monotonic()
        elif time.monotonic() - moved > QUIET_SECONDS and progress[1:] == (0, 0):
            # Nothing is on its way: whoever is waited for has to act, and does not know, or was refused.
            given = sum(ask_again(scene, fault, order) for order in unfinished) if rounds < ROUNDS else 0
            asked, rounds, moved = asked + given, rounds + 1, time.monotonic()
            if not given:
                scene.fail(f"{len(unfinished)} orders are not done, and nothing moves any more")
                break
        if time.monotonic() - began > SETTLE_LIMIT:
            scene.fail(f"not at rest {SETTLE_LIMIT} s after the fault: {len(unfinished)} orders, (history, outbox, parked) {progress}")
            break
        time.sleep(0.2)
    if asked:
        scene.note(f"{asked} commands were given again after they had been refused or lost with their queue")
    scene.note(f"at rest {time.monotonic() - began:.0f} s after the load paused")


def ask_again(scene, fault, order):
    """What people do whose command had no effect: they look into their inbox and give it again.

    That is no excuse for a command that got lost on the way. So it is done only where the node has refused one about the same
    assignment, and told so, or where the fault took the queue in which commands lay.
    """
    given = 0
    pages = scene.state.assignments(order)
    posts = {identifier: post for identifier, post, _ in pages}
    refused = scene.state.refused(order)
    for identifier, post, state in reversed(pages):
        parent = identifier.rpartition(".")[0]
        if not parent or (identifier not in refused and not fault.may_lose_commands):
            continue
        below = [leg for leg in pages if leg[0].rpartition(".")[0] == identifier]
        steps = []
        if state == "submitted":
            steps = [("sign-off", posts[parent])]
        elif state in ("issued", "accepted"):
            steps = [("acknowledge", post)] if state == "issued" else []
            if not below or all(leg[2] in FINAL for leg in below):
                steps.append(("complete", post))
        for verb, actor in steps:
            code, _, _ = scene.desk.run("assignment", verb, identifier, "--as", actor, "--json")
            given += code == 0
    return given
