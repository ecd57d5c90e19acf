"""Vector tiles say what the project holds: decoded by GDAL, cut at their edges, quick to refuse what can not exist."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geogrid import maps
from geogrid.errors import NotFoundError
from geogrid.maps.layers import detail_of, pixel_m
from geogrid.maps.mvt import encode_layer, encode_tile
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


def read(tile: bytes) -> dict[str, list[tuple[dict, list[list[tuple[int, int]]]]]]:
    """Decode a tile the slow and plain way, for comparison."""
    out = {}
    for number, layer in _fields(tile):
        assert number == 3
        fields = list(_fields(layer))
        name = next(v for n, v in fields if n == 1).decode()
        keys = [v.decode() for n, v in fields if n == 3]
        values = [_value(v) for n, v in fields if n == 4]
        out[name] = []
        for feature in (dict(_fields(v)) for n, v in fields if n == 2):
            tags = _ints(feature[2])
            properties = {keys[k]: values[v] for k, v in zip(tags[::2], tags[1::2], strict=True)}
            out[name].append((properties, _rings(_ints(feature[4]))))
    return out


def _ints(data: bytes) -> list[int]:
    out, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            out.append(value)
            value = shift = 0
    return out


def _fields(data: bytes):
    at = 0

    def varint() -> int:
        nonlocal at
        start = at
        while data[at] > 127:
            at += 1
        at += 1
        return _ints(data[start:at])[0]

    while at < len(data):
        key = varint()
        if key & 7 == 2:
            length = varint()
            yield key >> 3, data[at : at + length]
            at += length
        elif key & 7 == 1:
            yield key >> 3, data[at : at + 8]
            at += 8
        else:
            yield key >> 3, varint()


def _value(data: bytes):
    number, value = next(iter(_fields(data)))
    if number == 1:
        return value.decode()
    if number == 3:
        return float(np.frombuffer(value, "<f8")[0])
    return (value >> 1) ^ -(value & 1) if number == 6 else bool(value)


def _rings(ints: list[int]) -> list[list[tuple[int, int]]]:
    rings, x, y, at = [], 0, 0, 0
    while at < len(ints):
        command, count = ints[at] & 7, ints[at] >> 3
        at += 1
        if command == 7:
            continue
        for _ in range(count):
            x += (ints[at] >> 1) ^ -(ints[at] & 1)
            y += (ints[at + 1] >> 1) ^ -(ints[at + 1] & 1)
            at += 2
            if command == 1:
                rings.append([])
            rings[-1].append((x, y))
    return rings


def test_a_square_with_a_hole_comes_back_as_it_was():
    square = shapely.Polygon([(0, 0), (100, 0), (100, 100), (0, 100)], [[(10, 10), (20, 10), (20, 20), (10, 20)]])
    layer = encode_layer("a", np.array([square]), {"name": ["甲"], "n": [-3], "x": [0.5], "none": [None]})
    [(properties, rings)] = read(encode_tile([layer]))["a"]
    assert properties == {"name": "甲", "n": -3, "x": 0.5}
    assert [set(ring) for ring in rings] == [{(0, 0), (100, 0), (100, 100), (0, 100)}, {(10, 10), (20, 10), (20, 20), (10, 20)}]


def test_an_outer_ring_turns_as_the_standard_says():
    [(_, [ring])] = read(encode_tile([encode_layer("a", np.array([shapely.box(0, 0, 9, 9)]), {})]))["a"]
    x, y = np.array(ring).T
    assert (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() > 0


TINY = [shapely.Polygon(), shapely.box(0, 0, 0.2, 0.2), shapely.LineString([(0, 0), (0.1, 0)]), shapely.GeometryCollection()]


@pytest.mark.parametrize("shape", TINY)
def test_what_is_too_small_to_see_is_left_out(shape):
    assert encode_layer("a", np.array([shape]), {}) == b""


def test_points_lines_and_parts_keep_their_order():
    shapes = np.array([shapely.Point(5, 6), shapely.MultiLineString([[(0, 0), (9, 9)], [(1, 0), (1, 300)]]), shapely.Point(-7, 0)])
    found = read(encode_tile([encode_layer("a", shapes, {"i": [0, 1, 2]})]))["a"]
    assert [(p["i"], rings) for p, rings in found] == [(0, [[(5, 6)]]), (1, [[(0, 0), (9, 9)], [(1, 0), (1, 300)]]), (2, [[(-7, 0)]])]


@given(st.lists(st.tuples(st.integers(-5000, 9000), st.integers(-5000, 9000)), min_size=2, max_size=30, unique=True))
def test_any_line_of_whole_numbers_comes_back(points):
    assert read(encode_tile([encode_layer("a", np.array([shapely.LineString(points)]), {})]))["a"] == [({}, [points])]


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


def test_gdal_reads_a_tile(project, tmp_path):
    import pyogrio

    z, x, y = tile_of(project, 14)
    path = tmp_path / f"{y}.pbf"
    path.write_bytes(maps.tile(project, z, x, y))
    names = {name for name, _ in pyogrio.list_layers(f"MVT:{path}")}
    assert {"district", "u:grid", "u:microgrid", "roads", "buildings"} <= names
