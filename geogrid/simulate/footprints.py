"""Footprints as templates in a unit box, placed by arrays: slabs with stair bays, notched towers, L, U and E shapes.

Unit y runs north; a slab's stair bays are on its north side, as doors are.
"""

from __future__ import annotations

import numpy as np
import shapely


def _slab(stairs: int) -> list[tuple[float, float]]:
    points = [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.42)]
    half = 0.11 / stairs
    for i in reversed(range(stairs)):
        c = (i + 0.5) / stairs - 0.5
        points += [(c + half, 0.42), (c + half, 0.5), (c - half, 0.5), (c - half, 0.42)]
    return [*points, (-0.5, 0.42)]


def _tower(stairs: int) -> list[tuple[float, float]]:
    south = [
        (0, -0.42),
        (0.26, -0.42),
        (0.26, -0.5),
        (0.44, -0.5),
        (0.44, -0.38),
        (0.56, -0.38),
        (0.56, -0.5),
        (0.74, -0.5),
        (0.74, -0.42),
        (1, -0.42),
    ]
    north = [(1, 0.3), (0.68, 0.3), (0.68, 0.5), (0.32, 0.5), (0.32, 0.3), (0, 0.3)]
    points = [((i + u) / stairs - 0.5, v) for i in range(stairs) for u, v in south]
    points += [((i + u) / stairs - 0.5, v) for i in reversed(range(stairs)) for u, v in north]
    return [p for p, before in zip(points, [points[-1], *points], strict=False) if p != before]


_SHAPES: dict[str, list[tuple[float, float]]] = {
    "box": [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)],
    "L": [(-0.5, -0.5), (0.5, -0.5), (0.5, -0.1), (-0.1, -0.1), (-0.1, 0.5), (-0.5, 0.5)],
    "U": [(-0.5, -0.5), (-0.2, -0.5), (-0.2, 0.1), (0.2, 0.1), (0.2, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)],
    "E": [
        (-0.5, -0.5),
        (0.5, -0.5),
        (0.5, -0.22),
        (-0.25, -0.22),
        (-0.25, -0.08),
        (0.4, -0.08),
        (0.4, 0.16),
        (-0.25, 0.16),
        (-0.25, 0.24),
        (0.5, 0.24),
        (0.5, 0.5),
        (-0.5, 0.5),
    ],
    "cross": [
        (-0.2, -0.5),
        (0.2, -0.5),
        (0.2, -0.28),
        (0.5, -0.28),
        (0.5, 0.2),
        (0.24, 0.2),
        (0.24, 0.5),
        (-0.24, 0.5),
        (-0.24, 0.2),
        (-0.5, 0.2),
        (-0.5, -0.28),
        (-0.2, -0.28),
    ],
    **{f"slab{k}": _slab(k) for k in range(1, 8)},
    **{f"tower{k}": _tower(k) for k in range(1, 4)},
}
TEMPLATES = {name: np.array(points) for name, points in _SHAPES.items()}


def draw(x: np.ndarray, y: np.ndarray, angle: np.ndarray, length_m: np.ndarray, width_m: np.ndarray, template: np.ndarray) -> np.ndarray:
    """Return one polygon per row: the template stretched to length and width, turned by `angle` radians, centred on x, y."""
    out = np.empty(len(x), object)
    for name in np.unique(template.astype(str)):
        m = template == name
        unit = TEMPLATES[name][None] * np.stack([length_m[m], width_m[m]], -1)[:, None, :]
        c, s = np.cos(angle[m])[:, None], np.sin(angle[m])[:, None]
        out[m] = shapely.polygons(
            np.stack([x[m][:, None] + unit[..., 0] * c - unit[..., 1] * s, y[m][:, None] + unit[..., 0] * s + unit[..., 1] * c], -1)
        )
    return out
