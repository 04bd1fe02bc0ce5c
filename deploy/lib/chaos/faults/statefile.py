"""The state file without room, with failing fsync, and locked by somebody else."""

import sqlite3

from chaos import injection

# A node waits ten seconds for another writer before it gives a transaction up.
BRIEF_LOCK = 5
LONG_LOCK = 15
# The largest write-ahead log that counts as empty.
ROOM_LEFT = 64 * 1024


def why_not_full(scene):
    if scene.volume.is_mounted:
        return ""
    reason = injection.why_not()
    return f"{scene.volume.reason}; {reason}" if reason else ""


def full(scene):
    if not scene.volume.is_mounted:
        return fail(scene, ["pwrite64", "ftruncate", "fallocate"], "ENOSPC", 8)
    try:
        fill(scene)
        scene.hold(8)
    finally:
        scene.volume.make_room()


def fill(scene):
    """Leaves no room, not even in the write-ahead log, which is written over from its beginning when it can be."""
    log = scene.place.state_path.with_name(scene.place.state_path.name + "-wal")
    for _ in range(50):
        connection = sqlite3.connect(scene.place.state_path, timeout=5)
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
        scene.volume.fill()
        if log.stat().st_size < ROOM_LEFT:
            return
        scene.volume.make_room()
    raise RuntimeError("the write-ahead log never came to an end")


def why_not_traced(_):
    return injection.why_not()


def fsync(scene):
    fail(scene, ["fdatasync", "fsync"], "EIO", 5)


def fail(scene, calls, error, seconds):
    pids = [process.pid for process in scene.processes if process.is_alive]
    with injection.failing(pids, calls, error, scene.place.log("strace")):
        scene.hold(seconds)


def locked_briefly(scene):
    lock(scene, BRIEF_LOCK)


def locked(scene):
    lock(scene, LONG_LOCK)


def lock(scene, seconds):
    """Holds the write lock, as a person does who opens the file with sqlite3 and forgets to commit."""
    connection = sqlite3.connect(scene.place.state_path, isolation_level=None, timeout=30)
    try:
        connection.execute("BEGIN IMMEDIATE")
        scene.hold(seconds)
        connection.execute("ROLLBACK")
    finally:
        connection.close()
