"""Prints the definitions that make vhosts ready for Gridwork, for `rabbitmqctl import_definitions`.

Usage: definitions.py FILE VHOST...

FILE holds the policies, written for one vhost. They are repeated for every VHOST named, together with the vhost itself and
full permissions for guest, who may connect from this machine only. One import does it all: each call of rabbitmqctl costs a
second or more.
"""

import json
import sys


def definitions(policies, vhosts):
    return {
        "vhosts": [{"name": vhost} for vhost in vhosts],
        "permissions": [
            {"user": "guest", "vhost": vhost, "configure": ".*", "write": ".*", "read": ".*"} for vhost in vhosts
        ],
        "policies": [{**policy, "vhost": vhost} for vhost in vhosts for policy in policies],
    }


def main():
    path, vhosts = sys.argv[1], sys.argv[2:]
    with open(path, encoding="utf-8") as file:
        policies = json.load(file)["policies"]
    json.dump(definitions(policies, vhosts), sys.stdout)


if __name__ == "__main__":
    main()
