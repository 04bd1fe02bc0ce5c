#!/usr/bin/python3
"""Asks a real Prometheus every question of the dashboard and the alerts, about a real node, worker and broker.

Usage: prometheus.py PROGRAM BROKER

PROGRAM is `gridwork`, BROKER the directory of a private broker that runs (see deploy/broker). Fails where promtool finds fault
with the configuration, the rules or their tests; where a query is refused; and where one names a metric or a label that neither
of the processes tells.
"""

import contextlib
import http
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

import yaml

DEPLOY = pathlib.Path(__file__).resolve().parents[1]
FOLDER = DEPLOY / "prometheus"
SAMPLES = DEPLOY / "samples"
# Mailboxes and dead letters are counted once a minute.
PATIENCE = 120
NAME = re.compile(r"\b(?:(?:gridwork|rabbitmq|process)_[a-z0-9_]+|up)\b(?:\{([^}]*)\})?")
LABEL = re.compile(r"([a-z_]+)\s*(?:=~|!~|!=|=)\s*\"")


def ports(count):
    output = subprocess.run([sys.executable, DEPLOY / "lib" / "ports.py", str(count)], check=True, capture_output=True)
    return [int(line) for line in output.stdout.split()]


@contextlib.contextmanager
def running(arguments, log, environment=None):
    with open(log, "w", encoding="utf-8") as output:
        process = subprocess.Popen(arguments, stdout=output, stderr=output, env=environment)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def wait(what, holds, patience=PATIENCE):
    """Looks until something holds; ends the check when it does not within a while."""
    deadline = time.monotonic() + patience
    while True:
        with contextlib.suppress(OSError):
            if holds():
                print(f"ok  {what}", file=sys.stderr)
                return
        if time.monotonic() > deadline:
            sys.exit(f"not so within {patience} s: {what}")
        time.sleep(0.5)


def promtool(*arguments):
    result = subprocess.run(["promtool", *arguments], cwd=FOLDER, capture_output=True, text=True, timeout=60)
    if result.returncode:
        sys.exit(f"promtool {' '.join(arguments)}:\n{result.stdout}{result.stderr}")
    print(f"ok  promtool {' '.join(arguments)}", file=sys.stderr)


def serve_broker_metrics(broker, port):
    """Has the broker answer as it does after `rabbitmq-plugins enable rabbitmq_prometheus`, until its next start."""
    plugins = os.path.join(broker, "enabled_plugins")
    pathlib.Path(plugins).write_text("[rabbitmq_prometheus].\n", encoding="utf-8")
    evaluate = f'application:set_env(rabbitmq_prometheus, tcp_config, [{{ip, "127.0.0.1"}}, {{port, {port}}}]), '
    evaluate += f'rabbit_plugins:ensure("{plugins}").'
    subprocess.run([DEPLOY / "broker", "ctl", broker, "--quiet", "eval", evaluate], check=True, stdout=subprocess.DEVNULL)


class Prometheus:
    def __init__(self, folder, targets):
        self.folder = folder
        (port,) = ports(1)
        self.address = f"127.0.0.1:{port}"
        configuration = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
        configuration["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        configuration["rule_files"] = [str(FOLDER / "alerts.yml")]
        for job in configuration["scrape_configs"]:
            job.pop("scrape_interval", None)
            job["static_configs"] = [{"targets": [targets[job["job_name"]]]}]
        self.jobs = [job["job_name"] for job in configuration["scrape_configs"]]
        self.configuration = os.path.join(folder, "prometheus.yml")
        pathlib.Path(self.configuration).write_text(yaml.safe_dump(configuration), encoding="utf-8")

    def running(self):
        arguments = [f"--config.file={self.configuration}", f"--web.listen-address={self.address}"]
        arguments += [f"--storage.tsdb.path={self.folder}/data", "--storage.tsdb.retention.time=1h"]
        return running(["prometheus", *arguments], os.path.join(self.folder, "prometheus.log"))

    def ask(self, path, **query):
        url = f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(query, doseq=True)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            if error.code != http.HTTPStatus.BAD_REQUEST:
                raise
            raise ValueError(json.load(error)["error"]) from None

    def are_up(self):
        try:
            results = self.ask("query", query="up == 1")["result"]
        except OSError:  # Not listening yet, or 503 until it has read its files.
            return False
        return {result["metric"]["job"] for result in results} == set(self.jobs)

    def names(self):
        return set(self.ask("label/__name__/values"))

    def labels(self, name):
        return set(self.ask("labels", **{"match[]": name}))


def dashboard_queries():
    """The dashboard's queries as Grafana sends them: its variables filled in."""
    dashboard = json.loads((DEPLOY / "grafana" / "gridwork.json").read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            query = target["expr"].replace("$instance", ".*").replace("$__rate_interval", "1m")
            yield f"dashboard, {panel['title']}", query


def alert_queries():
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]


def runbook_findings():
    """Every alert has its section in the runbook, and the reverse."""
    text = (DEPLOY / "RUNBOOK.md").read_text(encoding="utf-8")
    sections = set(re.findall(r"^### (\w+)$", text, re.MULTILINE))
    alerts = {name for name, _ in alert_queries()}
    yield from (f"{name}: has no section in RUNBOOK.md" for name in sorted(alerts - sections))
    yield from (f"{name}: is in RUNBOOK.md and no alert" for name in sorted(sections - alerts))


def check(prometheus, queries):
    """Yields what is wrong with queries."""
    for title, query in queries:
        try:
            prometheus.ask("query", query=query)
        except ValueError as error:
            yield f"{title}: {error}"
            continue
        for match in NAME.finditer(query):
            name = match.group(0).partition("{")[0]
            missing = set(LABEL.findall(match.group(1) or "")) - prometheus.labels(name)
            yield from (f"{title}: {name} has no label {label}" for label in sorted(missing))
    for group in prometheus.ask("rules")["groups"]:
        for rule in group["rules"]:
            if rule["health"] != "ok":
                yield f"{rule['name']}: Prometheus says {rule['health']}: {rule.get('lastError')}"


def escalates(asked, post):
    """Escalates what a post was asked to do; False as long as nothing has reached it."""
    items = asked("inbox", post)
    if items:
        asked("assignment", "escalate", items[0]["id"], "--as", post, "--note", "needs an answer")
    return bool(items)


def main():
    program, broker = sys.argv[1:]
    promtool("check", "config", "prometheus.yml")
    promtool("test", "rules", "alerts_test.yml")
    queries = [*dashboard_queries(), *alert_queries()]
    named = {match.group(0).partition("{")[0] for _, query in queries for match in NAME.finditer(query)}
    with tempfile.TemporaryDirectory(prefix="gridwork-prometheus.") as folder, contextlib.ExitStack() as stack:
        node, worker, rabbitmq, api = (f"127.0.0.1:{port}" for port in ports(4))
        environment = {
            **os.environ,
            "GRIDWORK_STATE_PATH": os.path.join(folder, "state.sqlite"),
            "GRIDWORK_HTTP_ADDRESS": api,
            "GRIDWORK_METRICS_ADDRESS": node,
        }

        def gridwork(*arguments):
            subprocess.run([program, *arguments], env=environment, check=True, stdout=subprocess.DEVNULL)

        def asked(*arguments):
            result = subprocess.run([program, *arguments, "--json"], env=environment, capture_output=True, check=True)
            return json.loads(result.stdout)

        gridwork("organization", "apply", str(SAMPLES / "jiangsu-road.organization.json"))
        serve_broker_metrics(broker, rabbitmq.rpartition(":")[2])
        stack.enter_context(running([program, "up"], os.path.join(folder, "node.log"), environment))
        beside = {**environment, "GRIDWORK_METRICS_ADDRESS": worker}
        stack.enter_context(running([program, "worker", "--all"], os.path.join(folder, "worker.log"), beside))
        targets = {"gridwork": node, "gridwork-worker": worker, "rabbitmq": rabbitmq, "rabbitmq-mailboxes": rabbitmq}
        prometheus = Prometheus(folder, targets)
        stack.enter_context(prometheus.running())
        wait("all targets answer", prometheus.are_up)
        gridwork("order", "issue", str(SAMPLES / "winter-safety.order.json"))
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(f"http://{api}/v1/orders", timeout=10)
        # A role of which nothing waits has no figure, so somebody has to wait for an answer.
        wait("a cell leader escalates", lambda: escalates(asked, "cell-leader@310105002002001"))
        try:
            wait(f"{len(named)} metrics that are asked for are told", lambda: named <= prometheus.names())
        except SystemExit:
            print("nobody tells", *sorted(named - prometheus.names()), file=sys.stderr)
            raise
        findings = [*check(prometheus, queries), *runbook_findings()]
    for finding in findings:
        print(finding)
    print(f"{len(queries)} queries, {len(named)} metrics, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
