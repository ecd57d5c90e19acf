"""Which units have an organisation, which have none, and which organisation spans several units.

What counts is the scheme's: kinds that `covers` the level. Of a level that no kind covers, every organisation of the tree counts that lies in a
unit; who stands outside the tree (teams of volunteers, owners' committees) does not. Without kinds in the scheme all count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from shapely.geometry.base import BaseGeometry

from geogrid.findings import Finding
from geogrid.organisation.duties import in_force
from geogrid.organisation.moment import Moment
from geogrid.organisation.tree import kind_name
from geogrid.scheme import Scheme
from geogrid.wording import folded, kinds_by_word


@dataclass(frozen=True, eq=False)
class Cover:
    """`units`: codes in force, in order; `held`: a line for each unit and organisation that counts there, `code member kind`.

    `is_asked`: whether the scheme wants an organisation in each unit; `kinds`: the kinds that count, () for all.
    """

    level: str
    is_asked: bool
    kinds: tuple[str, ...]
    units: tuple[str, ...]
    held: pd.DataFrame

    @cached_property
    def without(self) -> tuple[str, ...]:
        """Codes of the units that have none."""
        covered = set(self.held["code"])
        return tuple(code for code in self.units if code not in covered)

    @property
    def share(self) -> float | None:
        """Share of the units that have one, 0–1; None where there are no units."""
        return 1 - len(self.without) / len(self.units) if self.units else None

    @cached_property
    def several(self) -> dict[str, tuple[str, ...]]:
        """The organisations (ids) of each unit that has more than one."""
        return _more_than_one(self.held, "code", "member")

    @cached_property
    def spanning(self) -> dict[str, tuple[str, ...]]:
        """The units (codes) of each organisation that lies in more than one."""
        return _more_than_one(self.held, "member", "code")


def find_cover(moment: Moment, scheme: Scheme, units: Mapping[str, pd.DataFrame], level: str) -> Cover:
    """Tell how the organisations of a moment cover the units of a level (frames by level, index code, column `valid_to`)."""
    frame = units[level]
    codes = tuple(in_force(frame).astype(str))
    kinds, is_asked = kinds_for(scheme, level)
    words = kinds_by_word(scheme.organisations)
    lines = moment.links[(moment.links["role"] == "organisation").to_numpy()]
    lines = lines.assign(kind=[words.get(folded(word), word) for word in lines["kind"]])
    lines = lines[lines["kind"].isin(kinds)] if kinds else lines
    return Cover(level, is_asked, kinds, codes, held_at(moment, lines, level, set(codes)))


def kinds_for(scheme: Scheme, level: str) -> tuple[tuple[str, ...], bool]:
    """Return the kinds of organisation that count on a level, () for all, and whether the scheme wants one of them in each unit."""
    asked = tuple(kind for kind, rule in scheme.organisations.items() if rule.covers == level)
    if asked:
        return asked, True
    over = {parent for rule in scheme.organisations.values() for parent in rule.under}
    return tuple(kind for kind, rule in scheme.organisations.items() if rule.under or kind in over), False


def held_at(moment: Moment, lines: pd.DataFrame, level: str, codes: set[str]) -> pd.DataFrame:
    """Return `code member kind` for each line of an organisation and each unit of a level that holds its target, each pair once, in order."""
    places = moment.places
    known: dict[tuple[str, str, str], tuple[str, ...]] = {}
    rows = []
    for kind, target, of, member, word in zip(*(lines[name] for name in ("target_kind", "target", "level", "member", "kind")), strict=True):
        key = (kind, target, of)
        if key not in known:
            known[key] = tuple(code for code in places.codes(*key).get(level, ()) if code in codes)
        rows += [(code, member, word) for code in known[key]]
    return pd.DataFrame(rows, columns=["code", "member", "kind"]).drop_duplicates().sort_values(["code", "member"], ignore_index=True)


def find_no_organisation(moment: Moment, scheme: Scheme, units: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """Return a finding `no_organisation` for each unit without one, of the levels that the scheme wants covered; without organisations none."""
    if not len(moment.roster.organisations):
        return []
    levels = [level.id for level in scheme.levels if level.id in units and kinds_for(scheme, level.id)[1]]
    return [finding for level in levels for finding in _findings(find_cover(moment, scheme, units, level), scheme, units[level])]


def _findings(cover: Cover, scheme: Scheme, units: pd.DataFrame) -> list[Finding]:
    level, names = scheme.level(cover.level).name, [kind_name(kind, scheme) for kind in cover.kinds]
    what = {"what_zh": "、".join(name.zh for name in names), "what_en": " or ".join(name.en for name in names)}
    facts = {"level_zh": level.zh, "level_en": level.en, **what}
    places: Mapping[str, BaseGeometry] = units["geometry"].to_dict() if "geometry" in units else {}
    return [Finding("no_organisation", cover.level, (code,), places.get(code), facts=facts) for code in cover.without]


def _more_than_one(held: pd.DataFrame, by: str, what: str) -> dict[str, tuple[str, ...]]:
    pairs = held[[by, what]].drop_duplicates().sort_values([by, what])
    several = pairs[pairs[by].duplicated(keep=False)]
    return {str(key): tuple(part) for key, part in several.groupby(by, sort=True)[what]}
