"""Every kind of fault, sown at random into valid coverages, is found at its place, with its codes and size; nothing else is reported."""

from collections.abc import Iterable
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geogrid.bench.validation import lattice
from geogrid.rules import validate_layer
from tests.planted import PLANTERS, Expected, Field
from tests.shared import shared_path

METRES = "EPSG:4548"
WAYS = {"metres": 0.001, "degrees": 0.001, "text": 0.02}
"""How a layer is written, and the tolerance that follows: metres, degrees in full, degrees of seven decimals."""


def voronoi(n: int, seed: int) -> np.ndarray:
    """Return the cells of random points in a square of 400 m, on the 1 mm grid."""
    rng = np.random.default_rng(seed)
    frame = shapely.box(588_000, 4_390_000, 588_400, 4_390_400)
    points = shapely.points(rng.uniform([588_000, 4_390_000], [588_400, 4_390_400], (n, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame))
    return rounded(shapely.intersection(cells, frame))


def rounded(polygons: np.ndarray) -> np.ndarray:
    return shapely.transform(polygons, lambda xy: np.round(xy, 3))


def bent(polygons: np.ndarray, seed: int) -> np.ndarray:
    """Return the coverage with vertices off the line put into every longer edge, the same for both neighbours."""
    shift = np.random.default_rng(seed).uniform(-0.06, 0.06, 64)

    def middle(a: np.ndarray, b: np.ndarray) -> list[np.ndarray]:
        one, two = (a, b) if tuple(a) < tuple(b) else (b, a)
        along = two - one
        if np.hypot(*along) < 8:
            return []
        size = shift[int(abs(one * 7 + two * 13).sum() * 10) % 64]
        put = np.round([one + along * 0.35 + size * np.array([-along[1], along[0]]), one + along * 0.7], 3)
        return list(put if one is a else put[::-1])

    def grown(polygon: shapely.Polygon) -> shapely.Polygon:
        ring = shapely.get_coordinates(polygon.exterior)
        return shapely.Polygon([p for a, b in pairwise(ring) for p in (a, *middle(a, b))])

    return np.array([grown(polygon) for polygon in polygons])


def coverage(base: str, seed: int) -> np.ndarray:
    """Return a valid coverage of some eighty units."""
    polygons = voronoi(80, seed) if base.startswith("voronoi") else lattice(9, 9, seed=seed)
    made = bent(polygons, seed) if base.endswith("bent") else polygons
    return made if shapely.coverage_is_valid(made) and shapely.is_valid(made).all() else lattice(9, 9, seed=seed)


def sown(polygons: np.ndarray, kinds: Iterable[str], tolerance_m: float, seed: int, *, named: bool) -> tuple[Field, list[Expected]]:
    """Sow faults of these kinds, one after the other; kinds that find no place are left out."""
    field = Field.of(polygons, [str(330_000_000_000 + 13 * i) for i in range(len(polygons))], tolerance_m, seed)
    if named:
        west = shapely.get_x(shapely.centroid(polygons)) < np.median(shapely.get_x(shapely.centroid(polygons)))
        field.named = np.where(west, "401", "402").tolist()
        field.parents = {code: shapely.coverage_union_all(polygons[west == side]) for code, side in (("401", True), ("402", False))}
    expected: list[Expected] = []
    for kind in kinds:
        before = list(field.polygons), list(field.codes), list(field.named)
        found = PLANTERS[kind](field)
        if found is None:
            field.polygons, field.codes, field.named = before
            field.near = field.near[: len(field.polygons)]
        else:
            expected += found
    return field, expected


def checked(field: Field, way: str) -> gpd.GeoDataFrame:
    """Check what was sown, written in one of `WAYS`."""
    frame = gpd.GeoDataFrame({"code": field.codes}, geometry=field.polygons, crs=METRES)
    parent = gpd.GeoDataFrame({"code": list(field.parents) or ["4"]}, geometry=list(field.parents.values()) or [field.outline], crs=METRES)
    if field.named:
        frame["parent"] = field.named
    if way != "metres":
        frame, parent = frame.to_crs(4490), parent.to_crs(4490)
    if way == "text":
        frame, parent = (
            each.set_geometry(shapely.transform(each.geometry.to_numpy(), lambda xy: np.round(xy, 7)), crs=4490) for each in (frame, parent)
        )
    return validate_layer(frame, parent=parent if field.parents else parent.geometry, tolerance_m=WAYS[way])


def assert_found(found: gpd.GeoDataFrame, expected: list[Expected], way: str) -> None:
    """Assert that the findings are those expected, each with its rows, size and place, and no other."""
    key = lambda rule, units, rows: (rule, tuple(units), tuple(rows))  # noqa: E731
    said = {key(row.rule, row.units, row.rows): row for row in found.itertuples()}
    assert sorted(said) == sorted(key(e.rule, e.units, e.rows) for e in expected)
    assert len(said) == len(found)
    metric = found.geometry.to_crs(METRES) if found.crs else found.geometry
    slack_m = 0.03 if way == "text" else 0.003
    for each in expected:
        row = said[key(each.rule, each.units, each.rows)]
        if each.size is not None:
            told = next(value for value in (row.area_m2, row.length_m, row.value) if not pd.isna(value))
            edge = each.place.length if each.place is not None else 0.0
            assert told == pytest.approx(each.size, rel=2e-3, abs=slack_m * edge / 2 + 1e-6)
        if each.place is not None:
            assert shapely.hausdorff_distance(metric[row.Index], each.place) < slack_m + 1.5 * WAYS[way]
        if each.rule in ("overlap", "gap", "outside_parent", "sliver"):
            assert 0 < row.width_m <= np.sqrt(4 * row.area_m2 / np.pi) * 1.01
        assert row.message
        assert row.message_zh


@given(
    base=st.sampled_from(["lattice", "lattice bent", "voronoi", "voronoi bent"]),
    kinds=st.lists(st.sampled_from(sorted(PLANTERS)), min_size=1, max_size=6),
    way=st.sampled_from(sorted(WAYS)),
    named=st.booleans(),
    seed=st.integers(0, 2**31),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_faults_of_any_kind_are_found_each_at_its_place_and_nothing_else(base, kinds, way, named, seed):
    field, expected = sown(coverage(base, seed), kinds, WAYS[way], seed, named=named)
    assert_found(checked(field, way), expected, way)


@pytest.mark.parametrize("kind", sorted(PLANTERS))
def test_each_kind_finds_a_place_to_be_sown(kind):
    tried = [sown(coverage("lattice", seed), [kind], 0.001, seed, named=True)[1] for seed in range(5)]
    assert any(tried)


@pytest.mark.parametrize("crs", [4326, 3857, None])
def test_a_layer_in_the_wrong_coordinate_system_is_one_finding(crs):
    layer = gpd.GeoDataFrame({"code": ["1"] * 9}, geometry=lattice(3, 3), crs=METRES).to_crs(4490).set_crs(crs, allow_override=True)
    parent = gpd.GeoSeries([shapely.coverage_union_all(lattice(3, 3))], crs=METRES)
    rules = set(validate_layer(layer.set_crs(METRES, allow_override=True), parent=parent)["rule"])
    assert rules == {"crs_mismatch"}


def test_codes_that_begin_with_no_parents_code_or_with_anothers_are_found():
    cells = lattice(10, 2)
    west = np.arange(20) % 10 < 5
    codes = [f"{'11' if side else '12'}{i:03d}" for i, side in enumerate(west)]
    codes[0], codes[19] = "12999", "13999"
    parents = gpd.GeoDataFrame(
        {"code": ["11", "12"]}, geometry=[shapely.coverage_union_all(cells[west == side]) for side in (True, False)], crs=METRES
    )
    found = validate_layer(gpd.GeoDataFrame({"code": codes}, geometry=cells, crs=METRES), parent=parents)
    assert [(row.rule, row.units, row.rows) for row in found.itertuples()] == [
        ("parent_missing", ["13999"], [20]),
        ("parent_mismatch", ["12999"], [1]),
    ]
    assert found["area_m2"][1] == pytest.approx(cells[0].area)


def test_faults_sown_into_a_real_division_are_found_among_its_own():
    layer = gpd.read_file(shared_path("hangzhou_xiacheng/grids.geojson")).to_crs(METRES)
    polygons = shapely.get_parts(layer.geometry.to_numpy())
    whole = shapely.coverage_union_all(polygons)
    before = validate_layer(
        gpd.GeoDataFrame({"code": [str(330_000_000_000 + 13 * i) for i in range(len(polygons))]}, geometry=polygons, crs=METRES), parent=whole
    )
    for seed in range(3):
        field, expected = sown(polygons, ["overlap", "gap", "removed", "lacking_vertex", "no_code", "in_two"], 0.02, seed, named=False)
        found = checked(field, "metres")
        known = set(zip(before["rule"], before["units"].map(tuple), strict=True))
        fresh = found[[pair not in known for pair in zip(found["rule"], found["units"].map(tuple), strict=True)]].reset_index(drop=True)
        assert expected
        assert_found(fresh, [each for each in expected if (each.rule, each.units) not in known], "metres")
