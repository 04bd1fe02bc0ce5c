#!/usr/bin/python3
"""Checks messages that were taken off a real queue against the contracts in schemas/.

Usage: wire.py FILE [PROJECT]

FILE has a message in each line, a JSON object: `exchange`, `routingKey`, `headers`, `properties` (with the names of AMQP 0-9-1,
those that are not set left out) and `body` (base64). For each message:

- schemas/asyncapi.yaml has a channel for its exchange, which carries its type; the routing key fits the channel's address.
- The headers fit the schema that asyncapi.yaml gives for the type; the properties repeat them as schemas/README.md says.
- The body is a JSON object in UTF-8 that fits the schema of the type, and is about the assignment of `ce-subject`.

Prints every finding, then a JSON object with how many messages of each type there were; exits 1 if there was a finding.
"""

import base64
import json
import pathlib
import sys

import yaml
from jsonschema import Draft202012Validator

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from schemas import Check, OfflineResolver, formats  # noqa: E402  (found beside this file)


class WireCheck:
    def __init__(self, project):
        self.contracts = Check(project)
        self.contracts.load_schemas()
        path = project / "schemas" / "asyncapi.yaml"
        # Its references are relative to where it lies; the schemas are addressed by their $id, in the same folder.
        self.base = "https://gridwork.example/schemas/asyncapi.yaml"
        self.asyncapi = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.store = {**self.contracts.by_id, self.base: self.asyncapi}
        self.messages = {message["name"]: message for message in self.asyncapi["components"]["messages"].values()}
        self.channels = {}
        for channel in self.asyncapi["channels"].values():
            exchange = channel.get("bindings", {}).get("amqp", {}).get("exchange")
            if exchange:
                self.channels[exchange["name"]] = channel
        self.findings = []
        self.types = {}

    def check(self, number, message):
        headers, properties = message["headers"], message["properties"]
        name = headers.get("ce-type")
        self.types[name] = self.types.get(name, 0) + 1

        def find(sentence):
            self.findings.append(f"message {number}, {name}: {sentence}")

        contract = self.messages.get(name)
        if contract is None:
            return find("asyncapi.yaml does not know the type")
        self.check_route(message, contract, find)
        self.check_schema(contract["headers"], headers, "headers", find)
        expected = {
            "content_type": "application/json",
            "delivery_mode": 2,
            "message_id": headers.get("ce-id"),
            "type": name,
            "correlation_id": headers["ce-subject"].split(".")[0] if "ce-subject" in headers else None,
        }
        for key, value in expected.items():
            if properties.get(key) != value:
                find(f"the property {key} is {properties.get(key)!r} and not {value!r}")
        try:
            body = json.loads(base64.b64decode(message["body"]).decode("utf-8"))
        except ValueError as error:
            return find(f"the body is no JSON in UTF-8: {error}")
        self.check_schema(contract["payload"], body, "body", find)
        if isinstance(body, dict) and body.get("assignment") != headers.get("ce-subject"):
            find(f"the body is about {body.get('assignment')}, the subject is {headers.get('ce-subject')}")

    def check_route(self, message, contract, find):
        channel = self.channels.get(message["exchange"])
        if channel is None:
            return find(f"asyncapi.yaml has no channel on the exchange {message['exchange']}")
        carried = [self.resolve(reference)["name"] for reference in channel["messages"].values()]
        if contract["name"] not in carried:
            find(f"the channel on {message['exchange']} does not carry it")
        names = channel["address"].replace("{", "").replace("}", "").split(".")
        words = message["routingKey"].split(".")
        if len(words) != len(names):
            return find(f"the routing key {message['routingKey']} does not fit {channel['address']}")
        place = dict(zip(names, words))
        for parameter, word in place.items():
            allowed = self.resolve(channel["parameters"][parameter]).get("enum")
            if allowed and word not in allowed:
                find(f"{word} is none of {', '.join(allowed)}")
        if words[-1] != contract["name"].split(".")[2]:
            find(f"the routing key's last word is {words[-1]}")
        if message["exchange"] == "gridwork.commands":
            post = f"{place['role']}@{place['code']}"
            if message["headers"].get("ce-source") != post:
                find(f"a command of {message['headers'].get('ce-source')} under the key of {post}")

    def resolve(self, node):
        """Follows a reference inside asyncapi.yaml."""
        while "$ref" in node:
            target = self.asyncapi
            for token in node["$ref"].removeprefix("#/").split("/"):
                target = target[token]
            node = target
        return node

    def check_schema(self, schema, instance, what, find):
        resolver = OfflineResolver(self.base, self.asyncapi, store=self.store)
        validator = Draft202012Validator(schema, resolver=resolver, format_checker=formats)
        for error in validator.iter_errors(instance):
            find(f"the {what} do not fit: {error.message} at {error.json_path}")


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    project = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else __file__).resolve()
    check = WireCheck(project if len(sys.argv) > 2 else project.parents[2])
    with open(sys.argv[1], encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            check.check(number, json.loads(line))
    for finding in check.contracts.findings + check.findings:
        print(finding, file=sys.stderr)
    print(json.dumps(check.types, sort_keys=True))
    sys.exit(1 if check.contracts.findings or check.findings else 0)


if __name__ == "__main__":
    main()
