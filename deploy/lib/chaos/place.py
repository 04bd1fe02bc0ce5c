"""Where a run keeps its things, and how its programs are told."""

import os
from pathlib import Path

HEARTBEAT = 3
# A side gives a connection up after two heartbeats without a sign of life.
BRIEF_STOP = 2 * HEARTBEAT - 1
LONG_STOP = 2 * HEARTBEAT + 4


class Place:
    """The directory of a run: broker/ state/ logs/ run/."""

    def __init__(self, root, project, program):
        self.root = Path(root)
        self.project = Path(project)
        self.program = program
        for name in ("state", "logs", "run"):
            (self.root / name).mkdir(parents=True, exist_ok=True)

    @property
    def state_path(self):
        return self.root / "state" / "gridwork.sqlite"

    def log(self, name):
        return self.root / "logs" / f"{name}.log"

    def record(self, name):
        return self.root / "run" / f"{name}.pid"

    def environment(self, port):
        """What gridwork is told: everything here, so that settings of the caller's cannot reach it."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("GRIDWORK_")}
        return kept | {
            "GRIDWORK_AMQP_URL": f"amqp://guest:guest@127.0.0.1:{port}/%2F",
            "GRIDWORK_AMQP_HEARTBEAT_SECONDS": str(HEARTBEAT),
            "GRIDWORK_STATE_PATH": str(self.state_path),
            "GRIDWORK_LOG_LEVEL": "info",
            "GRIDWORK_NODE_STOP_SECONDS": "10",
        }
