"""Whatever comes in: an answer or a GeogridError, never another exception, never a number that is none; and every row is accounted for."""

from __future__ import annotations

import json
import math
import os
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from geogrid.errors import GeogridError
from geogrid.mending import repair_layer
from geogrid.reading import read_layer, read_sources
from geogrid.recipe import read_recipe
from geogrid.rules import validate_layer
from tests.hostile_files import geojson, recipe, square, squares

# A failing example is printed whole, and that it is long must not stand in the place of its cause.
pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
HERE, APART = (".geojson", ".geojsonl", ".gpkg", ".zip", ".csv", ".xlsx"), (".kml", ".gpx", ".fgb", ".parquet")
KML = (
    '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>裕华</name><Polygon><outerBoundaryIs><LinearRing>'
    "<coordinates>117,36 117.1,36 117.1,36.1 117,36</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>"
)
GPX = '<?xml version="1.0"?><gpx version="1.1" creator="x"><wpt lat="36.0" lon="117.5"><name>一号</name></wpt></gpx>'


def examples(n: int):
    """So many examples, the same each time but where FUZZ asks for that many times more of new ones."""
    more = int(os.environ.get("FUZZ", "0"))
    quick = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None, "phases": [Phase.generate]}
    return settings(max_examples=n * max(more, 1), derandomize=not more, **quick)


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """The bytes of a sound file of every format."""
    folder: Path = tmp_path_factory.mktemp("samples")
    layer = squares(20)
    for suffix in (".gpkg", ".fgb", ".shp"):
        pyogrio.write_dataframe(layer, folder / f"a{suffix}")
    layer.to_parquet(folder / "a.parquet")
    (folder / "a.geojson").write_text(layer.to_crs(4326).to_json(), "utf-8")
    (folder / "a.geojsonl").write_text("\n".join(map(json.dumps, layer.to_crs(4326).iterfeatures())), "utf-8")
    pd.DataFrame(layer.drop(columns="geometry")).assign(lon=117.0, lat=36.0).to_csv(folder / "a.csv", index=False)
    book = openpyxl.Workbook()
    for values in (["code", "lon", "lat"], ["001", 117.0, 36.0], ["002", "=1+1", None]):
        book.active.append(values)
    book.save(folder / "a.xlsx")
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:  # stored: a changed byte reaches the shapefile's reader
        for part in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
            archive.write(folder / f"a{part}", f"a{part}")
    (folder / "a.kml").write_text(KML, "utf-8")
    (folder / "a.gpx").write_text(GPX, "utf-8")
    return {suffix: (folder / f"a{suffix}").read_bytes() for suffix in (*HERE, *APART)}


change = st.tuples(st.floats(0, 1), st.sampled_from(["set", "cut", "drop", "twice", "many"]), st.binary(min_size=1, max_size=8))


def changed(data: bytes, changes) -> bytes:
    for share, kind, value in changes:
        at = int(share * max(len(data) - 1, 0))
        data = {
            "set": data[:at] + value + data[at + len(value) :],
            "cut": data[:at],
            "drop": data[:at] + data[at + len(value) :],
            "twice": data[:at] + data[max(at - 200, 0) : at] + data[at:],
            "many": data[:at] + value * 50 + data[at:],
        }[kind]
    return data


def answer(ask):
    """Return what is answered, None for a refusal of one line in two languages."""
    try:
        return ask()
    except GeogridError as error:
        refusal = error
    assert refusal.message
    assert refusal.message_zh
    assert "\n" not in refusal.message + refusal.message_zh
    return None


def check_layer(path: Path) -> None:
    """Read a layer as it stands: a refusal of one line, or rows and faults that are each told once, with shapes of finite coordinates."""
    made = answer(lambda: read_layer(path))
    if made is None:
        return
    assert made.frame.index.is_unique
    assert not set(made.frame.index) & {fault.row for fault in made.faults}
    if isinstance(made.frame, gpd.GeoDataFrame):
        assert np.isfinite(shapely.get_coordinates(made.frame.geometry.to_numpy())).all()
        with np.errstate(invalid="ignore"):
            check_findings(validate_layer(made.frame))


def endless(frame: gpd.GeoDataFrame) -> set[str]:
    """Return the codes of shapes with coordinates that are not finite."""
    coordinates, of = shapely.get_coordinates(frame.geometry.to_numpy(), return_index=True)
    return set(frame["code"].to_numpy()[of[~np.isfinite(coordinates).all(axis=1)]])


def check_findings(found: gpd.GeoDataFrame) -> None:
    sizes = found[["area_m2", "length_m", "value"]].to_numpy(dtype=float)
    assert not np.isinf(sizes).any()
    assert np.isfinite(shapely.get_coordinates(found.geometry.to_numpy())).all()


@examples(120)
@given(st.sampled_from(HERE), st.lists(change, min_size=1, max_size=4))
def test_any_bytes_give_rows_or_one_refusal(samples, tmp_path_factory, suffix, changes):
    path = tmp_path_factory.getbasetemp() / f"fuzz{suffix}"
    path.write_bytes(changed(samples[suffix], changes))
    check_layer(path)


@examples(14)
@given(st.sampled_from(APART), st.lists(change, min_size=1, max_size=3))
def test_any_bytes_read_apart_give_rows_or_one_refusal(samples, tmp_path_factory, suffix, changes):
    path = tmp_path_factory.getbasetemp() / f"fuzz{suffix}"
    path.write_bytes(changed(samples[suffix], changes))
    check_layer(path)


number = st.one_of(st.floats(), st.integers(-(2**70), 2**70), st.floats(116.9, 117.1), st.none(), st.text(max_size=3), st.booleans())
plain = st.one_of(number, st.text(max_size=8), st.lists(number, max_size=2), st.dictionaries(st.text(max_size=2), number, max_size=2))
position = st.one_of(st.lists(number, max_size=4), st.tuples(st.floats(117, 117.05), st.floats(36.6, 36.65)).map(list))
nested = st.recursive(position, lambda inner: st.lists(inner, max_size=5), max_leaves=12)
kinds = st.sampled_from(["Point", "Polygon", "MultiPolygon", "LineString", "MultiPoint", "GeometryCollection", "Circle", None, 7])
sound = st.tuples(st.floats(117, 117.05), st.floats(36.6, 36.65), st.floats(0.0001, 0.02)).map(lambda at: square(*at))
shape = st.one_of(sound, sound, sound, st.none(), st.text(max_size=3), st.fixed_dictionaries({"type": kinds, "coordinates": nested}))
KEYS = ("code", "name", "parent", "households", "floors", "id", "use", "x", "geometry", "编码")
rows = st.lists(st.tuples(shape, st.dictionaries(st.sampled_from(KEYS), plain, max_size=4)), min_size=1, max_size=8)


@examples(80)
@given(rows, st.sampled_from(["communities", "buildings", "roads", "stations"]))
def test_every_row_is_used_or_told(tmp_path_factory, found, role):
    folder = tmp_path_factory.mktemp("rows")
    features = [{"type": "Feature", "geometry": geometry, "properties": {"code": str(i)} | values} for i, (geometry, values) in enumerate(found)]
    made = recipe(folder, **{role: geojson(folder, *features)})
    sources = answer(lambda: read_sources(read_recipe(made), accept_rejects=True))
    if sources is None:
        return
    frame, dropped = sources.frames[role], [f for f in sources.findings if "dropped" in f.message]
    assert len(frame) + sources.rejected["row"].nunique() + len(dropped) == len(features)
    assert not set(frame["row"]) & set(sources.rejected["row"])
    assert np.isfinite(shapely.get_coordinates(frame.geometry.to_numpy())).all()
    assert shapely.is_valid(frame.geometry.to_numpy()).all()
    assert not np.isinf(frame.select_dtypes("number").to_numpy(dtype=float)).any()
    assert all(finding.message and finding.message_zh for finding in sources.findings)


corner = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda xy: (500_000 + 7.5 * xy[0], 4_050_000 + 7.5 * xy[1]))
ring = st.lists(corner, min_size=3, max_size=9).map(lambda corners: [*corners, corners[0]])
polygon = st.builds(lambda outer, inner: shapely.Polygon(outer, inner), ring, st.lists(ring, max_size=1))
area = st.one_of(
    polygon, polygon, polygon, st.lists(polygon, min_size=1, max_size=3).map(shapely.MultiPolygon), st.just(None), st.just(shapely.Polygon())
)
odd = [shapely.Point(500_000, 4_050_000), shapely.Point(), shapely.LineString([(0, 0), (math.inf, 1)]), shapely.box(0, 0, math.nan, 1)]
other = st.sampled_from(odd)
layer = st.lists(st.one_of(area, area, area, other), min_size=1, max_size=8).map(
    lambda shapes: gpd.GeoDataFrame({"code": [f"u{i % 6}" for i in range(len(shapes))]}, geometry=shapes, crs=4548)
)


@examples(80)
@given(layer, st.one_of(st.none(), polygon))
def test_rules_answer_to_any_polygons(frame, parent):
    before = frame.copy()
    with np.errstate(invalid="ignore"):
        check_findings(validate_layer(frame, parent=parent))
    assert frame.geometry.to_wkb().equals(before.geometry.to_wkb())


@examples(60)
@given(layer, st.one_of(st.none(), polygon))
def test_mending_answers_to_any_polygons_and_loses_no_unit(frame, parent):
    outline = None if parent is None else gpd.GeoDataFrame(geometry=[parent], crs=4548)
    with np.errstate(invalid="ignore"):
        mended = answer(lambda: repair_layer(frame, parent=outline, code="code"))
    if mended is None:
        return
    assert sorted(mended.frame["code"]) == sorted(frame["code"])
    assert endless(mended.frame) <= endless(frame)  # what nobody can mend is listed and stays as it was
    check_findings(mended.left)
