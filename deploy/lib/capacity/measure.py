"""Measures what queues cost a broker, and a district's mailboxes a node, on a private broker in a temporary directory."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import time

import pika

DEPLOY = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
QUEUES = (0, 50, 500, 1500, 4500)
CELLS = (50, 500, 1500)
BODY = b"x" * 700
STREET = "999001001"


def run(*command, environment=None):
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=600, env={**os.environ, **(environment or {})}, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


class Broker:
    """A private broker, started empty and removed at the end."""

    def __init__(self, directory):
        self.directory = directory

    def command(self, *words):
        return run(os.path.join(DEPLOY, "broker"), *words)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.command("stop", self.directory)

    def start(self):
        began = time.monotonic()
        self.command("start", self.directory)
        return time.monotonic() - began

    def url(self):
        return self.command("url", self.directory).strip()

    def connect(self):
        return pika.BlockingConnection(pika.URLParameters(self.url()))

    def process(self):
        with open(os.path.join(self.directory, "broker.pid"), encoding="utf-8") as file:
            return int(file.read().split()[0])

    def settle(self):
        """Has every process of the broker give back what it does not need."""
        self.command("ctl", self.directory, "--quiet", "eval", "[erlang:garbage_collect(P) || P <- erlang:processes()], ok.")

    def cost(self):
        self.settle()
        files, size = disk(os.path.join(self.directory, "data"))
        return {
            "memory_kib": resident(self.process()),
            "disk_kib": size,
            "files": files,
            "descriptors": len(os.listdir(f"/proc/{self.process()}/fd")),
        }


def resident(process):
    with open(f"/proc/{process}/status", encoding="utf-8") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))


def disk(folder):
    """How many files there are below a folder, and how many KiB they take."""
    sizes = []
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                sizes.append(os.lstat(os.path.join(place, name)).st_blocks // 2)
            except FileNotFoundError:
                pass
    return len(sizes), sum(sizes)


def use(channel, names):
    """Sends a message through each queue, as it is used."""
    channel.confirm_delivery()
    for name in names:
        channel.basic_publish("", name, BODY, pika.BasicProperties(delivery_mode=2), mandatory=True)
    for name in names:
        method = None
        while method is None:
            method, _, _ = channel.basic_get(name)
        channel.basic_ack(method.delivery_tag)


def queues(count):
    """What so many quorum queues, declared and used once, cost a broker."""
    names = [f"cell.{STREET}{index // 3:06}.role{index % 3}" for index in range(count)]
    with tempfile.TemporaryDirectory() as directory, Broker(directory) as broker:
        connection = broker.connect()
        channel = connection.channel()
        began = time.monotonic()
        for name in names:
            channel.queue_declare(name, durable=True, arguments={"x-queue-type": "quorum"})
        declared = time.monotonic() - began
        use(channel, names)
        connection.close()
        cost = broker.cost()
        broker.command("stop", directory)
        start = broker.start()
        time.sleep(2)
        broker.command("kill", directory)
        return {
            "queues": count,
            **cost,
            "declare_s": round(declared, 1),
            "start_s": round(start, 1),
            "start_after_kill_s": round(broker.start(), 1),
        }


def organization(cells):
    """A made-up street of so many cells in communities of ten, each with one group leader and one liaison."""

    def level(name, length, role, mailbox, works):
        titles = {"name": name, "title": name, "role": role, "roleTitle": role}
        return {**titles, "codeLength": length, "mailbox": mailbox, "receivesWork": works}

    codes = [STREET]
    for index in range(cells):
        community, cell = f"{STREET}{index // 10 + 1:03}", f"{STREET}{index // 10 + 1:03}{index % 10 + 1:03}"
        codes += ([community] if index % 10 == 0 else []) + [cell, cell + "01", cell + "01001"]
    return {
        "name": "测量街道",
        "levels": [
            level("street", 9, "office", "street", True),
            level("community", 12, "office", "community", False),
            level("cell", 15, "cell-leader", "cell", True),
            level("lane-group", 17, "group-leader", "cell", True),
            level("liaison-point", 20, "liaison", "cell", True),
        ],
        "units": [{"code": code, "name": f"单位{code}", "holder": "无名"} for code in codes],
    }


def until_ready(notices, limit):
    notices.settimeout(limit)
    while "READY=1" not in notices.recv(4096).decode():
        pass


def start_node(program, directory, environment):
    """Starts a node as systemd would, and returns it and how long it took until it served its mailboxes."""
    notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    path = os.path.join(directory, "notices")
    if os.path.exists(path):
        os.unlink(path)
    notices.bind(path)
    began = time.monotonic()
    with open(os.path.join(directory, "log"), "ab") as log:
        node = subprocess.Popen([program, "up"], env={**environment, "NOTIFY_SOCKET": path}, stdout=log, stderr=log)
    try:
        until_ready(notices, 600)
    finally:
        notices.close()
    return node, time.monotonic() - began


def node(program, cells):
    """What the mailboxes of so many cells cost a node: at its first start, and at one when they are there."""
    with tempfile.TemporaryDirectory() as directory, Broker(os.path.join(directory, "broker")) as broker:
        state = os.path.join(directory, "state.sqlite")
        environment = {
            **os.environ,
            "GRIDWORK_AMQP_URL": broker.url(),
            "GRIDWORK_STATE_PATH": state,
            "GRIDWORK_HTTP_ADDRESS": "off",
        }
        file = os.path.join(directory, "street.json")
        with open(file, "w", encoding="utf-8") as stream:
            json.dump(organization(cells), stream)
        run(program, "organization", "apply", file, environment=environment)
        process, first = start_node(program, directory, environment)
        stop(process)
        process, again = start_node(program, directory, environment)
        listing = broker.command("ctl", broker.directory, "--quiet", "--formatter", "json", "list_connections", "pid")
        found = {
            "cells": cells,
            "first_start_s": round(first, 1),
            "start_s": round(again, 1),
            "node_kib": resident(process.pid),
            "broker_kib": broker.cost()["memory_kib"],
            "connections": len(json.loads(listing)),
            "state_kib": disk(directory)[1] - disk(broker.directory)[1],
        }
        stop(process)
        return found


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.wait(60)


def measure(program):
    """Yields each figure as it is found."""
    for count in QUEUES:
        yield {"measured": "queues", **queues(count)}
    for cells in CELLS if program else ():
        yield {"measured": "node", **node(program, cells)}
