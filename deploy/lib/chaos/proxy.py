"""The fault proxy between the broker and the processes that serve mailboxes."""

import json
import socket
import sys

from chaos.process import Process


class Proxy:
    def __init__(self, place, port, target_port):
        self.port = port
        self.control = str(place.root / "run" / "proxy.control")
        script = str(place.project / "deploy" / "lib" / "fault_proxy.py")
        command = [sys.executable, script, str(port), str(target_port), self.control]
        self.process = Process("proxy", command, None, place)

    def tell(self, command):
        """Sends a command and returns the proxy's answer."""
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(5)
            control.connect(self.control)
            control.sendall(command.encode() + b"\n")
            answer = json.loads(control.makefile().readline())
        if "error" in answer:
            raise RuntimeError(f"the fault proxy: {answer['error']}")
        return answer
