#!/usr/bin/python3
"""Sums up a test run from the xUnit file Swift Testing wrote.

Usage: results.py FILE

Prints one line, `PASSED FAILED SKIPPED`, after a line on standard error for every test that failed or was skipped. Exits 1 if a
test failed, was skipped, or none ran: a test that did not run has proved nothing.
"""

import sys
import xml.etree.ElementTree as xml


def name(case):
    return f"{case.get('classname')}/{case.get('name')}"


def main():
    try:
        root = xml.parse(sys.argv[1]).getroot()
    except (OSError, xml.ParseError) as error:
        print(f"no results: the run did not get to its end ({error})", file=sys.stderr)
        print("0 0 0")
        sys.exit(1)
    passed = failed = skipped = 0
    for case in root.iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
            print(f"failed: {name(case)}", file=sys.stderr)
        elif case.find("skipped") is not None:
            skipped += 1
            print(f"skipped: {name(case)}: {case.findtext('skipped')}", file=sys.stderr)
        else:
            passed += 1
    if passed + failed == 0:
        print("no tests ran", file=sys.stderr)
    print(passed, failed, skipped)
    sys.exit(1 if failed or skipped or not passed else 0)


if __name__ == "__main__":
    main()
