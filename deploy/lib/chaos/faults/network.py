"""What a network does, by the fault proxy between the broker and node and worker."""

from chaos.place import LONG_STOP


def half_open(scene):
    with scene.noticed():
        scene.proxy.tell("half-open")
        try:
            scene.hold(LONG_STOP)
        finally:
            scene.proxy.tell("pass")


def reset(scene):
    scene.proxy.tell("reset")


def drip(scene):
    scene.proxy.tell("drip")
    try:
        scene.hold(15)
    finally:
        scene.proxy.tell("pass")
