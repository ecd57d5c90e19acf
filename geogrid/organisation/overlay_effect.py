"""What an overlay does: who goes where, what is lacking meanwhile, what is doubtful, and whether all is as before when it is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from geogrid.organisation.moment import Moment
from geogrid.organisation.overlay import REAL, Overlay, overlays_of, state_at, to_table
from geogrid.organisation.overlay_check import find_clashes
from geogrid.organisation.overlay_diff import Difference, diff, find_lacking, stands
from geogrid.organisation.roster import Roster
from geogrid.organisation.times import ZONE

FLOWS = ("from_level", "from_code", "to_level", "to_code", "people", "bodies")


@dataclass(frozen=True, eq=False)
class Effect:
    """An overlay at the instant `at` at which it begins: against the same instant without it (`before`), and how what follows differs from that.

    `change`: before to during; `after`: before to when it is over, which differs only where memberships or other overlays changed meanwhile.
    `lacking`: columns of `duties.GAP_COLUMNS`; `clashes`: of `overlay_check.CLASH_COLUMNS`; `flows`: of FLOWS.
    """

    overlay: Overlay
    at: datetime
    before: Moment
    during: Moment
    change: Difference
    after: Difference
    lacking: pd.DataFrame
    clashes: pd.DataFrame
    flows: pd.DataFrame


def effect_of(roster: Roster, overlay: Overlay, now: datetime) -> Effect:
    """Return what an overlay does, be it among the roster's or only prepared. One that never holds does nothing."""
    table = roster.overlays
    others = roster.with_overlays(table[table["id"] != overlay.id])
    mine = roster.with_overlays(pd.concat([others.overlays, to_table([overlay])], ignore_index=True))
    at, over = _instants(overlay, now)
    before, during = others.at(at), mine.at(at, drills=[overlay.id])
    change = diff(before, during)
    after = diff(before, mine.at(over)) if over else change
    clashes = find_clashes(roster, overlay, overlays_of(others.overlays))
    return Effect(overlay, at, before, during, change, after, find_lacking(before, during), clashes, flows(before, change))


def flows(before: Moment, change: Difference) -> pd.DataFrame:
    """Return how many people, and workplaces and organisations, come from each unit to each, columns FLOWS; `from_code` "" where nobody knows.

    Somebody comes from the unit that he leaves, else from the first in which he stands before.
    """
    joined = change.people[change.people["to_code"] != ""]
    home = stands(before).drop_duplicates(["role", "member"]).set_index(["role", "member"])[["level", "code"]]
    known = home.reindex(pd.MultiIndex.from_frame(joined[["role", "member"]])).fillna("").reset_index(drop=True)
    left = joined[["from_level", "from_code"]].reset_index(drop=True)
    comes = left.where(left["from_code"] != "", known.set_axis(left.columns, axis=1))
    rows = pd.concat([comes, joined[["to_level", "to_code", "role", "member"]].reset_index(drop=True)], axis=1)
    rows = rows.assign(people=rows["role"] == "staff", bodies=rows["role"] != "staff").drop_duplicates()
    return rows.groupby([*FLOWS[:4]], sort=True)[["people", "bodies"]].sum().reset_index().astype({"people": "int64", "bodies": "int64"})


def is_calling(overlays: Iterable[Overlay], when: datetime) -> list[Overlay]:
    """Return the real overlays in force: while there is one, it is an emergency."""
    return [overlay for overlay in overlays if overlay.kind == REAL and state_at(overlay, when) == "in_force"]


def row_of(overlay: Overlay, when: datetime, *, changes: bool = True) -> dict[str, Any]:
    """Return an overlay as JSON has it, with its state at a time."""
    told = asdict(overlay)
    rows = told.pop("changes")
    told |= {"state": state_at(overlay, when), "valid_from": overlay.valid_from, "valid_to": overlay.valid_to, "n": len(rows)}
    return told | ({"changes": rows} if changes else {})


def _instants(overlay: Overlay, now: datetime) -> tuple[datetime, datetime | None]:
    """Return when to look at an overlay, and when it is over (None for never)."""
    begins, over = overlay.window
    if np.isnan(begins):
        return now, None
    over_at = datetime.fromtimestamp(over, ZONE) if np.isfinite(over) else None
    if np.isfinite(begins):
        return datetime.fromtimestamp(begins, ZONE), over_at
    return (now if over_at is None or now < over_at else datetime.fromtimestamp(over - 1, ZONE)), over_at
