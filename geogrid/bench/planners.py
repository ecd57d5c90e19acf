"""Planners at work, over HTTP: each knows the plan as a page does, edits it, and hears of what the others did.

A planner edits on the version up to which it has heard everything. Answered 409 it asks for the changes and goes on; what it was confirmed is kept,
to be looked for in the file afterwards.
"""

from __future__ import annotations

import http.client
import json
import random
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from geogrid.edit import State

ATOMS = 5
"""Atoms in a move."""
NOW_AND_THEN = 0.3
"""Share of a reader's visits at which it asks for more than what changed."""


@dataclass
class Told:
    """What planners and readers were answered: milliseconds of edits and of readings; confirmed moves by version; conflicts, founded or not."""

    edit_ms: list[float] = field(default_factory=list)
    read_ms: dict[str, list[float]] = field(default_factory=dict)
    confirmed: dict[int, tuple[list[str], str]] = field(default_factory=dict)
    conflicts: int = 0
    unfounded: int = 0
    failed: list[str] = field(default_factory=list)


class Line:
    """A connection that stays open, to one service."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._http = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self._http.connect()
        self._http.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as browsers do: a body need not wait for its head's receipt

    def close(self) -> None:
        """End the connection."""
        self._http.close()

    def ask(self, method: str, path: str, document: Any = None, *, is_read: bool = True) -> tuple[int, Any, float]:
        """Return the status, the JSON (None where it is not read) and the milliseconds until all of it was there."""
        body = None if document is None else json.dumps(document).encode()
        start = time.perf_counter()
        self._http.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = self._http.getresponse()
        text = answer.read()
        spent_ms = (time.perf_counter() - start) * 1000
        return answer.status, json.loads(text) if is_read else None, spent_ms


def grids_of(state: State) -> dict[str, dict[str, set[str]]]:
    """Return the units of the lowest level with their atoms, by code, under the code of their parent; parents with two or more of them."""
    lowest, codes = state.scheme.levels[-1].id, state.ground.codes
    found: dict[str, dict[str, set[str]]] = {}
    for unit in sorted(state.units.values(), key=lambda unit: unit.code):
        if unit.level == lowest and unit.parent in state.units:
            found.setdefault(state.units[unit.parent].code, {})[unit.code] = set(codes[state.members(unit.id)].tolist())
    return {grid: units for grid, units in found.items() if len(units) > 1 and sum(map(len, units.values())) > 2 * ATOMS}


def drawn_move(units: Mapping[str, set[str]], rng: random.Random) -> tuple[list[str], str, str]:
    """Return atoms of one of some units, which keeps others, with that unit and another that they shall go to."""
    source = rng.choice([code for code in sorted(units) if len(units[code]) > ATOMS] or [max(sorted(units), key=lambda code: len(units[code]))])
    atoms = rng.sample(sorted(units[source]), min(ATOMS, len(units[source]) - 1))
    return sorted(atoms), source, rng.choice([code for code in sorted(units) if code != source])


class Planner:
    """One who edits the units of some grids, in a thread of its own."""

    def __init__(self, line: Line, grids: Mapping[str, Mapping[str, set[str]]], version: int, rng: random.Random) -> None:
        self._line, self._rng, self._version = line, rng, version
        self._grids = {grid: {code: set(atoms) for code, atoms in units.items()} for grid, units in grids.items()}
        self._home = {atom: (grid, code) for grid, units in self._grids.items() for code, atoms in units.items() for atom in atoms}

    def edit(self, told: Told) -> None:
        """Move some atoms, and take note of the answer."""
        atoms, source, to = drawn_move(self._grids[self._rng.choice(sorted(self._grids))], self._rng)
        asked = {"plan": "main", "base_version": self._version, "reason": "bench", "edit": {"kind": "move", "atoms": atoms, "to": to}}
        status, answer, spent_ms = self._line.ask("POST", "/api/edits", asked)
        if status == 200:
            told.edit_ms.append(spent_ms)
            told.confirmed[answer["version"]] = (atoms, to)
        elif status == 409:
            told.conflicts += 1
            told.unfounded += not {source, to} & set(answer["details"]["units"])
        else:
            told.failed.append(f"{status} {answer.get('message', '')}"[:200])
        if status == 200 and answer["version"] == self._version + 1:
            self._version += 1
            self._take([[atom, to] for atom in atoms])
        else:
            self._hear()

    def _hear(self) -> None:
        _, answer, _ = self._line.ask("GET", f"/api/changes?plan=main&since={self._version}")
        for delta in answer["changes"]:
            self._take(delta["atoms"])
        self._version = answer["version"]

    def _take(self, atoms: Sequence[Sequence[Any]]) -> None:
        for atom, code in atoms:
            if atom in self._home and code in self._grids[self._home[atom][0]]:
                grid, old = self._home[atom]
                self._grids[grid][old].discard(atom)
                self._grids[grid][code].add(atom)
                self._home[atom] = grid, code


class Reader:
    """One who looks on, as an open editor does: asks for what changed each second, and now and then (`NOW_AND_THEN`) for something else.

    That is in turn: the area document of a grid, a unit, the units of a grid.
    """

    def __init__(self, line: Line, grids: Sequence[str], version: int, level: str, rng: random.Random) -> None:
        self._line, self._grids, self._version, self._level, self._rng = line, grids, version, level, rng
        self._turn = rng.randrange(3)

    def look(self, told: Told) -> None:
        """Look once, and take note of how long each answer took."""
        status, answer, spent_ms = self._line.ask("GET", f"/api/changes?plan=main&since={self._version}")
        if self._noted(told, "changes", status, spent_ms):
            self._version = answer["version"]
        if self._rng.random() >= NOW_AND_THEN:
            return
        grid = self._rng.choice(self._grids)
        name, path = (
            ("area", f"/api/edit/area?plan=main&level={self._level}&unit={grid}"),
            ("unit", f"/api/units/{grid}"),
            ("units", f"/api/units?level={self._level}&parent={grid}"),
        )[self._turn]
        self._turn = (self._turn + 1) % 3
        status, _, spent_ms = self._line.ask("GET", path, is_read=False)
        self._noted(told, name, status, spent_ms)

    def _noted(self, told: Told, name: str, status: int, spent_ms: float) -> bool:
        if status != 200:
            told.failed.append(f"{status} {name}")
            return False
        told.read_ms.setdefault(name, []).append(spent_ms)
        return True


def work(tasks: Sequence[tuple[Callable[[Told], None], float]], seconds: float, told: Told, seed: int) -> None:
    """Run tasks, each in a thread of its own again and again, for some seconds; between two runs of one lies its pause (s) on average."""
    until = time.perf_counter() + seconds

    def run(number: int) -> None:
        rng, (task, pause_s) = random.Random(seed * 1000 + number), tasks[number]
        while time.perf_counter() < until:
            time.sleep(rng.uniform(0, 2 * pause_s))
            task(told)

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
