"""A made-up street, and the work orders it issues.

As many cells as a real street, but one group leader and one liaison in each, so that one order down to every liaison passes
every mailbox that takes work.
"""

from dataclasses import dataclass

STREET = "999001001"
OFFICE = f"office@{STREET}"
COMMUNITIES = [f"{STREET}{number:03}" for number in range(1, 6)]
CELLS = [f"{community}{number:03}" for community in COMMUNITIES for number in range(1, 11)]
ROLES = ["cell-leader", "group-leader", "liaison"]
DEPTH_SUFFIX = {"cell-leader": "", "group-leader": "01", "liaison": "01001"}


def organization():
    """The organization file."""

    def level(name, length, role, mailbox, works):
        return {
            "name": name,
            "title": name,
            "codeLength": length,
            "role": role,
            "roleTitle": role,
            "mailbox": mailbox,
            "receivesWork": works,
        }

    codes = [STREET, *COMMUNITIES] + [cell + suffix for cell in CELLS for suffix in DEPTH_SUFFIX.values()]
    return {
        "name": "混沌街道",
        "levels": [
            level("street", 9, "office", "street", True),
            level("community", 12, "office", "community", False),
            level("cell", 15, "cell-leader", "cell", True),
            level("lane-group", 17, "group-leader", "cell", True),
            level("liaison-point", 20, "liaison", "cell", True),
        ],
        "units": [{"code": code, "name": f"单位{code}", "holder": "无名"} for code in codes],
    }


def mailboxes():
    """Every mailbox of the street, the offices' included."""
    offices = [f"street.{STREET}.office"] + [f"community.{code}.office" for code in COMMUNITIES]
    return offices + [f"cell.{cell}.{role}" for cell in CELLS for role in ROLES]


@dataclass(frozen=True)
class Draft:
    """An order file and the posts that must complete it."""

    document: dict
    posts: frozenset


def draft(number, cells, to="liaison", mode="automatic", sign_off=(), roll_up="automatic"):
    """An order to some cells, down to the role `to`."""
    roles = ROLES[: ROLES.index(to) + 1]
    document = {
        "title": title(number),
        "body": "只为检查故障时的派单。",
        "module": "services",
        "scope": list(cells),
        "cascade": {"to": to, "mode": mode},
        "signOff": list(sign_off),
        "rollUp": roll_up,
        "dueAt": "P7D",
    }
    posts = {OFFICE} | {f"{role}@{cell}{DEPTH_SUFFIX[role]}" for cell in cells for role in roles}
    return Draft(document, frozenset(posts))


def title(number):
    return f"chaos {number}"


def random_draft(number, random):
    """An order as the steady load issues them: one to three cells, any depth, any mode."""
    return draft(
        number,
        cells=sorted(random.sample(CELLS, random.randint(1, 3))),
        to=random.choice(ROLES),
        mode=random.choice(["automatic", "onAcceptance"]),
        sign_off=random.choice([(), ("cell-leader",), ("liaison",)]),
        roll_up=random.choice(["automatic", "automatic", "byHolder"]),
    )
