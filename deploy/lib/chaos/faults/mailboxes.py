"""Mailboxes deleted, purged, and given another policy."""

import time

from chaos import street


def cells(scene, count):
    return sorted(scene.random.sample(street.CELLS, count))


def deleted(scene):
    """Deleted under their consumers, with mail on its way to them."""
    chosen = cells(scene, 3)
    scene.load.issue_many(4, lambda number: street.draft(number, chosen))
    channel = scene.broker.channel()
    for cell in chosen:
        for role in street.ROLES:
            channel.queue_delete(f"cell.{cell}.{role}")
    channel.connection.close()


def purged(scene):
    lose_mail(scene, lambda channel, name: channel.queue_purge(name))


def gone(scene):
    lose_mail(scene, lambda channel, name: channel.queue_delete(name))


def lose_mail(scene, lose):
    """Lets mail for some cells arrive while only the offices are served, loses it, and starts node and worker."""
    chosen = cells(scene, 5)
    scene.node.stop()
    scene.worker.stop()
    scene.office.start_and_wait()
    attempts = scene.load.issue_many(4, lambda number: street.draft(number, chosen))
    names = [f"cell.{cell}.cell-leader" for cell in chosen]
    wanted = sum(1 for attempt in attempts if attempt.is_acknowledged)
    deadline = time.monotonic() + 20
    while any((status or (0, 0))[0] < wanted for status in scene.broker.queues(names).values()):
        if time.monotonic() > deadline:
            scene.fail("the office's orders did not reach the mailboxes of their cells")
            break
        time.sleep(0.1)
    channel = scene.broker.channel()
    for name in names:
        lose(channel, name)
    channel.connection.close()
    scene.note(f"{wanted * len(names)} assignments were lost with their mailboxes")
    scene.office.stop()
    scene.node.start()
    scene.worker.start()


def policy_changed(scene):
    definition = '{"delivery-limit": 40, "max-length": 100000, "dead-letter-exchange": "gridwork.dead"}'
    scene.broker.ctl("set_policy", "chaos", "^cell\\.", definition, "--priority", "1", "--apply-to", "queues")
    scene.hold(3)
    scene.broker.ctl("clear_policy", "chaos")
