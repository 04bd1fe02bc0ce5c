#!/usr/bin/python3
"""Checks what a node answered, and which routes it has, against schemas/openapi.yaml.

Usage: openapi.py [--complete] < EXCHANGES

Standard input has a line of JSON for each exchange or route:

    {"route": "GET /v1/orders/{order}"}
    {"method": "GET", "path": "/v1/orders?limit=1", "status": 200, "type": "application/json", "body": "..."}

- Every route is described, and everything that is described is a route, when routes are given.
- Every exchange is of an operation that is described, its status and media type are too, and its body fits the schema.
- With --complete every operation was answered once with success, streams of events aside.

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


def check(document, exchange):
    """Yields what is wrong with an exchange; its operation comes first, as a name."""
    name, operation = document.find(exchange["method"], exchange["path"])
    yield name
    if name is None:
        if exchange["status"] not in (401, 404, 405, 429):
            yield "is not described"
        return
    responses = operation["responses"]
    response = responses.get(str(exchange["status"])) or responses.get("default")
    if response is None or (exchange["status"] < 400 and str(exchange["status"]) not in responses):
        yield f"answered {exchange['status']}, which is not described"
        return
    content = document.resolve(response).get("content", {})
    if not content:
        if exchange["body"]:
            yield "answered a body where none is described"
        return
    media = exchange["type"].partition(";")[0]
    if media not in content:
        yield f"answered {media or 'no media type'}, described are {', '.join(content)}"
        return
    if media.endswith("json"):
        error = document.validate(content[media]["schema"], json.loads(exchange["body"]))
        if error is not None:
            yield f"answered {exchange['status']} with a body that does not fit: {error.json_path}: {error.message[:200]}"


def main():
    document = Document()
    findings, routes, succeeded, count = [], set(), set(), 0
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
    if routes:
        described = set(document.operations)
        findings += [f"{route}: is a route and not described" for route in sorted(routes - described)]
        findings += [f"{route}: is described and no route" for route in sorted(described - routes)]
    if "--complete" in sys.argv[1:]:
        for name, (_, operation) in document.operations.items():
            response = document.resolve(operation["responses"].get("200", {}))
            if name not in succeeded and "text/event-stream" not in response.get("content", {}):
                findings.append(f"{name}: was never answered with success")
    for finding in findings:
        print(finding)
    print(f"{count} exchanges, {len(routes)} routes, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
