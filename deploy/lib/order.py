"""Reads an order's JSON, as `gridwork order show --json` prints it, from standard input.

Usage: order.py id|line|progress

id        prints the order's id
line      prints the order as one line
progress  prints the order's state and counts; exits 0 if every leg is completed, 75 if it goes on, 1 if it ended otherwise
"""

import json
import sys

FINAL = {"completed", "returned", "recalled"}
TEMPORARY = 75


def progress(order):
    counts = order["counts"]
    states = ", ".join(f"{count} {state}" for state, count in counts.items() if state != "total" and count)
    print(f"{order['state']}: {states or 'nothing yet'} of {counts['total']}")
    if order["state"] == "completed" and counts["completed"] == counts["total"]:
        return 0
    return 1 if order["state"] in FINAL else TEMPORARY


def main():
    verb = sys.argv[1]
    order = json.load(sys.stdin)
    if verb == "id":
        print(order["id"])
    elif verb == "line":
        print(json.dumps(order, ensure_ascii=False, separators=(",", ":")))
    elif verb == "progress":
        sys.exit(progress(order))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
