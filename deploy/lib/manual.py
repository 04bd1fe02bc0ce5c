"""Prints the manual page gridwork(1), made from what the program says of its own commands.

Usage: PROGRAM --experimental-dump-help | manual.py VERSION
"""

import json
import sys


def escaped(text):
    """Text as roff takes it: no backslash, hyphen or leading dot means more than itself."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def names(argument):
    """How an argument is written: -h, --help, --state <state>, or <file>."""
    if argument["kind"] == "positional":
        return f"<{argument['valueName']}>"
    flags = ", ".join({"long": "--", "short": "-"}.get(name["kind"], "-") + name["name"] for name in argument["names"])
    return flags if argument["kind"] == "flag" else f"{flags} <{argument['valueName']}>"


def commands(command, path=()):
    """Every command that does something, with the words that call it; not what helps with itself."""
    path = (*path, command["commandName"])
    below = [each for each in command.get("subcommands", []) if each.get("shouldDisplay", True) and each["commandName"] != "help"]
    if not below:
        yield path, command
    for each in below:
        yield from commands(each, path)


def paragraphs(path, command, shared):
    yield f".SS {escaped(' '.join(path[1:]))}"
    yield escaped(command.get("abstract", ""))
    if "discussion" in command:
        yield ".PP"
        yield escaped(command["discussion"].strip())
    for argument in command.get("arguments", []):
        if argument.get("shouldDisplay", True) and names(argument) not in shared:
            yield from option(argument)


def option(argument):
    yield ".TP"
    yield f".B {escaped(names(argument))}"
    yield escaped(argument.get("abstract", ""))


def page(root, version):
    every = list(commands(root))
    # What each command takes is told once.
    sets = [{names(argument) for argument in command.get("arguments", [])} for _, command in every]
    shared = {"--version", "-h, --help"} | {name for name in set.union(*sets) if sum(name in each for each in sets) > len(sets) / 2}
    yield f'.TH GRIDWORK 1 "" "Gridwork {version}" "User commands"'
    yield ".SH NAME"
    # The page is read by tools that take one line of plain text here.
    yield "gridwork \\- carries a street office's work down to the people who do it, and the answer back up"
    yield ".SH SYNOPSIS"
    yield ".B gridwork\n.I command\n\\&..."
    yield ".SH OPTIONS"
    yield "Nearly all commands take these."
    described = {names(argument): argument for _, command in every for argument in command.get("arguments", [])}
    for name in sorted(shared & described.keys()):
        yield from option(described[name])
    yield ".SH COMMANDS"
    for path, command in every:
        yield from paragraphs(path, command, shared)
    yield ".SH EXIT STATUS"
    yield "As in sysexits(3): 0 done, 1 refused or found wrong, 64 usage, 65 a file does not hold, 66 not found,"
    yield "69 broker away, 70 an error of gridwork itself, 74 the state file failed, 75 busy, try again,"
    yield "78 a setting does not hold."
    yield ".SH SEE ALSO"
    yield ".BR gridworkctl (8),"
    yield ".BR rabbitmqctl (8)"


def main():
    print("\n".join(page(json.load(sys.stdin)["command"], sys.argv[1])))


if __name__ == "__main__":
    main()
