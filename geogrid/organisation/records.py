"""The tables of people and organisations as this room reads them: all known columns as text, with the row of the file that each line came from."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geogrid.organisation.overlay import normalised

COLUMNS: dict[str, tuple[str, ...]] = {
    "staff": ("id", "name", "kind", "phone", "duties", "unit"),
    "organisations": ("id", "name", "kind", "parent", "unit", "valid_from", "valid_to"),
    "workplaces": ("id", "name", "kind"),
    "memberships": ("member", "target_kind", "target", "post", "valid_from", "valid_to"),
}
ROLES = {"staff": "staff", "organisations": "organisation", "workplaces": "workplace"}
"""The role of a member in each table that has members."""


def read_table(tables: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """Return a table with columns `row` (int) and those of `COLUMNS`, as text, `organisations` with `geometry` (None where they have no place).

    A person or body without an id gets "#" and its row. A table that is not there is empty.
    """
    table = tables[name] if name in tables else pd.DataFrame()
    if name == "overlays":
        return normalised(table).assign(row=_rows(table))
    told = {column: text_of(table, column) for column in COLUMNS[name]}
    out = pd.DataFrame({"row": _rows(table), **told}).reset_index(drop=True)
    if name in ROLES:
        out = out.assign(id=out["id"].where(out["id"] != "", "#" + out["row"].astype(str)))
    if name == "organisations":
        out["geometry"] = table["geometry"].to_numpy() if "geometry" in table else None
    return out


def text_of(table: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as text without blanks at its ends, "" where it is missing."""
    if column not in table:
        return pd.Series("", index=table.index, dtype="str")
    return table[column].fillna("").astype("str").str.strip()


def members_of(records: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return everybody who can be a member: `id role kind name`, each id once for a role."""
    parts = [records[table][["id", "kind", "name"]].assign(role=role) for table, role in ROLES.items()]
    return pd.concat(parts, ignore_index=True).drop_duplicates(["role", "id"], ignore_index=True)


def _rows(table: pd.DataFrame) -> list[int]:
    if "row" in table:
        return pd.to_numeric(table["row"], errors="coerce").fillna(0).astype(int).tolist()
    return list(range(1, len(table) + 1))
