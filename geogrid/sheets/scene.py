"""What the map of a notice shows, in metres, and what is made of it: values without a project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from geogrid.maps.drawing import Paper


@dataclass(frozen=True)
class Label:
    """A text round a place on the map: millimetres from its upper left corner, height in points, degrees clockwise."""

    x: float
    y: float
    text: str
    size: float
    look: str
    angle: float = 0.0


@dataclass(frozen=True)
class Map:
    """A drawn map: SVG, its size in millimetres, labels, the scale bar (its length in millimetres and what that
    is), the unit's hue, and which of `neighbours compounds spots` it shows."""

    svg: str
    width: float
    height: float
    labels: tuple[Label, ...]
    bar: float
    bar_says: str
    colour: str
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Area:
    """A polygon in metres with the names to try, the longest first."""

    shape: shapely.Geometry
    names: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Road:
    """A road's axis, its name and class."""

    line: shapely.Geometry
    name: str = ""
    kind: str = ""
    is_main: bool = False


@dataclass(frozen=True, eq=False)
class Spot:
    """A station on the map: the sign that its list has, and a colour."""

    x: float
    y: float
    sign: str
    colour: str


@dataclass(frozen=True, eq=False)
class Scene:
    """What a map shows, metres. `base`: geometries by role (`water green railways`); `buildings` have their number as a name; `borders` are
    outlines of the level above."""

    own: shapely.Geometry
    hue: int
    neighbours: Sequence[Area] = ()
    borders: Sequence[shapely.Geometry] = ()
    roads: Sequence[Road] = ()
    buildings: Sequence[Area] = ()
    compounds: Sequence[Area] = ()
    base: Mapping[str, np.ndarray] = field(default_factory=dict)
    spots: Sequence[Spot] = ()


def on_paper(paper: Paper, x: float, y: float) -> tuple[float, float]:
    """Return where a place lies on paper, tenths of a millimetre from its upper left corner."""
    return (x - paper.box[0]) * paper.scale, (paper.box[3] - y) * paper.scale
