"""A recipe's layers beside one another: swapped, elsewhere, shifted and repeated positions are told; only what the recipe says is converted."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geogrid.errors import CrsError, InputError
from geogrid.reading import read_sources
from geogrid.reading.draft import Draft
from geogrid.reading.placement import exchange
from geogrid.reading.repeats import LISTED, find_repeats
from geogrid.recipe import parse_recipe
from geogrid.schema import ROLES
from tests.city import city, shifted

URUMQI = (87.5, 43.7)


def recipe(folder, **inputs):
    """Make a recipe of frames, (frame, keys) pairs or CSV text."""
    tables = {}
    for role, given in inputs.items():
        content, keys = given if isinstance(given, tuple) else (given, {})
        name = f"{role}.csv" if isinstance(content, str) else f"{role}.gpkg"
        if isinstance(content, str):
            (folder / name).write_text(content, "utf-8")
        else:
            pyogrio.write_dataframe(content, folder / name, layer=role)
        tables[role] = {"path": name, **keys}
    return parse_recipe({"name": "a", "scheme": "b", "inputs": tables}, folder / "recipe.toml")


def degrees(frame):
    return frame.to_crs(4326)


def turned(frame):
    """Exchange x and y of a frame in degrees and leave it the CRS."""
    frame = degrees(frame)
    return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=exchange(frame.geometry.to_numpy()), crs=4326)


def csv(points, swap=False):
    lines = [f"{i},{p.y if swap else p.x:.7f},{p.x if swap else p.y:.7f}" for i, p in enumerate(points)]
    return "\n".join(["编号,经度,纬度", *lines, ""])


def rules(found):
    return [finding.rule for finding in found.findings]


@pytest.fixture(scope="module")
def layers():
    return city(7, *URUMQI, side_m=2500.0, blocks=60, houses=500)[0]


def test_a_layer_swapped_in_range_is_refused_beside_the_others_and_right_when_the_recipe_says_so(tmp_path, layers):
    given = {"communities": layers["communities"], "roads": layers["roads"]}
    with pytest.raises(CrsError, match=r"buildings.gpkg: .*swap = true") as caught:
        read_sources(recipe(tmp_path, **given, buildings=turned(layers["buildings"])))
    assert caught.value.facts["swap"] is True
    assert "写反" in caught.value.message_zh
    found = read_sources(recipe(tmp_path, **given, buildings=(turned(layers["buildings"]), {"swap": True})))
    away = found.frames["buildings"].geometry.centroid.distance(layers["buildings"].geometry.centroid)
    assert away.max() < 0.01
    assert rules(found) == ["file_note"]
    assert "exchanged" in found.findings[0].message


def test_a_table_with_swapped_columns_is_refused_and_right_with_swap(tmp_path, layers):
    points = degrees(layers["entrances"]).geometry[:80]
    for swapped_layers in ({"communities": layers["communities"]}, {}):
        with pytest.raises(CrsError, match="swap = true"):
            read_sources(recipe(tmp_path, **swapped_layers, cameras=csv(shapely.points([[117.0 + i / 1e4, 36.6] for i in range(9)]), swap=True)))
    with pytest.raises(CrsError, match="swap = true"):
        read_sources(recipe(tmp_path, communities=layers["communities"], cameras=csv(points, swap=True)))
    found = read_sources(recipe(tmp_path, communities=layers["communities"], cameras=(csv(points, swap=True), {"swap": True})))
    assert found.frames["cameras"].geometry.distance(layers["entrances"].geometry[:80]).max() < 0.05


def test_single_rows_swapped_in_range_are_rejected_with_what_they_look_like(tmp_path, layers):
    points = list(degrees(layers["entrances"]).geometry[:300])
    points[17] = exchange(np.array([points[17]]))[0]
    found = read_sources(recipe(tmp_path, communities=layers["communities"], cameras=csv(points)))
    assert list(found.rejected["row"]) == [19]
    assert "longitude and latitude look swapped" in found.rejected["reason"][0]
    assert "经度和纬度似乎写反了" in found.rejected["reason_zh"][0]
    assert len(found.frames["cameras"]) == 299


def test_metres_without_crs_name_the_zone_that_fits_the_district(tmp_path, layers):
    bare = pd.DataFrame({"id": range(40), "x": layers["entrances"].geometry.x[:40], "y": layers["entrances"].geometry.y[:40]})
    with pytest.raises(CrsError, match=r'says no CRS .*crs = "EPSG:4538" puts 100 % of it') as caught:
        read_sources(recipe(tmp_path, communities=degrees(layers["communities"]), stations=bare.to_csv(index=False)))
    assert caught.value.facts["fits"][0] == "EPSG:4538"
    text = bare.rename(columns={"x": "y", "y": "x"}).to_csv(index=False)
    with pytest.raises(CrsError, match=r'crs = "EPSG:4538", swap = true'):
        read_sources(recipe(tmp_path, communities=degrees(layers["communities"]), stations=text))
    with pytest.raises(CrsError, match="EPSG:4538"):
        read_sources(recipe(tmp_path, stations=bare.to_csv(index=False)))


def test_a_layer_in_the_wrong_zone_is_refused_with_the_right_one(tmp_path, layers):
    wrong = layers["buildings"].set_crs(4540, allow_override=True)
    with pytest.raises(CrsError, match=r"km from the other layers .*EPSG:4538"):
        read_sources(recipe(tmp_path, communities=layers["communities"], roads=layers["roads"], buildings=wrong))


def test_a_layer_elsewhere_that_nothing_explains_is_used_and_said(tmp_path, layers):
    there = city(8, 117.0, 36.6, side_m=1000.0, blocks=5, houses=80)[0]["roads"]
    found = read_sources(recipe(tmp_path, communities=layers["communities"], buildings=layers["buildings"], roads=there))
    (note,) = [finding for finding in found.findings if finding.rule == "crs_mismatch"]
    assert note.length_m == pytest.approx(2_600_000, rel=0.05)
    assert "roads.gpkg lies 2," in note.message


def test_a_shift_that_nobody_stated_is_a_warning_with_its_length_and_nothing_moves(tmp_path, layers):
    crs = layers["roads"].crs
    there = degrees(shifted(layers["buildings"], crs, "GCJ-02"))
    given = {"communities": layers["communities"], "roads": layers["roads"]}
    found = read_sources(recipe(tmp_path, **given, buildings=there))
    (note,) = found.findings
    assert (note.rule, note.severity, note.facts["role"], note.facts["datum"]) == ("datum_shift", "warning", "buildings", "GCJ-02")
    true = layers["buildings"].geometry.centroid.distance(there.to_crs(crs).geometry.centroid).mean()
    assert note.length_m == pytest.approx(true, abs=25)
    assert 'write crs = "GCJ-02" in the recipe' in note.message
    assert "未作换算" in note.message_zh
    assert found.frames["buildings"].geometry.centroid.distance(there.to_crs(crs).geometry.centroid).max() < 0.01
    cured = read_sources(recipe(tmp_path, **given, buildings=(there, {"crs": "GCJ-02"})))
    (said,) = cured.findings
    assert "converted to WGS 84" in said.message
    assert said.length_m == pytest.approx(true, abs=1)


def test_a_projected_layer_that_was_shifted_before_asks_for_other_data(tmp_path, layers):
    there = shifted(layers["buildings"], layers["roads"].crs, "GCJ-02")
    (note,) = read_sources(recipe(tmp_path, roads=layers["roads"], buildings=there)).findings
    assert "as if projected from GCJ-02" in note.message
    assert "crs =" not in note.message


def test_a_datum_that_the_recipe_states_wrongly_is_doubted(tmp_path, layers):
    given = {"roads": layers["roads"], "communities": layers["communities"], "buildings": (degrees(layers["buildings"]), {"crs": "GCJ-02"})}
    found = read_sources(recipe(tmp_path, **given))
    doubts = [finding for finding in found.findings if "Take crs out" in finding.message]
    assert [finding.facts["role"] for finding in doubts] == ["buildings"]


def test_a_datum_rightly_stated_is_not_doubted_when_another_layer_has_it_too(tmp_path, layers):
    crs = layers["roads"].crs
    there = {role: degrees(shifted(layers[role], crs, "GCJ-02")) for role in ("roads", "buildings")}
    given = {"communities": layers["communities"], "roads": (there["roads"], {"crs": "GCJ-02"}), "buildings": there["buildings"]}
    found = [finding for finding in read_sources(recipe(tmp_path, **given)).findings if "Nothing was converted" in finding.message]
    assert [finding.facts["role"] for finding in found] == ["buildings"]


def test_angles_are_row_errors_that_tell_the_key_and_are_converted_with_it(tmp_path, layers):
    text = "编号,经度,纬度\na,87°31′12″E,43°42′36″N\n" + "".join(f"{i},87.52,43.71\n" for i in range(3))
    with pytest.raises(InputError, match="dms = true"):
        read_sources(recipe(tmp_path, communities=layers["communities"], stations=text))
    found = read_sources(recipe(tmp_path, communities=layers["communities"], stations=(text, {"dms": True})))
    at = degrees(found.frames["stations"]).geometry[0]
    assert (at.x, at.y) == (pytest.approx(87.52, abs=1e-7), pytest.approx(43.71, abs=1e-7))
    assert "2 values of degrees, minutes and seconds were converted" in found.findings[0].message


def points_of(places, **columns):
    shapes = shapely.points(np.asarray(places, float).reshape(-1, 2))
    frame = gpd.GeoDataFrame({"id": [str(i) for i in range(len(shapes))], **columns}, geometry=shapes, crs=4548)
    return frame.assign(row=range(2, len(frame) + 2))


def repeats(frame, role="cameras"):
    return find_repeats(frame, Draft(role, ROLES[role], "a.csv", "a", frame, None, None, "", len(frame)))


def test_cameras_at_one_place_alike_in_all_but_the_id_are_said_once_a_place():
    frame = points_of([(0, 0), (5, 5), (0, 0), (0, 0.0001)], direction_deg=[90.0, 90.0, 90.0, 180.0])
    (note,) = repeats(frame)
    assert (note.rule, note.units, note.value, note.facts["row"]) == ("point_duplicate", ("0", "2"), 2, 2)
    assert "2 cameras stand at one point and are alike in all else (0, 2)" in note.message
    assert "{" not in note.message + note.message_zh


def test_four_cameras_on_one_mast_and_two_stations_in_one_house_are_no_fault():
    assert repeats(points_of([(0, 0)] * 4, direction_deg=[0.0, 90.0, 180.0, 270.0])) == []
    assert repeats(points_of([(0, 0)] * 2, kind=["day_care", "party"]), "stations") == []
    assert repeats(points_of([(0, 0)] * 2), "events") == []
    assert repeats(points_of([]), "cameras") == []


def test_unknown_values_are_alike_too():
    assert [note.value for note in repeats(points_of([(0, 0)] * 2, direction_deg=[np.nan, np.nan]))] == [2]


def test_a_hundred_thousand_cameras_at_one_place_are_one_finding():
    frame = points_of(np.zeros((100_000, 2)), direction_deg=np.arange(100_000) % 360.0)
    (note,) = repeats(frame)
    assert (note.value, len(note.units)) == (100_000, LISTED)
    assert "… (100000)" in note.message
    assert "more than can be meant" in note.message


def test_points_nowhere_near_are_one_finding_a_layer_with_how_far(tmp_path, layers):
    points = [*degrees(layers["entrances"]).geometry[:200], shapely.Point(110.0, 30.0), shapely.Point(88.9, 43.7)]
    found = read_sources(recipe(tmp_path, communities=layers["communities"], events=csv(points)))
    (note,) = found.findings
    assert (note.rule, note.severity, len(note.units)) == ("point_position", "", 2)
    assert note.length_m == pytest.approx(2_500_000, rel=0.1)
    assert "{" not in note.message + note.message_zh
    assert len(found.frames["events"]) == 202


def test_a_shape_round_the_globe_is_told_as_such(tmp_path, layers):
    round_it = gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.box(-179, 10, 179, 11)], crs=4326)
    with pytest.raises(InputError, match="half round the globe"):
        read_sources(recipe(tmp_path, communities=layers["communities"], buildings=round_it))


def test_a_row_with_a_bad_coordinate_is_said_once(tmp_path, layers):
    text = "编号,经度,纬度\na,１１７．１,43.7\n" + "".join(f"{i},87.52,43.71\n" for i in range(3))
    found = read_sources(recipe(tmp_path, communities=layers["communities"], stations=text), accept_rejects=True)
    assert list(found.rejected["reason"]) == ["经度 '１１７．１' is written in full-width characters; write 117.1"]
