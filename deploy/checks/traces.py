#!/usr/bin/python3
"""Takes the traces of a real order as a collector does, and reads them with OpenTelemetry's own definitions.

Usage: traces.py PROGRAM

PROGRAM is `gridwork`; the broker is that of GRIDWORK_AMQP_URL. Needs the packages opentelemetry-proto and
opentelemetry-semantic-conventions of PyPI. An order is issued at the command line and done by stand-in agents over a running
node. Fails where a request is no ExportTraceServiceRequest, an attribute or a value of it is none of the semantic conventions',
a span's cause is missing, or the order is more than one trace.
"""

import base64
import collections
import contextlib
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.semconv._incubating.attributes import cloudevents_attributes, messaging_attributes
from opentelemetry.semconv.attributes import error_attributes, service_attributes

SAMPLES = pathlib.Path(__file__).resolve().parents[1] / "samples"
PATIENCE = 120
HEXADECIMAL = {"traceId": 16, "spanId": 8, "parentSpanId": 8}
OWN = re.compile(r"gridwork\.[a-z]+")
VALUES = {
    "messaging.system": {value.value for value in messaging_attributes.MessagingSystemValues},
    "messaging.operation.type": {value.value for value in messaging_attributes.MessagingOperationTypeValues},
}
KNOWN = {
    value
    for module in (messaging_attributes, cloudevents_attributes, error_attributes, service_attributes)
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, str)
}


def binary(value):
    """OTLP writes identifiers in hexadecimal where protobuf's JSON has base64, and is otherwise protobuf's JSON."""
    if isinstance(value, list):
        return [binary(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for key, item in value.items():
        if key in HEXADECIMAL:
            if not re.fullmatch(f"[0-9a-f]{{{2 * HEXADECIMAL[key]}}}", item):
                raise ValueError(f"{key} is {item!r}")
            item = base64.b64encode(bytes.fromhex(item)).decode()
        result[key] = binary(item)
    return result


class Collector(http.server.ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies = []

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fits = self.path == "/v1/traces" and self.headers["Content-Type"] == "application/json"
        if fits:
            self.server.bodies.append(body)
        self.send_response(200 if fits else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def running(arguments, log, environment):
    with open(log, "w", encoding="utf-8") as output:
        process = subprocess.Popen(arguments, stdout=output, stderr=output, env=environment)
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)


def attribute_findings(attributes, where):
    for attribute in attributes:
        if attribute.key not in KNOWN and not OWN.fullmatch(attribute.key):
            yield f"{where}: there is no attribute {attribute.key} in the semantic conventions"
        value = attribute.value.string_value
        if not value:
            yield f"{where}: {attribute.key} has no value"
        if value not in VALUES.get(attribute.key, {value}):
            yield f"{where}: {attribute.key} is {value!r}"
        if "@" in value:
            yield f"{where}: {attribute.key} names a post: {value!r}"


def findings(bodies, order):
    """Yields what is wrong with the requests of one order."""
    spans = []
    for body in bodies:
        try:
            request = json_format.Parse(json.dumps(binary(json.loads(body))), ExportTraceServiceRequest())
        except (ValueError, json_format.ParseError) as error:
            yield f"a request does not fit its definition: {error}"
            continue
        for resource in request.resource_spans:
            names = {attribute.key for attribute in resource.resource.attributes}
            yield from (f"the resource has no {key}" for key in {"service.name", "service.instance.id"} - names)
            yield from attribute_findings(resource.resource.attributes, "the resource")
            spans += [span for scope in resource.scope_spans for span in scope.spans]
    known = {span.span_id for span in spans}
    for span in spans:
        yield from attribute_findings(span.attributes, span.name)
        if span.parent_span_id and span.parent_span_id not in known:
            yield f"{span.name}: its cause {span.parent_span_id.hex()} is missing"
        if not 0 < span.start_time_unix_nano <= span.end_time_unix_nano:
            yield f"{span.name}: it ends before it begins"
        conversations = {it.value.string_value for it in span.attributes if it.key == "messaging.message.conversation_id"}
        if conversations != {order}:
            yield f"{span.name}: its conversation is {conversations}"
    if len(known) != len(spans):
        yield f"{len(spans)} spans have {len(known)} identifiers"
    traces = {span.trace_id for span in spans}
    if len(traces) != 1:
        yield f"there are {len(traces)} traces"
    roots = [span.name for span in spans if not span.parent_span_id]
    if roots != ["command issue"]:
        yield f"the roots are {roots}"
    kinds = collections.Counter(Span.SpanKind.Name(span.kind) for span in spans)
    print(", ".join(f"{count} {name}" for name, count in sorted(kinds.items())), f"in {len(bodies)} requests")
    for kind in ("SPAN_KIND_INTERNAL", "SPAN_KIND_PRODUCER", "SPAN_KIND_CONSUMER"):
        if not kinds[kind]:
            yield f"there is no span of {kind}"


def main():
    (program,) = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="gridwork-traces.") as folder, contextlib.ExitStack() as stack:
        collector = stack.enter_context(Collector())
        threading.Thread(target=collector.serve_forever, daemon=True).start()
        environment = {
            **os.environ,
            "GRIDWORK_STATE_PATH": os.path.join(folder, "state.sqlite"),
            "GRIDWORK_HTTP_ADDRESS": "off",
            "GRIDWORK_TRACES_ENDPOINT": collector.endpoint,
        }

        def gridwork(*arguments):
            done = subprocess.run([program, *arguments, "--json"], env=environment, check=True, capture_output=True)
            return json.loads(done.stdout)

        gridwork("organization", "apply", str(SAMPLES / "jiangsu-road.organization.json"))
        with running([program, "agents"], os.path.join(folder, "agents.log"), environment):
            with running([program, "up"], os.path.join(folder, "node.log"), environment):
                order = gridwork("order", "issue", str(SAMPLES / "community-notice.order.json"))["id"]
                deadline = time.monotonic() + PATIENCE
                while gridwork("order", "show", order)["state"] != "completed":
                    if time.monotonic() > deadline:
                        sys.exit(f"{order} is not completed within {PATIENCE} s")
                    time.sleep(0.5)
        # The node has stopped, and has sent what it had.
        collector.shutdown()
        found = list(dict.fromkeys(findings(collector.bodies, order)))
    for finding in found[:50]:
        print(finding)
    print(f"{len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
