"""Checks RabbitMQ's files: a broker started with them has the limits, and its mailboxes the policy, that they promise."""

import json
import os
import ssl
import subprocess
import sys
import tempfile
import urllib.parse

import pika

PROJECT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BROKER = os.path.join(PROJECT, "deploy", "broker")
DEFINITIONS = os.path.join(PROJECT, "deploy", "rabbitmq", "definitions.json")
# What the running node must say of itself, with the white space taken out.
SETTINGS = [
    "{wal_max_size_bytes,64000000}",
    '{vm_memory_high_watermark,{absolute,"1GB"}}',
    '{disk_free_limit,"200MB"}',
    "{max_message_size,1048576}",
    "{versions,['tlsv1.2','tlsv1.3']}",
]
MAILBOXES = ["street.310105002.office", "community.310105002015.office", "cell.310105002015001.liaison"]
OTHERS = ["gridwork.dead", "agent.liaison.31010500201500101001"]
DELIVERY_LIMIT = 20
# What makes a queue drop or move a message that nobody took: nothing of it may hold for any of them.
LOSING = ["expires", "message-ttl", "max-length", "max-length-bytes", "overflow"]
PASSWORD = "pass word&"


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def make_user(directory):
    """The definitions of a broker that has no guest, imported."""
    password, definitions = os.path.join(directory, "password"), os.path.join(directory, "definitions.json")
    with open(password, "w", encoding="utf-8") as file:
        file.write(PASSWORD + "\n")
    script = os.path.join(PROJECT, "deploy", "lib", "definitions.py")
    text = run(script, "--user", "gridwork", "--password-file", password, DEFINITIONS, "/")
    with open(definitions, "w", encoding="utf-8") as file:
        file.write(text)
    run(BROKER, "ctl", directory, "--quiet", "import_definitions", definitions)


def connect_by_tls(directory):
    url = urllib.parse.urlsplit(run(BROKER, "tls-url", directory).strip())
    authority = urllib.parse.parse_qs(url.query)["cacertfile"][0]
    context = ssl.create_default_context(cafile=authority)
    return pika.BlockingConnection(
        pika.ConnectionParameters(
            url.hostname,
            url.port,
            credentials=pika.PlainCredentials("gridwork", PASSWORD),
            ssl_options=pika.SSLOptions(context, url.hostname),
        )
    )


def declare(channel):
    channel.exchange_declare("gridwork.dead", exchange_type="fanout", durable=True)
    for queue in MAILBOXES + OTHERS:
        channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_bind("gridwork.dead", "gridwork.dead")


def listed(directory, *command):
    return json.loads(run(BROKER, "ctl", directory, "--quiet", "--formatter", "json", *command))


def sets(rule, key):
    """Whether a policy, or a queue by its arguments, has something to say about a matter."""
    return f'"{key}"' in json.dumps(rule.get("definition", "")).replace("\\", "") or f"x-{key}" in json.dumps(rule.get("arguments"))


def deliveries_until_dead(channel, queue):
    """How often a message that is always handed back is delivered before it lies among the dead."""
    channel.confirm_delivery()
    channel.basic_publish("", queue, b"{}")
    for count in range(2 * DELIVERY_LIMIT):
        method, _, _ = next(channel.consume(queue, inactivity_timeout=5))
        if method is None:
            return count if channel.queue_declare("gridwork.dead", passive=True).method.message_count == 1 else None
        channel.basic_nack(method.delivery_tag)
    return None


def examine(directory):
    environment = "".join(run(BROKER, "ctl", directory, "--quiet", "environment").split())
    problems = [f"the broker does not have the setting {setting}" for setting in SETTINGS if setting not in environment]
    make_user(directory)
    connection = connect_by_tls(directory)
    channel = connection.channel()
    declare(channel)
    queues = listed(directory, "list_queues", "name", "policy", "arguments")
    policies = {queue["name"]: queue["policy"] for queue in queues}
    problems += [f"{queue} lacks the policy" for queue in MAILBOXES if policies[queue] != "gridwork-mailboxes"]
    problems += [f"{queue} has the policy {policies[queue]}, and should have none" for queue in OTHERS if policies[queue]]
    # Any policy, whichever queues it is for: those of last resort have none now, and must not get one.
    rules = listed(directory, "list_policies") + listed(directory, "list_operator_policies") + queues
    problems += [f"{rule['name']} has {key}: messages are lost by it" for rule in rules for key in LOSING if sets(rule, key)]
    count = deliveries_until_dead(channel, MAILBOXES[2])
    # The first time it has not failed yet.
    if count != DELIVERY_LIMIT + 1:
        problems.append(f"a message that always fails was delivered {count} times before it was dead, not {DELIVERY_LIMIT + 1}")
    connection.close()
    return problems


def main():
    with tempfile.TemporaryDirectory() as directory:
        try:
            run(BROKER, "start", directory)
            problems = examine(directory)
        finally:
            run(BROKER, "stop", directory)
    print("\n".join(problems) or f"The broker has its {len(SETTINGS)} settings, TLS, and the policy for its mailboxes only; nothing expires.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
