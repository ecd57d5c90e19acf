"""Housing estates: rows of slabs or towers in a lot, by the kind of estate, with a side slab, a garden and street shops.

Kinds: `old` five- and six-floor slabs, `mid` newer six-floor ones, `high` some eleven floors, `tower` eighteen to thirty-three.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon

from geogrid.simulate.batches import Batch, make_batch
from geogrid.simulate.free_land import largest_polygons
from geogrid.simulate.rows import Frame, Rows, lay_rows, make_frame, square_angle

FLOOR_M = 2.9
TOWER_FLOORS = np.array([18, 22, 24, 26, 27, 28, 30, 32, 33])
TOWER_SHARES = np.array([0.2, 0.08, 0.1, 0.14, 0.12, 0.12, 0.08, 0.08, 0.08])


@dataclass(frozen=True)
class EstateKind:
    """Ranges of a kind of estate, metres; `floors` are drawn from, `typical` stairwells a slab, at most `most`."""

    floors: tuple[int, ...]
    width_m: tuple[float, float]
    gap_m: tuple[float, float]
    unit_m: tuple[float, float]
    typical: tuple[int, ...]
    most: int
    end_gap_m: tuple[float, float]
    garden_share: float


KINDS = {
    "old": EstateKind((5, 6, 6), (10.4, 12.2), (18.6, 26.0), (13.0, 15.0), (3, 4, 4, 4, 5), 6, (7, 11), 0.0),
    "mid": EstateKind((6,), (11.8, 13.4), (22.3, 26.1), (15.2, 17.6), (3, 3, 4, 4, 5), 6, (7, 11), 0.0),
    "high": EstateKind((9, 11, 11, 11, 13), (12.8, 14.5), (33, 41), (16, 19.5), (2, 3, 3), 4, (11, 16), 0.25),
    "tower": EstateKind(tuple(TOWER_FLOORS), (15, 17.5), (46, 58), (21, 25), (1, 2, 2), 2, (17, 26), 0.34),
}


@dataclass(frozen=True, eq=False)
class Estate:
    """The buildings of an estate in batches, how many are residential, and its garden if any."""

    batches: tuple[Batch, ...]
    homes_n: int
    garden: Polygon | None

    @property
    def stairs(self) -> int:
        """Stairwells of all its homes."""
        return int(sum((b["stairs"] * (b["flats"] > 0)).sum() for b in self.batches))

    @property
    def flats(self) -> float:
        """Flats of all its buildings."""
        return float(sum((b["stairs"] * b["flats"] * b["floors"]).sum() for b in self.batches))


def fill_estate(lot: int, free: Polygon, angle: float, kind: str, street_sides: bool, rng: np.random.Generator) -> Estate | None:
    """Fill the free land of a lot with an estate of `kind`; None where not one slab fits."""
    inner = largest_polygons(np.array([shapely.buffer(free, -6.5, join_style="mitre")], object))[0]
    if inner.is_empty:
        return None
    angle = square_angle(angle)
    angle = (0.0 if abs(angle) > np.radians(17) else angle) + rng.normal(0, np.radians(0.5))
    frame, side = make_frame(inner, angle), None
    if kind in ("old", "mid") and rng.random() < 0.85:
        frame, side = _side_slab(frame, rng)
    table = KINDS[kind]
    floors = int(rng.choice(TOWER_FLOORS, p=TOWER_SHARES)) if kind == "tower" else int(rng.choice(table.floors))
    garden = table.garden_share if free.area > 25_000 else 0.0
    width = rng.uniform(*table.width_m)
    gap = floors * FLOOR_M * rng.uniform(1.28, 1.5) if kind in ("old", "mid") else rng.uniform(*table.gap_m)
    rows = lay_rows(
        frame,
        rng,
        width_m=width,
        gap_m=gap,
        unit_m=rng.uniform(*table.unit_m),
        typical=int(rng.choice(table.typical)),
        most=table.most,
        end_gap_m=rng.uniform(*table.end_gap_m),
        hole=garden,
    )
    if rows is None:
        return None
    homes = _homes(lot, frame, rows, kind, floors, width, rng)
    batches = [homes] if side is None else [_side_batch(lot, frame, side, kind, homes), homes]
    batches += _house_in_the_middle(lot, frame, rows, rng) if free.area > 9000 else []
    batches += _shops(lot, free, angle, rng) if street_sides and kind in ("old", "mid") and rng.random() < 0.5 else []
    return Estate(tuple(batches), len(rows.x) + (side is not None), _garden(frame, rng) if garden else None)


def _homes(lot: int, frame: Frame, rows: Rows, kind: str, floors: int, width: float, rng: np.random.Generator) -> Batch:
    n, stairs = len(rows.x), rows.stairs
    if kind == "tower":
        template = np.array([f"tower{k}" for k in stairs], object)
        if rng.random() < 0.18:
            template[stairs == 1] = "cross"
        flats = float(rng.choice([2, 3, 4, 4]))
        each = np.clip(floors + rng.choice([0, 0, 0, -1, -2, 1], n), 17, 33)
    else:
        template = np.array([f"slab{k}" for k in stairs], object)
        flats = 2.0 if kind == "high" or rng.random() < 0.85 else 3.0
        each = floors - ((rng.random(n) < 0.06) if kind != "high" else np.zeros(n, bool)).astype(int)
    return make_batch(
        lot,
        frame.back(rows.x, rows.y),
        kind,
        frame.angle,
        length_m=rows.length_m,
        width_m=width,
        template=template,
        floors=each,
        stairs=stairs,
        flats=flats,
    )


def _side_slab(frame: Frame, rng: np.random.Generator) -> tuple[Frame, tuple[float, float, float, int, int] | None]:
    """Stand one slab north-south on a side street and take its strip from the frame (8-11 % of real slabs stand so)."""
    x0, y0, x1, y1 = frame.bounds
    side, unit = int(rng.choice([-1, 1])), 14.2
    stairs = int(np.clip((y1 - y0 - 6) // unit, 0, 5))
    if x1 - x0 <= 78 or stairs < 2:
        return frame, None
    x, y, half = (x1 - 7.5 if side > 0 else x0 + 7.5), (y0 + y1) / 2, stairs * unit / 2
    if not frame.polygon.contains(shapely.box(x - 6, y - half, x + 6, y + half)):
        return frame, None
    strip = shapely.box(x - 20, y0 - 5, x1 + 5, y1 + 5) if side > 0 else shapely.box(x0 - 5, y0 - 5, x + 20, y1 + 5)
    rest = largest_polygons(np.array([frame.polygon.difference(strip)], object))[0]
    return Frame(rest, frame.origin, frame.angle), (x, y, 2 * half, stairs, side)


def _side_batch(lot: int, frame: Frame, side: tuple[float, float, float, int, int], kind: str, homes: Batch) -> Batch:
    x, y, length, stairs, direction = side
    return make_batch(
        lot,
        frame.back(x, y),
        kind,
        frame.angle + np.pi / 2 * direction,
        length_m=length,
        width_m=11.6,
        template=f"slab{stairs}",
        floors=homes["floors"][0],
        stairs=stairs,
        flats=homes["flats"][0],
    )


def _house_in_the_middle(lot: int, frame: Frame, rows: Rows, rng: np.random.Generator) -> list[Batch]:
    """A community house or kindergarten behind the middle row, in every third estate."""
    if rng.random() >= 0.34:
        return []
    x0, _, x1, _ = frame.bounds
    xy = frame.back((x0 + x1) / 2, rows.bands[len(rows.bands) // 2][3] + 14)
    return [make_batch(lot, xy, "service", frame.angle, length_m=rng.uniform(18, 30), width_m=11.0, template="L", floors=int(rng.choice([2, 2, 3])))]


def _shops(lot: int, free: Polygon, angle: float, rng: np.random.Generator) -> list[Batch]:
    """Rows of shops of one to three floors on the southern or northern street, broken by a gateway."""
    frame = make_frame(shapely.buffer(free, -0.5, join_style="mitre"), angle)
    if frame.polygon.geom_type != "Polygon" or frame.polygon.is_empty:
        return []
    _, y0, _, y1 = frame.bounds
    y = float(rng.choice([y0 + 5.0, y1 - 5.0]))
    left, right = frame.spans(np.array([y - 4.0]), np.array([y + 4.0]))
    length = (right - left)[0]
    if length <= 40:
        return []
    part = rng.uniform(0.3, 0.6)
    ends = [(left[0] + 1, left[0] + part * length - 6), (left[0] + part * length + 6, right[0] - 1)]
    ends = [(a, b) for a, b in ends if b - a > 16][: int(rng.choice([1, 2, 2]))]
    if not ends:
        return []
    a, b = np.array(ends).T
    return [
        make_batch(
            lot, frame.back((a + b) / 2, y), "shop", frame.angle, length_m=b - a, width_m=7.5, template="box", floors=int(rng.choice([1, 2, 2, 3]))
        )
    ]


def _garden(frame: Frame, rng: np.random.Generator) -> Polygon:
    x0, y0, x1, y1 = frame.bounds
    t = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    r = 1 + 0.12 * np.sin(3 * t + rng.uniform(0, 6)) + 0.08 * np.sin(2 * t)
    return shapely.polygons(frame.back((x0 + x1) / 2 + (x1 - x0) * 0.15 * r * np.cos(t), (y0 + y1) / 2 + (y1 - y0) * 0.15 * r * np.sin(t)))
