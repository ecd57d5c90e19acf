"""Vector tiles say what the project holds: decoded by GDAL, cut at their edges, quick to refuse what can not exist."""

import math

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geogrid import maps
from geogrid.errors import NotFoundError
from geogrid.maps import tiles
from geogrid.maps.layers import WORLD_M, Drawn, detail_of, pixel_m
from geogrid.maps.places import label_places
from geogrid.maps.stacks import pieces
from tests.maps_fake import FakeProject
from tests.tiny import tiny_contents


@pytest.fixture(scope="module")
def project():
    return FakeProject(tiny_contents())


def tile_of(project, z: int) -> tuple[int, int, int]:
    west, south, east, north = maps.overview(project, lang="zh").settings["bounds"]
    lon, lat = (west + east) / 2, (south + north) / 2
    return z, int((lon + 180) / 360 * 2**z), int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z)


def read(tile: bytes) -> dict[str, list[tuple[dict, dict]]]:
    """Decode a tile: properties and GeoJSON geometry of each feature by layer."""
    layers = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})
    return {name: [(f["properties"], f["geometry"]) for f in layer["features"]] for name, layer in layers.items()}


# One tile of zoom 12 west of Greenwich, in whole tile units: 4,096 a side.
Z, X, Y = 12, 2047, 2047
UNIT_M = WORLD_M / 2**Z / 4096


def cut(shapes, **properties) -> list[tuple[dict, dict]]:
    """Draw shapes given in units of the tile X/Y, y down, and decode the tile."""
    in_metres = shapely.transform(np.array(shapes), lambda xy: (xy - [4096, 4096]) * [UNIT_M, -UNIT_M])
    features = tiles._cut(Drawn.of(in_metres, properties), Z, X, Y)
    return read(mapbox_vector_tile.encode([{"name": "a", "features": features}], default_options=tiles._OPTIONS)).get("a", [])


def test_a_square_with_a_hole_comes_back_as_it_was():
    square = shapely.Polygon([(0, 0), (100, 0), (100, 100), (0, 100)], [[(10, 10), (20, 10), (20, 20), (10, 20)]])
    [(properties, geometry)] = cut([square], name=["甲"], n=[-3], x=[np.float64(0.5)], none=[None])
    assert properties == {"name": "甲", "n": -3, "x": 0.5}
    assert shapely.geometry.shape(geometry).equals(square)


def test_an_outer_ring_turns_as_the_standard_says():
    [(_, geometry)] = cut([shapely.box(0, 0, 9, 9).reverse()])
    x, y = np.array(geometry["coordinates"][0][:-1]).T
    assert (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() > 0


TINY = [shapely.box(0, 0, 0.2, 0.2), shapely.LineString([(0, 0), (0.1, 0)]), shapely.GeometryCollection([shapely.Point(1, 1)])]


@pytest.mark.parametrize("shape", TINY)
def test_what_is_too_small_to_see_is_left_out(shape):
    assert cut([shape]) == []


def test_what_crosses_the_edge_is_cut_a_little_beyond_it():
    [(_, geometry)] = cut([shapely.box(-5000, 100, 9000, 200)])
    assert shapely.geometry.shape(geometry).bounds == (-tiles.BUFFER, 100, 4096 + tiles.BUFFER, 200)


def test_points_lines_and_parts_keep_their_order():
    shapes = [shapely.Point(5, 6), shapely.MultiLineString([[(0, 0), (9, 9)], [(1, 0), (1, 300)]]), shapely.Point(-7, 0)]
    found = cut(shapes, i=[0, 1, 2])
    assert [p["i"] for p, _ in found] == [0, 1, 2]
    assert [shapely.geometry.shape(g).equals(s) for (_, g), s in zip(found, shapes, strict=True)] == [True] * 3


@given(st.lists(st.tuples(st.integers(0, 4096), st.integers(0, 4096)), min_size=2, max_size=30, unique=True))
def test_any_line_of_whole_numbers_comes_back(points):
    [(_, geometry)] = cut([shapely.LineString(points)])
    assert [tuple(p) for p in geometry["coordinates"]] == points


def test_every_unit_of_the_upper_levels_is_in_a_far_tile_and_no_micro_grid(project):
    found = read(maps.tile(project, *tile_of(project, 12)))
    assert {p["code"] for p, _ in found["u:grid"]} == set(project.units("grid").index)
    assert "u:microgrid" not in found


def test_close_up_a_stack_is_drawn_once_with_its_floors(project):
    found = read(maps.tile(project, *tile_of(project, 14)))["u:microgrid"]
    stacks = [p for p, _ in found if p["n"] > 1]
    assert [p["n"] for p in stacks] == [2]
    assert [part.split("|")[2:4] for part in stacks[0]["stack"].split(";")] == [["1", "3"], ["4", "6"]]


def test_pieces_never_overlap_and_cover_what_the_units_cover(project):
    shapes = pieces(project, "microgrid").geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.union_all(shapes).symmetric_difference(project.district).area == pytest.approx(0)


def test_a_stack_takes_the_worst_status_of_its_units(project):
    worst = pieces(project, "microgrid").set_index("n")["status"]
    assert worst.loc[2] == 1


def test_a_tile_of_another_place_is_empty(project):
    assert maps.tile(project, 12, 0, 0) == b""


@pytest.mark.parametrize("at", [(-1, 0, 0), (3, 8, 0), (3, 0, -1), (40, 0, 0)])
def test_a_tile_that_can_not_exist_is_refused(project, at):
    with pytest.raises(NotFoundError):
        maps.tile(project, *at)


def test_the_same_project_gives_the_same_tile(project):
    assert maps.tile(FakeProject(tiny_contents()), *tile_of(project, 14)) == maps.tile(project, *tile_of(project, 14))


def test_detail_grows_with_the_zoom():
    assert [detail_of(z) for z in (0, 10, 11, 14, 16, 17)] == [0, 0, 1, 2, 3, 4]
    assert pixel_m(0) == pytest.approx(156543, abs=1)


@given(st.floats(1, 1000), st.floats(1, 1000))
def test_a_label_stands_inside_a_rectangle_with_its_room(width, height):
    points, room = label_places(np.array([shapely.box(0, 0, width, height)]))
    box = shapely.box(*(points[0] - room[0] / 2), *(points[0] + room[0] / 2))
    assert shapely.box(0, 0, width, height).buffer(1e-6).covers(box)
    assert room[0, 0] == pytest.approx(width)


def test_a_label_of_a_crescent_is_inside_it_and_an_empty_polygon_has_none():
    moon = shapely.Point(0, 0).buffer(10).difference(shapely.Point(4, 0).buffer(9))
    points, room = label_places(np.array([moon, shapely.Polygon(), None]))
    assert moon.contains(shapely.Point(points[0]))
    assert np.isnan(points[1:]).all()
    assert (room[1:] == 0).all()


@st.composite
def _rough(draw) -> shapely.Geometry:
    """Some discs with corners, with holes and islands where they overlap unevenly; sometimes a line beside them."""
    at = st.integers(-8, 8)
    discs = draw(st.lists(st.tuples(at, at, st.integers(1, 6), st.integers(1, 4)), min_size=1, max_size=6))
    shape = shapely.Polygon()
    for x, y, radius, corners in discs:
        shape = shape.symmetric_difference(shapely.Point(x, y).buffer(radius, quad_segs=corners))
    return (
        shape
        if shape.is_empty or draw(st.booleans())
        else shapely.GeometryCollection([*shapely.get_parts(shape), shapely.LineString([(0, 0), (1, 1)])])
    )


@given(st.lists(_rough(), min_size=1, max_size=4))
def test_a_label_stands_on_its_polygon_whatever_others_there_are(shapes: list[shapely.Geometry]):
    points, room = label_places(np.array(shapes))
    for i, shape in enumerate(shapes):
        assert shapely.distance(shape, shapely.Point(points[i])) < 1e-6 or shape.is_empty
        (west, south), (east, north) = points[i] - room[i] / 2, points[i] + room[i] / 2
        for y in np.linspace(south, north, 3) if room[i].any() else ():  # the cuts, where the promise is exact
            line = shapely.LineString([(west, y), (east, y)])
            assert shapely.length(shapely.difference(line, shapely.buffer(shape, 1e-6))) < 1e-6
        alone = label_places(np.array([shape]))
        assert np.array_equal(alone[0][0], points[i], equal_nan=True)
        assert np.array_equal(alone[1][0], room[i])


def test_gdal_reads_a_tile(project, tmp_path):
    import pyogrio

    z, x, y = tile_of(project, 14)
    path = tmp_path / f"{y}.pbf"
    path.write_bytes(maps.tile(project, z, x, y))
    names = {name for name, _ in pyogrio.list_layers(f"MVT:{path}")}
    assert {"district", "u:grid", "u:microgrid", "roads", "buildings"} <= names


def test_every_zoom_that_the_page_of_findings_reaches_has_tiles(project: FakeProject):
    assert maps.checks(project, lang="zh").settings["top_zoom"] == tiles.MAX_ZOOM + tiles.ZOOM_OFFSET
    assert any(name.startswith("u:") for name in read(maps.tile(project, *tile_of(project, tiles.MAX_ZOOM))))
