"""What an inspection says of one layer, as values that become JSON: nothing here reads or decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from geogrid.crs import SHIFTED
from geogrid.reading.placement import CrsOption
from geogrid.schema import ROLES

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


@dataclass(frozen=True)
class ColumnReport:
    """A column of the file: our name for it ("" = not used), up to three of its values as text, and their type: text, whole, number, flag, empty."""

    name: str
    ours: str
    sample: tuple[str, ...]
    type: str


_DEGREES = ("EPSG:4490", "EPSG:4326")
"""Within a metre of each other, so that nobody need choose."""


def likely(options: Sequence[CrsOption]) -> list[CrsOption]:
    """Return the options worth naming: those that put rows inside the layers beside, where any does; else all.

    Numbers alone never tell a shifted datum from a true one, so it is not among them where the true one is.
    """
    near = [option for option in options if option.inside_share] or list(options)
    true = [option for option in near if option.crs not in SHIFTED]
    first: dict[tuple[str, bool], CrsOption] = {}
    for option in true or near:
        first.setdefault(("degrees" if option.crs in _DEGREES else option.crs, option.swap), option)
    return list(first.values())


def named_options(options: Sequence[CrsOption], language: str = "en") -> str:
    """Name options briefly: zones in a row by the first and the last.

    >>> named_options([CrsOption(f"EPSG:{4534 + i}", "", "") for i in range(21)])
    'EPSG:4534 … EPSG:4554'
    """
    runs: list[list[CrsOption]] = []
    for option in options:
        if runs and runs[-1][-1].swap == option.swap and _number(option) == _number(runs[-1][-1]) + 1 > 0:
            runs[-1].append(option)
        else:
            runs.append([option])
    swapped = "（x、y 对调）" if language == "zh" else " with x and y exchanged"
    names = [" … ".join(o.crs for o in ((run[0], run[-1]) if len(run) > 1 else run)) + (swapped if run[0].swap else "") for run in runs]
    return ("、" if language == "zh" else ", ").join(names)


def _number(option: CrsOption) -> int:
    """The EPSG number; -2 where it has none, which none follows."""
    return int(option.crs[5:]) if option.crs.startswith("EPSG:") and option.crs[5:].isdigit() else -2


@dataclass(frozen=True)
class RoleGuess:
    """A role that a layer could play and how much speaks for it, 0 … 1."""

    role: str
    score: float


@dataclass(frozen=True)
class Problem:
    """Something wrong: `row` as in the file (0: the layer as a whole), `field` and `value` where known, one sentence in two languages.

    `rows` are all rows it concerns, where there are several (a code that occurs twice).
    """

    rule: str
    severity: str
    message: str
    message_zh: str
    row: int = 0
    field: str = ""
    value: str = ""
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class LayerReport:
    """One layer of a file: what it is, which role it could play, what is wrong with it.

    `geometry` is "area", "line", "point", "any" (mixed) or "none". `crs` is "EPSG:4548" or alike, "" where nobody says; `crs_stated` is False
    for a format's default; `crs_options` has the likeliest first. `bbox` is west, south, east, north in degrees, None where it is not known.
    `doubtful` are columns of ours that several of the file's could be. `usable` and `rejected` count rows as a build would in the role `role`.
    `proposed` are columns of ours that values told, not headings; `uses` counts the values of the buildings' use. `has_geometry` tells geometries
    from points made of coordinate columns; `asked_crs` and `asked_encoding` are what the caller gave; `dms`: coordinates in degrees, minutes and
    seconds.
    """

    file: str
    layer: str
    format: str
    encoding: str
    rows: int
    geometry: str
    crs: str
    crs_name: str
    crs_stated: bool
    crs_options: tuple[CrsOption, ...]
    bbox: Box | None
    roles: tuple[RoleGuess, ...]
    role: str
    columns: tuple[ColumnReport, ...]
    doubtful: dict[str, tuple[str, ...]]
    findings: tuple[Problem, ...]
    usable: int
    rejected: int
    proposed: tuple[str, ...] = ()
    uses: tuple[tuple[str, int], ...] = ()
    has_geometry: bool = False
    asked_crs: str = ""
    asked_encoding: str = ""
    dms: bool = False

    @property
    def crs_is_plain(self) -> bool:
        """Tell whether only one CRS fits: the only one to choose from, or the only one that puts most rows inside the layers beside it."""
        near = likely(self.crs_options)
        return len(near) == 1 and (near[0].inside_share is None or near[0].inside_share >= 0.5)

    @property
    def has_default_crs(self) -> bool:
        """Tell whether degrees go without saying: GeoJSON, and columns of longitude and latitude."""
        return self.format in ("geojson", "geojsonl") or {"lon", "lat"} <= set(self.used)

    def findings_of(self, severity: str) -> list[Problem]:
        """Return the problems of one severity, "error" or "warning"."""
        return [problem for problem in self.findings if problem.severity == severity]

    @property
    def key(self) -> str:
        """Name the layer among others of an inspection: the file's name and the layer."""
        return f"{Path(self.file).name}|{self.layer}"

    @property
    def used(self) -> dict[str, str]:
        """Return the columns in use, ours → theirs, in our order."""
        used = {column.ours: column.name for column in self.columns if column.ours}
        return {ours: used[ours] for ours in ROLES[self.role].columns if ours in used} if self.role else {}

    def to_json(self) -> dict[str, Any]:
        """Return plain values for JSON; tuples become lists when they are written."""
        made = asdict(self)
        return made | {"key": self.key, "doubtful": {ours: list(theirs) for ours, theirs in self.doubtful.items()}}


@dataclass(frozen=True)
class Refused:
    """A file that can not be read at all, and why."""

    file: str
    message: str
    message_zh: str


@dataclass(frozen=True)
class Inspection:
    """What several files hold; those that can not be read stand in `refused` and the others are there all the same."""

    layers: tuple[LayerReport, ...]
    refused: tuple[Refused, ...] = ()

    def __iter__(self) -> Iterator[LayerReport]:
        return iter(self.layers)

    def to_json(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {"layers": [layer.to_json() for layer in self.layers], "refused": [asdict(refused) for refused in self.refused]}
