"""The disk under the state file: a small one of its own where that is allowed, so that it can be full."""

import os
import shutil
import subprocess
from pathlib import Path

SIZE = 1024 * 1024 * 1024


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


class Volume:
    """A tmpfs mounted on the state's folder. Its size is a limit, not memory that is taken."""

    def __init__(self, folder):
        self.folder = str(folder)
        self.is_mounted = False
        self.reason = ""

    def __enter__(self):
        if os.geteuid() != 0:
            self.reason = "only root may mount a small disk"
            return self
        done = run("mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "gridwork-chaos", self.folder)
        self.is_mounted = done.returncode == 0
        self.reason = done.stderr.strip()
        return self

    def __exit__(self, *_):
        if not self.is_mounted:
            return
        # What was on it stays readable for whoever wants to know what happened.
        kept = Path(self.folder + ".kept")
        shutil.copytree(self.folder, kept, dirs_exist_ok=True)
        run("umount", self.folder)
        for file in kept.iterdir():
            shutil.move(file, self.folder)
        kept.rmdir()

    def fill(self):
        """Leaves no room: the limit becomes what is used."""
        for _ in range(50):
            status = os.statvfs(self.folder)
            used = (status.f_blocks - status.f_bfree) * status.f_frsize
            if run("mount", "-o", f"remount,size={used}", self.folder).returncode == 0:
                return
        raise RuntimeError(f"the disk under {self.folder} cannot be made full")

    def make_room(self):
        done = run("mount", "-o", f"remount,size={SIZE}", self.folder)
        if done.returncode != 0:
            raise RuntimeError(f"the disk under {self.folder} stays full: {done.stderr.strip()}")
