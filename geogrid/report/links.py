"""Which unit an organisation or a person belongs to, as `geogrid.organisation` resolves it, whenever that holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from geogrid.organisation import Roster
from geogrid.organisation.posts import standing
from geogrid.organisation.records import ROLES, members_of
from geogrid.organisation.source import roster_of
from geogrid.organisation.targets import UNIT, read_kinds
from geogrid.report.subject import Subject

Linked = Callable[[str], "Links"]
"""Gives the links of a role, found once for a whole report."""
COLUMNS = ("row", "level", "code", "how")
_HOW = {"membership": "member", "column": "code", "place": "place"}


@dataclass(frozen=True, eq=False)
class Links:
    """`held`: a line for each pair of a row (its position in the table) and a unit, columns of `COLUMNS`; `how` is "member", "code" or "place".

    `missing`: positions of rows that name a unit which does not exist, with the code they name. `strangers`: positions in the memberships of rows
    that name a unit and a member who stands in none of the tables.
    """

    held: pd.DataFrame
    missing: tuple[tuple[int, str], ...]
    strangers: tuple[int, ...] = ()


def find_links(subject: Subject, role: str) -> Links:
    """Join the rows of `organisations` or `staff` to units of every level. A code that stands on several levels counts on each."""
    roster = roster_of(subject)
    names = roster.records[role]["id"]
    rows = pd.DataFrame({"member": names, "at": range(len(names))})
    lines = roster.lines[(roster.lines["role"] == ROLES[role]).to_numpy()].drop(columns="row").merge(rows, on="member")
    found = standing(lines, roster.places)
    mine = lines.loc[found["line"]]
    held = pd.DataFrame({"row": mine["at"].to_numpy(), "level": found["level"], "code": found["code"], "how": mine["source"].map(_HOW).to_numpy()})
    lost = lines[((lines["target_kind"] == UNIT) & ~lines.index.isin(found["line"])).to_numpy()]
    missing = tuple((int(row), str(code)) for row, code in zip(lost["at"], lost["target"], strict=True))
    return Links(held[[*COLUMNS]].drop_duplicates(ignore_index=True), missing, _strangers(roster))


def _strangers(roster: Roster) -> tuple[int, ...]:
    """Positions of memberships in units whose member stands in none of the tables."""
    table = roster.memberships
    known = set(members_of(roster.records)["id"])
    in_unit = read_kinds(table["target_kind"], roster.scheme.levels)["target_kind"] == UNIT
    return tuple(i for i, (member, is_unit) in enumerate(zip(table["member"], in_unit, strict=True)) if is_unit and member and member not in known)
