"""People, organisations and workplaces of a district, and who belongs where at any moment.

roster = Roster.of(tables, places, scheme)
moment = roster.at(when)          the base memberships of then, less what overlays remove, plus what they add
moment.links, moment.posts        who belongs to what; who works in which unit
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np
import pandas as pd
from cachetools import LRUCache

from geogrid.organisation.faults import Fault, find_faults
from geogrid.organisation.lines import base_lines, overlay_lines
from geogrid.organisation.moment import Moment
from geogrid.organisation.places import Places
from geogrid.organisation.records import COLUMNS, read_table
from geogrid.organisation.times import ends, instant, starts
from geogrid.scheme import Scheme

KEPT = 8
"""So many moments are kept."""


@dataclass(frozen=True, eq=False)
class Roster:
    """The tables, normalised (`geogrid.organisation.records`), and `lines`, who belongs to what without overlays, whenever (`lines.COLUMNS`)."""

    staff: pd.DataFrame
    organisations: pd.DataFrame
    workplaces: pd.DataFrame
    memberships: pd.DataFrame
    overlays: pd.DataFrame
    lines: pd.DataFrame
    added: pd.DataFrame
    places: Places
    scheme: Scheme
    _moments: LRUCache = field(default_factory=lambda: LRUCache(KEPT), repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @classmethod
    def of(cls, tables: Mapping[str, pd.DataFrame], places: Places, scheme: Scheme) -> Roster:
        """Make the roster of tables by role, any of which may be missing; what can not be used of them is in `faults`."""
        records = {name: read_table(tables, name) for name in (*COLUMNS, "overlays")}
        added = overlay_lines(records["overlays"], records, scheme.levels)
        return cls(**records, lines=base_lines(records, scheme.levels), added=added, places=places, scheme=scheme)

    def with_overlays(self, overlays: pd.DataFrame) -> Roster:
        """Return the roster with other overlays (columns of the role), for one that is only being prepared."""
        rows = read_table({"overlays": overlays}, "overlays")
        kept = {name: getattr(self, name) for name in (*COLUMNS, "lines", "places", "scheme")}
        return Roster(**kept, overlays=rows, added=overlay_lines(rows, self.records, self.scheme.levels))

    @property
    def records(self) -> dict[str, pd.DataFrame]:
        """The tables by role."""
        return {name: getattr(self, name) for name in (*COLUMNS, "overlays")}

    def at(self, when: datetime, *, drills: Collection[str] = ()) -> Moment:
        """Return who belongs where at a time; overlays that are a drill count where `drills` names them.

        The same object comes back for every time between two dates at which anything changes.
        """
        seconds = instant(when)
        key = (int(np.searchsorted(self._changes, seconds, side="right")), frozenset(drills))
        with self._lock:
            if key not in self._moments:
                self._moments[key] = Moment.of(self, when, seconds, key[1])
            return self._moments[key]

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """What of the tables can not be used, and what names something that is not there."""
        return find_faults(self.records, self.places, self.scheme)

    @cached_property
    def _changes(self) -> np.ndarray:
        """The instants at which anything changes, ascending."""
        dates = [self.lines[["begins", "ends"]], self.added[["begins", "ends"]]]
        told = [starts(self.overlays["valid_from"]), ends(self.overlays["valid_to"])]
        found = np.concatenate([*(each.to_numpy(dtype=float).ravel() for each in dates), *told])
        return np.unique(found[np.isfinite(found)])
