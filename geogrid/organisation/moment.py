"""Who belongs where at one moment: base memberships, less what overlays remove, plus what they add; and the posts that follow from these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geogrid.organisation.lines import COLUMNS, during
from geogrid.organisation.overlay import REAL
from geogrid.organisation.places import Places
from geogrid.organisation.posts import posts_of
from geogrid.organisation.targets import read_kinds
from geogrid.organisation.times import ends, starts

if TYPE_CHECKING:
    from geogrid.organisation.roster import Roster


@dataclass(frozen=True, eq=False)
class Moment:
    """Who belongs where at `when`; `drills` are the drills that count. `links`: columns of `geogrid.organisation.lines.COLUMNS`."""

    roster: Roster
    when: datetime
    drills: frozenset[str]
    links: pd.DataFrame

    @classmethod
    def of(cls, roster: Roster, when: datetime, seconds: float, drills: frozenset[str]) -> Moment:
        """Make the moment of an instant (seconds since 1970)."""
        base = during(roster.lines, seconds)
        rows = roster.overlays
        rows = rows[((rows["kind"] == REAL) | rows["id"].isin(list(drills))).to_numpy()]
        rows = rows[(starts(rows["valid_from"]) <= seconds) & (seconds < ends(rows["valid_to"]))]
        base = base[~_removed(base, rows[rows["action"] == "remove"], roster)]
        added = during(roster.added, seconds)
        added = added[added["overlay"].isin(set(rows["id"])).to_numpy()]
        parts = [part for part in (base, added) if len(part)]
        links = pd.concat(parts, ignore_index=True) if parts else base
        order = links[["role", "member", "target_kind", "target", "post", "overlay", "level"]]
        return cls(roster, when, drills, links.loc[order.sort_values(list(order), kind="stable").index].reset_index(drop=True)[[*COLUMNS]])

    @property
    def has_staff(self) -> bool:
        """Whether there is anybody, with a post now or without."""
        return len(self.roster.staff) > 0

    @property
    def places(self) -> Places:
        """Which units a target lies in."""
        return self.roster.places

    @cached_property
    def posts(self) -> pd.DataFrame:
        """Who works in which unit: `level code staff name kind post duties phone via target overlay own`, one line per person, unit and target.

        A post in a unit stands at that unit's own level; one at any other target at every level that holds it, `own` (bool) at the lowest. Who
        belongs to a workplace or an organisation has lines where that is sent, with that as `via` and `target`. `post` and `duties` are the scheme's
        (in Chinese) where the tables say nothing.
        """
        return posts_of(self.links, self.roster.staff, self.places, self.roster.scheme)


def _removed(base: pd.DataFrame, removals: pd.DataFrame, roster: Roster) -> np.ndarray:
    """Tell which lines removals take away, bool (n,): those of the member, and of the target and post where a removal says them."""
    gone = np.zeros(len(base), dtype=bool)
    if not len(removals) or not len(base):
        return gone
    said = read_kinds(removals["target_kind"], roster.scheme.levels)["target_kind"].where(removals["target_kind"] != "", "")
    rows = removals.assign(target_kind=said)[["member", "target_kind", "target", "post"]]
    shapes = (rows != "").astype(int).apply(lambda row: tuple(name for name in rows if row[name]), axis=1)
    for names, part in rows.groupby(shapes):
        if "member" not in names:
            continue
        wanted = pd.MultiIndex.from_frame(part[list(names)])
        gone |= pd.MultiIndex.from_frame(base[list(names)]).isin(wanted)
    return gone
