"""The broker killed, stopped, short of memory and disk, and away for long."""

import contextlib

from chaos import street
from chaos.place import BRIEF_STOP, LONG_STOP

# More than a relay keeps in memory (4,000), so that the rest has to be claimed from the file.
BACKLOG = 4_500


def killed(scene):
    scene.broker.kill()
    scene.hold(1)
    scene.broker.start()


def stopped_briefly(scene):
    stop(scene, BRIEF_STOP)


def stopped(scene):
    with scene.noticed():
        stop(scene, LONG_STOP)


def stop(scene, seconds):
    scene.broker.pause()
    try:
        scene.hold(seconds)
    finally:
        scene.broker.resume()


@contextlib.contextmanager
def short_of_memory(scene):
    scene.broker.ctl("set_vm_memory_high_watermark", "absolute", "20MB")
    try:
        yield
    finally:
        scene.broker.ctl("set_vm_memory_high_watermark", "absolute", "1GB")


def memory_alarm(scene):
    with short_of_memory(scene):
        scene.hold(10)


def disk_alarm(scene):
    scene.broker.ctl("set_disk_free_limit", "1000000000000000")
    try:
        scene.hold(10)
    finally:
        scene.broker.ctl("set_disk_free_limit", "200MB")


def alarm_while_connecting(scene):
    """An alarm under which node and worker have to connect anew."""
    with short_of_memory(scene):
        scene.hold(2)
        scene.proxy.tell("reset")
        scene.hold(8)


def connections_closed(scene):
    scene.broker.ctl("close_all_connections", "chaos")


def outbox_full(scene):
    """Orders to every cell while the broker is away, until thousands of messages wait."""
    scene.broker.kill()
    scene.load.pause()
    count = -(-BACKLOG // len(street.CELLS))
    attempts = scene.load.issue_many(count, lambda number: street.draft(number, street.CELLS, to="cell-leader"))
    scene.load.resume()
    waiting = scene.state.outbox()
    scene.note(f"{waiting} messages waited in the outbox")
    if waiting < BACKLOG:
        refused = sum(1 for attempt in attempts if not attempt.is_acknowledged)
        scene.fail(f"only {waiting} messages waited in the outbox; {refused} of {count} orders were refused")
    scene.broker.start()
