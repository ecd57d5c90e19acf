"""From files to a project: a quarter in GeoJSON, CSV and XLSX, whole and with everything wrong that an office hands over."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

import geogrid
from geogrid.errors import InputError, SchemeError, StoreError
from geogrid.exchange import FORMATS, export, known_levels
from geogrid.pipeline.build import build
from geogrid.store import Project
from tests.world import EAST, SCHEME, SCRIPT, WEST, box, frame, points, quarter, write

LEVELS = ["community", "grid", "microgrid"]


def built(folder: Path, frames: dict[str, pd.DataFrame] | None = None, **options) -> Project:
    return build(write(folder, quarter() if frames is None else frames, **options), folder / "out.gpkg")


def rules(project: Project) -> dict[str, int]:
    return project.findings()["rule"].value_counts().to_dict()


def messages(project: Project, rule: str) -> list[str]:
    found = project.findings()
    return found.loc[found["rule"] == rule, "message"].tolist()


def assert_sound(project: Project) -> None:
    """Every level of the plan is a valid coverage that fills the district, and nobody is lost or counted twice."""
    district = shapely.from_wkb(shapely.to_wkb(project.district))
    for level in project.levels:
        units = project.units(level)
        assert units.index.is_unique
        whole = shapely.union_all(units.geometry.to_numpy())
        assert district.difference(whole).area == 0
        assert whole.difference(district).area == 0
        if level != project.levels[-1]:
            assert shapely.coverage_is_valid(units.geometry.to_numpy())
        assert units["households"].sum() == project.plan().base.atoms["households"].sum()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return built(tmp_path_factory.mktemp("whole"))


def test_the_quarter_is_cut_within_bounds_and_keeps_every_household(whole: Project):
    assert_sound(whole)
    summary = whole.summary()
    assert {level: summary["levels"][level]["households"] for level in LEVELS} == dict.fromkeys(LEVELS, 576)
    assert summary["levels"]["grid"]["in_bounds"] == summary["levels"]["grid"]["units"] == 4
    assert summary["levels"]["microgrid"]["in_bounds"] == summary["levels"]["microgrid"]["units"] == 48
    assert summary["findings"]["error"] == 0


def test_names_stand_as_they_were_written_and_codes_begin_with_their_parents(whole: Project):
    assert whole.name == "建国街"
    assert whole.units("community")["name"].to_dict() == {WEST: "建国路社区", EAST: SCRIPT}
    grids = whole.units("grid")
    assert grids.index.tolist() == [WEST + "001", WEST + "002", EAST + "001", EAST + "002"]
    assert (grids["parent"] == grids.index.str[:12]).all()


def test_sites_are_joined_and_the_far_camera_is_listed_with_its_distance(whole: Project):
    cameras = whole.sites("cameras").set_index("id")
    assert cameras.loc["c1", "community"] == WEST  # on a road between two blocks
    assert cameras.loc["c3", "outside_m"] == pytest.approx(500, abs=0.01)
    assert cameras["direction_deg"].fillna(-1).to_dict() == {"c1": 90.0, "c2": -1.0, "c3": 315.0}
    assert messages(whole, "point_unmatched") == [
        "camera c3 lies in no unit, 500 m from the district. Check its position, or confirm that it is elsewhere."
    ]


def test_a_community_without_the_station_that_the_scheme_wants_is_named_once(whole: Project):
    found = whole.findings()
    found = found[found["rule"] == "no_station"]
    assert found[["severity", "level"]].to_numpy().tolist() == [["warning", "community"]]
    assert found["units"].tolist() == [[EAST]]
    assert "day care" in found["message"].iloc[0]
    assert "日间照料站" in found["message_zh"].iloc[0]


def test_without_stations_nothing_is_said_of_stations(tmp_path: Path):
    frames = quarter()
    del frames["stations"]
    assert "no_station" not in rules(built(tmp_path, frames))


def test_the_day_is_noted_only_when_it_is_given(whole: Project, tmp_path: Path):
    assert whole.meta["built"] == ""
    recipe = write(tmp_path, quarter())
    assert build(recipe, tmp_path / "out.gpkg", today=datetime.date(2026, 3, 1)).meta["built"] == "2026-03-01"


def test_progress_names_every_stage_from_start_to_end(tmp_path: Path):
    said: list[tuple[str, float]] = []
    build(write(tmp_path, quarter()), tmp_path / "out.gpkg", progress=lambda stage, share: said.append((stage, share)), workers=1)
    names = ["read", "enclosures", "cells", "graph", "units", "rules", "sites", "store"]
    assert said == [(name, share) for name in names for share in (0.0, 1.0)]


def test_the_package_opens_its_rooms_when_they_are_asked_for(whole: Project):
    assert geogrid.partition.partition([12, 12], [[0, 1]], lower=10, upper=15).labels.tolist() == [0, 1]
    assert len(geogrid.open_project(whole.path).units("grid")) == 4
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = geogrid.nothing


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Project]:
    """Build the quarter with every role twice: as it is, and with all rows shuffled."""
    folder = tmp_path_factory.mktemp("shuffled")
    frames = quarter()
    doors = [(b.centroid.x + dx, b.bounds[1] - 1) for b in frames["buildings"].geometry for dx in (-12.0, 12.0)]
    ids = np.repeat(frames["buildings"]["id"].to_numpy(), 2)
    frames["entrances"] = frame({"id": [f"{b}-{i % 2 + 1}" for i, b in enumerate(ids)], "building": ids}, [shapely.Point(d) for d in doors])
    frames["households"] = pd.DataFrame({"id": [f"h{i}" for i in range(576)], "building": np.repeat(frames["buildings"]["id"], 24), "persons": 3})
    frames["water"] = frame({"name": ["小清河"]}, [box(0, 290, 400, 10)])
    frames["railways"] = frame({"name": ["胶济线"]}, [shapely.LineString([box(0, 282, 1, 1).centroid, box(400, 282, 1, 1).centroid])])
    return built(folder / "a", frames), built(folder / "b", frames, shuffle=1)


def test_entrances_divide_the_slabs_and_the_table_counts_the_households(full: tuple[Project, Project]):
    project = full[0]
    assert_sound(project)
    cells = project.cells()
    assert cells["entrance"].value_counts().drop(0).to_dict() == {1: 24, 2: 24}
    assert set(project.layer("buildings")["households_source"]) == {"table"}
    assert project.units("community")["persons"].sum() == 576 * 3


@pytest.mark.parametrize("ending", [e for e in FORMATS if e not in (".gpkg", ".xlsx")])
def test_shuffled_rows_give_the_same_bytes(full: tuple[Project, Project], tmp_path: Path, ending: str):
    assert known_levels(full[0]) == known_levels(full[1])
    for level in known_levels(full[0]):
        for name, project in zip("ab", full, strict=True):
            (tmp_path / name).mkdir(exist_ok=True)
            export(project, level, tmp_path / name / f"{level}{ending}")
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_shuffled_rows_find_the_same(full: tuple[Project, Project]):
    first, second = (project.findings()[["rule", "severity", "level", "message", "message_zh"]] for project in full)
    assert first.to_numpy().tolist() == second.to_numpy().tolist()


def test_a_gbk_table_reads_in_chinese(tmp_path: Path):
    frames = quarter()
    frames["stations"]["name"] = ["幸福里日间照料站", "四点半课堂"]
    project = built(tmp_path, frames, encoding="gbk")
    assert project.sites("stations")["name"].tolist() == ["幸福里日间照料站", "四点半课堂"]


def test_one_building_makes_one_unit_of_each_level_that_says_why_it_is_small(tmp_path: Path):
    frames = quarter()
    frames["buildings"] = frames["buildings"].iloc[:1].assign(households=5)
    del frames["communities"]
    project = built(tmp_path, frames)
    assert_sound(project)
    micro = project.units("microgrid")
    assert micro.loc[micro["households"] > 0, ["households", "reason"]].to_numpy().tolist() == [[5, "component_too_light"]]
    assert project.summary()["findings"]["error"] == 0


def test_land_without_any_building_is_dedicated(tmp_path: Path):
    frames = quarter()
    del frames["buildings"], frames["communities"]
    project = built(tmp_path, frames)
    assert_sound(project)
    assert set(project.units("grid")["kind"]) == {"dedicated"}
    assert project.units("microgrid")["households"].sum() == 0


def test_an_empty_layer_of_buildings_is_refused_by_name(tmp_path: Path):
    frames = quarter()
    frames["buildings"] = frames["buildings"].iloc[:0]
    with pytest.raises(InputError, match=r"buildings\.geojson.*holds no row"):
        built(tmp_path, frames)
    assert not (tmp_path / "out.gpkg").exists()


def test_without_district_or_communities_the_parent_is_derived_and_called_so(tmp_path: Path):
    frames = quarter()
    del frames["district"], frames["communities"]
    project = built(tmp_path, frames)
    assert_sound(project)
    assert project.district_source == "derived"
    assert project.units("community")["name"].tolist() == ["建国街"]
    assert project.units("microgrid")["households"].sum() == 576


def test_without_district_the_given_communities_are_the_parent(tmp_path: Path):
    frames = quarter()
    del frames["district"]
    project = built(tmp_path, frames)
    assert_sound(project)
    assert project.district_source == "given"


def test_nothing_that_says_where_the_district_is_is_refused(tmp_path: Path):
    frames = {"roads": quarter()["roads"]}
    with pytest.raises(InputError, match="nothing says where the district is") as caught:
        built(tmp_path, frames)
    assert "区域范围" in caught.value.message_zh


def test_buildings_of_one_id_all_get_a_home_and_are_named(tmp_path: Path):
    frames = quarter()
    frames["buildings"].loc[[0, 1, 2, 7, 8], "id"] = ["双", "双", "双", "又", "又"]
    frames["entrances"] = frame({"id": ["e1", "e2"], "building": ["双", "楼04"]}, points([(30, 20), (40, 80)]))
    frames["households"] = pd.DataFrame({"building": ["双", "又", "楼05"]})
    project = built(tmp_path, frames)
    assert_sound(project)
    found = project.findings()
    repeated = found[found["rule"] == "code_duplicate"]
    assert repeated[["severity", "value"]].to_numpy().tolist() == [["warning", 2.0], ["warning", 3.0]]
    stray = messages(project, "row_rejected")
    assert stray[0].startswith("entrances.csv entrances row 2 is not used: building '双': no building, or several, with this id")
    assert len(stray) == 3
    assert project.units("community")["households"].sum() == 23 * 24 + 1


def test_an_entrance_and_a_household_of_an_unknown_building_are_listed_by_row(tmp_path: Path):
    frames = quarter()
    frames["entrances"] = frame({"id": ["e1"], "building": ["楼99"]}, points([(30, 20)]))
    frames["households"] = pd.DataFrame({"id": ["a", "b"], "building": ["楼01", ""]})
    project = built(tmp_path, frames)
    found = project.findings()
    found = found[found["rule"] == "row_rejected"]
    assert found["severity"].tolist() == ["warning", "warning"]
    assert found["message"].str.contains("building '楼99'").sum() == 1
    assert found["message_zh"].str.contains("第 3 行").sum() == 1


def test_a_house_outside_the_district_is_listed_with_its_distance_and_the_households_it_takes_away(tmp_path: Path):
    frames = quarter()
    far = frame({"id": ["远"], "floors": 6, "households": 24, "use": "住宅"}, [box(500, 100, 45, 12)])
    frames["buildings"] = pd.concat([frames["buildings"], far], ignore_index=True)
    project = built(tmp_path, frames)
    assert_sound(project)
    assert messages(project, "point_unmatched")[0].startswith("building 远 lies in no unit, 1")
    assert project.units("grid")["households"].sum() == 576


def test_estimates_are_counted(tmp_path: Path):
    frames = quarter()
    houses = frames["buildings"].drop(columns="households")
    houses["floors"] = [None] * 3 + [6.0] * 21
    houses["use"] = ["住宅"] * 23 + ["厂房"]
    project = built(tmp_path, {**frames, "buildings": houses})
    assert [m.split(" Supply")[0] for m in messages(project, "estimated")] == [
        "The households of 23 buildings, of 24, are estimated.",
        "The floors of 3 buildings, of 24, are estimated.",
        "The entrances of 20 buildings, of 24, are estimated.",
    ]
    buildings = project.layer("buildings").set_index("id")
    assert buildings["households_source"].value_counts().to_dict() == {"estimate": 23, "none": 1}
    assert set(buildings["households"]) == {0, 6, 36}  # 540 m2 / 90 m2 a floor
    assert buildings["floors_source"].value_counts().to_dict() == {"given": 21, "estimated": 3}


@pytest.mark.parametrize(("make", "units"), [("entrance", 48), ("building", 24), ("compound", 3)])
def test_levels_by_entrance_building_and_compound(tmp_path: Path, make: str, units: int):
    frames = quarter()
    frames["compounds"] = frame({"code": ["a", "b"], "name": ["甲", "乙"]}, [box(0, 0, 198, 148), box(0, 152, 198, 148)])
    scheme = SCHEME.replace('id = "microgrid"\nmake = "bounds"\nhouseholds = [10, 15]', f'id = "microgrid"\nmake = "{make}"')
    scheme = scheme.replace("households = [100, 200]", "households = [10, 600]")
    project = built(tmp_path, frames, scheme=scheme)
    assert_sound(project)
    micro = project.units("microgrid")
    assert len(micro[micro["kind"] == "base"]) == units
    assert micro["households"].sum() == 576


def test_a_level_by_compound_without_compounds_is_refused(tmp_path: Path):
    scheme = SCHEME.replace('id = "microgrid"\nmake = "bounds"\nhouseholds = [10, 15]', 'id = "microgrid"\nmake = "compound"')
    with pytest.raises(InputError, match=r"give \[inputs\.compounds\]"):
        built(tmp_path, scheme=scheme)


def test_a_level_by_count_has_that_many_units(tmp_path: Path):
    project = built(tmp_path, extra='[levels.grid]\nmake = "count"\ncount = 6\nhouseholds = [60, 120]\n')
    assert_sound(project)
    assert len(project.units("grid")) == 6


def test_a_count_that_is_too_small_is_refused_with_the_number_it_needs(tmp_path: Path):
    with pytest.raises(InputError, match=r"count = 1 is fewer than .* the 2 parents with homes"):
        built(tmp_path, extra='[levels.grid]\nmake = "count"\ncount = 1\n')
    assert not (tmp_path / "out.gpkg").exists()


def test_a_level_by_column_takes_the_code_of_the_nearest_house(tmp_path: Path):
    frames = quarter()
    del frames["communities"]
    x = frames["buildings"].geometry.centroid.x
    frames["buildings"]["community"] = np.where(x < x.mean(), WEST, EAST)
    frames["buildings"].loc[0, "community"] = ""
    project = built(tmp_path, frames, extra='[levels.community]\nmake = "column"\n')
    assert_sound(project)
    assert project.units("community")["households"].to_dict() == {WEST: 288, EAST: 288}


def test_a_level_by_a_column_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match=r"columns = \{ community = ") as caught:
        built(tmp_path, extra='[levels.community]\nmake = "column"\n')
    assert "楼栋没有这一列" in caught.value.message_zh


def test_an_unknown_scheme_or_level_is_refused_with_the_nearest(tmp_path: Path):
    recipe = write(tmp_path, quarter())
    recipe.write_text(recipe.read_text("utf-8").replace("own.toml", "community-grid-mikrogrid"), "utf-8")
    with pytest.raises(SchemeError, match="did you mean 'community-grid-microgrid'"):
        build(recipe, tmp_path / "out.gpkg")
    with pytest.raises(SchemeError, match="did you mean 'microgrid'"):
        built(tmp_path / "b", extra="[levels.microgird]\nhouseholds = [1, 2]\n")


def test_communities_of_one_code_do_not_stop_the_build_and_are_found(tmp_path: Path):
    frames = quarter()
    frames["communities"]["code"] = WEST
    project = built(tmp_path, frames)
    assert "code_duplicate" in rules(project)
    assert project.summary()["findings"]["error"] > 0
    assert project.plan().base.atoms["households"].sum() == 576


def test_communities_that_overlap_and_leave_land_open_are_found_and_settled(tmp_path: Path):
    frames = quarter()
    frames["communities"].geometry = [box(0, 0, 200.4, 300), box(200, 0, 199.85, 300)]
    project = built(tmp_path, frames)
    assert_sound(project)
    assert {"overlap", "gap"} <= set(rules(project))


def test_a_project_is_replaced_only_by_a_whole_new_one(tmp_path: Path):
    recipe = write(tmp_path, quarter())
    out = tmp_path / "out.gpkg"
    build(recipe, out).close()
    before = out.read_bytes()
    (tmp_path / "stations.csv").write_text("id\n1\n", "utf-8")
    with pytest.raises(InputError):
        build(recipe, out)
    assert out.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("out")) == ["out.gpkg"]


def test_a_folder_that_is_not_there_is_refused_before_anything_is_read(tmp_path: Path):
    with pytest.raises(StoreError):
        build(tmp_path / "no recipe.toml", tmp_path / "none" / "out.gpkg")
