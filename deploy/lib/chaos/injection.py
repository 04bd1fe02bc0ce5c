"""Failing system calls, by strace."""

import contextlib
import os
import shutil
import signal
import subprocess
import time


def tracer(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("TracerPid:"))
    except OSError:
        return 0


@contextlib.contextmanager
def failing(pids, calls, error, log):
    """Lets `calls` of the processes fail with `error` for as long as the block lasts."""
    inject = f"inject={','.join(calls)}:error={error}:when=1+"
    traces = []
    try:
        for pid in pids:
            output = f"{log}.{pid}" if log else os.devnull
            command = ["strace", "-f", "-qq", "-o", output, "-p", str(pid), "-e", f"trace={','.join(calls)}", "-e", inject]
            trace = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            traces.append(trace)
            deadline = time.monotonic() + 5
            while tracer(pid) != trace.pid:
                if trace.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("strace cannot attach to a process here")
                time.sleep(0.01)
        yield
    finally:
        for trace in traces:
            if trace.poll() is None:
                trace.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                trace.wait(5)
            if trace.poll() is None:
                trace.kill()
                trace.wait()
            trace.stderr.close()


def why_not():
    """Why system calls cannot be made to fail here; empty when they can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    victim = subprocess.Popen(["sleep", "30"])
    try:
        with failing([victim.pid], ["fdatasync"], "EIO", None):
            return ""
    except (RuntimeError, OSError) as error:
        return str(error)
    finally:
        victim.kill()
        victim.wait()
