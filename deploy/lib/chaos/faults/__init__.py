"""The faults: what is done, and what must hold.

A fault's function does it and returns when its cause has ended. Beside its own criterion each must leave nothing lost,
doubled or unexpected, every mailbox must be served within the limit after its cause ended, and no process may end by itself
unless the fault allows it.
"""

from dataclasses import dataclass
from typing import Callable

from chaos.faults import broker, mailboxes, network, processes, statefile


@dataclass(frozen=True)
class Fault:
    name: str
    criterion: str
    act: Callable
    # Why it cannot be done here; empty when it can.
    why_not: Callable = lambda _: ""
    # The office's commands may be refused while it lasts: they need the state file.
    may_refuse: bool = False
    # A process may end rather than go on with a state file that failed; it is started again.
    may_end: bool = False
    # Commands of agents that no node had taken may be lost with their queue: people give them again.
    may_lose_commands: bool = False
    # No node can know that mail was lost until all has rested for a minute: it is told to compare the pages at once.
    needs_reconcile: bool = False
    # Consumption is back with the first delivery: a new order would wait behind thousands of messages.
    has_backlog: bool = False


FAULTS = [
    Fault("node-killed", "goes on where it was", processes.node_killed),
    Fault("worker-killed", "what it had in hand is absorbed", processes.worker_killed),
    Fault("node-stopped", "comes back by itself", processes.node_stopped, may_refuse=True),
    Fault("worker-stopped", "comes back by itself", processes.worker_stopped, may_refuse=True),
    Fault("broker-killed", "unconfirmed messages are sent again", broker.killed),
    Fault("broker-stopped-briefly", "ridden out", broker.stopped_briefly),
    Fault("broker-stopped", "noticed within two heartbeats", broker.stopped),
    Fault("memory-alarm", "commands answer; drained on release", broker.memory_alarm),
    Fault("disk-alarm", "commands answer; drained on release", broker.disk_alarm),
    Fault("alarm-while-connecting", "commands answer; drained on release", broker.alarm_while_connecting),
    Fault("connections-closed", "connected and subscribed again", broker.connections_closed),
    Fault("outbox-full", "commands answer; drained on release", broker.outbox_full, has_backlog=True),
    Fault("mailboxes-deleted", "declared and sent again", mailboxes.deleted, may_lose_commands=True),
    Fault("mailboxes-purged", "sent again", mailboxes.purged, may_lose_commands=True, needs_reconcile=True),
    Fault("mailboxes-gone", "declared and sent again", mailboxes.gone, may_lose_commands=True),
    Fault("policy-changed", "ridden out", mailboxes.policy_changed),
    Fault("half-open", "noticed within two heartbeats", network.half_open),
    Fault("connections-reset", "connected and subscribed again", network.reset),
    Fault("one-byte-a-second", "no busy loop, no growing buffer", network.drip),
    Fault("disk-full", "goes on when there is room", statefile.full, statefile.why_not_full, may_refuse=True, may_end=True),
    Fault("fsync-failing", "a restart recovers", statefile.fsync, statefile.why_not_traced, may_refuse=True, may_end=True),
    Fault("write-locked", "ridden out", statefile.locked_briefly, may_refuse=True),
    Fault("write-locked-long", "given up and tried again", statefile.locked, may_refuse=True),
]
