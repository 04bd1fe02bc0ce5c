#!/usr/bin/python3
"""Runs deploy/quickstart as people do, twice, and signs in with every account that it prints.

Usage: accounts.py GRIDWORK

GRIDWORK is the program. The quickstart keeps its state and a broker of its own in a temporary directory and is stopped in the
end. What must hold: an account for each role is printed, with the address to sign in at; each gets in and holds the post that is
printed beside it; a later run prints other passwords, and those of the earlier one no longer let anybody in. Takes about half
a minute; exits 0 only if all of it holds.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

QUICKSTART = str(pathlib.Path(__file__).resolve().parents[1] / "quickstart")
ROLES = {"street": "office", "community": "office", "cell-leader": "cell-leader", "group-leader": "group-leader", "liaison": "liaison"}
PATIENCE = 180


def run_quickstart(environment, folder):
    """Runs it until it shows the order, ends the showing as Ctrl-C does, and gives what it printed in the end."""
    with open(os.path.join(folder, "output"), "w+", encoding="utf-8") as output:
        # A group of its own, to which the signal goes as a terminal sends it.
        command = [QUICKSTART, "--state", os.path.join(folder, "state")]
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
        deadline = time.monotonic() + PATIENCE
        is_asked = False
        while process.poll() is None:
            if time.monotonic() > deadline:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(60)
                sys.exit(f"the quickstart did not end within {PATIENCE} s:\n{pathlib.Path(output.name).read_text()}")
            if not is_asked and re.search(r"total \d+", pathlib.Path(output.name).read_text()):
                os.killpg(process.pid, signal.SIGINT)
                is_asked = True
            time.sleep(0.1)
        text = pathlib.Path(output.name).read_text()
    if process.returncode != 0:
        sys.exit(f"the quickstart exited {process.returncode}:\n{text}")
    return text


def accounts(text):
    """The address and the accounts, by name, that a run printed."""
    address = re.search(r"The console is at (http://[0-9.:]+)/, the field page at \1/m", text)
    found = re.findall(r"^    ([a-z-]+) +(\S+)  ([a-z-]+@[0-9]+)$", text, re.MULTILINE)
    if not address or {name: post.split("@")[0] for name, _, post in found} != ROLES:
        sys.exit(f"the quickstart does not print its address and an account for each role:\n{text}")
    return address.group(1), {name: (password, post) for name, password, post in found}


def sign_in(address, name, password):
    """The status of the answer, and the posts that whoever signed in holds."""
    body = json.dumps({"name": name, "password": password}).encode()
    request = urllib.request.Request(f"{address}/v1/session", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, [held["post"] for held in json.load(answer)["posts"]]
    except urllib.error.HTTPError as error:
        return error.code, []


def check(environment, folder):
    address, first = accounts(run_quickstart(environment, folder))
    for name, (password, post) in first.items():
        answer = sign_in(address, name, password)
        if answer != (200, [post]):
            sys.exit(f"{name} signs in with {answer}, not as {post}")
    address, second = accounts(run_quickstart(environment, folder))
    passwords = [password for password, _ in [*first.values(), *second.values()]]
    if len(set(passwords)) != len(passwords):
        sys.exit("a password was printed twice")
    for name, (password, post) in second.items():
        answers = sign_in(address, name, password), sign_in(address, name, first[name][0])
        if answers != ((200, [post]), (401, [])):
            sys.exit(f"{name} signs in with {answers[0]}, and with the earlier password with {answers[1]}")
    print(f"{len(passwords)} printed passwords let {len(second)} people in, each of them until the next run")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    environment = {**os.environ, "GRIDWORK_BINARY": os.path.realpath(sys.argv[1])}
    # Its own broker and an address that it chooses, whatever the caller uses.
    for name in [name for name in environment if name.startswith("GRIDWORK_") and name != "GRIDWORK_BINARY"]:
        del environment[name]
    with tempfile.TemporaryDirectory(prefix="gridwork-accounts.") as folder:
        try:
            check(environment, folder)
        finally:
            command = [QUICKSTART, "--stop", "--state", os.path.join(folder, "state")]
            subprocess.run(command, env=environment, check=True, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
