"""Issues orders for a while, samples the memory of a node and its agents, and fits a line to it.

Usage: soak.py --gridwork PROGRAM --order FILE --node PID --agents PID --minutes N [--warm-up N] [--pause S] --csv FILE

Prints the result in words on standard error and as one line of JSON on standard output. Exits 0 if the node's memory is flat
and every order was completed.
"""

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import threading
import time

EVERY = 5.0
POLL = 1.0
ORDER_LIMIT = 900
FINAL = {"completed", "returned", "recalled"}
COLUMNS = ["seconds", "node_kib", "agents_kib", "node_files", "node_threads", "state_mib", "orders", "assignments"]


def status(pid):
    """The fields of /proc/PID/status; none when the process is gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            return dict(line.split(":", 1) for line in file)
    except (FileNotFoundError, ProcessLookupError):
        return {}


def resident(pid):
    return int(status(pid).get("VmRSS", "0 kB").split()[0])


def line(points):
    """The least-squares slope of (x, y) points and how far they stray from the line; zeros where that means nothing."""
    if len(points) < 3:
        return 0.0, 0.0
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
    residues = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in points)
    return slope, (residues / (len(points) - 2)) ** 0.5


class Sampler(threading.Thread):
    """Writes a row every few seconds until it is told to stop, or a process is gone."""

    def __init__(self, arguments, counts):
        super().__init__(daemon=True)
        self.arguments, self.counts = arguments, counts
        self.rows = []
        self.stopped = threading.Event()
        self.start_time = time.monotonic()

    def row(self):
        node = self.arguments.node
        state = os.environ["GRIDWORK_STATE_PATH"]
        size = sum(os.path.getsize(state + end) for end in ("", "-wal") if os.path.exists(state + end))
        return [
            round(time.monotonic() - self.start_time, 1),
            resident(node),
            resident(self.arguments.agents),
            len(os.listdir(f"/proc/{node}/fd")),
            int(status(node).get("Threads", "0")),
            round(size / 2**20, 1),
            self.counts["orders"],
            self.counts["assignments"],
        ]

    def run(self):
        with open(self.arguments.csv, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            while not self.stopped.is_set():
                try:
                    row = self.row()
                except (FileNotFoundError, ProcessLookupError):
                    return
                self.rows.append(row)
                writer.writerow(row)
                file.flush()
                self.stopped.wait(EVERY)


def gridwork(arguments, *words):
    """Runs a command and reads its JSON; nothing when it failed."""
    done = subprocess.run([arguments.gridwork, *words, "--json"], stdout=subprocess.PIPE, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else None


def carry_out(arguments):
    """Issues an order and waits until it is over.

    Returns how many assignments it completed; nothing when it did not come to its end.
    """
    issued = gridwork(arguments, "order", "issue", arguments.order)
    deadline = time.monotonic() + ORDER_LIMIT
    while issued and time.monotonic() < deadline:
        order = gridwork(arguments, "order", "show", issued["id"], "--levels", "1")
        if order and order["state"] in FINAL:
            return order["counts"]["completed"] if order["state"] == "completed" else None
        time.sleep(POLL)
    return None


def result(arguments, rows, counts):
    warm_up = arguments.warm_up * 60
    settled = [row for row in rows if row[0] >= warm_up]
    found = {
        "minutes": round(rows[-1][0] / 60, 1) if rows else 0,
        "warmUpMinutes": arguments.warm_up,
        "samples": len(settled),
        "orders": counts["orders"],
        "assignments": counts["assignments"],
        "failedOrders": counts["failed"],
    }
    for column, name in ((1, "node"), (2, "agents")):
        values = [row[column] for row in settled] or [0]
        slope, spread = line([(row[0] / 60, row[column]) for row in settled])
        found[name] = {
            "kibPerMinute": round(slope, 1),
            "spreadKiB": round(spread),
            "firstKiB": values[0],
            "medianKiB": round(statistics.median(values)),
            "lastKiB": values[-1],
            "highestKiB": max(values),
        }
    measured = (settled[-1][0] - settled[0][0]) / 60 if settled else 0
    # What the line gains in all that time is less than what orders coming and going make of it from one minute to the next.
    found["isFlat"] = measured > 0 and found["node"]["kibPerMinute"] * measured < 2 * found["node"]["spreadKiB"]
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gridwork", required=True)
    parser.add_argument("--order", required=True)
    parser.add_argument("--node", type=int, required=True)
    parser.add_argument("--agents", type=int, required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--warm-up", type=float)
    parser.add_argument("--pause", type=float, default=5)
    parser.add_argument("--csv", required=True)
    arguments = parser.parse_args()
    if arguments.warm_up is None:
        arguments.warm_up = min(30.0, arguments.minutes / 2)
    counts = {"orders": 0, "assignments": 0, "failed": 0}
    sampler = Sampler(arguments, counts)
    sampler.start()
    end = time.monotonic() + arguments.minutes * 60
    while time.monotonic() < end and sampler.is_alive():
        completed = carry_out(arguments)
        if completed is None:
            counts["failed"] += 1
        else:
            counts["orders"] += 1
            counts["assignments"] += completed
        time.sleep(arguments.pause)
    was_alive = sampler.is_alive()
    sampler.stopped.set()
    sampler.join()
    found = result(arguments, sampler.rows, counts)
    node, agents = found["node"], found["agents"]
    print(
        f"{found['minutes']} minutes, {found['orders']} orders with {found['assignments']} assignments completed, "
        f"{found['failedOrders']} not; after {found['warmUpMinutes']} minutes of warm-up the node grew by "
        f"{node['kibPerMinute']} KiB a minute ({node['firstKiB']} to {node['lastKiB']} KiB, at most "
        f"{node['highestKiB']}, {node['spreadKiB']} about the line), the agents by {agents['kibPerMinute']}: {'flat' if found['isFlat'] else 'NOT FLAT'}",
        file=sys.stderr,
    )
    if not was_alive:
        print("the node ended before its time", file=sys.stderr)
    print(json.dumps(found, separators=(",", ":")))
    sys.exit(0 if found["isFlat"] and not found["failedOrders"] and was_alive else 1)


if __name__ == "__main__":
    main()
