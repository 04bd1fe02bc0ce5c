#!/usr/bin/python3
"""Prints the definitions that make vhosts ready for Gridwork, for `rabbitmqctl import_definitions` or for a broker's boot.

FILE holds the policies, written for one vhost. They are repeated for every VHOST named, together with the vhost itself and
full permissions for a user: guest, who is there and may connect from this machine only, unless --user names one to be made.
One import does it all: each call of rabbitmqctl costs a second or more.
"""

import argparse
import base64
import hashlib
import json
import os
import sys

GUEST = "guest"


def password_hash(password):
    """As RabbitMQ keeps it: four random bytes, and the SHA-256 of them and the password."""
    salt = os.urandom(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def user(name, password, is_administrator):
    return {
        "name": name,
        "password_hash": password_hash(password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": "administrator" if is_administrator else "",
    }


def definitions(policies, vhosts, users):
    names = [each["name"] for each in users] or [GUEST]
    return {
        **({"users": users} if users else {}),
        "vhosts": [{"name": vhost} for vhost in vhosts],
        "permissions": [
            {"user": name, "vhost": vhost, "configure": ".*", "write": ".*", "read": ".*"} for vhost in vhosts for name in names
        ],
        "policies": [{**policy, "vhost": vhost} for vhost in vhosts for policy in policies],
    }


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("vhosts", metavar="VHOST", nargs="+")
    parser.add_argument("--user", metavar="NAME", help="make this user, instead of permitting guest")
    parser.add_argument("--password-file", metavar="PATH", help="where the user's password is, in the first line")
    parser.add_argument("--administrator", action="store_true", help="the user may make users, as gridwork agent-credential does")
    given = parser.parse_args()
    if bool(given.user) != bool(given.password_file):
        parser.error("--user and --password-file belong together")
    return given


def main():
    given = arguments()
    users = []
    if given.user:
        with open(given.password_file, encoding="utf-8") as file:
            password = file.readline().rstrip("\n")
        if not password:
            sys.exit(f"definitions.py: there is no password in {given.password_file}; write one into its first line")
        users = [user(given.user, password, given.administrator)]
    with open(given.file, encoding="utf-8") as file:
        policies = json.load(file)["policies"]
    json.dump(definitions(policies, given.vhosts, users), sys.stdout)


if __name__ == "__main__":
    main()
