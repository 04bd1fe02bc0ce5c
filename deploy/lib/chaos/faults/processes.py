"""Processes of gridwork killed and stopped."""

import signal

from chaos.place import LONG_STOP


def node_killed(scene):
    kill(scene, scene.node)


def worker_killed(scene):
    kill(scene, scene.worker)


def kill(scene, process):
    process.kill()
    scene.hold(2)
    process.start()


def node_stopped(scene):
    stop(scene, scene.node)


def worker_stopped(scene):
    stop(scene, scene.worker)


def stop(scene, process):
    """Stops it for longer than the broker waits for a sign of life."""
    process.send(signal.SIGSTOP)
    try:
        scene.hold(LONG_STOP)
    finally:
        process.send(signal.SIGCONT)
