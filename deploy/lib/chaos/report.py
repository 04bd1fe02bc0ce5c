"""The table of a run, and the same as one line of JSON."""

import json
from dataclasses import asdict, dataclass, field

from chaos.checker import Counts
from chaos.recovery import LIMIT

COLUMNS = ["attempted", "acknowledged", "lost", "duplicated", "recovered", "unexpected"]


@dataclass
class Row:
    fault: str
    criterion: str
    verdict: str
    seconds: float | None = None
    counts: Counts = field(default_factory=Counts)
    failures: list = field(default_factory=list)
    notes: list = field(default_factory=list)


def table(rows):
    """One line a fault; under the table, why any failed."""
    lines = [["FAULT", "PASS CRITERION", "BACK s", *(name.upper() for name in COLUMNS), "VERDICT"]]
    for row in rows:
        if row.verdict == "skipped":
            lines.append([row.fault, row.criterion, "-", *("-" for _ in COLUMNS), row.verdict])
            continue
        back = "never" if row.seconds is None else f"{row.seconds:.1f}"
        counts = [str(getattr(row.counts, name)) for name in COLUMNS]
        lines.append([row.fault, row.criterion, back, *counts, row.verdict])
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = []
    for line in lines:
        cells = [
            cell.ljust(width) if column in (0, 1, len(widths) - 1) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths))
        ]
        text.append("  ".join(cells).rstrip())
    for row in rows:
        text += [f"{row.fault}: {failure}" for failure in row.failures if row.verdict != "passed"]
    return "\n".join(text)


def summary(rows, seed, planned):
    """What programs want to know, as one line."""
    return json.dumps(
        {
            "seed": seed,
            "passed": all(row.verdict != "FAILED" for row in rows) and len(rows) > 0,
            "limitSeconds": LIMIT,
            "planned": planned,
            "faults": [asdict(row) for row in rows],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
