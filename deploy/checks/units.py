"""Checks the systemd units: that systemd takes every line of them, and that a worker's instance name says role and area."""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

UNITS = os.path.join(os.path.dirname(__file__), "..", "systemd")
PROGRAM = "/usr/bin/gridwork"
# What a worker is started with, for each instance.
INSTANCES = {
    "liaison-310105002001003": "worker --role liaison --cell 310105002001003",
    "cell-leader-310105002001": "worker --role cell-leader --cell 310105002001",
    "cell-leader-310105002001.2": "worker --role cell-leader --cell 310105002001",
}


def lay_out(root):
    """A root folder with the units, the targets they name, and programs for systemd to find."""
    places = {name: os.path.join(root, name) for name in ("etc/systemd/system", "usr/lib/systemd/system", "bin", "usr/bin")}
    for place in places.values():
        os.makedirs(place)
    for unit in glob.glob(os.path.join(UNITS, "*.service")):
        shutil.copy(unit, places["etc/systemd/system"])
    for target in glob.glob("/usr/lib/systemd/system/*.target"):
        shutil.copy(target, places["usr/lib/systemd/system"], follow_symlinks=False)
    shutil.copy("/bin/sh", places["bin"])
    shutil.copy("/bin/true", os.path.join(root, PROGRAM.lstrip("/")))


def complaints(root, unit):
    run = subprocess.run(["systemd-analyze", "verify", f"--root={root}", unit], capture_output=True, text=True, timeout=60)
    return run.stderr.strip() or (f"systemd-analyze ended with {run.returncode}" if run.returncode else "")


def command(instance):
    """What a worker's unit runs for an instance, told by a shell in which the program only repeats its arguments."""
    with open(os.path.join(UNITS, "gridwork-worker@.service"), encoding="utf-8") as file:
        script = re.search(r"^ExecStart=/bin/sh -c '(.*)'$", file.read(), re.M)[1]
    script = script.replace("%i", instance).replace("%%", "%").replace("$$", "$").replace(f"exec {PROGRAM}", "echo")
    return subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, timeout=10).stdout.strip()


def main():
    problems = []
    with tempfile.TemporaryDirectory() as root:
        lay_out(root)
        for unit in ["gridwork.service", *(f"gridwork-worker@{name}.service" for name in INSTANCES)]:
            if text := complaints(root, unit):
                problems.append(f"{unit}: {text}")
    for instance, expected in INSTANCES.items():
        if (found := command(instance)) != expected:
            problems.append(f"{instance} starts “{found}”, not “{expected}”")
    print("\n".join(problems) or f"The units hold; {len(INSTANCES)} instances start what they name.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
