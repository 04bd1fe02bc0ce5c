"""Counts, in Jepsen's manner, what became of every order that was attempted.

attempted     issue commands given
acknowledged  those that answered with success
ok            acknowledged, and completed with every leg that was expected
lost          acknowledged less ok
recovered     attempted, not acknowledged, and done nevertheless
duplicated    an effect that was applied twice
unexpected    what is there although nobody sent it: orders, legs, dead letters
"""

from dataclasses import dataclass, field

from chaos import street

# Each of these happens to an assignment, or to a leg on its issuer's page, once: nobody in this street returns, escalates or
# asks for rework.
ONCE = ("issued", "acknowledged", "submitted", "completed", "legIssued", "legAcknowledged", "legSubmitted", "legCompleted")
LAST_RESORTS = ("gridwork.dead", "gridwork.unrouted")


@dataclass
class Counts:
    attempted: int = 0
    acknowledged: int = 0
    ok: int = 0
    lost: int = 0
    duplicated: int = 0
    recovered: int = 0
    unexpected: int = 0
    legs: int = 0
    details: list = field(default_factory=list)

    @property
    def is_clean(self):
        return self.lost == 0 and self.duplicated == 0 and self.unexpected == 0


class Checker:
    def __init__(self, state, broker):
        self.state = state
        self.broker = broker
        self.known_doubles = set()
        self.known_dead = 0

    def count(self, attempts, all_attempts):
        """Counts the attempts of one fault. What was doubled or unexpected before is not counted again."""
        counts = Counts(attempted=len(attempts))
        orders = self.state.orders()
        for attempt in attempts:
            self.count_attempt(attempt, orders.get(street.title(attempt.number), []), counts)
        for double in sorted(self.doubles(orders) - self.known_doubles):
            self.known_doubles.add(double)
            counts.duplicated += 1
            counts.details.append(f"twice: {' '.join(double)}")
        titles = {street.title(attempt.number) for attempt in all_attempts}
        for title in orders.keys() - titles:
            counts.unexpected += 1
            counts.details.append(f"nobody issued the order {title!r}")
        self.count_dead(counts)
        return counts

    def count_attempt(self, attempt, identifiers, counts):
        done, foreign = False, 0
        for identifier in identifiers:
            pages = self.state.assignments(identifier)
            posts = [post for _, post, _ in pages]
            foreign += sum(1 for post in posts if post not in attempt.draft.posts) + len(posts) - len(set(posts))
            done = done or (set(posts) >= attempt.draft.posts and all(state == "completed" for _, _, state in pages))
        counts.unexpected += foreign
        if foreign:
            counts.details.append(f"order {identifiers} has {foreign} legs that nobody asked for")
        if attempt.is_acknowledged:
            counts.acknowledged += 1
            if done and attempt.order in identifiers:
                counts.ok += 1
                counts.legs += len(attempt.draft.posts) - 1
            else:
                counts.lost += 1
                counts.details.append(self.where_it_stands(attempt))
        elif done:
            counts.recovered += 1

    def where_it_stands(self, attempt):
        pages = self.state.assignments(attempt.order)
        absent = attempt.draft.posts - {post for _, post, _ in pages}
        open_ = [f"{identifier} {state}" for identifier, _, state in pages if state != "completed"]
        return f"order {attempt.order} is not completed: {len(absent)} legs without a page; open: {', '.join(open_[:6])}"

    def doubles(self, orders):
        found = {("order", title) for title, identifiers in orders.items() if len(identifiers) > 1}
        events = ", ".join(f"'{event}'" for event in ONCE)
        for assignment, event, leg, _ in self.state.ask(
            f"SELECT assignment, event, coalesce(leg, ''), count(*) FROM history WHERE event IN ({events}) "
            "GROUP BY assignment, event, coalesce(leg, '') HAVING count(*) > 1"
        ):
            found.add((assignment, event, leg))
        return found

    def count_dead(self, counts):
        queues = self.broker.queues(LAST_RESORTS)
        dead = sum(status[0] for status in queues.values() if status)
        if dead > self.known_dead:
            counts.unexpected += dead - self.known_dead
            counts.details.append(f"{dead - self.known_dead} more messages among the dead or the unrouted")
        self.known_dead = dead
