"""Small scenes for the tests of enclosures, cells and adjacency."""

import numpy as np
import shapely


def plain(geometry):
    return shapely.from_wkb(shapely.to_wkb(geometry))


def random_scene(seed, building_n=25):
    """Rotated boxes that may overlap, touch, repeat and nest, in a 200 m square crossed by three roads and a stub."""
    rng = np.random.default_rng(seed)
    parent = shapely.box(0, 0, 200, 200)
    roads = [shapely.LineString(rng.uniform(-20, 220, (3, 2))) for _ in range(3)] + [shapely.LineString([(0, 0), (40, 31)])]
    sizes, places = rng.uniform(0.7, 30, (building_n, 2)), rng.uniform(-5, 190, (building_n, 2))
    boxes = [shapely.box(x, y, x + w, y + h) for (w, h), (x, y) in zip(sizes, places, strict=True)]
    turned = [shapely.affinity.rotate(b, a) for b, a in zip(boxes, rng.choice([0, 3, 45], building_n), strict=True)]
    nested = [turned[0].buffer(-0.2), turned[1], shapely.box(100, 100, 100.7, 100.7), shapely.Polygon(), None]
    return parent, np.array(roads, dtype=object), np.array(turned + nested, dtype=object)


def assert_partition(cells, enclosures, *, grid_m=0.001):
    """The cells are single Polygons, a valid coverage without hole of the noded parent, and that lies on the enclosures but for the grid."""
    assert (shapely.get_type_id(cells) == 3).all()
    assert shapely.is_valid(cells).all()
    assert shapely.coverage_is_valid(cells)
    parent, union = plain(shapely.coverage_union_all(cells)), plain(shapely.union_all(plain(cells)))
    assert union.difference(parent).area == 0
    assert parent.difference(union).area == 0
    outer = plain(shapely.union_all(enclosures))
    rim = 1.5 * grid_m * outer.length + 1e-9
    assert outer.symmetric_difference(parent).area <= rim
    assert len(shapely.get_rings(outer)) == len(shapely.get_rings(parent))
