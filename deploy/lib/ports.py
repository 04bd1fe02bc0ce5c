"""Prints free TCP ports of 127.0.0.1, one a line.

Usage: ports.py COUNT [PREFERRED...]

A preferred port is kept in its place if nobody listens on it; any other is drawn below the range from which the kernel takes
the local ports of outgoing connections, so that it is still free after a restart of whoever listens on it.
"""

import random
import socket
import sys

RANGE = range(20000, 32000)
ATTEMPTS = 1000


def is_free(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the broker does itself: connections of its last life, in TIME_WAIT, are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
        return True


def draw(taken):
    for _ in range(ATTEMPTS):
        port = random.choice(RANGE)
        if port not in taken and is_free(port):
            return port
    sys.exit(f"ports.py: no free port among {ATTEMPTS} tried from {RANGE.start} to {RANGE.stop - 1}")


def main():
    count = int(sys.argv[1])
    preferred = [int(argument) for argument in sys.argv[2 : count + 2]]
    ports = []
    for index in range(count):
        keep = index < len(preferred) and preferred[index] not in ports and is_free(preferred[index])
        ports.append(preferred[index] if keep else draw({*ports, *preferred}))
    print(*ports, sep="\n")


if __name__ == "__main__":
    main()
