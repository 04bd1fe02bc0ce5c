"""How long `gridwork up` takes to serve the sample street, and what it uses while nothing happens.

    idle.py --gridwork PROGRAM --url AMQP-URL --organization FILE.json --folder DIR [--seconds N]

Prints one line of JSON. A first start declares the mailboxes; the second finds them there, and is measured.
"""
import argparse
import json
import os
import selectors
import signal
import socket
import subprocess
import time

START_LIMIT = 120
STOP_LIMIT = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command, environment):
    """Starts the node; returns it and how many seconds it took until it said that it is ready."""
    begun = time.monotonic()
    node = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    selector = selectors.DefaultSelector()
    selector.register(node.stderr, selectors.EVENT_READ)
    told = b""
    while b"Ready: serving" not in told:
        left = begun + START_LIMIT - time.monotonic()
        if left <= 0 or not selector.select(left):
            node.kill()
            raise SystemExit("the node did not become ready")
        piece = os.read(node.stderr.fileno(), 65_536)
        if not piece:
            raise SystemExit("the node ended: " + told.decode(errors="replace")[-2_000:])
        told += piece
    return node, time.monotonic() - begun


def stop(node):
    node.send_signal(signal.SIGTERM)
    node.communicate(timeout=STOP_LIMIT)


def used(process):
    """Seconds of processor time, and how often its threads began to run because something was there for them."""
    with open(f"/proc/{process}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    wakeups = 0
    for thread in os.listdir(f"/proc/{process}/task"):
        with open(f"/proc/{process}/task/{thread}/status", encoding="utf-8") as file:
            wakeups += sum(int(line.split()[1]) for line in file if line.startswith("voluntary_ctxt_switches"))
    return seconds, wakeups


def resident(process):
    with open(f"/proc/{process}/status", encoding="utf-8") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def main():
    parser = argparse.ArgumentParser()
    for name in ("gridwork", "url", "organization", "folder"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    environment = dict(
        os.environ,
        GRIDWORK_AMQP_URL=options.url,
        GRIDWORK_STATE_PATH=os.path.join(options.folder, "idle.sqlite"),
        GRIDWORK_HTTP_ADDRESS=f"127.0.0.1:{free_port()}",
    )
    subprocess.run([options.gridwork, "organization", "apply", options.organization], env=environment, check=True,
                   stdout=subprocess.DEVNULL)
    node, first = start([options.gridwork, "up"], environment)
    stop(node)
    node, second = start([options.gridwork, "up"], environment)
    # What begins with it is over.
    time.sleep(5)
    before = used(node.pid)
    time.sleep(options.seconds)
    after = used(node.pid)
    figures = {
        "first_start_seconds": round(first, 3),
        "start_seconds": round(second, 3),
        "idle_percent_of_a_core": round(100 * (after[0] - before[0]) / options.seconds, 2),
        "wakeups_per_second": round((after[1] - before[1]) / options.seconds, 1),
        "idle_resident_kib": resident(node.pid),
    }
    stop(node)
    print(json.dumps(figures))


main()
