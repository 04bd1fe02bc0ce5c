#!/usr/bin/python3
"""Checks what a node answered, and which routes it has, against schemas/openapi.yaml.

Usage: openapi.py [--complete] < EXCHANGES

Standard input has a line of JSON for each exchange or route:

    {"route": "GET /v1/orders/{order}"}
    {"method": "GET", "path": "/v1/orders?limit=1", "status": 200, "headers": {"content-type": "application/json"}, "body": "..."}

- Every route is described, and everything that is described is a route, when routes are given.
- Every exchange is of an operation that is described, its status and media type are too, and its body fits the schema; in a
  stream of events each one's data does. `default` describes what a node answers when it cannot do its work (5xx), nothing else.
- Every header that is described as required was sent, and every one that was sent is described, those aside that all answers
  have.
- A method that a path does not take is answered with those it does.
- With --complete every operation was answered once with success, and each of the statuses in ANSWERED was seen.

Prints every finding, then one line with the counts; exits 1 if there was a finding.
"""

import json
import pathlib
import re
import sys
import warnings

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

warnings.simplefilter("ignore", DeprecationWarning)
from jsonschema import RefResolver  # noqa: E402  Debian's version knows no other way.

METHODS = ("get", "post", "put", "patch", "delete")
# What all answers have, whatever they are about.
GENERAL = {
    "cache-control", "content-length", "content-security-policy", "content-type", "date", "referrer-policy", "server",
    "strict-transport-security", "transfer-encoding", "x-content-type-options",
}
# What --complete wants to have seen of the commands on an assignment, all of them taken together.
ANSWERED = {400, 401, 403, 404, 409, 412, 413, 415, 422, 429}
SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "schemas"


class Document:
    def __init__(self):
        path = SCHEMAS / "openapi.yaml"
        self.root = yaml.safe_load(path.read_text(encoding="utf-8"))
        order = json.loads((SCHEMAS / "order.schema.json").read_text(encoding="utf-8"))
        base = path.as_uri()
        self.resolver = RefResolver(base, self.root, store={(SCHEMAS / "order.schema.json").as_uri(): order})
        self.operations = {}
        for template, item in self.root["paths"].items():
            pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", template) + r"\Z")
            for method in METHODS:
                if method in item:
                    self.operations[f"{method.upper()} {template}"] = (pattern, item[method])

    def resolve(self, node):
        while "$ref" in node:
            node = self.resolver.resolve(node["$ref"])[1]
        return node

    def find(self, method, path):
        """The operation of a request; a template without parameters wins."""
        path = path.partition("?")[0]
        found = [
            (name.count("{"), name, operation)
            for name, (pattern, operation) in self.operations.items()
            if name.startswith(method + " ") and pattern.match(path)
        ]
        return min(found, key=lambda entry: entry[0])[1:] if found else (None, None)

    def validate(self, schema, value):
        validator = Draft202012Validator(schema, resolver=self.resolver, format_checker=FormatChecker())
        return best_match(validator.iter_errors(value))


    def methods(self, path):
        """The methods that a path takes, HEAD where GET is no stream of events."""
        path = path.partition("?")[0]
        taken = set()
        for name, (pattern, operation) in self.operations.items():
            if pattern.match(path):
                method = name.partition(" ")[0]
                taken.add(method)
                success = self.resolve(operation["responses"].get("200", {}))
                if method == "GET" and "text/event-stream" not in success.get("content", {}):
                    taken.add("HEAD")
        return taken


def check(document, exchange):
    """Yields what is wrong with an exchange; its operation comes first, as a name."""
    name, operation = document.find(exchange["method"], exchange["path"])
    yield name
    status, headers = exchange["status"], exchange["headers"]
    if name is None:
        if status not in (401, 404, 405, 429):
            yield "is not described"
        if status == 405:
            allowed = {method.strip() for method in headers.get("allow", "").split(",")}
            if allowed != document.methods(exchange["path"]):
                yield f"answered 405 and allows {sorted(allowed)}"
        return
    responses = operation["responses"]
    response = responses.get(str(status)) or (responses.get("default") if status >= 500 else None)
    if response is None:
        yield f"answered {status}, which is not described"
        return
    response = document.resolve(response)
    yield from check_headers(document, response, status, headers)
    yield from check_body(document, response, exchange)


def check_headers(document, response, status, headers):
    described = {name.lower(): header for name, header in response.get("headers", {}).items()}
    for name in sorted(set(headers) - set(described) - GENERAL):
        yield f"answered {status} with the header {name}, which is not described"
    for name, header in described.items():
        if name not in headers:
            if header.get("required"):
                yield f"answered {status} without the header {name}"
            continue
        schema, value = header["schema"], headers[name]
        error = document.validate(schema, int(value) if schema.get("type") == "integer" and value.isdigit() else value)
        if error is not None:
            yield f"answered {status} with a header {name} that does not fit: {error.message[:200]}"


def check_body(document, response, exchange):
    status, content = exchange["status"], response.get("content", {})
    if not content:
        if exchange["body"]:
            yield "answered a body where none is described"
        return
    media = exchange["headers"].get("content-type", "").partition(";")[0]
    if media not in content:
        yield f"answered {media or 'no media type'}, described are {', '.join(content)}"
        return
    if media.endswith("json"):
        values, schema = [exchange["body"]], content[media]["schema"]
    elif media == "text/event-stream":
        lines = exchange["body"].splitlines()
        values = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
        schema = document.root["components"]["schemas"]["Event"]
        if not values:
            yield "streamed no event"
    else:
        return
    for value in values:
        error = document.validate(schema, json.loads(value))
        if error is not None:
            yield f"answered {status} with a body that does not fit: {error.json_path}: {error.message[:200]}"


def main():
    document = Document()
    findings, routes, succeeded, refused, count = [], set(), set(), set(), 0
    for line in sys.stdin:
        entry = json.loads(line)
        if "route" in entry:
            routes.add(entry["route"])
            continue
        count += 1
        name, *wrong = check(document, entry)
        findings += [f"{entry['method']} {entry['path']}: {sentence}" for sentence in wrong]
        if entry["status"] < 400:
            succeeded.add(name)
        elif name and name.startswith("POST /v1/assignments/{assignment}/"):
            refused.add(entry["status"])
    if routes:
        described = set(document.operations)
        findings += [f"{route}: is a route and not described" for route in sorted(routes - described)]
        findings += [f"{route}: is described and no route" for route in sorted(described - routes)]
    if "--complete" in sys.argv[1:]:
        findings += [f"{name}: was never answered with success" for name in document.operations if name not in succeeded]
        findings += [f"no command was answered with {status}" for status in sorted(ANSWERED - refused)]
    for finding in findings:
        print(finding)
    print(f"{count} exchanges, {len(routes)} routes, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
