#!/usr/bin/python3
"""Acts for one post, written from schemas/README.md alone: what somebody else's agent would do.

Usage: agent.py URL MAILBOX CODE ACTION...

Takes the mail of the post CODE in MAILBOX and, for the first assignment issued to it, sends one command for each ACTION, a verb
such as `acknowledge` or a verb with a note such as `return=nobody at home`. After each it waits for what comes of it: a refusal
that names the command, or, on the issuer's mailbox, the report about it. By a credential of `gridwork agent-credential create`
it sees neither mailbox nor report but its own queue, and waits for the broker's confirmation alone. Prints a line of JSON for each event and exits 0 when
every command has been answered; exits 1 after 30 seconds without an answer.
"""

import datetime
import json
import sys

import pika

LIMIT = 30
SCHEMAS = "https://gridwork.example/schemas/messages"
REPORTS = {
    "acknowledge": "acknowledged",
    "progress": "progressed",
    "complete": "completed",
    "return": "returned",
    "escalate": "escalated",
}


class Agent:
    def __init__(self, url, mailbox, code, actions):
        self.post = f"{mailbox.split('.')[2]}@{code}"
        self.key = f"{mailbox}.{code}"
        self.actions = [action.partition("=") for action in actions]
        self.assignment = None
        self.sent = 0
        self.waiting_for = None
        parameters = pika.URLParameters(url)
        self.user = parameters.credentials.username
        self.queue = f"agent.{self.post.replace('@', '.')}"
        # The queue has the name of the credential's user, for whom it was declared and bound.
        self.has_credential = self.user == self.queue
        self.connection = pika.BlockingConnection(parameters)
        self.channel = self.connection.channel()
        self.channel.confirm_delivery()
        self.channel.basic_qos(prefetch_count=20)

    def run(self):
        if not self.has_credential:
            self.declare()
        self.tell("ready", self.post)
        for method, properties, body in self.channel.consume(self.queue, inactivity_timeout=LIMIT):
            if method is None:
                self.tell("timeout", f"nothing came for {LIMIT} s")
                return 1
            self.handle(method, properties, json.loads(body))
            # Only now: whatever it made us send is confirmed, or the mail comes again.
            self.channel.basic_ack(method.delivery_tag)
            if self.sent == len(self.actions) and self.waiting_for is None:
                self.channel.cancel()
                self.connection.close()
                return 0

    def declare(self):
        arguments = {"x-queue-type": "quorum", "x-expires": 1_209_600_000}
        self.channel.queue_declare(self.queue, durable=True, arguments=arguments)
        self.channel.queue_bind(self.queue, "gridwork", f"{self.key}.#")
        # What it reports is seen where it is sent to; anybody may observe.
        for report in REPORTS.values():
            self.channel.queue_bind(self.queue, "gridwork", f"#.{report}")

    def handle(self, method, mail, body):
        if mail.type == "gridwork.assignment.issued.v1" and self.assignment is None:
            if not method.routing_key.startswith(f"{self.key}."):
                return
            self.assignment = body["assignment"]
            self.tell("issued", self.assignment, title=body["order"]["title"])
            self.send_next()
        elif mail.type == "gridwork.command.refused.v1" and body["command"] == self.waiting_for:
            self.tell("refused", body["verb"], reason=body["reason"], detail=body["detail"])
            self.waiting_for = None
            self.send_next()
        elif self.waiting_for and mail.headers.get("ce-source") == self.post:
            verb = self.waiting_for.split(":")[0]
            if mail.type == f"gridwork.assignment.{REPORTS.get(verb)}.v1" and body["assignment"] == self.assignment:
                self.tell("reported", REPORTS[verb], note=body.get("note"))
                self.waiting_for = None
                self.send_next()

    def send_next(self):
        if self.sent == len(self.actions):
            return
        verb, _, note = self.actions[self.sent]
        self.sent += 1
        name = f"command.{verb}.v1"
        # The same for the same assignment and step: sent twice it is absorbed.
        identifier = f"{verb}:{self.sent}:{self.assignment}"
        self.waiting_for = identifier
        headers = {
            "ce-specversion": "1.0",
            "ce-id": identifier,
            "ce-source": self.post,
            "ce-type": f"gridwork.{name}",
            "ce-subject": self.assignment,
            "ce-time": datetime.datetime.now(datetime.timezone.utc).isoformat(),
            "ce-dataschema": f"{SCHEMAS}/{name}.schema.json",
        }
        properties = pika.BasicProperties(
            content_type="application/json",
            delivery_mode=2,
            message_id=identifier,
            type=f"gridwork.{name}",
            correlation_id=self.assignment.split(".")[0],
            user_id=self.user,
            headers=headers,
        )
        command = {"assignment": self.assignment, **({"note": note} if note else {})}
        self.channel.basic_publish(
            "gridwork.commands", f"{self.key}.{verb}", json.dumps(command).encode(), properties, mandatory=True
        )
        if self.has_credential:
            self.tell("confirmed", verb)
            self.waiting_for = None
            self.send_next()

    def tell(self, event, what, **more):
        details = {key: value for key, value in more.items() if value is not None}
        print(json.dumps({"event": event, "what": what, **details}, ensure_ascii=False), flush=True)


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    url, mailbox, code, *actions = sys.argv[1:]
    sys.exit(Agent(url, mailbox, code, actions).run())


if __name__ == "__main__":
    main()
