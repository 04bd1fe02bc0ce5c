#!/usr/bin/python3
"""Tries everything that the credential of one post's agent must not allow, to see what the broker makes of it.

Usage: intruder.py URL KEY OTHER_URL OTHER_KEY MANAGEMENT_URL

URL is what `gridwork agent-credential create` printed for a post, KEY the first words of its routing keys,
`<mailbox>.<code>`; OTHER_URL and OTHER_KEY are the same for another post of the same vhost, whose password is not used here.
Prints a line of JSON for each attempt: what was tried, whether the broker `allowed` or `refused` it, and its answer. Exits 0
when all has been tried.
"""

import base64
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

import pika

EXCHANGES = [
    "gridwork",
    "gridwork.commands",
    "gridwork.dead",
    "gridwork.unrouted",
    "amq.topic",
    "amq.direct",
    "amq.fanout",
    "amq.headers",
    "amq.match",
    "amq.rabbitmq.trace",
    "amq.rabbitmq.log",
    "amq.rabbitmq.event",
]
QUORUM = {"x-queue-type": "quorum"}
CONNECTIONS, CHANNELS = 5, 17  # one more than one may have


class Intruder:
    def __init__(self, url, key, other_url, other_key, management):
        self.parameters = pika.URLParameters(url)
        self.key, self.other_key, self.management = key, other_key, management
        self.user = self.parameters.credentials.username
        self.other = pika.URLParameters(other_url).credentials.username
        self.mailbox = key.rpartition(".")[0]
        self.other_mailbox = other_key.rpartition(".")[0]

    def run(self):
        self.publishing()
        self.reading()
        self.declaring()
        self.binding()
        self.tricks()
        self.limits()
        self.elsewhere()

    # Each attempt on a channel of its own, since a refusal closes it.

    def attempt(self, name, act):
        connection = None
        try:
            connection = pika.BlockingConnection(self.parameters)
            # Every publish waits to be confirmed, so that a refusal comes before the answer.
            result = act(connection.channel())
            self.tell(name, "allowed", result)
        except (pika.exceptions.AMQPError, urllib.error.HTTPError) as error:
            self.tell(name, "refused", error)
        finally:
            if connection is not None and connection.is_open:
                connection.close()

    def tell(self, name, outcome, answer):
        print(json.dumps({"attempt": name, "outcome": outcome, "answer": str(answer)[:200]}), flush=True)

    def publish(self, exchange, key, **properties):
        def act(channel):
            channel.confirm_delivery()
            channel.basic_publish(exchange, key, b"{}", pika.BasicProperties(**properties), mandatory=False)

        return act

    def publishing(self):
        own, other = f"{self.key}.acknowledge", f"{self.other_key}.acknowledge"
        by = {"user_id": self.user}
        self.attempt("publish a command of its own", self.publish("gridwork.commands", own, **by))
        self.attempt("publish a command without user_id", self.publish("gridwork.commands", own))
        self.attempt("publish a command as another user", self.publish("gridwork.commands", own, user_id=self.other))
        self.attempt("publish a command as the node", self.publish("gridwork.commands", own, user_id="guest"))
        self.attempt("publish another's command", self.publish("gridwork.commands", other, **by))
        sibling = self.key[:-1] + ("1" if self.key[-1] != "1" else "2")
        self.attempt("publish a neighbour's command", self.publish("gridwork.commands", f"{sibling}.complete", **by))
        for key in ["#", f"{self.key}.#", f"{self.key}.*", f"{self.mailbox}.#", self.key, "", f"{own}.x", own + "\n"]:
            self.attempt(f"publish to the key {self.short(key)}", self.publish("gridwork.commands", key, **by))
        self.attempt("publish mail to itself", self.publish("gridwork", f"{self.key}.issued", **by))
        self.attempt("publish mail to another", self.publish("gridwork", f"{self.other_key}.issued", **by))
        for exchange in EXCHANGES[2:]:
            self.attempt(f"publish to {exchange}", self.publish(exchange, own, **by))
        for queue in [self.user, self.mailbox, self.other_mailbox, self.other, "gridwork.dead"]:
            self.attempt(f"publish straight into {self.short(queue)}", self.publish("", queue, **by))
        # RabbitMQ routes by these headers too, and asks no permission for their keys.
        for header in ["CC", "BCC"]:
            self.attempt(
                f"publish its own command with {header} to another's key",
                self.publish("gridwork.commands", own, headers={header: [other]}, **by),
            )

    def reading(self):
        for queue in [self.mailbox, self.other_mailbox, self.other, "gridwork.dead", "gridwork.unrouted"]:
            name = self.short(queue)
            self.attempt(f"get from {name}", lambda channel: channel.basic_get(queue))
            self.attempt(f"consume {name}", lambda channel: channel.basic_consume(queue, ignore))
            self.attempt(
                f"consume {name} for itself alone", lambda channel: channel.basic_consume(queue, ignore, exclusive=True)
            )
            self.attempt(f"purge {name}", lambda channel: channel.queue_purge(queue))
            self.attempt(f"delete {name}", lambda channel: channel.queue_delete(queue))
            self.attempt(f"see the depth of {name}", lambda channel: channel.queue_declare(queue, passive=True))
        self.attempt("get from its own queue", lambda channel: channel.basic_get(self.user))
        self.attempt("consume its own queue", lambda channel: channel.basic_consume(self.user, ignore))
        self.attempt("see the depth of its own queue", lambda channel: channel.queue_declare(self.user, passive=True))
        self.attempt("purge its own queue", lambda channel: channel.queue_purge(self.user))
        self.attempt("delete its own queue", lambda channel: channel.queue_delete(self.user))

    def declaring(self):
        forging = {
            **QUORUM,
            "x-dead-letter-exchange": "gridwork.commands",
            "x-dead-letter-routing-key": f"{self.other_key}.complete",
        }
        for name, queue, arguments in [
            ("a queue", "intruder", QUORUM),
            ("a queue beside its own", f"{self.user}.2", QUORUM),
            ("its own queue", self.user, QUORUM),
            ("a queue that dead-letters into another's commands", self.user, forging),
        ]:
            self.attempt(
                f"declare {name}", lambda channel: channel.queue_declare(queue, durable=True, arguments=arguments)
            )
        self.attempt("declare an exclusive queue", lambda channel: channel.queue_declare("", exclusive=True))
        self.attempt("declare an exchange", lambda channel: channel.exchange_declare("intruder", "topic"))
        self.attempt(
            "declare an exchange with an alternate",
            lambda channel: channel.exchange_declare("intruder", arguments={"alternate-exchange": "gridwork.commands"}),
        )
        for exchange in EXCHANGES[:4]:
            self.attempt(f"delete the exchange {exchange}", lambda channel: channel.exchange_delete(exchange))
            self.attempt(
                f"see that there is the exchange {exchange}",
                lambda channel: channel.exchange_declare(exchange, passive=True),
            )

    def binding(self):
        for exchange in EXCHANGES:
            for key in ["#", f"{self.other_key}.#", f"*.{self.other_key.split('.')[1]}.#", f"{self.key}.#"]:
                self.attempt(
                    f"bind its own queue to {exchange} by {self.short(key)}",
                    lambda channel: channel.queue_bind(self.user, exchange, key),
                )
        self.attempt(
            "unbind its own queue", lambda channel: channel.queue_unbind(self.user, "gridwork", f"{self.key}.#")
        )
        for queue, exchange in [(self.other_mailbox, "gridwork"), (self.other_mailbox, "gridwork.commands")]:
            self.attempt(
                f"unbind {self.short(queue)} from {exchange}",
                lambda channel: channel.queue_unbind(queue, exchange, f"{queue}.#"),
            )
        self.attempt(
            "bind one exchange to another",
            lambda channel: channel.exchange_bind("gridwork.commands", "gridwork", "#"),
        )
        self.attempt(
            "bind an exchange to the firehose",
            lambda channel: channel.exchange_bind("gridwork.commands", "amq.rabbitmq.trace", "#"),
        )
        self.attempt(
            "unbind one exchange from another",
            lambda channel: channel.exchange_unbind("gridwork.commands", "gridwork", "#"),
        )

    def tricks(self):
        def transaction(channel):
            channel.tx_select()
            channel.basic_publish("gridwork.commands", f"{self.other_key}.acknowledge", b"{}")
            channel.tx_commit()

        def answered(channel):
            channel.confirm_delivery()
            channel.basic_consume("amq.rabbitmq.reply-to", ignore, auto_ack=True)
            properties = pika.BasicProperties(reply_to="amq.rabbitmq.reply-to", user_id=self.user)
            channel.basic_publish("gridwork.commands", f"{self.key}.acknowledge", b"{}", properties)

        def answers(channel):
            channel.confirm_delivery()
            channel.basic_publish("", "amq.rabbitmq.reply-to.g1h2AA5yZXBseUAx", b"{}")

        self.attempt("publish another's command in a transaction", transaction)
        self.attempt("ask for direct replies to itself", answered)
        self.attempt("send a direct reply", answers)

    def limits(self):
        connections = []
        try:
            for _ in range(CONNECTIONS):
                connections.append(pika.BlockingConnection(self.parameters))
            self.tell("open many connections", "allowed", len(connections))
        except pika.exceptions.AMQPError as error:
            self.tell("open many connections", "refused", error)
        for connection in connections:
            connection.close()
        self.attempt(
            "open many channels", lambda channel: [channel.connection.channel() for _ in range(CHANNELS)]
        )
        self.attempt("publish 17 MiB", self.publish_large)

    def publish_large(self, channel):
        channel.confirm_delivery()
        properties = pika.BasicProperties(user_id=self.user)
        channel.basic_publish("gridwork.commands", f"{self.key}.acknowledge", bytes(17 * 1_048_576), properties)

    def elsewhere(self):
        there = self.parameters.virtual_host
        for vhost in ["/", "no-such-vhost"]:
            self.parameters.virtual_host = vhost
            self.attempt(f"log in to the vhost {vhost}", lambda channel: None)
        self.parameters.virtual_host = there
        password = self.parameters.credentials.password
        self.parameters.credentials = pika.PlainCredentials(self.other, password)
        self.attempt("log in as another by its own password", lambda channel: None)
        self.parameters.credentials = pika.PlainCredentials(self.user, password)
        vhost = urllib.parse.quote(there, safe="")
        for what, path in [
            ("the overview", "overview"),
            ("itself", "whoami"),
            ("queues", f"queues/{vhost}"),
            ("definitions", "definitions"),
        ]:
            self.attempt(f"ask the management API for {what}", lambda channel: self.ask(path))

    def ask(self, path):
        parts = urllib.parse.urlsplit(self.management)
        credentials = self.parameters.credentials
        secret = base64.b64encode(f"{credentials.username}:{credentials.password}".encode()).decode()
        request = urllib.request.Request(
            f"http://{parts.hostname}:{parts.port}/api/{path}", headers={"authorization": f"Basic {secret}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status

    def short(self, name):
        """Names a queue or a key by what it is, so that the names of attempts are the same wherever this runs."""
        for text, word in [
            (self.other_key, "OTHER"),
            (self.other_mailbox, "OTHER-MAILBOX"),
            (self.other, "OTHER-QUEUE"),
            (self.other_key.split(".")[1], "OTHER-AREA"),
            (self.key, "OWN"),
            (self.mailbox, "MAILBOX"),
            (self.user, "QUEUE"),
        ]:
            name = name.replace(text, word)
        return name.replace("\n", "LF") or "EMPTY"


def ignore(*_):
    pass


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    Intruder(*sys.argv[1:]).run()


if __name__ == "__main__":
    main()
