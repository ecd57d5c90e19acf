"""Who is responsible where, and where somebody or something is missing: 定格、定人、定岗、定责.

A person *stands for* a unit when he was put onto it itself, or onto the very thing that the unit is (an entrance, where a level is made of
entrances). Who is attached to a shop or a stairwell inside it answers for that place only; who comes with a workplace or an organisation, only
while an overlay sends it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol

import numpy as np
import pandas as pd

from geogrid.scheme import Scheme, StaffKind
from geogrid.wording import folded, kinds_by_word

GAP_COLUMNS = ("level", "code", "kind", "missing", "wanted", "have")
MISSING = ("person", "number", "post", "duty")
"""What can be missing, the worst first: nobody, too few or too many, people without a post, people without a duty."""
ATTACHED = ("building", "entrance", "household", "site", "compound")
SENT = ("workplace", "organisation")
FACTS = ("level", "unit", "staff", "name", "post", "duties", "phone", "overlay")
MORE = ("kind", "via", "target")
_SHOWN = {name: "code" if name == "unit" else name for name in FACTS}
"""The column of `posts` of each fact."""
_MADE_OF = {"entrance": "entrance", "building": "building", "compound": "compound"}
"""How a level is made, and the kind of target that then is a unit of it."""


class Posted(Protocol):
    """The part of a `Moment` that is read here: `has_staff`, whether there are people at all, and `posts`, one line per person and unit.

    Columns `level code staff name kind post duties phone via target overlay`, all text; `via` is the kind of target.
    """

    @property
    def has_staff(self) -> bool: ...  # noqa: D102
    @property
    def posts(self) -> pd.DataFrame: ...  # noqa: D102


class Duties:
    """The posts of one moment, indexed by unit, place and person."""

    def __init__(self, moment: Posted, scheme: Scheme, *, has_staff: bool = False) -> None:
        """Index a moment. `has_staff`: there are people, though none of them is seen here, so that units lack them."""
        posts = moment.posts.reset_index(drop=True)
        self.scheme, self.has_staff = scheme, has_staff or moment.has_staff
        words, stands = kinds_by_word(scheme.staff), _stands(posts, scheme)
        known = {kind: words.get(folded(kind), kind) for kind in posts["kind"].unique()}
        self.posts = posts.assign(kind=posts["kind"].map(known).astype(object), stands=stands)
        sent = posts["via"].isin(SENT).to_numpy() & (posts["overlay"] != "").to_numpy()
        here = np.flatnonzero(stands | sent)
        self._by_unit = _rows_by(posts, here, ("level", "code"))
        attached = np.flatnonzero(posts["via"].isin(ATTACHED).to_numpy())
        self._by_place = _rows_by(posts, attached, ("via", "target"))
        self._by_person = _rows_by(posts, np.arange(len(posts)), ("staff",))
        self._order = {level.id: at for at, level in enumerate(scheme.levels)}
        self._columns = {name: self.posts[name].to_numpy(dtype=object) for name in (*_SHOWN.values(), *MORE)}

    def responsible(self, codes: Mapping[str, str | None], near: Iterable[tuple[str, str]] = (), more: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        """Return who is responsible in the units `codes` (by level) and at the places `near` ((target_kind, id)), a dict of `FACTS` each.

        Whoever is attached to a place comes first, then the units from the lowest level up; None stands where nothing is known. `more`: other
        columns that are told, as `kind via target`.
        """
        lines = [row for place in near for row in self._lowest(self._by_place.get(place, ()), codes)]
        for level in sorted((level for level, code in codes.items() if code), key=lambda level: -self._order.get(level, 0)):
            lines += self._once(self._by_unit.get((level, codes[level]), ()))
        return self._told(list(dict.fromkeys(lines)), more)

    def of_unit(self, level: str, code: str) -> list[dict[str, Any]]:
        """Return who stands for a unit, then who is attached to a place in it; beside `FACTS` each has `kind via target`."""
        stands = self._by_unit.get((level, code), [])
        known = set(stands)
        inside = self.posts.index[(self.posts["level"] == level) & (self.posts["code"] == code) & self.posts["via"].isin(ATTACHED)]
        return self._told([*stands, *(row for row in inside if row not in known)], MORE)

    def of_person(self, staff: str) -> list[dict[str, Any]]:
        """Return all posts of a person: for each target the lowest unit that holds it; beside `FACTS` each has `kind via target`."""
        rows = pd.DataFrame({"row": self._by_person.get((staff,), [])}, dtype="int64")
        posts = self.posts.loc[rows["row"]]
        depth = posts["level"].map(self._order).fillna(-1)
        lowest = depth.groupby([posts["via"], posts["target"], posts["overlay"], posts["post"]]).transform("max") == depth
        return self._told(
            posts.index[lowest & ~posts.duplicated(["level", "code", "via", "target", "post", "overlay"])], more=("kind", "via", "target")
        )

    def gaps(self, units: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        """Return what is missing, a line of `GAP_COLUMNS` each: `kind` of officer ("" for any), `missing` one of `MISSING`, `wanted`, `have`.

        `units`: by level the frame of its units (index code, column `valid_to`); retired ones want nothing. Of posts and duties `wanted` counts
        the people, `have` those of them that have one. Upper levels come first, then codes in order, then what is worst.
        """
        if not self.has_staff:
            return pd.DataFrame({name: pd.Series(dtype="int64" if name in ("wanted", "have") else object) for name in GAP_COLUMNS})
        parts = [self._gaps(level, in_force(units[level])) for level in self.asked() if level in units]
        found = pd.concat([part for part in parts if len(part)] or [pd.DataFrame(columns=list(GAP_COLUMNS))], ignore_index=True)
        keys = pd.DataFrame({"level": found["level"].map(self._order), "code": found["code"], "rank": found["missing"].map(MISSING.index)})
        found = found.iloc[keys.assign(kind=found["kind"]).sort_values(["level", "code", "rank", "kind"], kind="stable").index]
        return found.astype({"wanted": "int64", "have": "int64"}).reset_index(drop=True)[list(GAP_COLUMNS)]

    def completeness(self, units: Mapping[str, pd.DataFrame], gaps: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return for each level, top-down, `level asked units complete share people`: how many of its units lack nothing.

        `asked` tells whether anybody is wanted there; where not, or where there are no units or no staff at all, `share` is NaN.
        """
        gaps = self.gaps(units) if gaps is None else gaps
        asked, rows = set(self.asked()) if self.has_staff else set(), []
        for level in (level.id for level in self.scheme.levels if level.id in units):
            codes = in_force(units[level])
            lacking = gaps.loc[gaps["level"] == level, "code"].nunique() if level in asked else len(codes)
            people = self.posts.loc[self.posts["stands"] & (self.posts["level"] == level) & self.posts["code"].isin(codes), "staff"].nunique()
            complete = len(codes) - lacking if level in asked else 0
            rows.append((level, level in asked, len(codes), complete, complete / len(codes) if level in asked and len(codes) else np.nan, people))
        return pd.DataFrame(rows, columns=["level", "asked", "units", "complete", "share", "people"])

    def asked(self) -> list[str]:
        """Return the levels whose units want people: those that the scheme names at a kind of staff, else all."""
        named = {kind.per for kind in self.scheme.staff.values() if kind.per}
        return [level.id for level in self.scheme.levels if not named or level.id in named]

    def rules(self, level: str) -> dict[str, StaffKind]:
        """Return the kinds of staff of which each unit of a level wants some."""
        return {kind: rule for kind, rule in self.scheme.staff.items() if rule.per == level}

    def _gaps(self, level: str, codes: pd.Index) -> pd.DataFrame:
        here = self.posts[self.posts["stands"] & (self.posts["level"] == level) & self.posts["code"].isin(codes)]
        rules, parts = self.rules(level), []
        for kind, rule in rules.items():
            have = here[here["kind"] == kind].groupby("code")["staff"].nunique().reindex(codes, fill_value=0)
            parts += [_gap(level, have[have < rule.least], kind, rule.least)]
            parts += [_gap(level, have[have > rule.most], kind, rule.most)] if rule.most is not None else []
        if not rules:
            have = here.groupby("code")["staff"].nunique().reindex(codes, fill_value=0)
            parts.append(_gap(level, have[have == 0], "", 1))
        parts += [_lacking(level, here, column, missing) for column, missing in (("post", "post"), ("duties", "duty"))]
        return pd.concat(parts, ignore_index=True)

    def _once(self, rows: Iterable[int]) -> list[int]:
        """Leave out the lines by which a workplace or an organisation sends somebody whom the same overlay put there himself."""
        rows = list(rows)
        via, staff, overlay = (self._columns[name] for name in ("via", "staff", "overlay"))
        direct = {(staff[row], overlay[row]) for row in rows if via[row] not in SENT}
        return [row for row in rows if via[row] not in SENT or (staff[row], overlay[row]) not in direct]

    def _lowest(self, rows: Collection[int], codes: Mapping[str, str | None]) -> list[int]:
        """Return of the lines of a place those of its lowest unit among `codes`, else of its lowest unit."""
        if not rows:
            return []
        level, code = self._columns["level"], self._columns["code"]
        mine = [row for row in rows if codes.get(level[row]) == code[row]] or list(rows)
        depth = {row: self._order.get(level[row], -1) for row in mine}
        return [row for row in mine if depth[row] == max(depth.values())]

    def _told(self, rows: Iterable[int], more: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        columns = {name: self._columns[_SHOWN.get(name, name)] for name in (*FACTS, *more)}
        return [{name: column[row] or None for name, column in columns.items()} for row in rows]


def find_gaps(moment: Posted, scheme: Scheme, units: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return what is missing; see `Duties.gaps`."""
    return Duties(moment, scheme).gaps(units)


def in_force(units: pd.DataFrame) -> pd.Index:
    """Return the codes of the units in force, in order."""
    return units.index[(units["valid_to"].fillna("") == "").to_numpy()].sort_values()


def _stands(posts: pd.DataFrame, scheme: Scheme) -> np.ndarray:
    """Tell which lines are of the very unit that the person was put onto, bool (n,)."""
    stands = (posts["via"] == "unit").to_numpy(dtype=bool, copy=True)
    for level in scheme.levels:
        if made_of := _MADE_OF.get(level.make):
            stands |= ((posts["via"] == made_of) & (posts["level"] == level.id)).to_numpy(dtype=bool)
    return stands


def _rows_by(posts: pd.DataFrame, rows: np.ndarray, columns: tuple[str, ...]) -> dict[tuple[str, ...], list[int]]:
    out: dict[tuple[str, ...], list[int]] = {}
    for row, *key in zip(rows.tolist(), *(posts[name].to_numpy()[rows].tolist() for name in columns), strict=True):
        out.setdefault(tuple(key), []).append(row)
    return out


def _gap(level: str, have: pd.Series, kind: str, wanted: int) -> pd.DataFrame:
    missing = np.where(have.to_numpy() == 0, "person", "number")
    return pd.DataFrame({"level": level, "code": have.index, "kind": kind, "missing": missing, "wanted": wanted, "have": have.to_numpy()})


def _lacking(level: str, here: pd.DataFrame, column: str, missing: str) -> pd.DataFrame:
    """Return a gap for each unit and kind of which some people have nothing in a column on any of their lines there."""
    has = (here[column] != "").groupby([here["code"], here["kind"], here["staff"]]).any()
    people = has.groupby(level=[0, 1]).agg(["size", "sum"])
    people = people[people["size"] > people["sum"]].reset_index()
    return pd.DataFrame(
        {"level": level, "code": people["code"], "kind": people["kind"], "missing": missing, "wanted": people["size"], "have": people["sum"]}
    )
