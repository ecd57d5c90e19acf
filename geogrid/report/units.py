"""Figures of the division itself: units of a level, levels, area."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid.declared import KM2, Amount
from geogrid.report.asked import Asked
from geogrid.report.rows import Case, Computed, Listing, Note, note
from geogrid.report.subject import Subject
from geogrid.scheme_values import say_bounds
from geogrid.wording import plural

SCALE_SHARE = 4e-4
"""Areas in a 3-degree zone are off by up to twice the scale error of 2·10⁻⁴ at its rim."""


def valid_units(subject: Subject, level: str) -> pd.DataFrame:
    """Return the units of a level that are not retired."""
    units = subject.units(level)
    return units[(units["valid_to"] == "").to_numpy()]


def names_of(subject: Subject, level: str) -> dict[str, str]:
    """Return a level's name as the facts `level_zh` and `level_en` of a note."""
    name = subject.scheme.level(level).name
    return {"level_zh": name.zh, "level_en": plural(name.en)}


def unit_cases(units: pd.DataFrame, codes: Iterable[str], level: str) -> tuple[Case, ...]:
    """List units by code, in the order of the codes given; of units that share a code, the first."""
    known = units[~units.index.duplicated()]
    places, names = known.geometry, known["name"].fillna("") if "name" in known else pd.Series("", index=known.index)
    return tuple(Case(str(code), str(names.get(code, "")), level, None, places.get(code)) for code in codes)


def rejected_rows(subject: Subject, role: str, name: tuple[str, str]) -> tuple[list[Note], list[Listing]]:
    """Tell and list the rows of a role that were not used; `name` is the role's in Chinese and English."""
    rows = subject.rejected()
    rows = rows[rows["role"] == role]
    if not len(rows):
        return [], []
    title = note("rows_rejected", what_zh=name[0], what_en=name[1], n=f"{len(rows):,}")
    cases = [Case(f"{row.file} #{row.row}", detail=Note(str(row.reason), str(row.reason_zh))) for row in rows.itertuples()]
    return [title], [Listing(title, tuple(cases))]


def count_levels(subject: Subject) -> Computed:
    """Count the levels of the scheme."""
    return Computed(float(len(subject.levels)))


def count_units(subject: Subject, asked: Asked, amount: Amount) -> Computed:
    """Count the units of a level, and tell what else might have been counted: pieces, repetitions, dedicated units, rows that were not used."""
    units, level, names = subject.units(asked.level), subject.scheme.level(asked.level), names_of(subject, asked.level)
    valid = valid_units(subject, asked.level)
    notes, lists = [], []
    if retired := len(units) - len(valid):
        notes.append(note("units_retired", n=f"{retired:,}"))
    if asked.level in subject.given_levels:
        of_given = _of_given(subject, asked, amount, len(valid))
        notes, lists = notes + of_given[0], lists + of_given[1]
    elif level.make not in ("given", "column", "count"):
        notes.append(note("units_made", bounds=" " + say_bounds(level.households) if level.households else "", **names))
    if level.make == "count":
        notes.append(note("units_count", count=f"{level.count:,}"))
    if dedicated := int((valid["kind"] == "dedicated").sum()):
        notes.append(note("units_dedicated", n=f"{dedicated:,}", rest=f"{len(valid) - dedicated:,}"))
        if not amount.holds(len(valid)) and amount.holds(len(valid) - dedicated):
            notes.append(note("counts_base"))
    more, rows = rejected_rows(subject, level.role, (level.name.zh, plural(level.name.en)))
    return Computed(float(len(valid)), tuple(notes + more), tuple(lists + rows))


def _of_given(subject: Subject, asked: Asked, amount: Amount, computed: int) -> tuple[list[Note], list[Listing]]:
    """Tell of the polygons that were given for a level: repeated codes, those that the plan does not have, and pieces."""
    given = subject.given(asked.level)
    given = given.set_index(given["code"].astype(str)) if "code" in given else given
    notes, lists = [], []
    parts = shapely.get_num_geometries(given.geometry.to_numpy())
    several = given.index[parts > 1]
    lost = [code for code in dict.fromkeys(given.index) if code not in subject.units(asked.level).index]
    repeated = list(dict.fromkeys(given.index[given.index.duplicated()]))
    for key, codes in (("units_repeated", repeated), ("units_lost", lost), ("units_parts", list(several))):
        if codes:
            title = note(key, n=f"{len(codes):,}", parts=f"{int(parts.sum()):,}")
            notes.append(title)
            lists.append(Listing(title, unit_cases(given, dict.fromkeys(codes), asked.level)))
    if len(several) and not amount.holds(computed) and amount.holds(float(parts.sum())):
        notes.append(note("counts_parts"))
    return notes, lists


def area_tolerance_km2(amount: Amount, computed_km2: float) -> float:
    """Return how far a measured area may lie from the declared one: half of its last written digit, and the scale of the projection."""
    rounding = 0.0 if amount.bound in ("lower", "upper", "near", "about", "range") else amount.step / 2
    return rounding * KM2.get(amount.unit, 1.0) + SCALE_SHARE * computed_km2


def measure_area(subject: Subject, asked: Asked, amount: Amount) -> Computed:
    """Measure the outline that was given, else the derived one; with a level, its units. Square kilometres, in the working CRS."""
    facts, outline = {"crs": subject.crs.name}, None
    if asked.level:
        key, facts = "area_units", facts | names_of(subject, asked.level)
    elif "district" in subject.given_levels:
        outline = shapely.union_all(shapely.make_valid(subject.given("district").geometry.dropna().to_numpy()))
        key = "area_outline"
    else:
        outline, key = subject.district, "area_outline" if subject.district_source == "given" else "area_derived"
    area_m2 = float(valid_units(subject, asked.level)["area_m2"].sum()) if outline is None else float(outline.area)
    area_km2 = area_m2 / 1e6
    notes = [note(key, tolerance=f"{area_tolerance_km2(amount, area_km2):.3g}", **facts)]
    return Computed(round(area_km2, 6), (*notes, *_open_land(subject, outline)))


def _united(subject: Subject, level: str) -> BaseGeometry:
    """Unite the units of a level that was given; they are derived, so they are a valid coverage."""
    return shapely.coverage_union_all(valid_units(subject, level).geometry.dropna().to_numpy())


def _open_land(subject: Subject, outline: BaseGeometry | None) -> list[Note]:
    """Tell how much of the outline belongs to no unit of the lowest level that was given; under a hectare it is not worth a word."""
    if outline is None:
        return []
    level = next((level.id for level in reversed(subject.scheme.levels) if level.id in subject.given_levels), "")
    if not level:
        return []
    left = float(outline.difference(_united(subject, level)).area) / 1e6
    return [note("area_open", area=f"{left:,.2f}", **names_of(subject, level))] if left >= 0.01 else []
