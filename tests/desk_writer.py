"""A program that edits a project without end, says which edits were confirmed, and is killed: `python -m tests.desk_writer FILE`.

Each line `SEED SECONDS` that it is sent begins another such program (a fork, so that nothing is loaded again), which is killed so long after it
began to edit; then the line `.` says that it is gone.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import datetime
from pathlib import Path

import numpy as np

from geogrid.edit import Move, Rename, State
from geogrid.edit.edits import Edit
from geogrid.errors import EditError
from geogrid.store import open_desk


def some_edit(state: State, rng: np.random.Generator) -> Edit:
    """Return an edit of a plan, not always an allowed one."""
    units = sorted(unit.code for unit in state.units.values() if unit.level == state.scheme.levels[-1].id)
    code = units[rng.integers(len(units))]
    if rng.integers(4) == 0:
        return Rename(code, f"第{rng.integers(1000)}号")
    return Move((str(state.ground.codes[rng.integers(len(state.leaf))]),), code)


def edit_on(path: Path, seed: int, begun: int) -> None:
    """Edit, and say the request id before an edit is asked for, and once more with its version when it is confirmed."""
    rng = np.random.default_rng(seed)
    with open_desk(path, clock=lambda: datetime.now().astimezone()) as desk:
        os.write(begun, b".")
        for n in range(1_000_000):
            request, edit = f"{seed}-{n}", some_edit(desk.state(), rng)
            os.write(1, f"? {request}\n".encode())
            try:
                done = desk.edit("main", [edit], base_version=desk.version(), author=f"w{seed}", request_id=request)
            except EditError:
                continue
            os.write(1, f"! {request} {done.version}\n".encode())


def main(path: Path) -> None:
    """Begin a program for each line, and kill it."""
    for line in sys.stdin:
        seed, seconds = line.split()
        hears, says = os.pipe()
        child = os.fork()
        if not child:
            edit_on(path, int(seed), says)
        os.close(says)
        os.read(hears, 1)
        time.sleep(float(seconds))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.write(1, b".\n")
        os.close(hears)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
