"""Questions to the state file, read-only and beside the node."""

import sqlite3
import time

FINAL = ("completed", "returned", "recalled")


class State:
    """Opens the file for each question: it is a stranger, and holds nothing that would keep a node from its work."""

    def __init__(self, path):
        self.path = path

    def ask(self, sql, *arguments):
        """All rows of a query. Tries again for a while: no process may have the file open just then."""
        deadline = time.monotonic() + 10
        while True:
            try:
                connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=5)
                try:
                    return connection.execute(sql, arguments).fetchall()
                finally:
                    connection.close()
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def number(self, sql, *arguments):
        return self.ask(sql, *arguments)[0][0]

    def orders(self):
        """The identifiers under each title."""
        found = {}
        for identifier, title in self.ask("SELECT id, title FROM workOrder"):
            found.setdefault(title, []).append(identifier)
        return found

    def assignments(self, order):
        """(identifier, post, state) of an order's pages, the root among them."""
        return self.ask(
            "SELECT id, post, state FROM assignment WHERE id >= ?1 AND id < ?1 || '/' AND NOT isTombstone ORDER BY id", order
        )

    def pages(self, order):
        return self.number("SELECT count(*) FROM assignment WHERE id >= ?1 AND id < ?1 || '/' AND NOT isTombstone", order)

    def root_states(self):
        return dict(self.ask("SELECT id, state FROM assignment WHERE instr(id, '.') = 0"))

    def refused(self, order):
        """The assignments of an order about which a command was refused."""
        sql = "SELECT DISTINCT assignment FROM history WHERE event = 'refused' AND assignment >= ?1 AND assignment < ?1 || '/'"
        return {identifier for (identifier,) in self.ask(sql, order)}

    def outbox(self):
        return self.number("SELECT count(*) FROM outbox")

    def parked(self):
        return self.number("SELECT count(*) FROM parked")

    def delivered_since(self, milliseconds):
        """Whether anything that came from the broker has been handled since; commands at the desk are named chaos-…"""
        return bool(
            self.ask("SELECT 1 FROM inbox WHERE at >= ? AND id NOT LIKE 'chaos-%' LIMIT 1", milliseconds)
        )
