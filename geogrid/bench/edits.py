"""What an edit costs: in memory, over HTTP for one planner, and with eight planners and sixteen readers at work; nothing confirmed may be lost."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from geogrid.bench.browser import serving
from geogrid.bench.planners import ATOMS, NOW_AND_THEN, Line, Planner, Reader, Told, drawn_move, grids_of, work
from geogrid.edit import Move, State, apply, replay
from geogrid.pipeline.build import build
from geogrid.simulate import simulate, write_sources
from geogrid.store import open_project

WRITERS, READERS = 8, 16
SHARED = 20
"""Grids that all writers edit, beside the share of each."""
WRITERS_PAUSE_S, READERS_PAUSE_S = 0.25, 1.0
"""Seconds between two edits of a writer, and between two visits of a reader, on average."""
MIX = (
    f"{WRITERS} planners, each a move of {ATOMS} atoms every {WRITERS_PAUSE_S} s; {READERS} pages, each asking for changes every"
    f" {READERS_PAUSE_S:g} s and at {NOW_AND_THEN:.0%} of these visits for one more: the area of a grid, a unit, the units of a grid, in turn"
)
AT_ONCE_MS, QUIET = 4.0, 10
WARM = 20
"""Edits that are made before the clock counts: caches fill, pages of the file are read."""


def bench_edit(
    *, project: Path | None = None, scale: float = 1.0, seed: int = 0, moves: int = 500, seconds: float = 20.0, tell: Callable[[str], None] = str
) -> dict[str, Any]:
    """Measure moves of five atoms on a copy of a project, else on the simulated Lubei; milliseconds, CPU where the name says so.

    `together`: eight writers and sixteen readers for some seconds; see `WRITERS_PAUSE_S`.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "project.gpkg"
        if project:
            shutil.copyfile(project, path)
        else:
            tell("build")
            build(write_sources(simulate("lubei", seed=seed, scale=scale), Path(folder)), path).close()
        tell("memory")
        with open_project(path) as opened:
            facts, figures = opened.count_units(opened.levels[-1])[0], _in_memory(opened.plan(), moves, seed)
        with serving(path) as address, ExitStack() as lines:
            open_line = partial(_opened, lines, address)
            tell("wait until it is warm")
            _settled(open_line())
            tell("one planner")
            alone = _alone(path, open_line, moves, seed)
            tell("together")
            together = _together(path, open_line, seconds, seed)
        tell("look for what was confirmed")
        lost = _lost(path, alone, together)
    reads = {"reads": {name: {"n": len(ms), **spread("read", ms)} for name, ms in sorted(together.read_ms.items())}}
    shown = {**spread("edit", together.edit_ms), **reads, "conflicts": together.conflicts, "unfounded": together.unfounded}
    rate = {"mix": MIX, "edits": len(together.confirmed), "failed": together.failed[:5]}
    return {"units": facts, "memory": figures, "one_planner": spread("edit", alone.edit_ms), "together": {**rate, **shown}, "lost": lost}


def _opened(lines: ExitStack, address: str) -> Line:
    return lines.enter_context(closing(Line(address)))


def _settled(line: Line) -> None:
    """Wait until the service has made what it makes beforehand: until it answers at once for some seconds; not for ever on a busy machine."""
    quiet = 0
    for _ in range(90):
        answers = [line.ask("GET", "/api/changes?plan=main&since=1000000000")[2] for _ in range(20)]
        quiet = quiet + 1 if np.median(answers) < AT_ONCE_MS else 0
        if quiet == QUIET:
            return
        time.sleep(0.5)


def spread(name: str, ms: Sequence[float]) -> dict[str, float | None]:
    """Return the median, the 99th percentile and the most of some milliseconds; None of none."""
    figures = np.percentile(ms, [50, 99, 100]).round(2).tolist() if len(ms) else [None] * 3
    return {f"{name}_median_ms": figures[0], f"{name}_p99_ms": figures[1], f"{name}_most_ms": figures[2]}


def _in_memory(plan: Any, moves: int, seed: int) -> dict[str, Any]:
    """Make moves in memory, one upon the other, and take all of them back."""
    start = time.process_time()
    first = state = State.of(plan)
    made_ms = (time.process_time() - start) * 1000
    grids, rng = grids_of(state), random.Random(seed)
    changes, edit_ms = [], []
    for number in range(moves + WARM):
        units = grids[rng.choice(sorted(grids))]
        atoms, source, to = drawn_move(units, rng)
        start = time.process_time()
        done = apply(state, Move(tuple(atoms), to, reason="bench"))
        if number >= WARM:
            edit_ms.append((time.process_time() - start) * 1000)
        state, changes = done.state, [*changes, done.change]
        units[source] -= set(atoms)
        units[to] |= set(atoms)
    start = time.process_time()
    for change in reversed(changes):
        state = replay(state, change.inverse())
    undo_ms = (time.process_time() - start) * 1000 / len(changes)
    exact = bool((state.leaf == first.leaf).all() and state.units == first.units)
    return {"state_cpu_ms": round(made_ms, 1), **spread("move_cpu", edit_ms), "undo_cpu_ms": round(undo_ms, 2), "undone_exactly": exact}


def _alone(path: Path, open_line: Callable[[], Line], moves: int, seed: int) -> Told:
    """One planner, who edits without a pause."""
    with open_project(path) as opened:
        state = opened.state()
    planner, told = Planner(open_line(), grids_of(state), state.version, random.Random(seed)), Told()
    for number in range(moves + WARM):
        planner.edit(told)
        if number == WARM - 1:
            told.edit_ms.clear()
    return told


def _together(path: Path, open_line: Callable[[], Line], seconds: float, seed: int) -> Told:
    """Writers, each with grids of its own and some that all of them edit, and readers."""
    with open_project(path) as opened:
        state, level = opened.state(), opened.levels[-1]
    grids, told = grids_of(state), Told()
    codes, rng = sorted(grids), random.Random(seed)
    shared = set(rng.sample(codes, min(SHARED, len(codes))))
    tasks: list[tuple[Callable[[Told], None], float]] = []
    for number in range(WRITERS):
        own = {code: grids[code] for at, code in enumerate(codes) if code in shared or at % WRITERS == number}
        tasks.append((Planner(open_line(), own, state.version, random.Random(seed + number)).edit, WRITERS_PAUSE_S))
    for number in range(READERS):
        reader = Reader(open_line(), codes, state.version, level, random.Random(seed - number - 1))
        for _ in range(WARM):
            reader.look(Told())
        tasks.append((reader.look, READERS_PAUSE_S))
    work(tasks, seconds, told, seed)
    return told


def _lost(path: Path, *told: Told) -> int:
    """Count the confirmed moves that the file does not have: each atom is where the last of them put it, and each has its line in the log."""
    confirmed = {version: move for each in told for version, move in each.confirmed.items()}
    last = {atom: to for version in sorted(confirmed) for atom in confirmed[version][0] for to in (confirmed[version][1],)}
    with open_project(path) as opened:
        state = opened.state()
        logged = {entry.version for entry in opened.log()}
    position, units = state.ground.position_of, state.units
    astray = sum(units[int(state.leaf[position(atom)])].code != to for atom, to in last.items())
    return astray + len(confirmed.keys() - logged) + sum(len(each.confirmed) for each in told) - len(confirmed)
