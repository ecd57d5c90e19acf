"""Who belongs to what: one line for each membership, whether a table, a column of codes, a place or an overlay says so.

A column `unit` counts where no membership in a unit names its row; a place, of an organisation, where neither does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from geogrid.organisation.records import members_of
from geogrid.organisation.targets import PLACE, UNIT, read_kinds
from geogrid.organisation.times import ends, starts
from geogrid.scheme import Level

COLUMNS = (
    "member",
    "role",
    "kind",
    "name",
    "target_kind",
    "level",
    "target",
    "post",
    "overlay",
    "valid_from",
    "valid_to",
    "source",
    "begins",
    "ends",
    "row",
)
"""`level`: of the unit that is meant, "" for any; `source`: membership, column, place or overlay; `begins`, `ends`: instants; `row`: of its table."""
_SAID = ("member", "target_kind", "target", "post", "valid_from", "valid_to", "row")


def base_lines(records: Mapping[str, pd.DataFrame], levels: Iterable[Level]) -> pd.DataFrame:
    """Return the lines that hold without any overlay, whenever they do; not those of rows that can not be used (`geogrid.organisation.faults`)."""
    members = members_of(records)
    named = joined(records["memberships"][[*_SAID]].assign(overlay="", source="membership"), members, levels)
    in_unit = set(named.loc[named["target_kind"] == UNIT, ["role", "member"]].itertuples(index=False, name=None))
    by_code = [_by_column(records[table], role, in_unit) for table, role in (("staff", "staff"), ("organisations", "organisation"))]
    known = in_unit | {pair for part in by_code for pair in part[["role", "member"]].itertuples(index=False, name=None)}
    by_place = _by_place(records["organisations"], known)
    lines = pd.concat([part for part in (named, *by_code, by_place) if len(part)] or [named], ignore_index=True)
    return _while_they_exist(lines, records["organisations"])


def overlay_lines(overlays: pd.DataFrame, records: Mapping[str, pd.DataFrame], levels: Iterable[Level]) -> pd.DataFrame:
    """Return what overlays add, with the overlay's id; `overlays` as `records` has them."""
    added = overlays[overlays["action"] == "add"]
    return joined(added[[*_SAID]].assign(overlay=added["id"], source="overlay"), members_of(records), levels)


def during(lines: pd.DataFrame, seconds: float) -> pd.DataFrame:
    """Return the lines that hold at an instant; -inf asks for those that always did."""
    return lines[((lines["begins"] <= seconds) & (seconds < lines["ends"])).to_numpy()]


def joined(rows: pd.DataFrame, members: pd.DataFrame, levels: Iterable[Level]) -> pd.DataFrame:
    """Return rows whose member, kind of target and dates can be read as lines; a member who stands in two tables gives two."""
    kinds = read_kinds(rows["target_kind"], levels)
    lines = rows.assign(target_kind=kinds["target_kind"], level=kinds["level"], begins=starts(rows["valid_from"]), ends=ends(rows["valid_to"]))
    is_good = (lines["target_kind"] != "") & (lines["target"] != "") & (lines["begins"] < lines["ends"])
    lines = lines[is_good].merge(members.rename(columns={"id": "member"}), on="member")
    return lines[[*COLUMNS]]


def _by_column(table: pd.DataFrame, role: str, in_unit: set[tuple[str, str]]) -> pd.DataFrame:
    chosen = [unit != "" and (role, name) not in in_unit for name, unit in zip(table["id"], table["unit"], strict=True)]
    rows = table[np.array(chosen, dtype=bool)]
    return _without_dates(rows, role, target_kind=UNIT, target=rows["unit"], source="column")


def _by_place(table: pd.DataFrame, known: set[tuple[str, str]]) -> pd.DataFrame:
    there = [shape is not None and ("organisation", name) not in known for name, shape in zip(table["id"], table["geometry"], strict=True)]
    rows = table[np.array(there, dtype=bool)]
    return _without_dates(rows, "organisation", target_kind=PLACE, target=rows["id"], source="place")


def _without_dates(rows: pd.DataFrame, role: str, **more: object) -> pd.DataFrame:
    told = {"member": rows["id"], "role": role, "level": "", "post": "", "overlay": "", "valid_from": "", "valid_to": ""}
    return rows.assign(**told, **more, begins=-np.inf, ends=np.inf)[[*COLUMNS]].reset_index(drop=True)


def _while_they_exist(lines: pd.DataFrame, organisations: pd.DataFrame) -> pd.DataFrame:
    """Cut the lines of organisations to when these exist."""
    first = organisations.drop_duplicates("id").set_index("id")
    mine = (lines["role"] == "organisation").to_numpy()
    begins = pd.Series(starts(first["valid_from"]), index=first.index).reindex(lines["member"]).to_numpy()
    over = pd.Series(ends(first["valid_to"]), index=first.index).reindex(lines["member"]).to_numpy()
    lines = lines.assign(
        begins=np.where(mine, np.fmax(lines["begins"], begins), lines["begins"]), ends=np.where(mine, np.fmin(lines["ends"], over), lines["ends"])
    )
    return lines[(lines["begins"] < lines["ends"]).to_numpy()].reset_index(drop=True)
