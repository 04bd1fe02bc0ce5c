"""A TCP proxy on 127.0.0.1 that behaves as badly as it is told to.

Usage: fault_proxy.py PORT TARGET-PORT CONTROL

Carries connections from PORT to TARGET-PORT. CONTROL is a Unix socket: each line sent to it is a command, each answer one
line of JSON. The commands are

pass        carry everything at once
half-open   the target's side of every connection is reset, the client's side stays open and is never served again; new
            connections are accepted and wait
drip        carry one byte a second in each direction
reset       reset every connection on both sides, and carry new ones
count       only answer

What a connection carries is never changed, doubled or reordered. Two connections are bounded each by what the kernel and two
small buffers hold.
"""

import asyncio
import contextlib
import json
import os
import socket
import struct
import sys

BUFFER = 16 * 1024
DRIP_SECONDS = 1.0
MODES = ("pass", "half-open", "drip")


class Link:
    """One connection: a client's stream and, once it is made, the target's."""

    def __init__(self, reader, writer):
        self.client = (reader, writer)
        self.target = None
        self.is_dead = False

    def writers(self):
        return [side[1] for side in (self.client, self.target) if side]


def reset(writer):
    """Ends a connection with RST in place of FIN."""
    handle = writer.get_extra_info("socket")
    if handle is not None:
        with contextlib.suppress(OSError):
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class FaultProxy:
    def __init__(self, target_port):
        self.target_port = target_port
        self.mode = "pass"
        self.changed = asyncio.Event()
        self.links = set()
        self.accepted = 0

    def set_mode(self, mode):
        self.mode = mode
        # Whoever waits has the old event, and wakes up.
        self.changed.set()
        self.changed = asyncio.Event()

    async def wait_for_change(self, limit=None):
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.changed.wait(), limit)

    async def serve(self, reader, writer):
        link = Link(reader, writer)
        self.links.add(link)
        self.accepted += 1
        try:
            while self.mode == "half-open":
                await self.wait_for_change()
            try:
                link.target = await asyncio.open_connection("127.0.0.1", self.target_port, limit=BUFFER)
            except OSError:
                return reset(writer)
            pumps = [
                asyncio.ensure_future(self.pump(link, link.client[0], link.target[1])),
                asyncio.ensure_future(self.pump(link, link.target[0], link.client[1])),
            ]
            _, unfinished = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in unfinished:
                pump.cancel()
            if link.is_dead:
                # Neither read nor closed: the client has to find out by itself, by what it does not hear.
                writer.transport.pause_reading()
                await asyncio.Event().wait()
        finally:
            self.links.discard(link)
            for side in link.writers():
                side.close()

    async def pump(self, link, source, sink):
        try:
            while data := await source.read(BUFFER):
                while data and not link.is_dead:
                    if self.mode == "half-open":
                        await self.wait_for_change()
                        continue
                    size = 1 if self.mode == "drip" else len(data)
                    sink.write(data[:size])
                    data = data[size:]
                    await sink.drain()
                    if self.mode == "drip":
                        await self.wait_for_change(DRIP_SECONDS)
        except OSError:
            pass

    def half_open(self):
        for link in self.links:
            if link.target:
                link.is_dead = True
                reset(link.target[1])

    def reset_all(self):
        for link in list(self.links):
            for writer in link.writers():
                reset(writer)

    def obey(self, command):
        if command in MODES:
            self.set_mode(command)
            if command == "half-open":
                self.half_open()
        elif command == "reset":
            self.set_mode("pass")
            self.reset_all()
        elif command != "count":
            return {"error": f"{command!r} is no command"}
        return {"mode": self.mode, "open": len(self.links), "accepted": self.accepted}

    async def control(self, reader, writer):
        while line := await reader.readline():
            writer.write(json.dumps(self.obey(line.decode().strip())).encode() + b"\n")
            await writer.drain()
        writer.close()


async def main():
    port, target_port, control = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    proxy = FaultProxy(target_port)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(control)
    await asyncio.start_unix_server(proxy.control, control)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", port, limit=BUFFER)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    asyncio.run(main())
