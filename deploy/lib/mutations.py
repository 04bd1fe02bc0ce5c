"""Breaks the program in one way after the other, and counts how many simulated streets it takes until that is noticed.

Usage: mutations.py PROJECT TREE SEEDS [NAME]...

Copies the project's sources into TREE, builds them there as they are, and then with each mutation. Prints a table; exits 0 only if
nothing was found in the program as it is and something in each of the others.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

COPIED = ["Package.swift", "Package.resolved", "Sources", "Tests"]


@dataclass(frozen=True)
class Mutation:
    """A text in a file, there exactly once, and what takes its place."""

    name: str
    breaks: str
    file: str
    old: str
    new: str


MUTATIONS = [
    Mutation(
        "inbox",
        "a message delivered again is handled again",
        "Sources/GridRuntime/Handling/MessageHandler.swift",
        "try isAdmitted || store.admit(message.id, source: message.source, at: now)",
        "try isAdmitted || store.admit(message.id, source: message.source, at: now) || !message.source.isEmpty",
    ),
    Mutation(
        "outbox-unconfirmed",
        "what is given to the relay is deleted, confirmed or not",
        "Sources/GridRuntime/Relay/Outbox.swift",
        "            state.ready.removeFirst(rows.count)\n",
        "            state.ready.removeFirst(rows.count)\n            state.confirmed += rows.map(\\.id)\n",
    ),
    Mutation(
        "outbox-row",
        "of several messages the last is not written",
        "Sources/GridStore/Transaction/StoreTransaction+Outbox.swift",
        "        var rest = messages[...]\n",
        "        var rest = messages.count > 1 ? messages.dropLast() : messages[...]\n",
    ),
    Mutation(
        "counter",
        "a leg that was escalated stays counted as that",
        "Sources/GridModel/Decide/Decider+Holder.swift",
        "        parent.legs[leg.state] -= 1\n",
        "        if leg.state != .escalated { parent.legs[leg.state] -= 1 }\n",
    ),
    Mutation(
        "timer",
        "what is recalled keeps its timers",
        "Sources/GridModel/Decide/Decider+HolderMail.swift",
        "        change(.cancelAll(assignment.id))\n        recallOpenLegs",
        "        recallOpenLegs",
    ),
    Mutation(
        "deadline-twice",
        "a deadline missed a second time names its mail as the first time",
        "Sources/GridModel/Decide/Decide.swift",
        "return firing.id.derived(assignment.revision)",
        "return firing.id.derived(min(0, assignment.revision))",
    ),
    Mutation(
        "history",
        "a page changes whose superior is asked, and no line says so",
        "Sources/GridModel/Decide/Decider+Escalation.swift",
        "            record(.passedUp, on: id, by: mail.source, note: body.note)\n",
        "",
    ),
    Mutation(
        "report",
        "an issuer is not told that the work goes on",
        "Sources/GridModel/Decide/Decider+Escalation.swift",
        "        report(assignment, body.note) { .resumed($0) }\n",
        "",
    ),
]


class Failed(Exception):
    """Something that is no result."""


def read(path):
    with open(path, "rb") as file:
        return file.read()


def copy(project, tree):
    """Brings the tree to what the project is; what did not change is not touched, so that it is not built again."""
    wanted = set()
    for name in COPIED:
        top = os.path.join(project, name)
        found = [(folder, file) for folder, _, files in os.walk(top) for file in files] or [(project, name)]
        wanted |= {os.path.relpath(os.path.join(folder, file), project) for folder, file in found}
    for path in wanted:
        source, target = os.path.join(project, path), os.path.join(tree, path)
        if not os.path.exists(target) or read(source) != read(target):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copyfile(source, target)
    for name in COPIED:
        for folder, _, files in os.walk(os.path.join(tree, name)):
            for file in files:
                path = os.path.join(folder, file)
                if os.path.relpath(path, tree) not in wanted:
                    os.remove(path)


def build(tree):
    """Builds the tree for debugging; returns the program."""
    command = ["swift", "build", "--product", "gridwork"]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        errors = [line for line in done.stdout.splitlines() if "error:" in line]
        raise Failed("it does not build: " + "; ".join(errors[:3] or [done.stderr.strip()[-300:]]))
    shown = subprocess.run([*command, "--show-bin-path"], cwd=tree, capture_output=True, text=True, check=True)
    return os.path.join(shown.stdout.strip(), "gridwork")


def simulate(program, seeds, *options):
    done = subprocess.run(
        [program, "simulate", "--seeds", seeds, *options], capture_output=True, text=True, timeout=3_600, check=False
    )
    if done.returncode not in (0, 1):
        raise Failed(f"gridwork simulate ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    return done.returncode, done.stdout


def first_failure(program, seeds):
    """(seed, what was found) of the first street that shows something, which alone shows it again; None where none does."""
    code, output = simulate(program, f"1..{seeds}", "--json")
    failures = json.loads(output)["failures"]
    if (code == 1) != bool(failures):
        raise Failed(f"gridwork simulate ended with {code} and told of {len(failures)} failures")
    if not failures:
        return None
    seed, found = failures[0]["seed"], failures[0]["broken"][0]
    code, output = simulate(program, str(seed))
    if code != 1 or not output.startswith(f"seed {seed} is broken at step") or found not in output:
        raise Failed(f"seed {seed} alone does not show what it showed before")
    return seed, found


def apply(mutation, tree):
    path = os.path.join(tree, mutation.file)
    text = read(path).decode()
    if text.count(mutation.old) != 1:
        raise Failed(f"{mutation.file} does not have the text to break exactly once; mend {__file__}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(mutation.old, mutation.new))


def row(*cells):
    print("{:<20} {:<65} {:>13}   {}".format(*cells), flush=True)


def main(project, tree, seeds, names):
    chosen = [mutation for mutation in MUTATIONS if not names or mutation.name in names]
    if unknown := set(names) - {mutation.name for mutation in MUTATIONS}:
        raise Failed(f"there is no mutation {', '.join(sorted(unknown))}")
    # All are tried for their text before anything is built.
    copy(project, tree)
    for mutation in chosen:
        apply(mutation, tree)
        copy(project, tree)
    row("BROKEN", "HOW", "NOTICED AFTER", "WHAT WAS FOUND")
    if found := first_failure(build(tree), seeds):
        raise Failed(f"the program as it is shows something at seed {found[0]}: {found[1]}")
    row("-", "nothing", "never", f"nothing in {seeds} streets")
    missed = 0
    for mutation in chosen:
        copy(project, tree)
        apply(mutation, tree)
        found = first_failure(build(tree), seeds)
        missed += not found
        row(mutation.name, mutation.breaks, found[0] if found else "NEVER", found[1][:100] if found else "")
    copy(project, tree)
    if missed:
        raise Failed(f"{missed} of {len(chosen)} mutations were not noticed in {seeds} streets")


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:])
    except Failed as failure:
        sys.exit(f"deploy/mutations: {failure}")
