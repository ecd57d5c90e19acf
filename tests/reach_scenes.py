"""Small scenes for the tests of what cameras see, random ones for properties, and what is seen by a slower, independent construction."""

from itertools import pairwise

import numpy as np
import shapely
from hypothesis import strategies as st

from geogrid.reach.place import INDOORS, place
from geogrid.reach.regions import Regions
from geogrid.reach.scene import Scene
from geogrid.reach.sectors import Sectors
from geogrid.reach.visible import look

STEP_DEG = 1.0
FAR = 1e5


def houses(*shapes) -> np.ndarray:
    """Return shapes as an object array."""
    out = np.full(len(shapes), None, dtype=object)
    out[:] = shapes
    return out


def seen_from(scene: Scene, x=0.0, y=0.0, direction_deg=0.0, angle_deg=360.0, range_m=30.0, lowest_m=0.0) -> Regions:
    """Return what one camera (or several) sees."""
    return look(scene, Sectors.of(x, y, direction_deg, angle_deg, range_m, lowest_m))


def area_m2(scene: Scene, *args, **kwargs) -> float:
    """Return the area that one camera sees."""
    return float(seen_from(scene, *args, **kwargs).area_m2()[0])


def stand(scene: Scene, x: float, y: float) -> tuple[float, float, int]:
    """Place one camera."""
    xs, ys, status = place(scene, np.array([x]), np.array([y]))
    return float(xs[0]), float(ys[0]), int(status[0])


def disc(x: float, y: float, range_m: float, step_deg: float = STEP_DEG) -> shapely.Polygon:
    """Return the polygon that a region's arcs are drawn on."""
    angle = np.deg2rad(np.arange(0, 360, step_deg))
    return shapely.Polygon(np.column_stack([x + range_m * np.cos(angle), y + range_m * np.sin(angle)]))


def slowly_seen(shapes, lines, x: float, y: float, range_m: float) -> shapely.Geometry:
    """Return what a camera sees all round: its disc less every shape and the shadow of every straight piece of its boundary, by overlay."""
    hidden, eye = [], np.array([x, y])
    for shape in [*shapes, *lines]:
        for line in shapely.get_parts(shapely.boundary(shape) if shapely.get_dimensions(shape) == 2 else shape):
            xy = shapely.get_coordinates(line)
            for p, q in pairwise(xy):
                if not (np.allclose(p, eye) or np.allclose(q, eye)):
                    away = [eye + (end - eye) * FAR / np.hypot(*(end - eye)) for end in (p, q)]
                    hidden.append(shapely.convex_hull(shapely.multipoints([p, q, *away])))
    return shapely.difference(disc(x, y, range_m), shapely.union_all([*hidden, *shapes]))


def _turned_box(x, y, width, depth, angle):
    c, s = np.cos(angle), np.sin(angle)
    corners = np.array([[-width, -depth], [width, -depth], [width, depth], [-width, depth]]) / 2
    return shapely.Polygon(corners @ np.array([[c, s], [-s, c]]) + [x, y])


_coordinate = st.integers(-12, 12)
_size = st.integers(1, 9)
square_boxes = st.builds(lambda x, y, w, h: shapely.box(x, y, x + w, y + h), _coordinate, _coordinate, _size, _size)
"""On whole metres: they touch, share sides and corners, lie in line with each other and with cameras."""
_real = st.floats(-20, 20, allow_nan=False).map(lambda v: round(v, 3))
turned_boxes = st.builds(
    _turned_box, _real, _real, st.floats(0.2, 15).map(lambda v: round(v, 3)), st.floats(0.2, 8).map(lambda v: round(v, 3)), _real
)
yards = st.builds(
    lambda x, y: shapely.difference(shapely.box(x, y, x + 8, y + 8), shapely.box(x + 2, y + 2, x + 6, y + 6)).union(
        shapely.box(x + 1, y - 3, x + 2, y)
    ),
    _coordinate,
    _coordinate,
)
shapes = st.lists(st.one_of(square_boxes, turned_boxes, yards), max_size=7)
fences = st.lists(
    st.lists(st.tuples(_coordinate, _coordinate), min_size=2, max_size=4, unique=True).map(shapely.LineString),
    max_size=3,
)


@st.composite
def towns(draw):
    """Draw (footprints, fences, x, y, range) with the camera standing outdoors."""
    footprints, lines = draw(shapes), draw(fences)
    scene = Scene.of(houses(*footprints), houses(*lines))
    spot = draw(st.one_of(st.tuples(_coordinate, _coordinate), st.tuples(_real, _real)))
    x, y, status = stand(scene, *map(float, spot))
    return footprints, lines, x, y, 0.0 if status == INDOORS else draw(st.sampled_from([3.0, 12.5, 40.0]))
