"""Works the plan out, and writes it as a page."""

import math
from dataclasses import dataclass

from .figures import FIGURES, MOST_CELLS, MOST_MAILBOXES, NODES, QUEUES

# Beside the cells' and offices' mailboxes: gridwork.dead, gridwork.unrouted, and each node's marker.
LAST_RESORTS = 2
ROLES = 3

COUNTED = "counted"
MEASURED = "measured"
# From measured figures, for what was not measured itself: a cluster, a year, a night.
EXTRAPOLATED = "extrapolated"
WITH_LOG = "measured, and 244 for the log"


@dataclass(frozen=True)
class Place:
    """So much of a city as shares a broker, and how many of them there are."""

    name: str
    brokers: int
    cells: int
    communities: int
    streets: int
    members: int


PLACES = [
    Place("street", 1, 100, 13, 1, 1),
    Place("district", 1, 1500, 200, 15, 3),
    Place("city", 13, 1539, 210, 16, 3),
]


def value(name):
    return FIGURES[name].value


def plan(place):
    """What one broker of a place and its nodes need, and the whole place."""
    nodes = math.ceil(place.cells / value("node_cells"))
    mailboxes = ROLES * place.cells + place.communities + place.streets + LAST_RESORTS + nodes
    cells = math.ceil(place.cells / nodes)
    a_nodes = mailboxes / nodes
    assignments = value("assignments") * place.cells
    storm = assignments * value("storm")
    year = cells * value("assignments") * value("days")
    memory = value("broker") + mailboxes * value("mailbox") / 1024 + value("log") * value("log_times")
    return {
        ("cells", COUNTED): place.cells * place.brokers,
        ("vhosts", COUNTED): place.brokers,
        ("brokers", COUNTED): place.brokers * place.members,
        ("nodes", COUNTED): nodes * place.brokers,
        ("cells a node", COUNTED): cells,
        ("mailboxes in a vhost", COUNTED): mailboxes,
        ("of the most that was measured, %", COUNTED): 100 * mailboxes / MOST_MAILBOXES,
        ("mailboxes in all", COUNTED): mailboxes * place.brokers,
        ("AMQP connections of the nodes of a vhost", MEASURED): nodes * value("connections"),
        ("memory of a broker, MiB", WITH_LOG): memory,
        ("memory alarm to set, MiB", EXTRAPOLATED): 2 ** math.ceil(math.log2(memory * 1.4)),
        ("disk of a broker, MiB", EXTRAPOLATED): mailboxes * value("queue_disk") / 1024
        + value("log") * 2
        + storm * value("message") / 1024,
        ("start of a broker, s", MEASURED): mailboxes * value("broker_start") / 1000 + 15,
        ("memory of a node, MiB", MEASURED): value("node") + max(0, cells - 50) * value("cell_node") / 1024,
        ("state file of a node after a year, GiB", EXTRAPOLATED): cells
        * value("assignments")
        * (value("days") * (value("page") + value("history")) + value("inbox_days") * value("inbox"))
        / 2**20,
        ("what it grows by in each further year, GiB", EXTRAPOLATED): year * value("page") / 2**20,
        ("archive of a node, a year, GiB", EXTRAPOLATED): year * value("archived") / 2**20,
        ("first start of a node, s", MEASURED): a_nodes * value("first_start") / 1000,
        ("start of a node, s", MEASURED): a_nodes * value("node_start") / 1000,
        ("storm night, hops a node", EXTRAPOLATED): storm * value("hops_each") / nodes,
        ("storm night, minutes", EXTRAPOLATED): storm * value("hops_each") / nodes / value("hops") / 60,
    }


def shown(amount):
    return f"{amount:,.1f}" if amount < 10 and amount != int(amount) else f"{round(amount):,}"


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|---" + "|--:" * (len(header) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def figures():
    lines = ["| figure | | source |", "|---|--:|---|"]
    for figure in FIGURES.values():
        lines.append(f"| {figure.what} | {figure.value:g} {figure.unit}".rstrip() + f" | {figure.source} |")
    return "\n".join(lines)


def plans():
    plans = [plan(place) for place in PLACES]
    rows = [[key[0], *(shown(each[key]) for each in plans), key[1]] for key in plans[0]]
    return table(["", *(place.name for place in PLACES), "how"], rows)


def page():
    queues = table(
        ["queues", "memory, KiB", "disk, KiB", "files", "declared, s", "start, s", "start after a kill, s"],
        [[f"{cell:,}" for cell in row] for row in QUEUES],
    )
    nodes = table(
        ["cells", "mailboxes", "first start, s", "start, s", "node, KiB", "broker, KiB"],
        [[f"{cell:,}" for cell in row] for row in NODES],
    )
    with_cells = f"{MOST_CELLS:,} cells and {MOST_MAILBOXES:,} mailboxes"
    return TEXT.format(plans=plans(), figures=figures(), queues=queues, nodes=nodes, most=with_cells)


TEXT = """\
# Capacity: a street, a district, a city

`deploy/capacity` prints this page; `deploy/capacity --measure PROGRAM` measures again what it rests on, up to
{most} on one broker. In the last column, *measured* is worked out from figures measured at that
size or nearly, *extrapolated* is not. The figures and the assumptions are below; put your own into `deploy/lib/capacity/figures.py`.

{plans}

## What to take from it

- **A street** is one office PC: broker, node and all in less than half a GiB, and deploy/rabbitmq as it is.
- **A district** fits one broker and one vhost. Take three broker nodes, so that one may die; each has a replica of every
  queue, so three do not make the memory less. The alarm of `rabbitmq.conf`, 1 GB, is too near: set
  `vm_memory_high_watermark.absolute` as above, on machines with twice that. Nodes are divided by streets, with `node.areas`, and
  need not be on machines of their own. One node alone holds 1,500 cells as well, but takes 43 s to start.
- **A city** is its districts, side by side: a vhost and three brokers each, nothing shared. 63,000 quorum queues on one broker
  would take 7 GiB, 18 minutes to start, and one write-ahead log for all: that is beyond anything measured here, so
  the plan avoids it. A vhost is also the only wall that keeps agents of one district from seeing another's queues.
- **Between districts** there is no mail in this plan: an order to the whole city is issued in each. If the city must have an
  office above them, RabbitMQ's federation of the exchange `gridwork` can carry its mail, with an upstream for each district
  and a policy of the pattern `^gridwork$`. That has not been tried with Gridwork.
- **Memory of a node** is at rest. Busy for an hour without a pause it was 84 MB with 50 cells (*Soak* in the README).
- **Files**: a queue has one, and RabbitMQ opens it when it is needed; it held 36 descriptors with 4,500 queues at rest. A limit of
  65,536, as Debian's unit sets, is ample.
- **Connections** are four for each node, one or two for each worker, one for each agent program. People on phones use HTTP and
  need none.
- **Photos** are not in the state file; `files.quotaMebibytes` bounds them, 10 GiB for a node unless set otherwise.
- **A first start** declares every mailbox, and is the slowest there is: `gridwork topology apply` can do it beforehand.

## The figures

{figures}

Measured on two cores (a virtual machine with one disk, Debian 12, RabbitMQ 3.10.8) that did other work at the same time, with a
load of 4 to 8: times and rates are worse than on a machine of one's own, memory and disk are not. Each mailbox had one message
sent through it. Start times of brokers include the 15 s that a broker without queues took.

A broker, with quorum queues alone:

{queues}

A node of a made-up street with so many cells, and the broker it works with. Its first start declares the mailboxes, any other
only probes and serves them:

{nodes}

Hops are of `gridwork bench hop --hops 20000 --cells 50`. What an assignment takes is told by SQLite's `dbstat` of a state file
after a soak of 40 orders, 53,391 assignments: 1,248 bytes of history, 1,041 of inbox, 417 of all else; of 39 of the orders
the archive had 1,166 each. Not measured: a cluster of three under load, years of history in one file, more than 4,654 mailboxes.
"""
