"""What a scheme allows beyond plain bounds, from the recipe on the command line to the exported layers: parts, whole buildings, centres."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from geogrid.cli import main
from tests.test_generate_floors import towers, with_centres
from tests.world import SCHEME, Frames, box, frame, quarter, write

NO_ENTRANCES = {"[stations.day_care]": "[defaults]\nentrance_width_m = 0\n[stations.day_care]"}


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def built(folder: Path, frames: Frames, **changes: str) -> Path:
    """Build the frames by the quarter's scheme with `changes`, and return the project; nothing in it is wrong."""
    text = SCHEME
    for old, new in {**NO_ENTRANCES, **changes}.items():
        assert old in text
        text = text.replace(old, new)
    result = run("build", write(folder / "in", frames, scheme=text), "--out", folder / "p.gpkg", "--json")
    assert result.exit_code == 0, result.output
    return folder / "p.gpkg"


def exported(project: Path, level: str) -> gpd.GeoDataFrame:
    out = project.parent / f"{level}.geojson"
    assert run("export", project, "--level", level, "--out", out).exit_code == 0
    return gpd.read_file(out)


def rules(project: Path) -> set[str]:
    """Rules that `validate` finds something by."""
    return {found["rule"] for found in json.loads(run("validate", project, "--json").stdout)["findings"]}


@pytest.mark.parametrize("option", ["halve", "split_floors"])
def test_divided_floors_are_exported_in_parts(option: str, tmp_path: Path):
    project = built(tmp_path, towers(18), **{"[100, 200]": "[300, 900]", "[10, 15]": f"[10, 15]\n{option} = true"})
    units, atoms = exported(project, "microgrid"), exported(project, "atom")
    assert units["households"].between(10, 15).all()
    assert units["households"].sum() == atoms["households"].sum()
    floors = atoms.groupby(["cell", "floor_from"])["part"]
    assert (floors.max() == floors.nunique()).all()
    assert floors.max().max() >= 2
    assert (units["cure"].fillna("") == "").all()
    assert not rules(project) & {"floor_overlap", "households_above", "households_below", "overlap", "gap"}


def test_a_floor_that_may_not_be_divided_says_what_would_cure_it(tmp_path: Path):
    project = built(tmp_path, towers(18), **{"[100, 200]": "[300, 900]"})
    units = exported(project, "microgrid")
    assert set(units["reason"]) == {"atom_too_heavy"}
    assert set(units["cure"]) <= {"halve", "link", "accept"}
    assert "households_above" in rules(project)


def test_whole_buildings_are_exported_in_one_unit_each(tmp_path: Path):
    changes = {"[100, 200]": "[100, 400]", "[10, 15]": "[10, 40]\nkeep_buildings_whole = true"}
    atoms = exported(built(tmp_path, towers(4), **changes), "atom")
    assert (atoms.groupby("cell")["leaf"].nunique() == 1).all()


def test_units_round_centre_households_are_built_checked_and_exported(tmp_path: Path):
    project = built(tmp_path, with_centres(12), **{'"bounds"\nhouseholds = [10, 15]': '"seeds"\nhouseholds = [8, 16]'})
    units = exported(project, "microgrid")
    table = pd.DataFrame(with_centres(12)["households"])
    assert len(units) == table["centre"].sum()
    assert units["households"].sum() == len(table)
    assert units["households"].between(8, 16).all()
    assert not rules(project) & {"floor_overlap", "households_above", "households_below", "overlap", "gap", "not_connected"}


def test_homes_without_a_centre_are_told_to_have_one_named(tmp_path: Path):
    frames = with_centres(12)
    table = frames["households"]
    last = frames["buildings"]["id"].iloc[-12:]
    frames["households"] = table.assign(centre=table["centre"] & ~table["building"].isin(last))
    text = SCHEME.replace('"bounds"\nhouseholds = [10, 15]', '"seeds"\nhouseholds = [8, 16]')
    run("build", write(tmp_path / "in", frames, scheme=text), "--out", tmp_path / "p.gpkg")
    units = exported(tmp_path / "p.gpkg", "microgrid")
    out = units[units["reason"].fillna("") != ""]
    assert set(out["reason"]) & {"no_centre", "centres_few", "centre_alone"}
    assert set(out["cure"]) <= {"more_centres", "other_centres", "fewer_centres"}


def test_a_hamlet_across_the_river_is_linked_and_says_how_far(tmp_path: Path):
    houses = [box(20 + 30 * (i % 6), 20 + 40 * (i // 6), 10, 10) for i in range(6)] + [box(20 + 30 * i, 250, 10, 10) for i in range(4)]
    frames = {**quarter(), "buildings": frame({"id": [f"h{i}" for i in range(10)], "floors": 1, "households": [2.0] * 6 + [1.0] * 4}, houses)}
    frames["communities"] = frames["communities"].iloc[:1].assign(geometry=[box(0, 0, 400, 300)])
    del frames["roads"]
    frames["water"] = frame({"class": ["river"]}, [box(-10, 120, 420, 20)])
    project = built(tmp_path, frames, **{"[100, 200]": "[10, 200]\nlink_m = 400", "[10, 15]": "[10, 16]\nlink_m = 400"})
    (unit,) = exported(project, "microgrid").query("kind == 'base'").itertuples()
    assert unit.households == 16
    assert 100 < unit.link_m < 400
    assert not rules(project) & {"not_connected", "households_below"}
