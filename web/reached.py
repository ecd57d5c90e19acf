"""What stations, cameras and patrols reach: computed once for each version of a plan, under a lock and with its stage told; the last few are kept.

It is computed of the whole district, whoever asks: a home at the edge of a visitor's unit is served by the station across the street. What he may
see of it is cut out afterwards, by `shown`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd
from cachetools import LRUCache
from flask import Flask, current_app

from web.served import Kept, Served

if TYPE_CHECKING:  # what computes is heavy, and most visits never ask it anything
    from geogrid.pipeline.reach_cameras import CameraReach
    from geogrid.pipeline.reach_patrols import PatrolReach
    from geogrid.pipeline.reach_stations import StationReach

T = TypeVar("T")
KEPT = 6
"""So many reaches stay in memory: of three things at two versions."""
READY = "ready"
FAILED = "failed"
_STAGES: dict[str, tuple[tuple[str, Callable[[Any], Any]], ...]] = {
    "stations": (("walks", lambda reach: [reach.walks(kind.key) for kind in reach.kinds]), ("units", lambda reach: reach.station_units())),
    "cameras": (("regions", lambda reach: reach.regions), ("streets", lambda reach: reach.streets), ("units", lambda reach: reach.camera_units)),
    "patrols": (("units", lambda reach: reach.patrol_units),),
}
"""What is computed at once, in this order: the stage that is told, and what makes that part of the reach. Other parts are made when asked for."""


class Reached:
    """One reach and what was made of it. `stage`: "" before it is begun, "begun", the name of what is being computed, `READY` or `FAILED`."""

    def __init__(self) -> None:
        self.stage = ""
        self._kept = Kept()
        self._lock = threading.Lock()

    def begin(self, what: str, project: Any) -> None:
        """Let another thread compute, if nobody does; who asks need not wait. What went wrong is told to the next who asks for the value."""
        with self._lock:
            if self.stage:
                return
            self.stage = "begun"

        def run() -> None:
            with suppress(Exception):
                self.value(what, project)

        threading.Thread(target=run, daemon=True).start()

    def value(self, what: str, project: Any) -> Any:
        """Return the reach of a project, made once; who asks meanwhile waits."""
        return self._kept.keep("reach", lambda: self._make(what, project))

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` made for `key`, as `Kept.keep`; it is forgotten with the reach."""
        return self._kept.keep(("made", key), make)

    def _make(self, what: str, project: Any) -> Any:
        try:
            self.stage = "begun"
            reach = _compute(what, project)
            for self.stage, part in _STAGES[what]:
                part(reach)
        except BaseException:
            self.stage = FAILED
            raise
        self.stage = READY
        return reach


def _compute(what: str, project: Any) -> Any:
    if what == "stations":
        from geogrid.pipeline.reach_stations import reach_stations

        return reach_stations(project)
    if what == "cameras":
        from geogrid.pipeline.reach_cameras import reach_cameras

        return reach_cameras(project)
    from geogrid.pipeline.reach_patrols import reach_patrols

    return reach_patrols(project)


class Reaches:
    """The reaches of the last few versions. Safe from several threads."""

    def __init__(self) -> None:
        self._reached: LRUCache[tuple[str, str], Reached] = LRUCache(KEPT)
        self._lock = threading.Lock()

    def of(self, what: str, version: str) -> Reached:
        """Return where the reach of a version is kept, or will be."""
        with self._lock:
            return self._reached.setdefault((what, version), Reached())

    def forget(self) -> None:
        """Let go of all: another file took the place of the one that is served."""
        with self._lock:
            self._reached.clear()


def install(app: Flask) -> None:
    """Keep reaches for the application, as long as its file stays."""
    reaches = app.extensions["geogrid.reached"] = Reaches()
    app.extensions["geogrid"].companions.append(reaches.forget)


def stations_of(now: Served) -> StationReach:
    """Return who is served in the plan that is shown, in all of the district; computed where nobody asked before."""
    return _value(now, "stations")


def cameras_of(now: Served) -> CameraReach:
    """Return what is seen, secret cameras left out."""
    return _value(now, "cameras")


def patrols_of(now: Served) -> PatrolReach:
    """Return what is walked."""
    return _value(now, "patrols")


def kept(now: Served, what: str, key: Hashable, make: Callable[[], T]) -> T:
    """Return what was made of a reach ("stations", "cameras", "patrols") under a key, made once and forgotten with it; the same for every visitor."""
    return _reached(now, what).keep(key, make)


def stage(now: Served, what: str) -> str:
    """Return how far a reach is: "" not begun, "begun" or the name of a stage, `READY`, `FAILED`."""
    return _reached(now, what).stage


def begun(now: Served, what: str) -> str:
    """Return how far a reach is; where it is not begun, another thread begins."""
    found = _reached(now, what)
    found.begin(what, now.whole.project)
    return found.stage


def _reached(now: Served, what: str) -> Reached:
    return current_app.extensions["geogrid.reached"].of(what, now.whole.version)


def _value(now: Served, what: str) -> Any:
    return _reached(now, what).value(what, now.whole.project)


def is_cut(now: Served) -> bool:
    """Tell whether the visitor sees a part of the district only."""
    return now.whole is not now and now.project.is_part


def shown(now: Served, frame: pd.DataFrame) -> np.ndarray:
    """Tell which rows lie in units that the visitor may see, bool (n,).

    A frame of units says which by `level` and `code`; one of places has a column of codes for each level. Who sees the whole district sees all rows.
    """
    if not is_cut(now):
        return np.ones(len(frame), bool)
    codes = {level: set(now.project.units(level).index) for level in now.project.levels}
    if {"level", "code"} <= set(frame.columns):
        return np.array([code in codes.get(level, ()) for level, code in zip(frame["level"], frame["code"], strict=True)], bool)
    inside = [frame[level].isin(codes[level]).to_numpy() for level in codes if level in frame.columns]
    return np.logical_or.reduce(inside) if inside else np.zeros(len(frame), bool)
