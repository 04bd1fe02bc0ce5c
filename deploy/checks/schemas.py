#!/usr/bin/python3
"""Checks the contracts of schemas/ with a validator that is not ours.

Usage: schemas.py [PROJECT]

- Every schemas/**/NAME.schema.json is a valid JSON Schema 2020-12 with a $id of its own.
- Every schema has an example, NAME[.WORD].example.json anywhere below schemas/examples/, and all its examples fit it.
- Every schema has a counter-example, NAME[.WORD].invalid.json, and none of them fits it.
- No file below schemas/examples/ belongs to no schema.
- Samples under deploy/samples/ fit the schemas of their kind, and the generated one is up to date.
- schemas/asyncapi.yaml is AsyncAPI 3, and whatever it refers to exists.

Prints every finding, then one line with the counts; exits 1 if there was a finding.
"""

import datetime
import json
import pathlib
import subprocess
import sys
import urllib.parse

import yaml
from jsonschema import Draft202012Validator, FormatChecker, RefResolutionError, RefResolver, SchemaError
from jsonschema.exceptions import best_match

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMA, EXAMPLE, INVALID = ".schema.json", ".example.json", ".invalid.json"

formats = FormatChecker(formats=())


@formats.checks("date-time", raises=ValueError)
def is_date_time(value):
    # Debian's validator knows this format only with a module Debian does not have.
    return not isinstance(value, str) or datetime.datetime.fromisoformat(value).tzinfo is not None


class OfflineResolver(RefResolver):
    def resolve_remote(self, uri):
        raise RefResolutionError(f"{uri} is no schema's $id")


class Check:
    def __init__(self, project):
        self.project = project
        self.schemas = project / "schemas"
        self.findings = []
        self.counts = {"schemas": 0, "examples": 0, "counter-examples": 0, "samples": 0, "references": 0}
        self.by_name = {}
        self.by_id = {}

    def find(self, path, sentence):
        self.findings.append(f"{path.relative_to(self.project)}: {sentence}")

    def read(self, path):
        """Returns the JSON of a file, or None after a finding."""
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            self.find(path, f"cannot be read as JSON: {error}")
            return None

    def load_schemas(self):
        for path in sorted(self.schemas.rglob("*" + SCHEMA)):
            self.counts["schemas"] += 1
            schema = self.read(path)
            if schema is None:
                continue
            name = path.name.removesuffix(SCHEMA)
            identifier = schema.get("$id")
            if schema.get("$schema") != DIALECT:
                self.find(path, f"$schema is not {DIALECT}")
            if not identifier or identifier in self.by_id:
                self.find(path, f"$id is missing or used twice: {identifier}")
            if name in self.by_name:
                self.find(path, f"another schema is called {name} too")
            try:
                Draft202012Validator.check_schema(schema)
            except SchemaError as error:
                self.find(path, f"is no valid schema: {error.message} at {error.json_path}")
                continue
            self.by_name[name] = schema
            self.by_id[identifier] = schema
        if not self.by_name:
            self.find(self.schemas, "holds no schema")

    def errors(self, path, name, instance):
        """Returns how an instance misses the schema; a reference that leads nowhere is a finding about the file at path."""
        schema = self.by_name[name]
        resolver = OfflineResolver.from_schema(schema, store=self.by_id)
        validator = Draft202012Validator(schema, resolver=resolver, format_checker=formats)
        try:
            return list(validator.iter_errors(instance))
        except RefResolutionError as error:
            self.find(path, f"cannot be checked against {name}: {error}")
            return []

    def name_for(self, path):
        """Returns the longest name of a schema that the file's name begins with, or None."""
        names = [name for name in self.by_name if path.name.startswith(name + ".")]
        return max(names, key=len, default=None)

    def expect_valid(self, path, name):
        instance = self.read(path)
        if instance is None:
            return
        errors = self.errors(path, name, instance)
        if errors:
            error = best_match(errors)
            self.find(path, f"does not fit {name}: {error.message} at {error.json_path}")

    def expect_invalid(self, path, name):
        instance = self.read(path)
        if instance is not None and not self.errors(path, name, instance):
            self.find(path, f"fits {name}, though it should not")

    def check_examples(self):
        examples, invalid = set(), set()
        for path in sorted(self.schemas.glob("examples/**/*")):
            if path.is_dir():
                continue
            name = self.name_for(path)
            if name is None:
                self.find(path, "belongs to no schema")
            elif path.name.endswith(EXAMPLE):
                examples.add(name)
                self.counts["examples"] += 1
                self.expect_valid(path, name)
            elif path.name.endswith(INVALID):
                invalid.add(name)
                self.counts["counter-examples"] += 1
                self.expect_invalid(path, name)
            else:
                self.find(path, f"is called neither *{EXAMPLE} nor *{INVALID}")
        for name in sorted(self.by_name.keys() - examples):
            self.find(self.schemas, f"{name} has no example")
        for name in sorted(self.by_name.keys() - invalid):
            self.find(self.schemas, f"{name} has no counter-example")

    def check_samples(self):
        samples = self.project / "deploy" / "samples"
        for name in ("organization", "order"):
            for path in sorted(samples.glob(f"*.{name}.json")):
                self.counts["samples"] += 1
                if name in self.by_name:
                    self.expect_valid(path, name)
        generator = samples / "make-organization.py"
        result = subprocess.run([sys.executable, generator, "--check"], capture_output=True, text=True, check=False)
        if result.returncode != 0:
            self.find(generator, result.stderr.strip())

    def check_asyncapi(self):
        path = self.schemas / "asyncapi.yaml"
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            self.find(path, f"cannot be read as YAML: {error}")
            return
        version = document.get("asyncapi") if isinstance(document, dict) else None
        if not str(version).startswith("3."):
            self.find(path, f"is not AsyncAPI 3: {version}")
        for reference in references(document):
            self.counts["references"] += 1
            self.check_reference(path, document, reference)

    def check_reference(self, path, document, reference):
        file, _, fragment = reference.partition("#")
        if urllib.parse.urlsplit(file).scheme:
            if file not in self.by_id:
                self.find(path, f"refers to {reference}, which is no schema's $id")
            return
        if file:
            target = path.parent / urllib.parse.unquote(file)
            if not target.is_file():
                self.find(path, f"refers to {reference}, which does not exist")
                return
            document = yaml.safe_load(target.read_text(encoding="utf-8"))
        if not resolves(document, fragment):
            self.find(path, f"refers to {reference}, where there is nothing")


def references(node):
    """Yields every $ref below a node."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolves(node, pointer):
    """Tells whether a JSON pointer, as in a URI's fragment, leads somewhere."""
    for token in urllib.parse.unquote(pointer).split("/")[1:]:
        token = token.replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict) and token in node:
            node = node[token]
        elif isinstance(node, list) and token.isdigit() and int(token) < len(node):
            node = node[int(token)]
        else:
            return False
    return True


def main():
    here = pathlib.Path(__file__).resolve().parents[2]
    check = Check(pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else here)
    check.load_schemas()
    check.check_examples()
    check.check_samples()
    check.check_asyncapi()
    for finding in check.findings:
        print(finding)
    print(", ".join(f"{count} {what}" for what, count in check.counts.items()) + f", {len(check.findings)} findings")
    sys.exit(1 if check.findings else 0)


if __name__ == "__main__":
    main()
