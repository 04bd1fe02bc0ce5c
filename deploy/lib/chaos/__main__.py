"""Runs the faults one after the other, in the order of a seed. `deploy/chaos` is its command line."""

import argparse
import random
import signal
import sqlite3
import sys
import time

from pika.exceptions import AMQPError

from chaos import recovery, report
from chaos.faults import FAULTS
from chaos.place import Place
from chaos.scene import Scene, say


USAGE = 64


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(USAGE, f"{self.prog}: {message}\n")


def positive(text):
    number = float(text)
    if not 0 < number < 1e6:
        raise ValueError
    return number


def arguments():
    parser = Parser(prog="deploy/chaos")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--project")
    parser.add_argument("--place")
    parser.add_argument("--program")
    parser.add_argument("--minutes", type=positive)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=positive, default=1)
    parser.add_argument("--only", action="append", default=[], choices=[fault.name for fault in FAULTS], metavar="FAULT")
    return parser.parse_args()


def plan(seed, chosen, rounds):
    """The faults of a run in their order: each round has every fault once, shuffled."""
    generator = random.Random(seed)
    for _ in range(rounds):
        yield from generator.sample(chosen, len(chosen))


def do(scene, fault, index):
    """Does one fault and judges it."""
    reason = fault.why_not(scene)
    if reason:
        say(f"    skipped: not possible here: {reason}")
        return report.Row(fault.name, fault.criterion, "skipped", notes=[f"not possible here: {reason}"])
    scene.begin(fault, index)
    first = len(scene.load.attempts)
    scene.load.resume()
    time.sleep(2)
    began = time.time()
    try:
        fault.act(scene)
    except (RuntimeError, OSError, sqlite3.Error, AMQPError) as error:
        scene.fail(f"the fault could not be done: {error}")
    ended = time.time()
    seconds = recovery.wait_until_back(scene, fault, ended)
    scene.load.pause()
    scene.broker.settle()
    attempts = scene.load.attempts[first:]
    if fault.may_lose_commands:
        scene.replay()
    if fault.needs_reconcile:
        scene.reconcile()
    recovery.settle(scene, fault, attempts)
    counts = scene.checker.count(attempts, scene.load.attempts)
    judge(scene, fault, attempts, began, ended, seconds)
    failures = scene.failures + counts.details
    verdict = "passed" if not failures and counts.is_clean else "FAILED"
    row = report.Row(fault.name, fault.criterion, verdict, seconds, counts, failures, scene.notes)
    for text in scene.notes + failures:
        say(f"    {text}")
    back = "never" if seconds is None else f"{seconds:.1f} s"
    say(f"    {verdict}: back after {back}; {counts.ok} of {counts.acknowledged} orders done, {counts.legs} legs")
    return row


def judge(scene, fault, attempts, began, ended, seconds):
    """What holds for every fault."""
    if seconds is not None and seconds > recovery.LIMIT:
        scene.fail(f"consumption was back only after {seconds:.1f} s; the limit is {recovery.LIMIT:.0f} s")
    for process in [scene.node, scene.worker, scene.agents, scene.proxy.process]:
        ends = process.take_own_ends()
        if ends and fault.may_end:
            scene.note(f"{process.name} ended by itself and was started again: exit {ends}")
        elif ends:
            scene.fail(f"{process.name} ended by itself: exit {ends}")
    for attempt in attempts:
        if attempt.code is None:
            scene.fail(f"an office's command hung: {attempt.said}")
        elif attempt.code != 0 and not fault.may_refuse:
            scene.fail(f"an office's command was refused: exit {attempt.code}: {attempt.said}")
    answered = [attempt.seconds for attempt in attempts if began <= attempt.began <= ended and attempt.code is not None]
    if answered:
        scene.note(f"the office's commands took at most {max(answered):.1f} s during the fault")
        if max(answered) > 15:
            scene.fail("an office's command took more than 15 s")


def run(options, chosen):
    rounds = 1 if options.minutes is None else 10_000
    deadline = None if options.minutes is None else time.monotonic() + options.minutes * 60
    rows = []
    say(f"The order of seed {options.seed}: {', '.join(fault.name for fault in plan(options.seed, chosen, 1))}")
    with Scene(Place(options.place, options.project, options.program), options.seed, options.rate) as scene:
        for index, fault in enumerate(plan(options.seed, chosen, rounds), 1):
            if deadline is not None and time.monotonic() > deadline:
                break
            say(f"[{index}] {fault.name}: {fault.criterion}")
            rows.append(do(scene, fault, index))
    return rows


def main():
    options = arguments()
    if options.list:
        for fault in FAULTS:
            print(f"{fault.name:24} {fault.criterion}")
        return
    chosen = [fault for fault in FAULTS if not options.only or fault.name in options.only]

    def stop(number, _):
        # The second signal is not to cut short the stopping that the first began.
        for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(other, signal.SIG_IGN)
        raise SystemExit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        rows = run(options, chosen)
    except RuntimeError as error:
        sys.exit(f"deploy/chaos: {error}")
    print(report.table(rows))
    skipped = [row.fault for row in rows if row.verdict == "skipped"]
    failed = [row.fault for row in rows if row.verdict == "FAILED"]
    not_run = sorted({fault.name for fault in chosen} - {row.fault for row in rows})
    if skipped:
        print(f"\nskipped: {', '.join(skipped)}")
    if not_run:
        print(f"\nnot run for want of time: {', '.join(not_run)}")
    print(f"\nseed {options.seed}: {len(rows) - len(skipped) - len(failed)} passed, {len(failed)} failed, {len(skipped)} skipped")
    print(report.summary(rows, options.seed, [fault.name for fault in chosen]))
    sys.exit(1 if failed or not rows else 0)


if __name__ == "__main__":
    main()
