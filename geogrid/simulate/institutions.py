"""Schools with running tracks, hospitals, shops, offices and works: a few large buildings to a lot.

Each use proposes boxes (x, y, length, width, template, floors) in the lot's frame; what does not fit is shrunk or left out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from shapely import LineString, Polygon

from geogrid.simulate.batches import Batch, make_batch
from geogrid.simulate.footprints import draw
from geogrid.simulate.free_land import largest_polygons
from geogrid.simulate.rows import Frame, make_frame, square_angle

Box = tuple[float, float, float, float, str, int]
Plan = Callable[[Frame, np.random.Generator], list[Box]]
SHRINK = (0.8, 0.62, 0.45)


def fill_institution(lot: int, free: Polygon, angle: float, use: str, rng: np.random.Generator) -> tuple[Batch | None, Polygon | None]:
    """Return the buildings of a lot of `use` and its running track, either None where nothing fits."""
    inner = largest_polygons(np.array([shapely.buffer(free, -7, join_style="mitre")], object))[0]
    if inner.is_empty:
        return None, None
    frame, track = make_frame(inner, square_angle(angle)), None
    if use in ("school", "college"):
        boxes, track = _school(frame, use, rng)
    else:
        boxes = PLANS[use](frame, rng)
    batch = _placed(lot, frame, boxes, use, None if track is None else shapely.buffer(track, 5), shrink=use not in ("industry", "storage", "works"))
    return batch, None if track is None else frame.geometry_back(track)


def _placed(lot: int, frame: Frame, boxes: list[Box], use: str, avoid: Polygon | None, *, shrink: bool) -> Batch | None:
    if not boxes:
        return None
    x, y, length, width = (np.array([b[k] for b in boxes], float) for k in range(4))
    template, floors = np.array([b[4] for b in boxes], object), np.array([b[5] for b in boxes])
    zero = np.zeros(len(x))

    def shapes(factor: np.ndarray) -> np.ndarray:
        return draw(x, y, zero, length * factor, width * factor, np.full(len(x), "box"))

    factor, drawn = np.ones(len(x)), shapes(np.ones(len(x)))
    fits = shapely.covers(frame.polygon, drawn)
    for part in SHRINK if shrink else ():
        trial = shapes(np.where(fits, factor, part))
        now = ~fits & shapely.covers(frame.polygon, trial)
        factor[now], drawn[now] = part, trial[now]
        fits |= now
    fits &= length * width * factor**2 > 110
    if avoid is not None:
        fits &= ~shapely.intersects(drawn, avoid)
    for k in range(len(x)):
        fits[k] &= not (k and np.any(fits[:k] & (shapely.distance(drawn[k], drawn[:k]) < 5)))
    if not fits.any():
        return None
    size = {"length_m": (length * factor)[fits], "width_m": (width * factor)[fits]}
    return make_batch(lot, frame.back(x[fits], y[fits]), use, frame.angle, template=template[fits], floors=floors[fits], **size)


def _school(frame: Frame, use: str, rng: np.random.Generator) -> tuple[list[Box], Polygon | None]:
    """Wings in the west or north, the running track north-south in the east or south."""
    x0, y0, x1, y1 = frame.bounds
    wide = use == "college" or x1 - x0 > 128 or x1 - x0 > y1 - y0
    track, across, half = _track(frame, wide, 14 if use == "college" else 3)
    if use == "college":
        return _college(frame, rng), track
    right = x1 - across - 8 if wide and track is not None else x1
    low = y0 + (2 * half + across + 8 if not wide and track is not None else 0)
    w, h, middle = max(right - x0, 30), max(y1 - low, 30), (x0 + right) / 2
    boxes: list[Box] = [
        (middle, low + h * 0.66, min(72, 0.86 * w), min(44, 0.42 * h), "E", 5),
        (middle - 0.1 * w, low + h * 0.24, min(60, 0.7 * w), 14, "box", 4),
        (middle + 0.1 * w, low + h * 0.93, min(44, 0.5 * w), 12, "box", 3),
        (middle, low + h * 0.08, min(30, 0.4 * w), 18, "box", 2),
    ]
    return boxes, track


def _track(frame: Frame, wide: bool, margin: float) -> tuple[Polygon | None, float, float]:
    x0, y0, x1, y1 = frame.bounds
    across = half = 0.0
    for scale in (1.0, 0.8, 0.62, 0.5):
        across, half = 62 * scale, 28 * scale
        cx, cy = (x1 - across / 2 - margin, (y0 + y1) / 2) if wide else ((x0 + x1) / 2, y0 + half + across / 2 + 3)
        track = shapely.buffer(LineString([(cx, cy - half), (cx, cy + half)]), across / 2)
        if frame.polygon.contains(track) and track.area < 0.42 * frame.polygon.area:
            return track, across, half
    return None, across, half


def _college(frame: Frame, rng: np.random.Generator) -> list[Box]:
    x0, y0, x1, y1 = frame.bounds
    rows, columns = max(2, int((y1 - y0) // 62)), max(1, int((x1 - x0) * 0.68 // 88))
    return [
        (
            x0 + 48 + i * 90,
            y0 + (j + 0.5) * (y1 - y0) / rows,
            rng.uniform(50, 76),
            rng.uniform(15, 34),
            str(rng.choice(["box", "box", "E", "U", "L"])),
            int(rng.choice([4, 5, 6, 6, 9])),
        )
        for j in range(rows)
        for i in range(columns)
    ]


def _hospital(frame: Frame, rng: np.random.Generator) -> list[Box]:
    x0, y0, x1, y1 = frame.bounds
    w, h, ward = x1 - x0, y1 - y0, int(rng.integers(12, 19))
    return [
        (x0 + 0.5 * w, y0 + 0.3 * h, min(80, 0.7 * w), 26, "U", 5),
        (x0 + 0.5 * w, y0 + 0.68 * h, min(72, 0.6 * w), 20, "box", ward),
        (x0 + 0.2 * w, y0 + 0.88 * h, 36, 14, "box", 5),
        (x0 + 0.75 * w, y0 + 0.88 * h, 34, 14, "box", 4),
        (x0 + 0.14 * w, y0 + 0.5 * h, 16, 34, "box", 3),
    ]


def _shopping(frame: Frame, rng: np.random.Generator) -> list[Box]:
    x0, y0, x1, y1 = frame.bounds
    w, h = x1 - x0, y1 - y0
    return [
        (x0 + 0.5 * w, y0 + 0.5 * h, min(0.86 * w, 150), min(0.62 * h, 90), str(rng.choice(["box", "L", "box"])), int(rng.choice([3, 4, 5, 6]))),
        (x0 + 0.25 * w, y0 + 0.9 * h, 40, 16, "box", 3),
        (x0 + 0.25 * w, y0 + 0.09 * h, 36, 14, "box", 2),
    ]


def _office(frame: Frame, rng: np.random.Generator) -> list[Box]:
    return _offices(frame, rng, int(rng.integers(8, 26)))


def _government(frame: Frame, rng: np.random.Generator) -> list[Box]:
    return _offices(frame, rng, int(rng.integers(5, 13)))


def _offices(frame: Frame, rng: np.random.Generator, floors: int) -> list[Box]:
    x0, y0, x1, y1 = frame.bounds
    w, h, tall = x1 - x0, y1 - y0, floors > 12
    shape = "box" if tall else str(rng.choice(["U", "E", "box"]))
    return [
        (x0 + 0.33 * w, y0 + 0.45 * h, min(46 if tall else 60, 0.5 * w), min(30 if tall else 18, 0.4 * h), shape, floors),
        (x0 + 0.76 * w, y0 + 0.5 * h, min(40, 0.3 * w), 18, "box", max(4, floors - 5)),
        (x0 + 0.5 * w, y0 + 0.88 * h, min(56, 0.6 * w), 14, "box", 4),
        (x0 + 0.5 * w, y0 + 0.1 * h, 30, 12, "box", 2),
    ]


def _works(frame: Frame, rng: np.random.Generator) -> list[Box]:
    """Long mill halls side by side."""
    x0, y0, x1, y1 = frame.bounds
    rows, boxes = max(1, int((y1 - y0) // 110)), []
    for j in range(rows):
        x = x0
        while x < x1 - 60:
            length = min(rng.uniform(90, 330), x1 - x)
            if rng.random() < 0.8:
                boxes.append((x + length / 2, y0 + (j + 0.5) * (y1 - y0) / rows, length - 16, rng.uniform(34, 62), "box", int(rng.choice([2, 3, 4]))))
            x += length + rng.uniform(8, 50)
    return boxes


def _halls(frame: Frame, rng: np.random.Generator) -> list[Box]:
    x0, y0, x1, y1 = frame.bounds
    w, h = x1 - x0, y1 - y0
    columns, rows = max(1, int(w // rng.uniform(62, 95))), max(1, int(h // rng.uniform(44, 70)))
    return [
        (
            x0 + (i + 0.5) * w / columns,
            y0 + (j + 0.5) * h / rows,
            w / columns - rng.uniform(10, 18),
            min(h / rows - 12, float(rng.choice([20, 26, 34]))),
            "box",
            int(rng.choice([1, 1, 1, 2, 4])),
        )
        for i in range(min(columns, 5))
        for j in range(min(rows, 5))
        if rng.random() < 0.62
    ]


PLANS: dict[str, Plan] = {
    "hospital": _hospital,
    "shopping": _shopping,
    "office": _office,
    "government": _government,
    "works": _works,
    "industry": _halls,
    "storage": _halls,
}
