"""What the plan is worked out from: each figure with where it comes from."""

from dataclasses import dataclass

MEASURED = "measured"
ASSUMED = "assumed"
SET = "set"


@dataclass(frozen=True)
class Figure:
    """A figure, its unit, and how it was come by."""

    value: float
    unit: str
    source: str
    what: str


FIGURES = {
    "broker": Figure(133, "MiB", MEASURED, "a broker without queues, resident"),
    "mailbox": Figure(113, "KiB", MEASURED, "a mailbox in the broker's memory: quorum queue, two bindings, claim, consumer"),
    "queue_disk": Figure(8, "KiB", MEASURED, "an empty quorum queue on the broker's disk, one file"),
    "broker_start": Figure(17, "ms", MEASURED, "a queue, when the broker starts, after a stop or a kill"),
    "node": Figure(45, "MiB", MEASURED, "a node with 50 cells, resident, at rest"),
    "cell_node": Figure(15, "KiB", MEASURED, "a further cell in a node's memory"),
    "first_start": Figure(59, "ms", MEASURED, "a mailbox, when a node declares it for the first time"),
    "node_start": Figure(10, "ms", MEASURED, "a mailbox that is there, when a node starts"),
    "connections": Figure(4, "", MEASURED, "AMQP connections of a node"),
    "hops": Figure(1700, "a second", MEASURED, "hops of a node: message in, transaction, acknowledgement, message out confirmed"),
    "page": Figure(0.4, "KiB", MEASURED, "an assignment in the state file, for good: its page, its leg, their indexes"),
    "history": Figure(1.2, "KiB", MEASURED, "its history there, until it has been over for a year"),
    "inbox": Figure(1.0, "KiB", MEASURED, "its messages in the inbox, for 90 days"),
    "archived": Figure(1.1, "KiB", MEASURED, "its history in the archive, after that"),
    "log": Figure(61, "MiB", SET, "RabbitMQ's write-ahead log, by the limit in rabbitmq.conf"),
    "log_times": Figure(4, "", ASSUMED, "as many times that in memory, as RabbitMQ's documentation asks"),
    "assignments": Figure(26, "", ASSUMED, "assignments a cell and working day: one order to every liaison, as in the sample"),
    "days": Figure(250, "", ASSUMED, "working days a year"),
    "inbox_days": Figure(62, "", ASSUMED, "working days in 90"),
    "storm": Figure(5, "", ASSUMED, "such orders at once on a storm night, all of them to every cell"),
    "hops_each": Figure(5, "", ASSUMED, "hops of an assignment: issued, and each of acknowledging and completing here and at its issuer"),
    "message": Figure(1, "KiB", ASSUMED, "a message that waits, on the broker's disk"),
    "node_cells": Figure(500, "", ASSUMED, "cells a node should have at most, so that it is back within seconds"),
}

# The largest that was measured: on one broker, and on one node.
MOST_MAILBOXES = 4654
MOST_CELLS = 1500

# What deploy/capacity --measure printed, on two cores that had other work as well (a load of 4 to 8), on 24 November 2026.
QUEUES = [
    # queues, memory KiB, disk KiB, files, declare s, start s, start after kill s
    (0, 135684, 176, 31, 0.0, 15.0, 14.3),
    (50, 138980, 684, 81, 0.9, 16.5, 20.9),
    (500, 184520, 4192, 532, 11.8, 25.2, 19.9),
    (1500, 280884, 11824, 1532, 33.2, 30.3, 34.0),
    (4500, 553672, 34748, 4532, 116.7, 82.3, 74.8),
]
NODES = [
    # cells, mailboxes, first start s, start s, node KiB, broker KiB
    (50, 159, 6.7, 1.2, 45868, 154780),
    (500, 1554, 59.8, 10.3, 52592, 302452),
    (1500, 4654, 274.6, 43.3, 61028, 659460),
]
