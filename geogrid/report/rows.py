"""One declared figure beside the computed one: the verdict, the difference in words, and the lists behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geogrid.catalogue.declared import explain
from geogrid.crs import to_wgs84

HOLDS, DIFFERS, UNKNOWN = "holds", "differs", "unknown"


@dataclass(frozen=True)
class Note:
    """One sentence, in English and Chinese."""

    en: str
    zh: str

    def say(self, language: str) -> str:
        """Return the sentence in `language`."""
        return self.zh if language.startswith("zh") else self.en


def note(key: str, **facts: object) -> Note:
    """Make a note of a sentence of the catalogue."""
    return Note(*explain(key, **facts))


@dataclass(frozen=True)
class Case:
    """One thing on a list: a unit by `level` and `code`, or a site, organisation or row by its id; `place` in the working CRS where it has one."""

    code: str
    label: str = ""
    level: str = ""
    detail: Note | None = None
    place: BaseGeometry | None = None


@dataclass(frozen=True)
class Listing:
    """What stands behind a note, complete, by level and code however the rows were ordered."""

    title: Note
    cases: tuple[Case, ...]

    def __post_init__(self) -> None:
        ordered = sorted(self.cases, key=lambda case: (case.level, case.code, case.label, case.detail.en if case.detail else ""))
        object.__setattr__(self, "cases", tuple(ordered))


@dataclass(frozen=True)
class Computed:
    """A figure of the project, with what is to be said of it; `value` is None where it can not be told."""

    value: float | None
    notes: tuple[Note, ...] = ()
    lists: tuple[Listing, ...] = ()


@dataclass(frozen=True)
class DeclaredRow:
    """One row of the report.

    `figure` is an id of `geogrid.report.vocabulary.FIGURES`, "" where the item is not known; `level` and `kind` narrow it. `declared` is the figure
    as it was written, `low` and `high` what it allows (None: no such bound), `computed` the project's, in `unit` ("", "km2", "%"). `verdict` is
    HOLDS, DIFFERS or UNKNOWN, `severity` that of a figure that does not hold, else "". `is_implied`: nobody declared it, it follows from others.
    """

    item: str
    figure: str
    level: str
    kind: str
    declared: str
    low: float | None
    high: float | None
    computed: float | None
    difference: float | None
    unit: str
    verdict: str
    severity: str = ""
    source: str = ""
    note: str = ""
    where: str = ""
    is_implied: bool = False
    notes: tuple[Note, ...] = ()
    lists: tuple[Listing, ...] = ()

    @property
    def why(self) -> str:
        """What is said of it in English."""
        return " ".join(note.en for note in self.notes)

    @property
    def why_zh(self) -> str:
        """What is said of it in Chinese."""
        return "".join(note.zh for note in self.notes)

    def to_json(self, crs: CRS) -> dict[str, Any]:
        """Return the row as `geogrid declared --json` prints it; places in longitude and latitude."""
        names = ("item", "figure", "level", "kind", "declared", "low", "high", "computed", "difference", "unit", "verdict", "severity")
        plain = {name: getattr(self, name) for name in names}
        lists = [_listing(listing, crs) for listing in self.lists]
        told = {"source": self.source, "note": self.note, "where": self.where, "implied": self.is_implied, "why": self.why, "why_zh": self.why_zh}
        return {**{name: tidy(value) for name, value in plain.items()}, **told, "lists": lists}


def tidy(value: Any) -> Any:
    """Return a whole float as an int, other floats without the dust of binary fractions, anything else as it is."""
    if not isinstance(value, float):
        return value
    return int(value) if value.is_integer() else round(value, 6)


def boxes(places: Sequence[BaseGeometry | None], crs: CRS) -> list[list[float] | None]:
    """Return the box of each place in degrees, [west, south, east, north], None where there is none."""
    frame = gpd.GeoDataFrame(geometry=list(places), crs=crs)
    held = ~(frame.geometry.isna() | frame.geometry.is_empty)
    bounds = shapely.bounds(to_wgs84(frame).geometry.to_numpy()).round(7).tolist() if len(frame) else []
    return [box if there else None for box, there in zip(bounds, held, strict=True)]


def _listing(listing: Listing, crs: CRS) -> dict[str, Any]:
    cases = zip(listing.cases, boxes([case.place for case in listing.cases], crs), strict=True)
    return {"title": listing.title.en, "title_zh": listing.title.zh, "cases": [_case(case, box) for case, box in cases]}


def _case(case: Case, box: list[float] | None) -> dict[str, Any]:
    detail = {"detail": case.detail.en, "detail_zh": case.detail.zh} if case.detail else {}
    return {"level": case.level, "code": case.code, "label": case.label, **detail, "bbox": box}
